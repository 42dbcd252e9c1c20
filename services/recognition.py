"""Recognising a customer from before the club in a person who writes to us."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import Letter
from club.members import Member
from club.merges import is_unclaimed
from services.awards import balance
from storage import dialogues as dialogues_store
from storage import members as members_store
from storage import merges as merges_store
from storage import outbox as outbox_store

MERGE = "merge"
MERGE_LIFE = timedelta(days=1)
LETTER_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecognised:
    """Is this customer the person in front of us? The intent carries their answer out."""

    member: Member
    intent_id: int
    by_phone: bool
    points: int  # The customer's …
    balance: int  # … and the person's own.


async def recognise(
    tx: AsyncConnection,
    member: Member,
    customer: Member,
    way: str,
    at: datetime,
    life: timedelta = MERGE_LIFE,
) -> CustomerRecognised:
    """Keep the question. `way`: the link that was opened; empty where the phone tells it."""
    assert member.chat_user_id is not None, "somebody is in front of us"
    facts = {"customer_id": customer.id, "way": way}
    ends = at + life
    intent_id = await dialogues_store.add_intent(tx, MERGE, member.chat_user_id, facts, ends)
    return CustomerRecognised(
        member=member,
        intent_id=intent_id,
        by_phone=not way,
        points=await balance(tx, customer.id, at),
        balance=await balance(tx, member.id, at),
    )


async def ask_by_letter(
    tx: AsyncConnection, member_id: int, customer_id: int, at: datetime
) -> None:
    """Ask a member whose proved phone stands with a customer; once, and not after a "no"."""
    first, second = sorted((member_id, customer_id))
    rows = {id_: await members_store.lock(tx, id_) for id_ in (first, second)}
    member, customer = rows[member_id], rows[customer_id]
    key = f"recognised:{customer_id}:{member_id}"
    if not (member.joined and member.chat_user_id and is_unclaimed(customer)):
        return
    if await merges_store.asked(tx, (key, declined_key(member, customer))):
        return
    question = await recognise(tx, member, customer, "", at, LETTER_LIFE)
    letter = Letter(
        key=key,
        member_id=member_id,
        message="letters/recognised",
        facts={
            "points": question.points,
            "balance": question.balance,
            "intent_id": question.intent_id,
        },
        expires_at=at + LETTER_LIFE,
    )
    await outbox_store.add(tx, [letter], at)


def declined_key(member: Member, customer: Member) -> str:
    """The key of what staff hear when somebody is not that customer."""
    return f"declined:{customer.id}:{member.id}"
