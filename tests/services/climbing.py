"""A shop with ladders, on a clock that the story moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from club.ladders import ChangeReason, Ladder
from club.members import Member, number_of
from club.money import Money
from club.programme import Programme
from club.staff import Role
from services.audit import Audit
from services.levels import Level, levels_of
from services.purchases import PurchaseRecorded, Purchases
from services.refunds import Refunds
from services.reviewing import review
from services.tiers import Tiers
from storage import ladders as ladders_store
from storage import members as members_store
from storage.db import Database
from storage.vault import Vault, make_key
from tests.club.rungs import ladder
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

START = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
MANAGER = 2
LETTERS = "SELECT message FROM outbox WHERE message LIKE 'letters/tier%' ORDER BY id"


def with_ladders(*ladders: Ladder) -> Programme:
    """The small programme with other ladders."""
    return PROGRAMME.model_copy(update={"ladders": ladders})


def beside(*steps: int, **rules: Any) -> Programme:
    """The small programme with a second ladder, whose tiers are t0, t1, …"""
    return with_ladders(PROGRAMME.main_ladder, ladder(*steps, key="second", **rules))


class Shop:
    """Buying and bringing back, and what it does to tiers."""

    def __init__(self, db: Database, programme: Programme) -> None:
        self.now = START
        self.programme = programme
        self.db = db
        four = (db, Vault(make_key()), programme, lambda: self.now)
        self.purchases, self.refunds, self.tiers = Purchases(*four), Refunds(*four), Tiers(*four)
        self.keeper = Bookkeeper(db, programme)
        self._updates = 0

    async def member(self, friend_of: int | None = None) -> int:
        """Somebody new, perhaps by an invitation."""
        member_id = await self.keeper.join(self.now)
        if friend_of is not None:
            code = (await self.keeper.member(friend_of)).referral_code
            async with self.db.write() as tx:
                await members_store.change(tx, member_id, referred_by_code=code)
        return member_id

    async def buy(self, member_id: int, minor: int = 10_000, times: int = 1) -> int:
        """Record purchases, a minute apart; the number of the last."""
        last = 0
        for _ in range(times):
            self._updates += 1
            self.now += timedelta(minutes=1)
            amount = Money(minor, "IRT")
            receipt = f"R-{self._updates}"
            done = await self.purchases.record(
                number_of(member_id), amount, [], receipt, by=1, update_id=self._updates
            )
            assert isinstance(done, PurchaseRecorded)
            last = done.purchase_id
        return last

    async def undo(self, purchase_id: int) -> None:
        """Take a purchase back."""
        await self.refunds.undo(purchase_id, by=MANAGER, role=Role.MANAGER)

    async def night(self, days: int) -> int:
        """So many days later, at night, the ladders are reviewed; each night on the way too."""
        done = 0
        for _ in range(days):
            self.now += timedelta(days=1)
            async with self.db.write() as tx:
                done += await review(tx, self.programme, self.now)
        return done

    async def levels(self, member_id: int) -> dict[str, Level]:
        """The member on each ladder."""
        async with self.db.read() as tx:
            found = await levels_of(tx, self.programme, await self.member_of(member_id), self.now)
            return {level.ladder.key: level for level in found}

    async def tier(self, member_id: int, key: str = "second") -> str:
        """The member's tier there."""
        return (await self.levels(member_id))[key].way.tier.key

    async def member_of(self, member_id: int) -> Member:
        """The member as the book has them."""
        return await self.keeper.member(member_id)

    async def reasons(self, member_id: int) -> list[tuple[str, ChangeReason]]:
        """The member's changes, oldest first: tier and reason."""
        async with self.db.read() as tx:
            found = await ladders_store.changes(tx, member_id, 20)
        return [(change.tier_after, change.reason) for change in reversed(found)]

    async def letters(self) -> list[str]:
        """What was written about tiers."""
        rows = await self.keeper.rows(LETTERS)
        return [str(row[0]).removeprefix("letters/tier_") for row in rows]

    async def in_order(self) -> None:
        """The book proves itself."""
        assert (await Audit(self.db, self.programme).run()).faults == ()
