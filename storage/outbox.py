"""How letters are kept from pending to their one end.

`not_before` and `expires_at` are moments of club time; a letter that may go at once stands there
with the beginning of time, so that it never waits for a clock that travels. `lease_until` is
machine time: until then the row belongs to its owner, or, when it is pending, is left alone.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    RowMapping,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import CampaignState
from club.facts import encode_all
from club.letters import Letter, LetterClass, LetterState
from club.members import Reach
from storage import club as club_store
from storage.statements import insert, insert_new
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.members import MEMBERS, PRIVATE
from storage.tables.outbox import OUTBOX
from storage.tables.programme import CLUB

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
HALT = "halt_until_ms"
MILLISECOND = timedelta(milliseconds=1)

Handle = tuple[int, int]  # A letter's id and the fence under which it was claimed.

# Spelled out and not bound, so that both planners see that the partial index answers.
_PENDING = OUTBOX.c.state == literal_column("'pending'")
_IN_HAND = OUTBOX.c.state.in_([literal_column("'claimed'"), literal_column("'sending'")])
_TEXT = case(  # In the reader's language; where it is missing, in the other one.
    (MEMBERS.c.language == "fa", func.coalesce(CAMPAIGNS.c.text_fa, CAMPAIGNS.c.text_en)),
    else_=func.coalesce(CAMPAIGNS.c.text_en, CAMPAIGNS.c.text_fa),
)
_OPEN = (LetterState.PENDING, LetterState.CLAIMED, LetterState.SENDING)


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


async def due(
    tx: AsyncConnection,
    letter_class: LetterClass,
    *,
    club_now: datetime,
    machine_now: datetime,
    limit: int,
) -> Sequence[RowMapping]:
    """The letters that may go now, the oldest first, locked, with what their members are like."""
    statement = (
        select(
            OUTBOX,
            MEMBERS.c.chat_user_id,
            MEMBERS.c.language,
            MEMBERS.c.calendar,
            MEMBERS.c.reach,
            MEMBERS.c.promotions,
            PRIVATE.c.name,
            _TEXT.label("text"),
            CAMPAIGNS.c.picture,
            CAMPAIGNS.c.link_label,
            CAMPAIGNS.c.link_url,
        )
        .join_from(OUTBOX, MEMBERS, OUTBOX.c.member_id == MEMBERS.c.id, isouter=True)
        .join(PRIVATE, PRIVATE.c.member_id == MEMBERS.c.id, isouter=True)
        .join(CAMPAIGNS, CAMPAIGNS.c.id == OUTBOX.c.campaign_id, isouter=True)
        .where(
            _PENDING,
            OUTBOX.c.letter_class == letter_class,
            OUTBOX.c.not_before <= club_now,
            or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= machine_now),
        )
        .order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OUTBOX)
    )
    return (await tx.execute(statement)).mappings().all()


async def claim(
    tx: AsyncConnection, ids: Collection[int], owner: str, lease_until: datetime
) -> None:
    """Take these locked letters under the next fence."""
    await tx.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(list(ids)))
        .values(
            state=LetterState.CLAIMED,
            owner=owner,
            lease_until=lease_until,
            fence=OUTBOX.c.fence + 1,
        )
    )


async def begin(
    tx: AsyncConnection, handles: Collection[Handle], owner: str, lease_until: datetime
) -> set[int]:
    """Book the letters as being sent; those that are still the owner's. Again changes nothing."""
    statement = (
        update(OUTBOX)
        .where(_belongs(handles, owner))
        .values(state=LetterState.SENDING, lease_until=lease_until)
        .returning(OUTBOX.c.id)
    )
    return set((await tx.execute(statement)).scalars())


async def held(
    tx: AsyncConnection, handles: Collection[Handle], owner: str
) -> dict[int, RowMapping]:
    """Of these letters those that are still the owner's, locked, by id."""
    statement = select(OUTBOX).where(_belongs(handles, owner)).order_by(OUTBOX.c.id)
    rows = (await tx.execute(statement.with_for_update())).mappings()
    return {row["id"]: row for row in rows}


async def owners(tx: AsyncConnection) -> set[str]:
    """All who have letters in hand, or had when they died."""
    return set((await tx.execute(select(OUTBOX.c.owner).where(_IN_HAND).distinct())).scalars())


