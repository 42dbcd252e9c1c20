"""What the book must say, worked out in the plainest way: lists of lots, and loops over them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

TEHRAN = ZoneInfo("Asia/Tehran")
LIFE_DAYS = 20
HOLD_HOURS = 24


class Refused(Exception):
    """The book must refuse this too."""


@dataclass(eq=False)
class Lot:
    """Points of one grant."""

    owner: int
    left: int
    begins: datetime
    ends: datetime
    purchase: "Purchase | None" = None
    lapsed: int = 0

    def lives(self, now: datetime) -> bool:
        return self.left > 0 and now < self.ends

    def is_open(self, now: datetime) -> bool:
        return self.lives(now) and self.begins <= now


Uses = list[tuple[Lot, int]]


@dataclass(eq=False)
class Purchase:
    """What was bought, what it brought, and what went back of it."""

    owner: int
    amount: int
    granted: int
    spent: int = 0
    uses: Uses = field(default_factory=list)
    refunded: int = 0
    gone: int = 0


@dataclass(eq=False)
class Hold:
    """Points set aside."""

    owner: int
    points: int
    uses: Uses
    ends: datetime
    is_open: bool = True


@dataclass
class Account:
    """What is known of a member beside their lots."""

    debt: int = 0
    earned: int = 0
    left: bool = False


@dataclass
class Choices:
    """What the programme chooses."""

    when_spent: str = "owe"
    grace_days: int = 0
    waiting_days: int = 0
    at_once: bool = False


def day_end(at: datetime, days: int) -> datetime:
    """The first moment after the local day so many days later."""
    day = at.astimezone(TEHRAN).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), TEHRAN)


def last_first(uses: Uses, rank: dict[Lot, int]) -> Uses:
    """What lives longest before what ends sooner."""
    return sorted(uses, key=lambda use: (use[0].ends, rank[use[0]]), reverse=True)


class World:
    """All members of one run."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.lots: list[Lot] = []
        self.accounts: dict[int, Account] = {}
        self.holds: list[Hold] = []

    def of(self, owner: int) -> list[Lot]:
        """The owner's lots, oldest first."""
        return [lot for lot in self.lots if lot.owner == owner]

    def balance(self, owner: int, now: datetime) -> int:
        return sum(lot.left for lot in self.of(owner) if lot.is_open(now))

    def held(self, owner: int) -> int:
        return sum(hold.points for hold in self.holds if hold.owner == owner and hold.is_open)

    def ranks(self) -> dict[Lot, int]:
        return {lot: rank for rank, lot in enumerate(self.lots)}

    def take(self, owner: int, points: int, now: datetime) -> Uses:
        """Take open points, those that end first."""
        if points > self.balance(owner, now):
            raise Refused
        opened = [lot for lot in self.of(owner) if lot.is_open(now)]
        return drain(sorted(opened, key=lambda lot: lot.ends), points)

    def grant(
        self,
        owner: int,
        points: int,
        now: datetime,
        *,
        begins: datetime | None = None,
        ends: datetime | None = None,
        purchase: Purchase | None = None,
    ) -> None:
        """Points into a lot of their own."""
        begins = begins or now
        ends = ends or day_end(begins, LIFE_DAYS)
        self.lots.append(Lot(owner, points, begins, ends, purchase))

    def earn(self, owner: int, points: int, now: datetime, purchase: Purchase | None) -> None:
        """Points that a rule gave: they pay debt first."""
        wait = timedelta(days=self.choices.waiting_days if purchase else 0)
        self.grant(owner, points, now, begins=now + wait, purchase=purchase)
        account = self.accounts[owner]
        account.earned += points
        newest = [lot for lot in reversed(self.of(owner)) if lot.lives(now)]
        paid = drain(newest, min(account.debt, points))
        account.debt -= total(paid)

    def buy(self, owner: int, amount: int, brings: int, spent: int, now: datetime) -> Purchase:
        """A purchase, perhaps paid for with points."""
        purchase = Purchase(owner, amount, brings, spent)
        if not self.choices.at_once:
            purchase.uses = self.take(owner, spent, now)
        elif spent > self.balance(owner, now) + self._at_once(owner, brings):
            raise Refused
        if brings:
            self.earn(owner, brings, now, purchase)
        if self.choices.at_once:
            purchase.uses = self.take(owner, spent, now)
        return purchase

    def _at_once(self, owner: int, brings: int) -> int:
        """What an order may spend of what it earns."""
        waits = self.choices.waiting_days > 0
        return 0 if waits else max(0, brings - self.accounts[owner].debt)

    def hold(self, owner: int, points: int, now: datetime) -> Hold:
        uses = self.take(owner, points, now)
        hold = Hold(owner, points, uses, now + timedelta(hours=HOLD_HOURS))
        self.holds.append(hold)
        return hold

    def void(self, hold: Hold, now: datetime) -> None:
        hold.is_open = False
        self.bring_back(hold.owner, hold.uses, hold.points, now)

    def give(self, giver: int, receiver: int, points: int, now: datetime) -> Uses:
        """Each lot keeps its end."""
        uses = self.take(giver, points, now)
        for lot, taken in uses:
            self.grant(receiver, taken, now, begins=lot.begins, ends=lot.ends)
        return uses

    def bring_back(self, owner: int, uses: Uses, points: int, now: datetime) -> int:
        """Used points into the lots they came from; how many came."""
        came = 0
        for lot, used in last_first(uses, self.ranks()):
            part = min(used, points)
            points -= part
            ended = lot.ends <= now
            if not part or (ended and not self.choices.grace_days):
                continue
            came += part
            if not ended and lot.owner == owner:
                lot.left += part
            else:
                ends = day_end(now, self.choices.grace_days) if ended else lot.ends
                self.grant(owner, part, now, ends=ends)
        return came

    def expire(self, now: datetime) -> None:
        for lot in self.lots:
            if lot.ends <= now:
                lot.lapsed += lot.left
                lot.left = 0

    def leave(self, owner: int, now: datetime) -> None:
        for hold in sorted(self.holds, key=lambda hold: hold.ends):
            if hold.owner == owner and hold.is_open:
                self.void(hold, now)
        for lot in self.of(owner):
            if lot.lives(now):
                lot.left = 0
        self.accounts[owner].left = True
        self.accounts[owner].debt = 0


def drain(lots: Iterable[Lot], points: int) -> Uses:
    """Take points out of these lots, one after the other, as far as they go."""
    uses: Uses = []
    for lot in lots:
        taken = min(lot.left, points)
        if taken:
            lot.left -= taken
            points -= taken
            uses.append((lot, taken))
    return uses


def total(uses: Uses) -> int:
    return sum(points for _, points in uses)
