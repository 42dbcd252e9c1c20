"""Where people stand in dialogues, and the buttons that wait for one press."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from club.facts import Facts, decode_all, encode_all
from storage.statements import insert as insert_or
from storage.tables.chats import DIALOGUES
from storage.tables.staff import INTENTS

ANSWERED_BY = "answered_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIntent:
    """What a button will do for whoever may press it; `by`: who asked for it."""

    id: int
    by: int
    facts: Facts
    answered_by: int | None  # Who pressed first.


async def put(
    tx: AsyncConnection,
    chat_id: int,
    user_id: int,
    *,
    subject: str,
    facts: bytes,
    expires_at: datetime,
) -> None:
    """Where this person stands in this chat now; what stood before is over."""
    values = {"subject": subject, "facts": facts, "expires_at": expires_at}
    await tx.execute(
        insert_or(tx, DIALOGUES)
        .values(chat_id=chat_id, user_id=user_id, version=1, **values)
        .on_conflict_do_update(
            index_elements=["chat_id", "user_id"],
            set_={**values, "version": DIALOGUES.c.version + 1},
        )
    )


async def find(
    tx: AsyncConnection, chat_id: int, user_id: int, at: datetime
) -> tuple[str, bytes] | None:
    """Subject and sealed facts of the dialogue that is open."""
    statement = select(DIALOGUES.c.subject, DIALOGUES.c.facts).where(
        DIALOGUES.c.chat_id == chat_id, DIALOGUES.c.user_id == user_id, DIALOGUES.c.expires_at > at
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else (row.subject, row.facts)


async def end(tx: AsyncConnection, chat_id: int, user_id: int) -> bool:
    """The dialogue is over; whether there was one."""
    done = await tx.execute(
        delete(DIALOGUES).where(DIALOGUES.c.chat_id == chat_id, DIALOGUES.c.user_id == user_id)
    )
    return done.rowcount > 0


async def move_chat(tx: AsyncConnection, old_chat_id: int, new_chat_id: int) -> None:
    """A group has another id: what is being asked there goes on."""
    await tx.execute(
        update(DIALOGUES).where(DIALOGUES.c.chat_id == old_chat_id).values(chat_id=new_chat_id)
    )


async def forget(tx: AsyncConnection, before: datetime) -> int:
    """Delete dialogues and buttons that ended before then; how many."""
    ended = 0
    for table in (DIALOGUES, INTENTS):
        ended += (await tx.execute(delete(table).where(table.c.expires_at < before))).rowcount
    return ended


async def add_intent(
    tx: AsyncConnection, kind: str, by: int, facts: Facts, expires_at: datetime
) -> int:
    """Keep what a button will do, once; the number that its callback carries."""
    statement = (
        insert(INTENTS)
        .values(kind=kind, by=by, facts=encode_all(facts), expires_at=expires_at)
        .returning(INTENTS.c.id)
    )
    return int((await tx.execute(statement)).scalar_one())


async def find_intent(
    tx: AsyncConnection, intent_id: int, kind: str, by: int, at: datetime
) -> tuple[Facts, bool] | None:
    """What the button means and whether it was used; None when too old or somebody else's."""
    statement = (
        select(INTENTS)
        .where(INTENTS.c.id == intent_id, INTENTS.c.kind == kind, INTENTS.c.by == by)
        .where(INTENTS.c.expires_at > at)
        .with_for_update()
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    return None if row is None else (decode_all(row["facts"]), row["used_at"] is not None)


async def find_shared_intent(
    tx: AsyncConnection, intent_id: int, kind: str, at: datetime
) -> SharedIntent | None:
    """What a button means that others than who asked may press; None when too old."""
    statement = (
        select(INTENTS)
        .where(INTENTS.c.id == intent_id, INTENTS.c.kind == kind, INTENTS.c.expires_at > at)
        .with_for_update()
    )
    row = (await tx.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    facts = decode_all(row["facts"])
    return SharedIntent(id=row["id"], by=row["by"], facts=facts, answered_by=facts.get(ANSWERED_BY))


async def use_intent(tx: AsyncConnection, intent_id: int, at: datetime) -> None:
    """The button has done its work."""
    await tx.execute(update(INTENTS).where(INTENTS.c.id == intent_id).values(used_at=at))


async def answer_intent(tx: AsyncConnection, intent: SharedIntent, by: int, at: datetime) -> None:
    """The button has done its work, pressed by this person."""
    facts = encode_all({**intent.facts, ANSWERED_BY: by})
    await tx.execute(
        update(INTENTS).where(INTENTS.c.id == intent.id).values(used_at=at, facts=facts)
    )
