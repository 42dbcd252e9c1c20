"""Points that go back with a purchase, both ways, within the transaction of its refund."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.debts import owe
from club.facts import Facts
from club.ledger import Account, Grant, Reason, Spend, Transfer, account_id, wallet
from club.members import Member
from club.money import Money
from club.programme import Programme
from club.takebacks import Comeback, Recovery, come_back, recover, share
from storage import ledger as ledger_store
from storage import members as members_store
from storage import refunds as refunds_store
from storage.purchases import PurchaseRow
from storage.refunds import GrantRow, RefundRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """So many points of a grant count as earned no longer."""

    grant: GrantRow
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Giveback:
    """One refund as it is being booked."""

    purchase: PurchaseRow
    amount: Money
    key: str
    reason: Reason
    by: int
    at: datetime

    @property
    def refunded(self) -> int:
        """Minor units given back in all, this time included."""
        return self.purchase.refunded_minor + self.amount.minor

    @property
    def whole(self) -> bool:
        """Whether nothing of the purchase is left."""
        return self.refunded >= self.purchase.amount.minor


async def take_back(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    claims: Sequence[Claim],
    giveback: Giveback,
    *,
    returned: int = 0,
) -> tuple[RefundRow, Member]:
    """Take back what rested on the purchase, as far as the programme goes; the member afterwards.

    Who has the purchase gets the amount written beside it, who was rewarded for it nothing.
    """
    own = member.id == giveback.purchase.member_id
    key = giveback.key if own else f"{giveback.key}:{member.id}"
    recovery = await _recovery(tx, programme, member, claims, giveback)
    points = sum(claim.points for claim in claims)
    whole = sum(claim.grant.points for claim in claims)
    told: Facts = {"amount": giveback.amount, "whole": whole, "share": points}
    await _book(tx, member.id, recovery, giveback, key, told)
    row = await refunds_store.add(
        tx,
        [(claim.grant.id, claim.points) for claim in claims],
        key=key,
        purchase_id=giveback.purchase.id,
        member_id=member.id,
        amount_minor=giveback.amount.minor if own else 0,
        points=points,
        taken=recovery.taken,
        owed=recovery.owed,
        returned=returned,
        made_by=giveback.by,
        at=giveback.at,
    )
    earned = member.points_earned - points
    if points:
        await members_store.change(tx, member.id, points_earned=earned)
    return row, replace(member, points_earned=earned)


async def give_back(
    tx: AsyncConnection, programme: Programme, member: Member, giveback: Giveback
) -> int:
    """Give back the share of the points that paid for the purchase; how many came back."""
    if member.left_at is not None:
        return 0
    back = await coming_back(tx, programme, giveback)
    key = f"{giveback.key}:returned"
    if back.into_lots:
        points = sum(part for _, part in back.into_lots)
        transfer = _comeback(member.id, points, giveback, key)
        await ledger_store.add_return(tx, transfer, back.into_lots, giveback.purchase.id)
    for number, regrant in enumerate(back.regrants, 1):
        grant = Grant(
            transfer=_comeback(member.id, regrant.points, giveback, f"{key}:{number}"),
            active_from=giveback.at,
            expires_at=regrant.expires_at,
        )
        await ledger_store.add_grant(tx, member.id, grant, giveback.purchase.id)
    return back.points


async def coming_back(tx: AsyncConnection, programme: Programme, giveback: Giveback) -> Comeback:
    """How the share of the points that paid for the purchase comes back."""
    purchase = giveback.purchase
    paid, amount = purchase.points_spent, purchase.amount.minor
    before = share(paid, amount, purchase.refunded_minor, 0) if purchase.refunded_minor else 0
    return come_back(
        await refunds_store.spent_on(tx, purchase) if paid else (),
        share(paid, amount, giveback.refunded, before),
        programme.refunds.grace_days,
        at=giveback.at,
        zone=programme.zone,
    )


async def _recovery(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    claims: Sequence[Claim],
    giveback: Giveback,
) -> Recovery:
    """What can be taken; what has expired is nobody's any more, and is taken from no other lot."""
    ids = [claim.grant.id for claim in claims]
    purchase_id = giveback.purchase.id
    lapsed = await refunds_store.lapsed(tx, purchase_id, ids, giveback.at)
    left = sum(claim.grant.points - claim.grant.gone for claim in claims)
    return recover(
        await ledger_store.lots(tx, member.id),
        await refunds_store.own_lots(tx, member.id, purchase_id, ids),
        min(sum(claim.points for claim in claims), max(0, left - lapsed)),
        programme.refunds.when_spent,
        at=giveback.at,
        may_owe=member.left_at is None,
    )


async def _book(
    tx: AsyncConnection,
    member_id: int,
    recovery: Recovery,
    giveback: Giveback,
    key: str,
    explanation: Facts,
) -> None:
    if recovery.uses:
        transfer = Transfer(
            key=key,
            source=wallet(member_id),
            target=account_id(Account.ISSUED),
            points=recovery.taken,
            reason=giveback.reason,
            at=giveback.at,
            explanation=explanation,
        )
        spent = Spend(transfer=transfer, uses=recovery.uses)
        await ledger_store.add_spend(tx, spent, giveback.purchase.id)
    if recovery.owed:
        await ledger_store.open_account(tx, Account.DEBT, member_id)
        owed = owe(
            member_id, recovery.owed, key=f"{key}:owed", at=giveback.at, explanation=explanation
        )
        await ledger_store.add_move(tx, owed, giveback.purchase.id)


def _comeback(member_id: int, points: int, giveback: Giveback, key: str) -> Transfer:
    return Transfer(
        key=key,
        source=account_id(Account.SPENT),
        target=wallet(member_id),
        points=points,
        reason=Reason.RETURN,
        at=giveback.at,
        explanation={"amount": giveback.amount, "whole": giveback.purchase.points_spent},
    )
