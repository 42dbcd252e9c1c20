"""Undo takes back what the purchase brought and is still there, and nothing of anybody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from club.errors import AmountTooLarge, UndoTooLate
from club.members import number_of
from club.money import Money
from club.staff import Role
from services.adjustments import Adjustments
from services.audit import Audit
from services.purchases import PurchaseRecorded, Purchases
from services.realigning import Realigning
from services.refunds import Refunds
from services.ticks import Ticks
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

START = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
CASHIER, MANAGER = 1, 2


class Till:
    """A till on a clock that the story moves."""

    def __init__(self, db: Database) -> None:
        self.now = START
        vault = Vault(make_key())
        four = (db, vault, PROGRAMME, lambda: self.now)
        self.purchases, self.refunds = Purchases(*four), Refunds(*four)
        self.adjustments = Adjustments(*four)
        self.ticks = Ticks(db, PROGRAMME, lambda: self.now, lambda: self.now)
        self._db = db
        self._updates = 0

    async def member(self) -> str:
        """Somebody to sell to; their number."""
        member_id = await Bookkeeper(self._db).join(self.now)
        return number_of(member_id)

    async def sell(self, number: str, minor: int, receipt: str | None = None) -> PurchaseRecorded:
        """Record a purchase."""
        self._updates += 1
        done = await self.purchases.record(
            number, Money(minor, "IRT"), [], receipt, by=CASHIER, update_id=self._updates
        )
        assert isinstance(done, PurchaseRecorded)
        return done

    async def adjust(self, number: str, points: int) -> None:
        """Give or take points by hand."""
        self._updates += 1
        await self.adjustments.adjust(number, points, "test", by=MANAGER, key=f"u:{self._updates}")

    async def in_order(self) -> None:
        """The book proves itself."""
        assert (await Audit(self._db, PROGRAMME).run()).faults == ()


async def test_an_undone_purchase_leaves_nothing(db: Database) -> None:
    till = Till(db)
    number = await till.member()
    sold = await till.sell(number, 1_000_000, "R-1")
    assert (sold.points, sold.tier.en, sold.tier_reached) == (100, "Silver", True)
    undone = await till.refunds.undo(sold.purchase_id, by=CASHIER, role=Role.CASHIER)
    assert (undone.points, undone.balance, undone.tier.en) == (100, 0, "Member")
    again = await till.refunds.undo(sold.purchase_id, by=CASHIER, role=Role.CASHIER)
    assert (again.repeated, again.balance) == (True, 0)
    assert (await till.sell(number, 500_000, "R-1")).repeated is False
    await till.in_order()


async def test_points_that_are_spent_cannot_be_taken_back(db: Database) -> None:
    till = Till(db)
    number = await till.member()
    sold = await till.sell(number, 1_000_000)
    await till.adjust(number, -60)
    undone = await till.refunds.undo(sold.purchase_id, by=MANAGER, role=Role.MANAGER)
    assert (undone.points, undone.balance) == (40, 0)
    await till.in_order()


@pytest.mark.parametrize("booked", [False, True])
async def test_points_that_expired_are_not_taken_from_others(db: Database, booked: bool) -> None:
    till = Till(db)
    number = await till.member()
    sold = await till.sell(number, 1_000_000)
    await till.ticks.due()  # The baseline.
    till.now += timedelta(days=400)
    await till.adjust(number, 70)
    if booked:
        await till.ticks.run_due()
    undone = await till.refunds.undo(sold.purchase_id, by=MANAGER, role=Role.MANAGER)
    assert (undone.points, undone.balance) == (0, 70)
    await till.in_order()


async def test_a_cashier_has_ten_minutes(db: Database) -> None:
    till = Till(db)
    sold = await till.sell(await till.member(), 100_000)
    till.now += timedelta(minutes=10, seconds=1)
    with pytest.raises(UndoTooLate):
        await till.refunds.undo(sold.purchase_id, by=CASHIER, role=Role.CASHIER)
    await till.refunds.undo(sold.purchase_id, by=MANAGER, role=Role.MANAGER)
    await till.in_order()


async def test_the_tier_follows_a_changed_programme(db: Database) -> None:
    till = Till(db)
    await till.sell(await till.member(), 500_000)
    steeper = tuple(
        tier.model_copy(update={"threshold": 50}) if tier.key == "silver" else tier
        for tier in PROGRAMME.tiers
    )
    ladder = PROGRAMME.main_ladder.model_copy(update={"tiers": steeper})
    changed = PROGRAMME.model_copy(update={"ladders": (ladder,)})
    assert await Realigning(db, changed, lambda: till.now).realign() == 1
    assert await Realigning(db, changed, lambda: till.now).realign() == 0
    assert (await Audit(db, changed).run()).faults == ()


async def test_a_zero_too_many_is_stopped(db: Database) -> None:
    till = Till(db)
    number = await till.member()
    with pytest.raises(AmountTooLarge):
        await till.sell(number, 10_000_010_000)
    assert (await till.sell(number, 10_000_000_000)).points == 1_000_000
