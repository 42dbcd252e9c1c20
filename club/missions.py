"""Missions: so many purchases, so much, or so many genres within a time, for points.

Within a calendar span a mission is completed once a span; within so many days counting begins anew
after each completion. One that does not recur is completed once in a lifetime.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from club.baskets import Item, Order
from club.calendar import local_day
from club.conditions import Case, Circumstances, counts, matching
from club.money import Money
from club.programme import Programme
from club.rules import Days, Rule
from club.spans import day_start, span_of
from club.takebacks import share


class Bought(NamedTuple):
    """A purchase that may count for a mission; what was refunded of it is taken off already."""

    id: int
    at: datetime
    amount_minor: int
    genres: Sequence[str]
    discount_minor: int = 0


def left_of(
    id_: int,
    at: datetime,
    amount_minor: int,
    genres: Sequence[str],
    discount_minor: int,
    refunded_minor: int,
) -> Bought:
    """What counts of a purchase of which so much was refunded: its discount goes in proportion."""
    gone = share(discount_minor, amount_minor, refunded_minor, 0) if refunded_minor else 0
    return Bought(id_, at, amount_minor - refunded_minor, genres, discount_minor - gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The purchase with which a completion was booked, and when: counting begins anew after it."""

    purchase_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a member is now; `done` and `goal` in purchases, minor units or genres."""

    done: int
    goal: int
    ends_at: datetime | None  # When the span ends; None where no days are counted yet.
    completed: bool  # Nothing more to do in this span, or ever.
    reached: bool  # Whether it is completed now by what was not rewarded before.


def needed_from(rule: Rule, programme: Programme, at: datetime) -> datetime:
    """The moment from which on purchases matter for progress() at that moment."""
    day = local_day(at, programme.zone)
    return day_start(_first_day(rule, programme, day), programme.zone)


def progress(
    rule: Rule,
    purchases: Iterable[Bought],
    programme: Programme,
    at: datetime,
    awarded: Sequence[Completion] = (),
) -> Progress:
    """How far the purchases lead at that moment; `awarded` are the completions booked before.

    Purchases before needed_from() do not matter, nor do those after the moment.
    """
    assert rule.goal is not None, "a mission has one"
    goal, today = rule.goal.figure, local_day(at, programme.zone)
    first = _first_day(rule, programme, today)
    open_ = _Open(rule, programme)
    if isinstance(rule.within, Days):
        over = bool(awarded) and not rule.recurring
        last = max(((done.at, done.purchase_id) for done in awarded), default=None)
    else:
        span = [done for done in awarded if first <= local_day(done.at, programme.zone) <= today]
        over = bool(span if rule.recurring else awarded)
        last = None
    reached = False
    for bought in sorted(purchases, key=_moment):
        if not first <= local_day(bought.at, programme.zone) or bought.at > at:
            continue
        if (last is None or _moment(bought) > last) and open_.add(bought) and not over:
            reached = True
    return Progress(
        done=min(goal, open_.done) if not over else goal,
        goal=goal,
        ends_at=_ends_at(rule, programme, today, open_),
        completed=over or reached,
        reached=reached,
    )


def completions(
    rule: Rule, purchases: Iterable[Bought], programme: Programme
) -> tuple[Completion, ...]:
    """Every completion that these purchases, all that the member has, make from the first on."""
    found: list[Completion] = []
    open_ = _Open(rule, programme)
    span: tuple[date, date] | None = None
    done_in_span = False
    for bought in sorted(purchases, key=_moment):
        day = local_day(bought.at, programme.zone)
        if isinstance(rule.within, Days):
            open_.forget_before(day - timedelta(days=rule.within.days - 1))
        elif span is None or not span[0] <= day < span[1]:
            span, done_in_span = _span(rule, programme, day), False
            open_.clear()
        if done_in_span or not open_.add(bought):
            continue
        found.append(Completion(purchase_id=bought.id, at=bought.at))
        open_.clear()
        done_in_span = not isinstance(rule.within, Days)
        if not rule.recurring:
            break
    return tuple(found)


def no_longer(
    rule: Rule,
    purchases: Iterable[Bought],
    programme: Programme,
    awarded: Sequence[Completion],
) -> tuple[Completion, ...]:
    """The booked completions that the purchases left (all that the member has) no longer bear.

    A completion stands as long as its span is completed by any purchase; within so many days, as
    long as there are as many completions. What falls are the latest.
    """
    left = completions(rule, purchases, programme)
    if isinstance(rule.within, Days) or not rule.recurring:
        inorder = sorted(awarded, key=lambda done: (done.at, done.purchase_id))
        return tuple(inorder[len(left) :])
    spans = {_span(rule, programme, local_day(done.at, programme.zone)) for done in left}
    return tuple(
        done
        for done in awarded
        if _span(rule, programme, local_day(done.at, programme.zone)) not in spans
    )


@dataclass(slots=True)
class _Open:
    """What counts towards the next completion."""

    rule: Rule
    programme: Programme
    bought: list[Bought] = field(default_factory=list)

    def add(self, bought: Bought) -> bool:
        """Count the purchase if the rule's conditions let it; whether the goal is reached now."""
        assert self.rule.goal is not None, "a mission has one"
        if not _counts(self.rule, bought, self.programme):
            return False
        self.bought.append(bought)
        return self.done >= self.rule.goal.figure

    def clear(self) -> None:
        self.bought.clear()

    def forget_before(self, first: date) -> None:
        zone = self.programme.zone
        self.bought = [one for one in self.bought if local_day(one.at, zone) >= first]

    @property
    def done(self) -> int:
        """Purchases, minor units or genres."""
        assert self.rule.goal is not None, "a mission has one"
        if self.rule.goal.purchases is not None:
            return len(self.bought)
        if self.rule.goal.amount is not None:
            return sum(_amount(self.rule, one) for one in self.bought)
        return len({genre for one in self.bought for genre in one.genres})


def _counts(rule: Rule, bought: Bought, programme: Programme) -> bool:
    """Whether amount, genres and time of the purchase fit; of the member the award asks."""
    if rule.when is None:
        return True
    currency = programme.club.currency
    discount = Money(bought.discount_minor, currency)
    order = Order(amount=Money(bought.amount_minor, currency), at=bought.at, discount=discount)
    case = Case(
        at=bought.at.astimezone(programme.zone),
        circumstances=Circumstances(),
        basis=rule.basis,
        order=order,
    )
    item = Item(amount_minor=order.gross, genres=tuple(bought.genres))
    return counts(rule.when, case) and bool(matching(rule.when, (item,)))


def _amount(rule: Rule, bought: Bought) -> int:
    return bought.amount_minor + (bought.discount_minor if rule.basis == "gross" else 0)


def _span(rule: Rule, programme: Programme, day: date) -> tuple[date, date]:
    assert isinstance(rule.within, str), "asked before"
    return span_of(day, rule.within, rule.calendar or programme.club.calendar)


def _first_day(rule: Rule, programme: Programme, day: date) -> date:
    """The first day whose purchases count on that day."""
    if isinstance(rule.within, Days):
        return day - timedelta(days=rule.within.days - 1)
    return _span(rule, programme, day)[0]


def _ends_at(rule: Rule, programme: Programme, today: date, open_: _Open) -> datetime | None:
    if not isinstance(rule.within, Days):
        return day_start(_span(rule, programme, today)[1], programme.zone)
    if not open_.bought:
        return None
    first = local_day(min(one.at for one in open_.bought), programme.zone)
    return day_start(first + timedelta(days=rule.within.days), programme.zone)


def _moment(bought: Bought) -> tuple[datetime, int]:
    return bought.at, bought.id
