"""Booking purchases that were made before the club existed, a batch in the open transaction."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.imports import BadFile, Fault, PurchaseLine, contradiction
from club.members import JoinStep, Reach
from club.needs import asks_of_orders_alone
from club.programme import Programme
from services.booking import book
from services.entries import Deed, book_entries, entries_of_orders, entries_of_pasts
from services.ladders import after_import
from services.pasts import keep, load, plain_customers, shares_limits
from storage import imports as imports_store
from storage import members as members_store
from storage import merges as merges_store
from storage.imports import Customer
from storage.vault import Vault

CODE_BYTES = 9


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
    points = await _book(tx, programme, stay, source, customers, at) if stay else []
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


async def _book(
    tx: AsyncConnection,
    programme: Programme,
    lines: Sequence[PurchaseLine],
    source: str,
    customers: Mapping[str, Customer],
    at: datetime,
) -> list[int]:
    """Book these purchases; what the rules give for each, in any order."""
    deeds = [
        Deed(
            line=line,
            key=key_of(line, source),
            till=till_of(source),
            member_id=customers[line.customer].id,
        )
        for line in lines
    ]
    if not asks_of_orders_alone(programme):
        return await _book_asking(tx, programme, deeds, at)
    entries = entries_of_orders(deeds, programme)
    earned = {customer.id: customer.points_earned for customer in customers.values()}
    await book_entries(tx, programme, entries, earned, at)
    await after_import(tx, programme, sorted({deed.member_id for deed in deeds}), at)
    return [entry.points for entry in entries]


async def _book_asking(
    tx: AsyncConnection, programme: Programme, deeds: Sequence[Deed], at: datetime
) -> list[int]:
    """As _book, where rules look at who buys: most at once, the others one by one."""
    member_ids = {deed.member_id for deed in deeds}
    members = await plain_customers(tx, member_ids)
    if len(members) < len(member_ids) and shares_limits(programme):
        members = {}  # What one gets depends on all who bought before them.
    many = [deed for deed in deeds if deed.member_id in members]
    points = []
    if many:
        pasts = await load(tx, programme, members, [deed.at for deed in many])
        entries = entries_of_pasts(many, pasts)
        earned = {member.id: member.points_earned for member in members.values()}
        await book_entries(tx, programme, entries, earned, at)
        await keep(tx, programme, pasts, at)
        points = [entry.points for entry in entries]
    for deed in deeds:
        if deed.member_id not in members:
            points.append(await _book_one(tx, programme, deed, at))
    return points


async def _book_one(tx: AsyncConnection, programme: Programme, deed: Deed, at: datetime) -> int:
    """Book one purchase as if it were made at its own time; the points that it brings."""
    line = deed.line
    booked = await book(
        tx,
        programme,
        await members_store.lock(tx, deed.member_id),
        deed.wanted,
        key=deed.key,
        till=deed.till,
        receipt=line.receipt,
        by=None,
        at=line.at,
        more={"title": line.title, "items": line.items, "booked_at": at},
        friends=False,  # Nobody was brought to a club that did not exist.
    )
    assert booked is not None, "the receipt was free, behind the locks"
    return booked.row.points
