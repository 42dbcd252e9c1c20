"""Taking purchases back: as never made, or given back, whole or in part."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import NothingToRefund, PressExpired, UndoTooLate, UnknownReceipt
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.money import Money
from club.programme import Programme
from club.returns import Wish, amount_back
from club.staff import UNDO_WINDOW, Role, may_undo
from services.awards import balance
from services.payments import back_in_money
from services.people import find_member, name_of
from services.purchases import INTENT_LIFE, TILL
from services.refund_cards import Choice, RefundAsked, RefundChoice, RefundMade
from services.resting import claims_of
from services.reversals import Held, fallen_by, hold, reverse, rewards
from services.takebacks import Giveback, coming_back
from storage import debts as debts_store
from storage import dialogues as dialogues_store
from storage import outbox as outbox_store
from storage import purchases as purchases_store
from storage import refunds as refunds_store
from storage.db import Database
from storage.purchases import PurchaseRow
from storage.refunds import RefundRow
from storage.vault import Vault

INTENT = "refund"
CHOICES = 6  # As many purchases as are shown to choose from.


class Refunds:
    """What can be done with purchases that should not have been, or that come back."""

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

    async def ask(self, wish: Wish, *, by: int, role: Role) -> RefundAsked | RefundChoice:
        """Show what giving back this much would do; of a member with several purchases, ask which.

        Nothing is changed. Raises UnknownReceipt, NothingToRefund, AlreadyRefunded,
        RefundTooLarge, UndoTooLate and the refusals of find_member.
        """
        async with self._db.write() as tx:
            if wish.receipt is not None:
                found = await refunds_store.of_receipt(tx, TILL, wish.receipt)
                if found is None:
                    raise UnknownReceipt(receipt=wish.receipt)
                return await self._ask(tx, found, wish.amount, by, role)
            member = await find_member(tx, self._vault, wish.who or "")
            ids = await refunds_store.live(tx, member.id, CHOICES)
            if not ids:
                raise NothingToRefund(member_number=member.number)
            if len(ids) == 1:
                return await self._ask(tx, ids[0], wish.amount, by, role)
            return RefundChoice(
                number=member.number,
                name=await name_of(tx, self._vault, member),
                choices=tuple([await self._choice(tx, id_, wish.amount, by) for id_ in ids]),
            )

    async def look(self, intent_id: int, *, by: int, role: Role) -> RefundAsked:
        """What the refund that was chosen would do; refuses as ask does. Raises PressExpired."""
        async with self._db.write() as tx:
            purchase_id, amount, used = await self._intent(tx, intent_id, by)
            if used:
                raise PressExpired()
            held = await hold(tx, self._programme, purchase_id)
            giveback = self._giveback(held, amount, by, role, "", Reason.REFUND)
            return await self._shown(tx, held, giveback, intent_id)

    async def make(self, intent_id: int, *, by: int, role: Role) -> RefundMade:
        """Give back what was shown. A second press tells what the first one did.

        Raises PressExpired, AlreadyRefunded, RefundTooLarge, UndoTooLate.
        """
        async with self._db.write() as tx:
            purchase_id, wanted, used = await self._intent(tx, intent_id, by)
            held = await hold(tx, self._programme, purchase_id)
            key = f"refund:{intent_id}"
            if known := await refunds_store.find(tx, key):
                return await self._known(tx, held, known)
            if used:
                raise PressExpired()
            await dialogues_store.use_intent(tx, intent_id, self._club_time())
            giveback = self._giveback(held, wanted, by, role, key, Reason.REFUND)
            return await self._book(tx, held, giveback, "letters/refunded")

    async def drop(self, intent_id: int, *, by: int) -> None:
        """Never make this refund; what was made stays. Raises PressExpired."""
        async with self._db.write() as tx:
            _, _, used = await self._intent(tx, intent_id, by)
            if used:
                raise PressExpired()
            await dialogues_store.use_intent(tx, intent_id, self._club_time())

    async def undo(self, purchase_id: int, *, by: int, role: Role) -> RefundMade:
        """Take back what is left of a purchase; its receipt is free again.

        Done before, it changes nothing and tells what was taken then.
        Managers always, a cashier their own for UNDO_WINDOW; else raises UndoTooLate.
        """
        async with self._db.write() as tx:
            held = await hold(tx, self._programme, purchase_id)
            if held.purchase.undone_at is not None:
                rows = await refunds_store.of_purchase(tx, purchase_id)
                return await self._known(tx, held, rows[-1])
            key = f"undo:{purchase_id}"
            giveback = self._giveback(held, None, by, role, key, Reason.UNDO)
            return await self._book(tx, held, giveback, "letters/purchase_undone")

    def _giveback(
        self, held: Held, wanted: Money | None, by: int, role: Role, key: str, reason: Reason
    ) -> Giveback:
        """This much of the purchase, if it is there and this person may."""
        now, purchase = self._club_time(), held.purchase
        if not may_undo(role, by, purchase.booked_by, purchase.booked_at, now):
            raise UndoTooLate(minutes=UNDO_WINDOW.seconds // 60)
        over = purchase.undone_at is not None
        amount = amount_back(purchase.amount, purchase.refunded_minor, wanted, over=over)
        return Giveback(purchase=purchase, amount=amount, key=key, reason=reason, by=by, at=now)

    async def _book(
        self, tx: AsyncConnection, held: Held, giveback: Giveback, message: str
    ) -> RefundMade:
        """Book the refund and tell the member."""
        done = await reverse(tx, self._programme, held, giveback)
        before = giveback.purchase.refunded_minor
        made = await self._made(
            tx, done.member, giveback.purchase, done.row, before=before, after=giveback.refunded
        )
        letter = Letter(
            key=_letter_key(giveback),
            member_id=done.member.id,
            message=message,
            facts={
                "amount": made.amount,
                "in_money": made.in_money,
                "points": made.points,
                "owed": made.owed,
                "returned": made.returned,
                "rewards": rewards(made.rewards),
                "balance": made.balance,
                "debt": made.debt,
                "tier": made.tier.model_dump(),
            },
        )
        await outbox_store.add(tx, [letter], giveback.at)
        return made

    async def _known(self, tx: AsyncConnection, held: Held, row: RefundRow) -> RefundMade:
        """What stands already."""
        purchase = held.purchase
        rows = await refunds_store.of_purchase(tx, purchase.id)
        before = sum(earlier.amount_minor for earlier in rows if earlier.id < row.id)
        after = purchase.refunded_minor
        made = await self._made(tx, held.member, purchase, row, before=before, after=after)
        return replace(made, repeated=True)

    async def _made(
        self,
        tx: AsyncConnection,
        member: Member,
        purchase: PurchaseRow,
        row: RefundRow,
        *,
        before: int,
        after: int,
    ) -> RefundMade:
        """What that refund did; `before` and `after`: what went back until it, and until now."""
        amount = Money(row.amount_minor, purchase.amount.currency)
        return RefundMade(
            number=member.number,
            name=await name_of(tx, self._vault, member),
            amount=amount,
            in_money=await back_in_money(tx, purchase, amount, before=before),
            left=Money(purchase.amount.minor - after, amount.currency),
            points=row.taken,
            owed=row.owed,
            returned=row.returned,
            rewards=await fallen_by(tx, self._programme, row),
            balance=await balance(tx, member.id, self._club_time()),
            debt=await debts_store.owed(tx, member.id),
            tier=self._programme.tier(member.tier).name,
            repeated=False,
        )

    async def _ask(
        self, tx: AsyncConnection, purchase_id: int, wanted: Money | None, by: int, role: Role
    ) -> RefundAsked:
        held = await hold(tx, self._programme, purchase_id)
        giveback = self._giveback(held, wanted, by, role, "", Reason.REFUND)
        intent_id = await self._add_intent(tx, purchase_id, giveback.amount, by)
        return await self._shown(tx, held, giveback, intent_id)

    async def _shown(
        self, tx: AsyncConnection, held: Held, giveback: Giveback, intent_id: int
    ) -> RefundAsked:
        claims = await claims_of(tx, self._programme, held.grants, giveback)
        member, purchase = held.member, held.purchase
        back = await coming_back(tx, self._programme, giveback)
        return RefundAsked(
            intent_id=intent_id,
            number=member.number,
            name=await name_of(tx, self._vault, member),
            paid=purchase.amount,
            at=purchase.at,
            receipt=purchase.receipt,
            amount=giveback.amount,
            in_money=await back_in_money(
                tx, purchase, giveback.amount, before=purchase.refunded_minor
            ),
            points=sum(one.points for one in claims if one.grant.member_id == member.id),
            returned=back.points,
            balance=await balance(tx, member.id, giveback.at),
        )

    async def _choice(
        self, tx: AsyncConnection, purchase_id: int, wanted: Money | None, by: int
    ) -> Choice:
        purchase = await purchases_store.find(tx, purchase_id)
        assert purchase is not None, "it was just found"
        left = Money(purchase.amount.minor - purchase.refunded_minor, purchase.amount.currency)
        intent_id = await self._add_intent(tx, purchase_id, wanted, by)
        return Choice(intent_id=intent_id, left=left, at=purchase.at, receipt=purchase.receipt)

    async def _add_intent(
        self, tx: AsyncConnection, purchase_id: int, amount: Money | None, by: int
    ) -> int:
        facts = {"purchase_id": purchase_id, "amount": amount}
        ends = self._club_time() + INTENT_LIFE
        return await dialogues_store.add_intent(tx, INTENT, by, facts, ends)

    async def _intent(
        self, tx: AsyncConnection, intent_id: int, by: int
    ) -> tuple[int, Money | None, bool]:
        """The purchase, how much of it, and whether it was pressed before; raises PressExpired."""
        found = await dialogues_store.find_intent(tx, intent_id, INTENT, by, self._club_time())
        if found is None:
            raise PressExpired()
        facts, used = found
        purchase_id, amount = facts["purchase_id"], facts["amount"]
        assert isinstance(purchase_id, int), "as _add_intent wrote it"
        assert amount is None or isinstance(amount, Money), "as _add_intent wrote it"
        return purchase_id, amount, used


def _letter_key(giveback: Giveback) -> str:
    """One letter a refund; that of an undone purchase as it has always been."""
    if giveback.reason is Reason.UNDO:
        return f"undone:{giveback.purchase.id}"
    return f"refunded:{giveback.key}"
