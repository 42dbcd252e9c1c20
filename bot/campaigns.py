"""`bashgah campaign`: promotions as the operator sees and steers them, beside a running club."""

import csv
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.table import Table

from bot.console import CONSOLE, LARGEST, end, out, say
from bot.desk import Desk, Told, at_desk
from club.campaigns import CampaignState, ends
from club.errors import PressExpired
from services.campaign_reports import COLUMNS, CampaignReport, Recipient
from services.campaigns import Campaigns, CampaignShown

REFUSED = 1
LISTED = 20

campaigns = typer.Typer(no_args_is_help=True, help="See and steer promotions; the club may run.")
Number = Annotated[
    int,
    typer.Argument(metavar="ID", help="As `bashgah campaign list` shows it.", min=1, max=LARGEST),
]
Change = Callable[[Campaigns, int], Awaitable[CampaignShown]]


@campaigns.command("list")
def list_campaigns(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many, the latest.")] = LISTED,
) -> None:
    """The latest promotions, and how far each has come."""

    async def work(desk: Desk) -> Table:
        table = Table(box=None, pad_edge=False)
        for name in ("ID", "State", "Started", "Letters", "Sent", "Waiting", "Pressed", "Left"):
            is_word = name in ("State", "Started")
            table.add_column(name, justify="left" if is_word else "right", no_wrap=True)
        for one in await desk.campaigns.listed(limit):
            numbers = (one.letters, ends(one.counts)["sent"], one.waiting)
            told = (*numbers, one.presses, one.opt_outs)
            started = desk.when(one.started_at or one.starts_at)
            table.add_row(str(one.campaign_id), one.state, started, *(f"{n:,}" for n in told))
        return table

    out.print(_run(work))


@campaigns.command("show")
def show_campaign(campaign_id: Number) -> None:
    """One promotion: for whom, how far, and what comes next."""

    async def work(desk: Desk) -> list[str]:
        return _told(await desk.campaigns.show(campaign_id), desk)

    for line in _run(work, campaign_id):
        say(line)


@campaigns.command("pause")
def pause_campaign(campaign_id: Number) -> None:
    """Let no letter of it leave until it is resumed."""
    _steer(campaign_id, CampaignState.PAUSED, lambda room, one: room.pause(one, by=CONSOLE))


@campaigns.command("resume")
def resume_campaign(campaign_id: Number) -> None:
    """Go on with what is left, also after it has stopped by itself."""
    _steer(campaign_id, CampaignState.RUNNING, lambda room, one: room.resume(one, by=CONSOLE))


@campaigns.command("cancel")
def cancel_campaign(campaign_id: Number) -> None:
    """Throw away what has not left yet; what was sent stays."""
    _steer(campaign_id, CampaignState.CANCELLED, lambda room, one: room.cancel(one, by=CONSOLE))


@campaigns.command("report")
def report_campaign(
    campaign_id: Number,
    file: Annotated[
        Path | None, typer.Argument(help="With --csv: where to write it; the screen if left out.")
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="What became of each letter, by member number.")
    ] = False,
) -> None:
    """How a promotion went."""
    if file is not None and not as_csv:
        raise end("A file is written with --csv only: bashgah campaign report ID --csv FILE.")

    async def work(desk: Desk) -> list[str]:
        report = await desk.campaigns.report(campaign_id)
        if as_csv:
            rows = desk.campaigns.recipients(campaign_id, by=CONSOLE)
            return await _write(file, rows, desk)
        return _reported(report, desk)

    for line in _run(work, campaign_id):
        say(line)


def _run(work: Callable[[Desk], Awaitable[Told]], campaign_id: int = 0) -> Told:
    """Do it; that there is no such campaign is said in one sentence."""
    try:
        return at_desk(work)
    except PressExpired:
        raise end(f"There is no campaign {campaign_id}.", REFUSED) from None


def _steer(campaign_id: int, wanted: CampaignState, change: Change) -> None:
    shown = _run(lambda desk: change(desk.campaigns, campaign_id), campaign_id)
    if shown.state is not wanted:
        raise end(f"Campaign {campaign_id} is {shown.state}: nothing was changed.", REFUSED)
    say(f"Campaign {campaign_id} is {shown.state}{_left(shown)}.")


def _left(shown: CampaignShown) -> str:
    """What becomes of letters that have not come to their end."""
    if shown.state is not CampaignState.CANCELLED:
        return f"; {shown.waiting:,} letters wait"
    # Those in flight may still arrive.
    return f"; at most {shown.waiting:,} letters are thrown away" if shown.waiting else ""


def _told(shown: CampaignShown, desk: Desk) -> list[str]:
    stored = shown.audience.stored()
    asked = [f"{name} {_asked(value)}" for name, value in stored.items() if value]
    stopped = f", stopped: {shown.stopped_for}" if shown.state is CampaignState.PAUSED else ""
    lines = [
        f"Campaign {shown.campaign_id}: {shown.state}{stopped}",
        f"Audience: {'; '.join(asked) or 'everybody'}",
        f"Languages: {', '.join(shown.texts) or 'no text yet'}",
        f"Letters: {shown.letters:,}, waiting {shown.waiting:,}",
        f"Ends: {_counted(shown)}",
        f"Pressed: {shown.presses:,}; left by it: {shown.opt_outs:,}",
    ]
    moments = ("starts_at", "waits_until", "started_at", "ended_at", "expires_at")
    known = {name: desk.when(getattr(shown, name)) for name in moments}
    lines += [f"{name.replace('_', ' ').capitalize()}: {at}" for name, at in known.items() if at]
    return lines


def _asked(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else f"{value} days"


def _counted(shown: CampaignShown) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in ends(shown.counts).items())


def _reported(report: CampaignReport, desk: Desk) -> list[str]:
    lines = _told(report.shown, desk)
    if report.shown.started_at is None:
        return [*lines, "It was not started: there is nothing to report."]
    if not report.shown.letters:
        return [*lines, "Nobody was meant when it started: nothing was sent."]
    minutes, seconds = divmod(int(report.duration.total_seconds()), 60)
    lines.append(f"It took {minutes:,} min {seconds} s: {report.per_second:.1f} a second.")
    for language, counts in report.by_language.items():
        told = (f"{name} {count:,}" for name, count in ends(counts).items() if count)
        lines.append(f"In {language}: {', '.join(told)}")
    return lines


async def _write(file: Path | None, rows: AsyncIterator[Recipient], desk: Desk) -> list[str]:
    """The list as CSV, as it is read; the sentence that is said of it."""
    if file is None:
        await _fill(sys.stdout, rows, desk)
        return []
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        count = await _fill(target, rows, desk)
    return [f"{count:,} rows were written to {file}."]


async def _fill(target: IO[str], rows: AsyncIterator[Recipient], desk: Desk) -> int:
    table, count = csv.writer(target, lineterminator="\n"), 0
    table.writerow(COLUMNS)
    async for one in rows:
        table.writerow(one.cells(desk.zone))
        count += 1
    return count
