"""What a member sees of their points, and what staff put right by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger, tiers
from club.earning import awards_for
from club.errors import KeyReused
from club.ledger import Account, Holdings, Reason, Transfer
from club.letters import Letter
from club.members import Member
from club.money import Money
from club.programme import Programme
from club.tiers import Standing
from club.visits import points_today
from services.awards import balance
from services.people import find_member, lock_member, name_of
from services.profile import find_joined
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.db import Database
from storage.vault import Vault

PAGE_SIZE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The whole status of a member at one moment."""

    member: Member
    name: str
    phone: str | None
    held: Holdings
    standing: Standing
    typical_amount: Money
    typical_points: int
    tags: tuple[str, ...]
    today_points: int  # What opening the club brought today.


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesPage:
    """Some of a member's moves, latest first; pages count from 0."""

    member_id: int
    moves: tuple[Transfer, ...]
    balance: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsAdjusted:
    """Points were put right by hand."""

    number: str
    name: str
    points: int  # With its sign.
    balance: int
    reason: str
    repeated: bool


class Points:
    """What can be seen of points, and adjusted."""

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

    async def card(self, user_id: int) -> Card:
        """The member's own card; raises NotAMember."""
        async with self._db.read() as tx:
            return await self._card(tx, await find_joined(tx, user_id))

    async def card_of(self, who: str, *, by: int) -> Card:
        """The card that staff see, by member number or phone; who looked at whom is logged.

        With the refusals of find_member.
        """
        async with self._db.write() as tx:
            member = await find_member(tx, self._vault, who)
            await staff_store.log(tx, by, "look", {"member_id": member.id}, self._club_time())
            return await self._card(tx, member)

    async def moves(self, user_id: int, page: int) -> MovesPage:
        """A page of the member's moves; a page too far is the last one."""
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            moves, total = await ledger_store.moves(tx, member.id, PAGE_SIZE, page * PAGE_SIZE)
            pages = max(1, -(-total // PAGE_SIZE))
            if page >= pages:
                page = pages - 1
                moves, _ = await ledger_store.moves(tx, member.id, PAGE_SIZE, page * PAGE_SIZE)
            return MovesPage(
                member_id=member.id,
                moves=tuple(moves),
                balance=await balance(tx, member.id, self._club_time()),
                page=page,
                pages=pages,
            )

    async def adjust(
        self, who: str, points: int, reason: str, *, by: int, key: str
    ) -> PointsAdjusted:
        """Give or take points with a reason; they do not count for tiers. The member is told.

        The same key again changes nothing. Raises NotEnoughPoints, KeyReused and the refusals of
        find_member.
        """
        assert points != 0, "asked before"
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            now = self._club_time()
            known = await ledger_store.find(tx, key)
            if known is None:
                await self._adjust(tx, member, points, reason, key, now)
                facts = {"member_id": member.id, "points": points}
                await staff_store.log(tx, by, "adjust", facts, now)
            elif known.points != abs(points):
                raise KeyReused(receipt=None, member_number=member.number, at=known.at, amount=None)
            adjusted = PointsAdjusted(
                number=member.number,
                name=await name_of(tx, self._vault, member),
                points=points,
                balance=await balance(tx, member.id, now),
                reason=reason,
                repeated=known is not None,
            )
            if known is None:
                letter = Letter(
                    key=f"adjusted:{key}",
                    member_id=member.id,
                    message="letters/adjusted",
                    facts={"points": points, "balance": adjusted.balance, "reason": reason},
                )
                await outbox_store.add(tx, [letter], now)
            return adjusted

    async def _adjust(
        self,
        tx: AsyncConnection,
        member: Member,
        points: int,
        reason: str,
        key: str,
        now: datetime,
    ) -> None:
        explanation = {"reason": reason}
        if points > 0:
            granted = ledger.grant(
                member.id,
                points,
                Reason.ADJUST,
                self._programme,
                key=key,
                at=now,
                explanation=explanation,
            )
            await ledger_store.add_grant(tx, member.id, granted)
            return
        spent = ledger.spend(
            member.id,
            await ledger_store.lots(tx, member.id),
            -points,
            Account.ADJUSTED,
            Reason.ADJUST,
            key=key,
            at=now,
            explanation=explanation,
        )
        await ledger_store.add_spend(tx, spent)

    async def _card(self, tx: AsyncConnection, member: Member) -> Card:
        private = await members_store.private(tx, member.id)
        phone = private["phone"] if private else None
        typical = self._programme.typical_amount
        return Card(
            member=member,
            name=await name_of(tx, self._vault, member),
            phone=self._vault.open(phone) if phone else None,
            held=ledger.holdings(await ledger_store.lots(tx, member.id), self._club_time()),
            standing=tiers.standing(member.points_earned, self._programme),
            typical_amount=typical,
            typical_points=sum(part.points for part in awards_for(typical, self._programme)),
            tags=await members_store.tags(tx, member.id),
            today_points=points_today(member, self._programme, self._club_time()),
        )
