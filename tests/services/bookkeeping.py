"""A small book for tests, written by the same functions as the real one."""

from datetime import datetime

from sqlalchemy import text

from club import ledger
from club.earning import Award
from club.ledger import Account, Reason
from club.members import Member
from club.money import Money
from club.programme import Programme, parse_programme
from services.awards import award
from storage import ledger as ledger_store
from storage import members as members_store
from storage import purchases as purchases_store
from storage.db import Database

PROGRAMME = parse_programme("""
[club]
name = { fa = "کتاب", en = "Books" }
currency = "IRT"
typical_amount = 100000
calendar = "gregorian"
[[rules]]
key = "purchase"
name = { fa = "خرید", en = "Purchase" }
on = "purchase"
points = 10
per = 100000
[notices]
hour = 10
thresholds = [30, 7, 1]
[[ladders]]
key = "readers"
name = { fa = "خواننده‌ها", en = "Readers" }
measure = "points"
[[ladders.tiers]]
key = "member"
name = { fa = "عضو", en = "Member" }
from = 0
[[ladders.tiers]]
key = "silver"
name = { fa = "نقره‌ای", en = "Silver" }
from = 100
""")


class Bookkeeper:
    """Writes members and moves at moments of the test's choice."""

    def __init__(self, db: Database, programme: Programme = PROGRAMME) -> None:
        self._db = db
        self._programme = programme
        self._moves = 0

    async def join(self, at: datetime) -> int:
        """A new member, reachable and agreed."""
        self._moves += 1
        async with self._db.write() as tx:
            member = await members_store.create(
                tx,
                chat_user_id=7_000 + self._moves,
                language="fa",
                calendar="jalali",
                tier="member",
                referral_code=f"r{self._moves}",
                referred_by_code=None,
                at=at,
            )
            assert member is not None
            await members_store.change(tx, member.id, agreed_at=at)
            return member.id

    async def give(self, member_id: int, points: int, at: datetime) -> None:
        """Points that a rule gave."""
        self._moves += 1
        async with self._db.write() as tx:
            member = await members_store.lock(tx, member_id)
            awards = [Award(rule="profile", points=points, explanation={})]
            key = f"gift:{self._moves}"
            await award(tx, self._programme, member, awards, Reason.PROFILE, key=key, at=at)

    async def buy(self, member_id: int, points: int, at: datetime) -> int:
        """A purchase that brought points."""
        self._moves += 1
        key = f"receipt:{self._moves}"
        async with self._db.write() as tx:
            member = await members_store.lock(tx, member_id)
            row = await purchases_store.add(
                tx,
                key=key,
                till="staff",
                receipt=None,
                member_id=member_id,
                amount=Money(points * 10_000, "IRT"),
                genres=[],
                points=points,
                at=at,
                booked_at=at,
            )
            assert row is not None
            awards = [Award(rule="purchase", points=points, explanation={})]
            await award(
                tx,
                self._programme,
                member,
                awards,
                Reason.PURCHASE,
                key=key,
                at=at,
                purchase_id=row.id,
            )
            return row.id

    async def spend(self, member_id: int, points: int, at: datetime) -> None:
        """Points taken away by hand."""
        self._moves += 1
        async with self._db.write() as tx:
            spent = ledger.spend(
                member_id,
                await ledger_store.lots(tx, member_id),
                points,
                Account.ADJUSTED,
                Reason.ADJUST,
                key=f"spend:{self._moves}",
                at=at,
                explanation={},
            )
            await ledger_store.add_spend(tx, spent)

    async def member(self, member_id: int) -> Member:
        """The member as the book has them."""
        async with self._db.read() as tx:
            found = await members_store.find(tx, member_id)
            assert found is not None
            return found

    async def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What a plain SELECT gives."""
        async with self._db.read() as tx:
            return [tuple(row) for row in await tx.execute(text(statement))]
