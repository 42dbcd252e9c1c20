"""How the benchmark of sending tells what it found: medians, for eyes or for a document."""

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.senders import BARE, PEERS, Run

MEASURE = "aiogram"  # Others are told beside it.
REQUIREMENTS = Path(__file__).parent / "peers" / "requirements.txt"
PACKAGES = {
    "aiogram": "aiogram",
    "pyTelegramBotAPI": "pyTelegramBotAPI",
    "python-telegram-bot": "python-telegram-bot",
    "aiogram-broadcaster": "aiogram_broadcaster",
}
CPU_INFO = Path("/proc/cpuinfo")
Rows = Sequence[Sequence[str]]
Runs = Mapping[str, Sequence[Run]]


def tell_machine(database: str, loop: str) -> None:
    """The day, the machine, and what runs on it."""
    told = CPU_INFO.read_text() if CPU_INFO.exists() else ""
    models = [line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line]
    model = models[0] if models else platform.machine()
    day = time.strftime("%Y-%m-%d")
    print(f"{day}, {os.cpu_count()} cores ({model}), Python {platform.python_version()}, {loop},")
    print(f"{database}; pyreqwest {version('pyreqwest')}", end="")
    pinned = dict(line.split("==") for line in REQUIREMENTS.read_text().split())
    print("".join(f", {name} {pinned[package]}" for name, package in PACKAGES.items()), flush=True)


def tell_costs(found: Runs, markdown: bool) -> None:
    """Without latency: what a message costs, beside aiogram's."""
    costs = {name: _median(runs, lambda run: run.cpu_us) for name, runs in found.items()}
    measure = costs.get(MEASURE)
    rows = [
        (
            _named(name),
            f"{costs[name]:,.0f} µs",
            f"{costs[name] / measure:.2f}" if measure else "–",
            f"{_median(runs, lambda run: run.per_second):,.0f}",
            f"{_median(runs, lambda run: run.told.peak_mb):,.0f} MiB",
        )
        for name, runs in found.items()
    ]
    _print(
        f"No latency: {_rounds(found)}",
        ("", "CPU a message", f"of {MEASURE}'s", "messages/s", "memory at most"),
        rows,
        markdown,
    )


def tell_pace(found: Runs, possible: float, markdown: bool) -> None:
    """With latency: how much of what may be in flight is used."""
    rows = []
    for name, runs in found.items():
        per_second = _median(runs, lambda run: run.steady_per_second)
        cpu_us = _median(runs, lambda run: run.cpu_us)
        rows.append(
            (
                _named(name),
                f"{per_second:,.0f}",
                f"{per_second / possible:.3f}",
                f"{cpu_us:,.0f} µs",
            )
        )
    _print(
        f"50 ms latency, 200 in flight: at most {possible:,.0f} messages/s; {_rounds(found)}",
        ("", "messages/s", "of what is possible", "CPU a message"),
        rows,
        markdown,
    )


def tell_limits(found: Mapping[int, Run], markdown: bool) -> None:
    """Under a limit: how much of it is used, and how often it was passed."""
    rows = [
        (
            f"{limit}/s",
            f"{run.counts.messages:,}",
            f"{run.per_second / limit:.4f}",
            str(run.most_in_a_second),
            str(run.counts.refused),
        )
        for limit, run in found.items()
    ]
    head = ("limit", "messages", "of the limit", "most in a second", "answered 429")
    _print("Bashgah under a limit", head, rows, markdown)


def tell_memory(run: Run, members: int, markdown: bool) -> None:
    """To a large club: how long it takes to begin, and what it takes of the memory."""
    told = run.told
    rows = [
        ("audience and outbox rows", f"{told.launch_s:.1f} s"),
        ("from then to the first message", f"{run.stamps[0] - told.woke_at:.2f} s"),
        ("messages waited for", f"{told.sent:,}"),
        ("CPU a message", f"{run.cpu_us:,.0f} µs"),
        ("memory before the campaign", f"{told.before_mb:.0f} MiB"),
        *(
            (f"… when {share:.0%} are sent", f"{_at(told.memory_mb, share):.0f} MiB")
            for share in (0, 0.25, 0.5, 0.75, 1)
        ),
        ("… at most", f"{told.peak_mb:.0f} MiB, {told.peak_mb - told.before_mb:.0f} more"),
    ]
    _print(f"Bashgah to {members:,} members", ("", ""), rows, markdown)


def _print(title: str, head: Sequence[str], rows: Rows, markdown: bool) -> None:
    if markdown:
        lines = [f"**{title}**", "", _line(head), _line(["---", *["---:"] * (len(head) - 1)])]
        print("\n".join(["", *lines, *map(_line, rows)]), flush=True)
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE, show_header=any(head))
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _median(runs: Sequence[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, runs))


def _at(memory_mb: Sequence[float], share: float) -> float:
    return memory_mb[int(share * (len(memory_mb) - 1))]


def _rounds(found: Runs) -> str:
    runs = next(iter(found.values()))
    return f"{runs[0].told.sent:,} messages each, medians of {len(runs)}"


def _named(name: str) -> str:
    if name == BARE:
        return f"{name}, keeps nothing"
    return f"{name}, only sends" if name in PEERS else name
