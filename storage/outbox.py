"""How letters are kept from pending to their one end.

`not_before` and `expires_at` are moments of club time; a letter that may go at once stands there
with the beginning of time, so that it never waits for a clock that travels. `lease_until` is
machine time: until then the row belongs to its owner, or, when it is pending, is left alone.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    and_,
    exists,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import encode_all
from club.letters import Letter, LetterClass, LetterState
from storage.statements import insert_new
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.outbox import OUTBOX

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)

# Spelled out and not bound, so that both planners see that the partial index answers.
PENDING = OUTBOX.c.state == literal_column("'pending'")
IN_HAND = OUTBOX.c.state.in_([literal_column("'claimed'"), literal_column("'sending'")])
_OPEN = OUTBOX.c.state.in_(
    [literal_column(f"'{state}'") for state in ("pending", "claimed", "sending")]
)
TRANSACTIONAL = OUTBOX.c.letter_class == literal_column(f"'{LetterClass.TRANSACTIONAL}'")
RUNNING = select(CAMPAIGNS.c.id).where(CAMPAIGNS.c.state == literal_column("'running'"))
"""The campaigns whose letters may go."""


def new_row(letter: Letter, at: datetime) -> dict[str, Any]:
    """The row of a letter that nobody has touched yet; `at` is club time."""
    return {
        "key": letter.key,
        "member_id": letter.member_id,
        "chat_id": letter.chat_id,
        "campaign_id": letter.campaign_id,
        "message": letter.message,
        "facts": encode_all(letter.facts),
        "letter_class": letter.letter_class,
        "state": LetterState.PENDING,
        "not_before": letter.not_before or AT_ONCE,
        "expires_at": letter.expires_at,
        "attempts": 0,
        "fence": 0,
        "flagged": 0,
        "created_at": at,
    }


async def add(tx: AsyncConnection, letters: Iterable[Letter], at: datetime) -> None:
    """Keep these letters to be sent; one whose key is known already changes nothing."""
    if rows := [new_row(letter, at) for letter in letters]:
        await tx.execute(insert_new(tx, OUTBOX, "key"), rows)


async def tell_anew(tx: AsyncConnection, letter: Letter) -> None:
    """What the letter under this key tells is another now, unless it is on its way already."""
    waiting = update(OUTBOX).where(OUTBOX.c.key == letter.key, PENDING)
    await tx.execute(waiting.values(facts=encode_all(letter.facts)))


async def move_chat(tx: AsyncConnection, old_chat_id: int, new_chat_id: int) -> None:
    """The group has a new id: letters that wait for it follow."""
    await tx.execute(
        update(OUTBOX).where(OUTBOX.c.chat_id == old_chat_id, _OPEN).values(chat_id=new_chat_id)
    )


async def busy(tx: AsyncConnection, club_now: datetime, *, quiet: bool = False) -> bool:
    """Whether a letter that may go now has not come to its end; when it is quiet, no promotion."""
    due = and_(PENDING, OUTBOX.c.not_before <= club_now)
    alone = and_(OUTBOX.c.campaign_id.is_(None), due, *([TRANSACTIONAL] if quiet else []))
    ways = [IN_HAND, alone]
    if not quiet:
        ways.append(and_(OUTBOX.c.campaign_id.in_(RUNNING), due))
    return bool(await tx.scalar(select(or_(*(exists().where(way) for way in ways)))))
