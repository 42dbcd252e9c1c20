"""Purchases of a past, worked through in order: what each brings, and what follows from it.

As services/booking.py does it with one purchase, but for many customers of whom all that the rules
may ask was read before. Only for customers whom nobody tells anything, and who owe nothing.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from club.baskets import Order
from club.birthdays import Birthday
from club.bounds import Bounds
from club.calendar import local_day
from club.conditions import Circumstances, fields_of
from club.earning import Award, award_by, awards_for, points_of
from club.errors import AmountTooLarge
from club.ladders import Counted, Ladder
from club.limits import Uses
from club.members import Member
from club.missions import Bought, Completion, progress
from club.orders import MAX_POINTS
from club.programme import Programme
from club.rules import Rule
from club.tallies import Tally
from club.tiers import Standing, benefits, measured, risen
from club.windows import Window


@dataclass(slots=True, kw_only=True)
class Past:
    """What is known of a customer up to the purchase that is worked now."""

    member: Member
    points_earned: int
    standings: dict[str, Standing]  # By ladder.
    ever: Counter[Counted] = field(default_factory=Counter)  # Of purchases and amounts.
    amounts: Tally = field(default_factory=Tally)  # Of each purchase that counts on ladders.
    points: Tally = field(default_factory=Tally)  # Earned.
    bought: list[Bought] = field(default_factory=list)  # In order of time.
    completed: dict[str, list[Completion]] = field(default_factory=dict)  # By mission.
    given: dict[str, Tally] = field(default_factory=dict)  # By rule with limits.
    tags: set[str] = field(default_factory=set)
    birthday: Birthday | None = None
    has_bought: bool = False

    def counts(self, ladder: Ladder, window: Window) -> dict[Counted, int]:
        """All that the ladder counts in its window."""
        return {of: self._count(of, ladder, window) for of in ladder.counts}

    def _count(self, of: Counted, ladder: Ladder, window: Window) -> int:
        ever = ladder.over == "ever"
        match of:
            case "referrals":
                return 0  # Whoever has friends is not worked here.
            case "points":
                if ever:
                    return self.points_earned
                return self.points.between(window.start, window.end)[1]
            case _ if ever:
                return self.ever[of]
            case _:
                number, amount = self.amounts.between(window.start, window.end)
                return number if of == "purchases" else amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """A customer who comes to stand on another tier."""

    member_id: int
    ladder: Ladder
    before: str
    standing: Standing
    value: int  # Of what the ladder measures.


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What one purchase brings, by itself and by the missions that it completes."""

    awards: tuple[Award, ...]
    missions: tuple[Award, ...]

    @property
    def earned(self) -> int:
        """All its points."""
        return points_of(self.awards) + points_of(self.missions)


