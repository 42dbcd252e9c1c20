"""Taking purchases back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.errors import PressExpired, UndoTooLate
from club.ledger import Account, Reason
from club.letters import Letter
from club.members import Member
from club.money import Money
from club.parts import Words
from club.programme import Programme
from club.staff import UNDO_WINDOW, Role, may_undo
from services.awards import balance, change_earned
from services.people import name_of
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage import purchases as purchases_store
from storage import staff as staff_store
from storage.db import Database
from storage.purchases import PurchaseRow
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseUndone:
    """A purchase that counts no longer; `points` were taken back."""

    number: str
    name: str
    amount: Money
    points: int
    balance: int
    tier: Words
    repeated: bool


class Refunds:
    """What can be done with purchases that should not have been."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time

    async def undo(self, purchase_id: int, *, by: int, role: Role) -> PurchaseUndone:
        """Take a purchase back, with the points it brought that are still there.

        Done before, it changes nothing and tells what was taken then.
        Managers always, a cashier their own for UNDO_WINDOW; else raises UndoTooLate.
        """
        async with self._db.write() as tx:
            purchase, member = await self._lock(tx, purchase_id)
            now = self._club_time()
            name = await name_of(tx, self._vault, member)
            if purchase.undone_at is not None:
                booked = await ledger_store.find(tx, _key(purchase))
                taken = booked.points if booked else 0
            else:
                if not may_undo(role, by, purchase.booked_by, purchase.booked_at, now):
                    raise UndoTooLate(minutes=UNDO_WINDOW.seconds // 60)
                taken, member = await self._take_back(tx, member, purchase, by, now)
            undone = PurchaseUndone(
                number=member.number,
                name=name,
                amount=purchase.amount,
                points=taken,
                balance=await balance(tx, member.id, now),
                tier=self._programme.tier(member.tier).name,
                repeated=purchase.undone_at is not None,
            )
            if not undone.repeated:
                await self._tell_undone(tx, member, purchase, undone, now)
            return undone

    async def _lock(self, tx: AsyncConnection, purchase_id: int) -> tuple[PurchaseRow, Member]:
        """The purchase and its member, locked; the member first, as all others lock them.

        Raises PressExpired where there is none, or a merge gave it to another member meanwhile.
        """
        found = await purchases_store.find(tx, purchase_id)
        if found is None:
            raise PressExpired()
        member = await members_store.lock(tx, found.member_id)
        purchase = await purchases_store.lock(tx, purchase_id)
        if purchase is None or purchase.member_id != member.id:
            raise PressExpired()
        return purchase, member

    async def _take_back(
        self, tx: AsyncConnection, member: Member, purchase: PurchaseRow, by: int, now: datetime
    ) -> tuple[int, Member]:
        """Move back what the purchase brought, as far as the balance goes; points and member."""
        lots = await ledger_store.lots(tx, member.id)
        own = await ledger_store.lots_of_purchase(tx, purchase.id)
        wanted = purchase.points - await ledger_store.lapsed(tx, purchase.id, now)
        points = min(wanted, ledger.holdings(lots, now).balance)
        if points > 0:
            spent = ledger.spend(
                member.id,
                lots,
                points,
                Account.ISSUED,
                Reason.UNDO,
                key=_key(purchase),
                at=now,
                explanation={"amount": purchase.amount},
                first=own[0] if own else None,
            )
            await ledger_store.add_spend(tx, spent, purchase.id)
        await purchases_store.mark_undone(tx, purchase, by, now)
        live = await purchases_store.live_genres(tx, member.id)
        for genre in purchase.genres:
            if genre in live:
                await members_store.tag(tx, member.id, [genre], live[genre])
        await staff_store.log(tx, by, "undo", {"purchase_id": purchase.id, "points": points}, now)
        after = await change_earned(tx, self._programme, member, -purchase.points)
        return points, after

    async def _tell_undone(
        self,
        tx: AsyncConnection,
        member: Member,
        purchase: PurchaseRow,
        undone: PurchaseUndone,
        now: datetime,
    ) -> None:
        letter = Letter(
            key=f"undone:{purchase.id}",
            member_id=member.id,
            message="letters/purchase_undone",
            facts={
                "amount": undone.amount,
                "points": undone.points,
                "balance": undone.balance,
                "tier": undone.tier.model_dump(),
            },
        )
        await outbox_store.add(tx, [letter], now)


def _key(purchase: PurchaseRow) -> str:
    """The key of the move that takes a purchase back."""
    return f"undo:{purchase.id}"
