"""`bashgah letters`: what waits, what came to which end, and what staff can still do about it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bot.console import CONSOLE, LARGEST, end, out, say
from bot.desk import Desk, at_desk
from club.letters import LetterClass, LetterState
from handlers.staff.campaign_cards import opening_of
from services.undelivered import MOST_LISTED, Selection, Trouble

ALL = "all"


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
        again = _some(which, at_desk(lambda desk: desk.undelivered.retry(chosen, by=CONSOLE)))
        say(f"{again:,} letters wait to be sent again; those that may have arrived say so.")
        return
    closed = _some(which, at_desk(lambda desk: desk.undelivered.close(chosen, by=CONSOLE)))
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
    if which.isdecimal() and int(which) <= LARGEST:
        return Selection(states=states, campaign_id=int(which))
    return Selection(states=states, message=which)


def _list() -> None:
    counts, troubles = at_desk(_look)
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


def _troubled(troubles: Mapping[Trouble, str]) -> Table:
    """Each kind; a promotion by its number and its first words."""
    table = _table("Which", "About", "State", "Letters", "Reason")
    for column in (0, 1, 2, 4):
        table.columns[column].justify = "left"
    for column in (1, 4):
        table.columns[column].no_wrap = False
    for one, about in troubles.items():
        which = one.message if one.campaign_id is None else str(one.campaign_id)
        told = (which, about, one.state.value, f"{one.letters:,}", one.fault or "")
        table.add_row(*map(escape, told))
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name.capitalize(), justify="right", no_wrap=True)
    return table


async def _look(
    desk: Desk,
) -> tuple[dict[LetterClass, dict[LetterState, int]], dict[Trouble, str]]:
    counts = await desk.undelivered.counts()
    troubles = await desk.undelivered.listed()
    numbers = sorted({one.campaign_id for one in troubles if one.campaign_id is not None})
    about = {one: opening_of(await desk.campaigns.show(one)) or "" for one in numbers}
    return (
        {letter_class: dict(of) for letter_class, of in counts.items()},
        {one: about[one.campaign_id] if one.campaign_id else "" for one in troubles},
    )
