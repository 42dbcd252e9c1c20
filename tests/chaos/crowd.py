"""Very many people at once: in the sandbox's file before it starts, and in the club's tables."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from club.ledger import Account, wallet
from club.members import JoinStep, Reach
from sandbox.state import Journal
from sandbox.town import Town
from storage.db import Database
from storage.tables.book import ACCOUNTS
from storage.tables.members import MEMBERS, PRIVATE
from storage.vault import Vault

FIRST_ID = 200_000_000
AGREED_AT = datetime(2025, 1, 1, tzinfo=UTC)
ROWS_AT_ONCE = 2_000


def settle(state: Path, number: int) -> list[int]:
    """People who have started the bot, by their chats; no sandbox works on the file yet."""
    journal = Journal(state)
    town = Town(journal)
    chats = list(range(FIRST_ID, FIRST_ID + number))
    for chat in chats:
        person = town.people.add(first_name=f"P{chat}", language_code="en", person_id=chat)
        person.started = True
        town.people.keep(person)
    journal.close()
    return chats


async def enroll(db: Database, data_key: str, chats: list[int]) -> None:
    """These people are members who agreed to everything; their numbers are 1, 2, 3, …"""
    vault = Vault(data_key)
    members = [
        {
            "chat_user_id": chat,
            "language": "en",
            "calendar": "gregorian",
            "join_step": JoinStep.DONE,
            "agreed_at": AGREED_AT,
            "promotions": True,
            "tier": "member",
            "points_earned": 0,
            "reach": Reach.ACTIVE,
            "referral_code": f"code{chat}",
            "created_at": AGREED_AT,
        }
        for chat in chats
    ]
    private = [
        {"member_id": number, "name": vault.seal(f"P{chat}")}
        for number, chat in enumerate(chats, 1)
    ]
    wallets = [
        {"id": wallet(number), "kind": Account.WALLET, "member_id": number}
        for number in range(1, len(chats) + 1)
    ]
    async with db.write() as tx:
        for first in range(0, len(chats), ROWS_AT_ONCE):
            here = slice(first, first + ROWS_AT_ONCE)
            await tx.execute(insert(MEMBERS), members[here])
            await tx.execute(insert(PRIVATE), private[here])
            await tx.execute(insert(ACCOUNTS), wallets[here])
