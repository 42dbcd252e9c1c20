"""What a file of past purchases may say: its columns, its rows, and what is wrong with them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from club.money import CURRENCIES, Money

SHOWN_FAULTS = 200
SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong in a file, and how to write it right."""

    line: int  # Counted as editors count; 0 is the file as a whole.
    column: str | None
    reason: str
    remedy: str

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line else "the file"
        column = f", {self.column}" if self.column else ""
        return f"{place}{column}: {self.reason}; {self.remedy}"


class BadFile(ValueError):
    """The file cannot be imported, and nothing of it was; `faults` holds every one by line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__(f"{len(self.faults)} faults in the file")

    @property
    def shown(self) -> tuple[Fault, ...]:
        """The first SHOWN_FAULTS: nobody reads more before mending."""
        return self.faults[:SHOWN_FAULTS]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    """One purchase as a row of a file tells it."""

    line: int
    receipt: str
    customer: str
    at: datetime
    amount: Money
    phone: str | None = None  # As E.164.
    items: int | None = None
    title: str | None = None
    genres: tuple[str, ...] = ()  # Keys of the programme's genres, each once, in the row's order.
    discount: Money | None = None  # Off the amount already.
    shop: str | None = None
    payment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What stands under a receipt already; `where` says in which place."""

    where: str
    customer: str
    amount: Money
    at: datetime
    also: frozenset[str] = frozenset()  # Names of the same person, whose rows were merged.


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The lines of a file, each receipt once, by time and customer; and where they contradict."""

    lines: tuple[PurchaseLine, ...]
    repeated: int
    phones: dict[str, PurchaseLine]  # Customer → the latest line that tells a phone.
    faults: tuple[Fault, ...]


def settle(lines: Sequence[PurchaseLine]) -> Settled:
    """Order by time and customer, leave out what is said again, name what contradicts."""
    first: dict[str, PurchaseLine] = {}
    holders: dict[str, PurchaseLine] = {}
    phones: dict[str, PurchaseLine] = {}
    faults: list[Fault] = []
    for line in sorted(lines, key=lambda line: line.line):
        earlier = first.setdefault(line.receipt, line)
        if earlier is not line and (fault := contradiction(line, _as_booked(earlier))):
            faults.append(fault)
        if line.phone is None:
            continue
        holder = holders.setdefault(line.phone, line)
        if holder.customer != line.customer:
            faults.append(taken_phone(line, f"customer {holder.customer} on line {holder.line}"))
        latest = phones.setdefault(line.customer, line)
        if latest.at <= line.at:
            phones[line.customer] = line
    ordered = tuple(sorted(first.values(), key=lambda line: (line.at, line.customer, line.line)))
    return Settled(
        lines=ordered,
        repeated=len(lines) - len(ordered),
        phones=phones,
        faults=tuple(faults),
    )


def contradiction(line: PurchaseLine, booked: Booked) -> Fault | None:
    """What is wrong when the same receipt tells another customer, amount or time."""
    customer = line.customer if line.customer in booked.also else booked.customer
    for column, said, stands in (
        ("customer", line.customer, customer),
        ("amount", line.amount, booked.amount),
        ("at", line.at, booked.at),
    ):
        if said != stands:
            return Fault(
                line=line.line,
                column=column,
                reason=f"receipt {line.receipt} stands in {booked.where} with other facts: "
                f"customer {booked.customer}, {plain_amount(booked.amount)}, "
                f"{plain_moment(booked.at)}",
                remedy="write the row as it stands there, or give the purchase its own receipt",
            )
    return None


def taken_phone(line: PurchaseLine, holder: str) -> Fault:
    """The phone is somebody else's; the fault does not repeat it, since faults are printed."""
    return Fault(
        line=line.line,
        column="phone",
        reason=f"the phone belongs to {holder}",
        remedy="one phone is one customer's: correct it or leave it empty",
    )


def plain_amount(amount: Money) -> str:
    """The amount as files write it, with its currency."""
    decimals = CURRENCIES[amount.currency]
    whole, part = divmod(amount.minor, 10**decimals)
    return f"{whole}{f'.{part:0{decimals}}' if decimals else ''} {amount.currency}"


def plain_moment(at: datetime) -> str:
    """The moment as files write it."""
    return at.isoformat().replace("+00:00", "Z")


def _as_booked(line: PurchaseLine) -> Booked:
    return Booked(where=f"line {line.line}", customer=line.customer, amount=line.amount, at=line.at)
