"""`bashgah letters`: what waits, what came to which end, and what staff can still do about it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from bot.console import CONSOLE, end, loaded, out, plainly, say
from bot.wiring import opened
from club.letters import LetterClass, LetterState
from services.undelivered import MOST_LISTED, Selection, Trouble, Undelivered

ALL = "all"
Told = TypeVar("Told")


class Only(StrEnum):
    """Of what went wrong, this."""

    FAILED = "failed"
    UNKNOWN = "unknown"


Which = Annotated[
    str | None,
    typer.Option(metavar="WHICH", help="A campaign's number, a letter's name as listed, or all."),
]


def letters(
    retry: Which = None,
    close: Which = None,
    only: Annotated[
        Only | None, typer.Option(help="Failed ones, or those that may have arrived.")
    ] = None,
) -> None:
    """Letters by class and state, and those that went wrong; send these again, or close them."""
    if retry is not None and close is not None:
        raise end("Say --retry or --close, not both.")
    which = retry or close
    if which is None and only is not None:
        raise end("--only goes with --retry or --close.")
    if which is None:
        _list()
        return
    chosen = _chosen(which, only)
    if retry is not None:
        again = _some(which, _run(lambda room: room.retry(chosen, by=CONSOLE)))
        say(f"{again:,} letters wait to be sent again; those that may have arrived say so.")
        return
    closed = _some(which, _run(lambda room: room.close(chosen, by=CONSOLE)))
    say(f"{closed:,} letters are closed: they are listed no more.")


def _some(which: str, letters: int) -> int:
    """So many, at least one; else it is said that nothing was meant."""
    if not letters:
        raise end(f"There are no letters under {which} that went wrong.", 1)
    return letters


def _chosen(which: str, only: Only | None) -> Selection:
    states = tuple(LetterState(one.value) for one in ([only] if only else Only))
    if which == ALL:
        return Selection(states=states)
    if which.isdecimal():
        return Selection(states=states, campaign_id=int(which))
    return Selection(states=states, message=which)


def _list() -> None:
    counts, troubles = _run(_look)
    states = [state for state in LetterState if any(state in of for of in counts.values())]
    if not states:
        say("There are no letters yet.")
        return
    table = _table("Class", *states)
    for letter_class in LetterClass:
        if of_class := counts.get(letter_class):
            told = (f"{of_class.get(state, 0):,}" for state in states)
            table.add_row(letter_class.value, *told)
    out.print(table)
    if not troubles:
        say("Nothing went wrong that was not seen to.")
        return
    out.print(_troubled(troubles))
    if len(troubles) == MOST_LISTED:
        say(f"Only the latest {MOST_LISTED} kinds are listed.")
    say("Send them again with `bashgah letters --retry WHICH`, or close them with --close WHICH.")


def _troubled(troubles: tuple[Trouble, ...]) -> Table:
    table = _table("Which", "State", "Letters", "Reason")
    for column in (0, 1, 3):
        table.columns[column].justify = "left"
    table.columns[3].no_wrap = False
    for one in troubles:
        which = one.message if one.campaign_id is None else str(one.campaign_id)
        table.add_row(which, one.state.value, f"{one.letters:,}", one.fault or "")
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name.capitalize(), justify="right", no_wrap=True)
    return table


async def _look(
    room: Undelivered,
) -> tuple[dict[LetterClass, dict[LetterState, int]], tuple[Trouble, ...]]:
    counts = await room.counts()
    return {one: dict(of) for one, of in counts.items()}, await room.listed()


@asynccontextmanager
async def _room() -> AsyncIterator[Undelivered]:
    settings, programme = loaded()
    async with opened(settings, hold=False) as (db, _, clock):
        yield Undelivered(db, programme, clock.club_time)


def _run(work: Callable[[Undelivered], Awaitable[Told]]) -> Told:
    """Do it on the club's database, in short transactions."""

    async def run() -> Told:
        async with _room() as room:
            return await work(room)

    with plainly():
        return asyncio.run(run())
