"""Points that members spend: on an order, or at the counter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.errors import KeyReused, NotOffered
from club.facts import Facts
from club.ledger import Account, Reason, Transfer
from club.letters import Letter
from club.members import Member
from club.money import Money
from club.programme import Programme
from club.spending import worth_of
from services.awards import balance
from services.expiring import live_on
from services.people import lock_member, name_of
from storage import ledger as ledger_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.db import Database
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsSpent:
    """Points that paid for something."""

    number: str
    name: str
    points: int
    worth: Money
    reason: str | None
    balance: int
    repeated: bool


class Spending:
    """What can be paid with points at the counter."""

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

    async def spend(
        self, who: str, points: int, reason: str | None, *, by: int, key: str
    ) -> PointsSpent:
        """Spend a member's points; the member is told. The same key again spends nothing.

        Raises NotOffered, NotEnoughPoints, KeyReused and the refusals of find_member.
        """
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            now = self._club_time()
            known = await ledger_store.find(tx, key)
            if known is None:
                explanation = {} if reason is None else {"reason": reason}
                moved = await _spend(
                    tx, self._programme, member, points, None, key=key, at=now, more=explanation
                )
                facts = {"member_id": member.id, "points": points}
                await staff_store.log(tx, by, "spend", facts, now)
            elif (known.source, known.points) != (ledger.wallet(member.id), points):
                raise KeyReused(receipt=None, member_number=member.number, at=known.at, amount=None)
            else:
                moved = known
            worth = moved.explanation["amount"]
            assert isinstance(worth, Money), "as _spend wrote it"
            spent = PointsSpent(
                number=member.number,
                name=await name_of(tx, self._vault, member),
                points=points,
                worth=worth,
                reason=reason,
                balance=await balance(tx, member.id, now),
                repeated=known is not None,
            )
            if known is None:
                await self._tell(tx, member, spent, key, now)
            return spent

    async def _tell(
        self, tx: AsyncConnection, member: Member, spent: PointsSpent, key: str, now: datetime
    ) -> None:
        letter = Letter(
            key=f"spent:{key}",
            member_id=member.id,
            message="letters/points_spent",
            facts={
                "points": spent.points,
                "amount": spent.worth,
                "note": spent.reason,
                "balance": spent.balance,
            },
        )
        await outbox_store.add(tx, [letter], now)


async def spend_on_order(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    points: int,
    purchase_id: int,
    *,
    key: str,
    at: datetime,
) -> Transfer:
    """Pay a part of an order with points; the move. The member's row is locked by the caller.

    Raises NotOffered where the programme has no [spending], and NotEnoughPoints.
    """
    return await _spend(tx, programme, member, points, purchase_id, key=key, at=at, more={})


async def _spend(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    points: int,
    purchase_id: int | None,
    *,
    key: str,
    at: datetime,
    more: Facts,
) -> Transfer:
    if programme.spending is None:
        raise NotOffered()
    worth = worth_of(points, programme.spending, programme.club.currency)
    spent = ledger.spend(
        member.id,
        await ledger_store.lots(tx, member.id),
        points,
        Account.SPENT,
        Reason.SPEND,
        key=key,
        at=at,
        explanation={"amount": worth, **more},
    )
    await ledger_store.add_spend(tx, spent, purchase_id)
    await live_on(tx, programme, member.id, "spend", at=at)
    return spent.transfer
