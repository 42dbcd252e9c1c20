"""Everything that can be done with points, in any order, on the book and on the model at once."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from club.errors import NotEnoughPoints
from club.members import number_of
from storage.db import Database
from tests.book.model import Account, Choices, Hold, Purchase, Refused, World
from tests.book.returns import merge, refund
from tests.book.shop import BY, MANAGER, PER, Shop, Standing, programme

Made = TypeVar("Made")
POINTS = st.integers(1, 60)
CHOICES = st.builds(
    Choices,
    when_spent=st.sampled_from(["owe", "within_balance", "pending_only"]),
    grace_days=st.sampled_from([0, 3]),
    waiting_days=st.sampled_from([0, 2]),
    at_once=st.booleans(),
)


class Book(RuleBasedStateMachine):
    """One run: a few people and an empty book."""

    url: ClassVar[Callable[[], str]]  # Of a new, migrated database.
    steps: ClassVar[int] = 0  # Of all runs together.

    people = Bundle("people")
    customers = Bundle("customers")
    purchases = Bundle("purchases")
    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = Database(type(self).url())
        self.bought: dict[Purchase, int] = {}
        self.kept: dict[Hold, int] = {}

    @initialize(choices=CHOICES)
    def begin(self, choices: Choices) -> None:
        self.world, self.shop = World(choices), Shop(self.db, programme(choices))

    @rule(target=people)
    def join(self) -> int:
        return self._new(self.shop.member())

    @rule(target=customers)
    def be_known_from_before(self) -> int:
        return self._new(self.shop.customer())

    @rule(who=people | customers, points=POINTS)
    def earn(self, who: int, points: int) -> None:
        if self._is_here(who):
            self.runner.run(self.shop.earn(who, points))
            self.world.earn(who, points, self.shop.now, None)

    @rule(who=people | customers, points=POINTS)
    def add_by_hand(self, who: int, points: int) -> None:
        if self._is_here(who):
            self.runner.run(self.shop.adjust(who, points))
            self.world.grant(who, points, self.shop.now)

    @rule(who=people | customers, points=POINTS)
    def take_by_hand(self, who: int, points: int) -> None:
        if self._is_here(who):
            self._both(
                self.shop.adjust(who, -points),
                lambda: self.world.take(who, points, self.shop.now),
            )

    @rule(who=people | customers, points=POINTS)
    def spend(self, who: int, points: int) -> None:
        if self._is_here(who):
            self._both(
                self.shop.spending.spend(number_of(who), points, None, by=BY, key=self.shop.key()),
                lambda: self.world.take(who, points, self.shop.now),
            )

    @rule(target=purchases, who=people | customers, points=POINTS, thirds=st.integers(0, 3))
    def buy(self, who: int, points: int, thirds: int) -> "Purchase | MultipleResults[Purchase]":
        if not self._is_here(who):
            return multiple()
        spent = points * thirds // 3
        done = self._both(
            self.shop.buy(who, points, spent),
            lambda: self.world.buy(who, points * PER, points, spent, self.shop.now),
        )
        if done is None:
            return multiple()
        self.bought[done[1]] = done[0]
        return done[1]

    @rule(purchase=purchases, percent=st.sampled_from([1, 33, 50, 99, 100]))
    def refund(self, purchase: Purchase, percent: int) -> None:
        left = purchase.amount - purchase.refunded
        if left:
            minor = max(1, left * percent // 100)
            self.runner.run(self.shop.refund(self.bought[purchase], minor))
            refund(self.world, purchase, minor, self.shop.now)

    @rule(purchase=purchases)
    def undo(self, purchase: Purchase) -> None:
        undoing = self.shop.refunds.undo(self.bought[purchase], by=BY, role=MANAGER)
        left = purchase.amount - purchase.refunded
        assert self.runner.run(undoing).repeated is (left == 0)
        if left:
            refund(self.world, purchase, left, self.shop.now)

    @rule(target=holds, who=people | customers, points=POINTS)
    def hold(self, who: int, points: int) -> "Hold | MultipleResults[Hold]":
        if not self._is_here(who):
            return multiple()
        done = self._both(
            self.shop.holds.hold(number_of(who), points, by=BY, key=self.shop.key()),
            lambda: self.world.hold(who, points, self.shop.now),
        )
        if done is None:
            return multiple()
        self.kept[done[1]] = done[0].id
        return done[1]

    @rule(hold=holds, post=st.booleans())
    def end_hold(self, hold: Hold, post: bool) -> None:
        end = self.shop.holds.post if post else self.shop.holds.void
        self.runner.run(end(self.kept[hold], by=BY))
        if hold.is_open and post and self.shop.now < hold.ends:
            hold.is_open = False
        elif hold.is_open:
            self.world.void(hold, self.shop.now)

    @rule(giver=people, receiver=people, points=POINTS)
    def give(self, giver: int, receiver: int, points: int) -> None:
        if giver != receiver and self._is_here(giver) and self._is_here(receiver):
            self._both(
                self.shop.give(giver, receiver, points),
                lambda: self.world.give(giver, receiver, points, self.shop.now),
            )

    @rule(hours=st.integers(1, 15 * 24), night=st.booleans())
    def wait(self, hours: int, night: bool) -> None:
        self.shop.now += timedelta(hours=hours)
        if not night:
            return
        self.runner.run(self.shop.night())
        for hold in sorted(self.kept, key=lambda one: (one.ends, self.kept[one])):
            if hold.is_open and hold.ends <= self.shop.now:
                self.world.void(hold, self.shop.now)
        self.world.expire(self.shop.now)

    @rule(who=consumes(people))
    def leave(self, who: int) -> None:
        if self._is_here(who):
            self.runner.run(self.shop.leave(who))
            self.world.leave(who, self.shop.now)

    @rule(customer=consumes(customers), heir=people)
    def merge(self, customer: int, heir: int) -> None:
        if self._is_here(customer) and self._is_here(heir):
            self.runner.run(self.shop.merge(customer, heir))
            merge(self.world, customer, heir, self.shop.now, list(self.bought))

    @invariant()
    def says_the_same(self) -> None:
        type(self).steps += 1
        said = self.runner.run(self.shop.standings())
        for owner, account in self.world.accounts.items():
            lots = [(lot.left, lot.ends) for lot in self.world.of(owner) if lot.left]
            expected = Standing(
                balance=self.world.balance(owner, self.shop.now),
                debt=account.debt,
                earned=account.earned,
                held=self.world.held(owner),
                lots=tuple(sorted(lots)),
            )
            assert said[owner] == expected

    def teardown(self) -> None:
        try:
            self.runner.run(self.shop.in_order())
        finally:
            self.runner.run(self.db.close())
            self.runner.close()

    def _new(self, coming: Coroutine[Any, Any, int]) -> int:
        member_id = self.runner.run(coming)
        self.world.accounts[member_id] = Account()
        return member_id

    def _is_here(self, who: int) -> bool:
        return not self.world.accounts[who].left

    def _both(
        self, doing: Coroutine[Any, Any, Any], change: Callable[[], Made]
    ) -> tuple[Any, Made] | None:
        """Do it in the book and in the model; both must refuse it, or neither."""
        try:
            made = change()
        except Refused:
            made = None
        try:
            done = self.runner.run(doing)
        except NotEnoughPoints:
            assert made is None, "the book refuses what the model does"
            return None
        assert made is not None, "the book does what the model refuses"
        return done, made
