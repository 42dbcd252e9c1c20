"""Booking purchases that were made before the club existed, a batch in the open transaction."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.conditions import Circumstances
from club.earning import Award, awards_for
from club.imports import BadFile, Fault, PurchaseLine, contradiction
from club.ledger import Grant, Reason
from club.members import JoinStep, Reach
from club.needs import asks_of_orders_alone
from club.programme import Programme
from club.waiting import begins_of
from services.booking import book
from services.expiring import all_live_on
from services.ladders import after_import
from services.orders import wanted_of
from storage import grants as grants_store
from storage import imports as imports_store
from storage import members as members_store
from storage import merges as merges_store
from storage.imports import Customer
from storage.vault import Vault

CODE_BYTES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A purchase that will be booked, with what the rules give for it."""

    line: PurchaseLine
    key: str
    member_id: int
    awards: tuple[Award, ...]
    points: int


def till_of(source: str) -> str:
    """The till under which a source's receipts stand."""
    return f"import:{source}"


def key_of(line: PurchaseLine, source: str) -> str:
    """The key of a purchase: the same receipt of the same source is the same purchase."""
    return f"receipt:{till_of(source)}:{line.receipt}"


async def book_history(
    tx: AsyncConnection,
    vault: Vault,
    programme: Programme,
    lines: Sequence[PurchaseLine],
    source: str,
    phones: Mapping[str, str],
    *,
    at: datetime,
) -> Counter[str]:
    """Book these purchases, with what the rules give for each at its own time; counts by name.

    What stands there already is not booked again. Raises BadFile where it stands differently.
    """
    names = list(dict.fromkeys(line.customer for line in lines))
    members_new = await _add_unknown(tx, programme, names, source, at)
    customers = await imports_store.lock(tx, source, names)
    await _add_phones(tx, vault, customers, phones)
    # Only now, behind the locks: another import may have been faster.
    new, clashes = await unbooked(tx, lines, source)
    if clashes:
        raise BadFile(clashes)
    stay = [line for line in new if customers[line.customer].left_at is None]
    if asks_of_orders_alone(programme):
        entries = [_entry(line, source, customers[line.customer], programme) for line in stay]
        if entries:
            await _book(tx, programme, entries, source, customers, at)
        points = [entry.points for entry in entries]
    else:
        points = [
            await _book_one(tx, programme, line, source, customers[line.customer].id, at)
            for line in stay
        ]
    return Counter(
        purchases=len(points),
        members_new=members_new,
        points=sum(points),
        zero_points=points.count(0),
        repeated=len(lines) - len(new),
        departed=len(new) - len(stay),
    )


async def unbooked(
    tx: AsyncConnection, lines: Sequence[PurchaseLine], source: str
) -> tuple[list[PurchaseLine], list[Fault]]:
    """The lines that do not stand in the book yet, and what contradicts those that do."""
    keys = [key_of(line, source) for line in lines]
    names = await merges_store.names(tx, source)
    booked = await imports_store.booked(tx, keys, names)
    pairs = list(zip(lines, keys, strict=True))
    clashes = (contradiction(line, booked[key]) for line, key in pairs if key in booked)
    new = [line for line, key in pairs if key not in booked]
    return new, [fault for fault in clashes if fault]


def _entry(line: PurchaseLine, source: str, customer: Customer, programme: Programme) -> _Entry:
    awards = awards_for(wanted_of(line).order(line.at), programme, Circumstances())
    return _Entry(
        line=line,
        key=key_of(line, source),
        member_id=customer.id,
        awards=awards,
        points=sum(award.points for award in awards),
    )


async def _add_unknown(
    tx: AsyncConnection, programme: Programme, names: Sequence[str], source: str, at: datetime
) -> int:
    """Rows for customers whom the club does not know yet; how many."""
    known = await imports_store.known(tx, source, names)
    calendar = programme.club.calendar
    rows = [
        {
            "source": source,
            "external_id": name,
            # Until they answer the first question of joining.
            "language": "fa" if calendar == "jalali" else "en",
            "calendar": calendar,
            "join_step": JoinStep.LANGUAGE,
            "tier": programme.tiers[0].key,
            "points_earned": 0,
            "reach": Reach.NEVER_STARTED,
            "referral_code": "r_" + secrets.token_urlsafe(CODE_BYTES),
            "created_at": at,
        }
        for name in names
        if name not in known
    ]
    return await imports_store.add_customers(tx, rows) if rows else 0