class Pasts:
    """Customers' pasts, and what has come of them so far."""

    def __init__(
        self,
        programme: Programme,
        pasts: dict[int, Past],
        budgets: dict[tuple[str, str], Uses],
    ) -> None:
        self._pasts = pasts
        self.rises: list[Rise] = []
        self.retagged: dict[tuple[str, int], bool] = {}  # (tag, member) → has it now, by a tier.
        self._spent: Counter[tuple[str, str]] = Counter()  # Points of limits for all …
        self._times: Counter[tuple[str, str]] = Counter()  # … and how often.
        self._programme = programme
        self._budgets = budgets
        self._rules = programme.rules_on("purchase")
        self._missions = programme.rules_on("mission")
        self._days: dict[date, Bounds] = {}
        self._held: dict[tuple[str, ...], tuple[dict[str, str], dict[str, Decimal]]] = {}
        main = programme.main_ladder
        self._by_row = main if main.by_points_ever else None
        by_points = [one for one in programme.ladders if "points" in one.counts]
        others = [one for one in programme.ladders if {"amount", "purchases"} & set(one.counts)]
        self._ladders = tuple({one.key: one for one in (*by_points, *others)}.values())

    def work(
        self, member_id: int, order: Order, at: datetime, purchase_id: int, genres: Sequence[str]
    ) -> Brought:
        """Work this purchase of the customer; raises AmountTooLarge."""
        past, day = self._pasts[member_id], self._day(at)
        known = self._circumstances(past, self._rules, day, first=not past.has_bought, order=True)
        awards = awards_for(order, self._programme, known)
        points = points_of(awards)
        if points > MAX_POINTS:
            raise AmountTooLarge(amount=order.amount, points=points)
        self._earn(past, self._rules, awards, at, day)
        self._buy(past, order, at, purchase_id, genres)
        missions = tuple(self._complete(past, at, day, purchase_id))
        for ladder in self._ladders:
            self._climb(past, ladder, at, day)
        past.tags.update(genres)
        return Brought(awards=awards, missions=missions)

    @property
    def standings(self) -> dict[tuple[str, int], Standing]:
        """Where those stand who have risen, by ladder and member."""
        return {(one.ladder.key, one.member_id): one.standing for one in self.rises}

    @property
    def uses(self) -> list[tuple[str, str, int, int]]:
        """What was given against limits for all: (rule, period, times, points)."""
        return [(*pair, times, self._spent[pair]) for pair, times in sorted(self._times.items())]

    def _earn(
        self,
        past: Past,
        rules: Iterable[Rule],
        awards: Iterable[Award],
        at: datetime,
        day: Bounds,
    ) -> None:
        """Count what was given."""
        points = {award.rule: award.points for award in awards}
        for given in points.values():
            past.points_earned += given
            past.points.add(at, given)
        for rule in rules:
            if rule.key not in points or not rule.limits:
                continue
            past.given.setdefault(rule.key, Tally()).add(at, points[rule.key])
            for per in {limit.per for limit in rule.limits if limit.of == "all"}:
                pair = rule.key, day.period(per)
                self._spent[pair] += points[rule.key]
                self._times[pair] += 1

    def _buy(
        self, past: Past, order: Order, at: datetime, purchase_id: int, genres: Sequence[str]
    ) -> None:
        """Count the purchase itself."""
        past.has_bought = True
        past.ever["purchases"] += 1
        past.ever["amount"] += order.amount.minor
        past.amounts.add(at, order.amount.minor)
        if self._missions:
            discount = order.discount.minor if order.discount else 0
            bought = Bought(purchase_id, at, order.amount.minor, genres, discount)
            insort(past.bought, bought, key=_moment)

    def _complete(self, past: Past, at: datetime, day: Bounds, purchase_id: int) -> Iterable[Award]:
        """What the missions bring that are completed with this purchase."""
        reached = []
        for rule in self._missions:
            first = bisect_left(past.bought, (day.needed(rule), 0), key=_moment)
            done = past.completed.get(rule.key, ())
            found = progress(rule, past.bought[first:], self._programme, at, done)
            if found.reached:
                reached.append(rule)
        for rule in reached:
            known = self._circumstances(past, (rule,), day, first=False, order=False)
            award = award_by(rule, self._programme, known, at=at)
            if award is not None:
                self._earn(past, (rule,), (award,), at, day)
                done_now = Completion(purchase_id=purchase_id, at=at)
                past.completed.setdefault(rule.key, []).append(done_now)
                yield award

    def _climb(self, past: Past, ladder: Ladder, at: datetime, day: Bounds) -> None:
        """Move the customer up where what is counted lifts them."""
        standing = past.standings[ladder.key]
        if standing.tier == ladder.tiers[-1].key:
            return
        by_row = ladder is self._by_row
        # As the booking of one does it, which reads no floor when the points lift nobody.
        if by_row and standing.tier == risen(ladder, standing.tier, None, past.points_earned):
            return
        most = measured(ladder, past.counts(ladder, Window()))
        if risen(ladder, standing.tier, standing.floor, most) == standing.tier:
            return  # Not even all that is known lifts them: the window need not be worked out.
        value = measured(ladder, past.counts(ladder, day.window(ladder)))
        after = risen(ladder, standing.tier, standing.floor, value)
        if after == standing.tier:
            return
        rise = Rise(
            member_id=past.member.id,
            ladder=ladder,
            before=standing.tier,
            standing=Standing(tier=after, floor=standing.floor, since=at),
            value=value,
        )
        self.rises.append(rise)
        past.standings[ladder.key] = rise.standing
        self._retag(past, ladder, standing.tier, after)

    def _retag(self, past: Past, ladder: Ladder, before: str, after: str) -> None:
        """The tags of a tier come and go with it; one that another ladder's tier gives stays."""
        had, has = set(ladder.tier(before).tags), set(ladder.tier(after).tags)
        held = {
            tag
            for other in self._programme.ladders
            if other.key != ladder.key
            for tag in other.tier(past.standings[other.key].tier).tags
        }
        for tag in has - had:
            past.tags.add(tag)
            self.retagged[tag, past.member.id] = True
        for tag in had - has - held:
            past.tags.discard(tag)
            self.retagged[tag, past.member.id] = False

    def _circumstances(
        self, past: Past, rules: Sequence[Rule], day: Bounds, *, first: bool, order: bool
    ) -> Circumstances:
        tiers, multipliers = self._benefits(past)
        return Circumstances(
            tiers=tiers,
            multipliers=multipliers if order else {},
            tags=frozenset(past.tags),
            fields=fields_of(past.member),
            birthday=past.birthday,
            first_purchase=first,
            used=self._used(past, rules, day),
        )

    def _benefits(self, past: Past) -> tuple[dict[str, str], dict[str, Decimal]]:
        """Ladder → tier, and the tier that multiplies; the same for all who stand alike."""
        standing = tuple(past.standings[one.key].tier for one in self._programme.ladders)
        if standing not in self._held:
            main = self._programme.main_ladder.key
            tiers = {
                ladder.key: ladder.tier(tier).key
                for ladder, tier in zip(self._programme.ladders, standing, strict=True)
            } | {main: past.standings[main].tier}
            held = benefits(self._programme, tiers)
            times = {held.multiplier_tier: held.multiplier} if held.multiplier_tier else {}
            self._held[standing] = tiers, times
        return self._held[standing]

    def _used(
        self, past: Past, rules: Sequence[Rule], day: Bounds
    ) -> dict[tuple[str, str, str], Uses]:
        used: dict[tuple[str, str, str], Uses] = {}
        for rule in rules:
            for limit in rule.limits:
                if limit.of == "all":
                    pair = rule.key, day.period(limit.per)
                    before = self._budgets[pair]
                    times, points = (
                        before.times + self._times[pair],
                        before.points + self._spent[pair],
                    )
                else:
                    given = past.given.get(rule.key)
                    times, points = given.between(*day.limit(limit.per)) if given else (0, 0)
                used[rule.key, limit.of, limit.per] = Uses(times=times, points=points)
        return used

    def _day(self, at: datetime) -> Bounds:
        local = local_day(at, self._programme.zone)
        if local not in self._days:
            self._days[local] = Bounds(self._programme, at)
        return self._days[local]


def _moment(bought: Bought) -> tuple[datetime, int]:
    return bought.at, bought.id