async def abandoned(
    tx: AsyncConnection, *, machine_now: datetime, in_hand: Collection[int], dead: Collection[str]
) -> Sequence[RowMapping]:
    """Letters whose owner is gone, locked: known to be dead, or the lease is over."""
    gone = or_(OUTBOX.c.lease_until <= machine_now, OUTBOX.c.owner.in_(list(dead)))
    statement = (
        select(OUTBOX)
        .where(_IN_HAND, gone)
        .where(OUTBOX.c.id.not_in(list(in_hand)))
        .with_for_update(skip_locked=True)
    )
    return (await tx.execute(statement)).mappings().all()


async def write(tx: AsyncConnection, changes: Sequence[dict[str, Any]]) -> None:
    """Give each letter, by `letter_id`, its new state; nobody owns it after that."""
    if changes:
        statement = update(OUTBOX).where(OUTBOX.c.id == bindparam("letter_id")).values(owner=None)
        await tx.execute(statement, changes)


async def move_chat(tx: AsyncConnection, old_chat_id: int, new_chat_id: int) -> None:
    """The group has a new id: letters that wait for it follow."""
    await tx.execute(
        update(OUTBOX)
        .where(OUTBOX.c.chat_id == old_chat_id, OUTBOX.c.state.in_(_OPEN))
        .values(chat_id=new_chat_id)
    )


async def busy(tx: AsyncConnection, club_now: datetime) -> bool:
    """Whether a letter that may go now has not come to its end."""
    due_now = or_(_IN_HAND, _PENDING & (OUTBOX.c.not_before <= club_now))
    return bool(await tx.scalar(select(exists().where(due_now))))


async def mark_reach(tx: AsyncConnection, reach: dict[int, Reach], at: datetime) -> None:
    """The messenger does not let us write to these members any more."""
    if reach:
        statement = update(MEMBERS).where(MEMBERS.c.id == bindparam("reached"))
        await tx.execute(
            statement,
            [
                {"reached": member_id, "reach": reach[member_id], "reach_at": at}
                for member_id in sorted(reach)  # In order, so that no two wait for each other.
            ],
        )


async def close_campaigns(tx: AsyncConnection, ids: Collection[int], at: datetime) -> Sequence[int]:
    """Running campaigns without an open letter are done; which of these are so now."""
    if not ids:
        return ()
    # Two processes may book the last two letters at once: the second must see what the first did.
    locked = select(CAMPAIGNS.c.id).where(CAMPAIGNS.c.id.in_(list(ids))).order_by(CAMPAIGNS.c.id)
    await tx.execute(locked.with_for_update(key_share=True))
    still_open = exists().where(OUTBOX.c.campaign_id == CAMPAIGNS.c.id, OUTBOX.c.state.in_(_OPEN))
    closed = (
        update(CAMPAIGNS)
        .where(
            CAMPAIGNS.c.id.in_(list(ids)), CAMPAIGNS.c.state == CampaignState.RUNNING, ~still_open
        )
        .values(state=CampaignState.DONE, ended_at=at)
        .returning(CAMPAIGNS.c.id)
    )
    done: Sequence[int] = (await tx.execute(closed)).scalars().all()
    return done


async def counts(tx: AsyncConnection, campaign_id: int) -> dict[LetterState, int]:
    """How many letters of the campaign are in each state; states without letters are left out."""
    statement = (
        select(OUTBOX.c.state, func.count())
        .where(OUTBOX.c.campaign_id == campaign_id)
        .group_by(OUTBOX.c.state)
    )
    return {LetterState(state): number for state, number in await tx.execute(statement)}


async def halt(tx: AsyncConnection, until: datetime) -> None:
    """Nothing may be sent before `until` (machine time); a later halt that stands stays."""
    statement = insert(tx, CLUB).values(name=HALT, value=str((until - AT_ONCE) // MILLISECOND))
    later = cast(statement.excluded.value, BigInteger) > cast(CLUB.c.value, BigInteger)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}, where=later
        )
    )


async def halt_until(tx: AsyncConnection) -> datetime | None:
    """The end of the last halt, machine time."""
    value = await club_store.get(tx, HALT)
    return None if value is None else AT_ONCE + int(value) * MILLISECOND


def _belongs(handles: Collection[Handle], owner: str) -> ColumnElement[bool]:
    # SQLite finds no row by a pair, so that the ids are named once more alone.
    by_id = OUTBOX.c.id.in_([letter_id for letter_id, _ in handles])
    fenced = tuple_(OUTBOX.c.id, OUTBOX.c.fence).in_(list(handles))
    return by_id & fenced & (OUTBOX.c.owner == owner) & _IN_HAND