async def _add_phones(
    tx: AsyncConnection, vault: Vault, customers: Mapping[str, Customer], phones: Mapping[str, str]
) -> None:
    """Keep the phones of customers who have none; who has joined tells it in the chat, or not."""
    rows = [
        {
            "member_id": customer.id,
            "phone": vault.seal(phones[name]),
            "phone_hash": vault.lookup_hash(phones[name]),
        }
        for name, customer in customers.items()
        if name in phones
        and not customer.has_phone
        and customer.agreed_at is None
        and customer.left_at is None
    ]
    if rows:
        await imports_store.add_phones(tx, rows)


async def _book_one(
    tx: AsyncConnection,
    programme: Programme,
    line: PurchaseLine,
    source: str,
    member_id: int,
    at: datetime,
) -> int:
    """Book one purchase as if it were made at its own time; the points that it brings."""
    booked = await book(
        tx,
        programme,
        await members_store.lock(tx, member_id),
        wanted_of(line),
        key=key_of(line, source),
        till=till_of(source),
        receipt=line.receipt,
        by=None,
        at=line.at,
        more={"title": line.title, "items": line.items, "booked_at": at},
        friends=False,  # Nobody was brought to a club that did not exist.
    )
    assert booked is not None, "the receipt was free, behind the locks"
    return booked.row.points


async def _book(
    tx: AsyncConnection,
    programme: Programme,
    entries: Sequence[_Entry],
    source: str,
    customers: Mapping[str, Customer],
    at: datetime,
) -> None:
    ids = await imports_store.add_purchases(
        tx, [_row(entry, till_of(source), at) for entry in entries]
    )
    grants = [
        (grant, entry.member_id, ids[entry.key])
        for entry in entries
        for grant in _grants(entry, ids[entry.key], programme)
    ]
    if grants:
        await grants_store.add(tx, grants)
    moments = [(entry.member_id, entry.line.at) for entry in entries]
    await all_live_on(tx, programme, "purchase", moments)
    tags = {
        (genre, entry.member_id): ids[entry.key]
        for entry in reversed(entries)  # So that the first purchase that brought it stays.
        for genre in entry.line.genres
    }
    if tags:
        rows = [
            {"tag": tag, "member_id": member_id, "purchase_id": purchase_id}
            for (tag, member_id), purchase_id in sorted(tags.items())
        ]
        await imports_store.add_tags(tx, rows)
    earned: Counter[int] = Counter()
    for entry in entries:
        earned[entry.member_id] += entry.points
    totals = [
        (customer.id, customer.points_earned + earned[customer.id])
        for customer in customers.values()
        if earned[customer.id]
    ]
    if totals:
        await imports_store.put_earned(tx, totals)
    await after_import(tx, programme, sorted(earned), at)


def _row(entry: _Entry, till: str, at: datetime) -> dict[str, Any]:
    line = entry.line
    return {
        "key": entry.key,
        "till": till,
        "receipt": line.receipt,
        "member_id": entry.member_id,
        "amount_minor": line.amount.minor,
        "currency": line.amount.currency,
        "title": line.title,
        "items": line.items,
        "points": entry.points,
        "at": line.at,
        "booked_at": at,
        **wanted_of(line).columns(),
    }


def _grants(entry: _Entry, purchase_id: int, programme: Programme) -> list[Grant]:
    return [
        ledger.grant(
            entry.member_id,
            award.points,
            Reason.PURCHASE,
            programme,
            key=f"purchase:{purchase_id}:{award.rule}",
            at=entry.line.at,
            explanation=award.explanation,
            active_from=begins_of(entry.line.at, programme.waiting),
            rule=award.rule,
        )
        for award in entry.awards
    ]
