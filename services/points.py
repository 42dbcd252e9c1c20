"""What a member sees of their points, and what staff put right by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.calendar import local_day
from club.earning import typical_points
from club.explaining import Move
from club.ledger import Holdings, Reason
from club.members import Member
from club.money import Money
from club.programme import Programme
from club.spans import day_start
from club.visits import day_number
from services.awards import balance
from services.levels import Level, levels_of
from services.missions import MissionShown, missions_of
from services.people import find_member, name_of
from services.profile import find_joined
from storage import debts as debts_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import moves as moves_store
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
    debt: int  # What the member owes.
    levels: tuple[Level, ...]  # On each ladder, the main one first.
    typical_amount: Money
    typical_points: int
    tags: tuple[str, ...]
    today_points: int  # What opening the club brought today.
    waiting_points: int  # Of what waits, what can be spent first …
    active_from: datetime | None  # … and from when on.
    missions: tuple[MissionShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesPage:
    """Some of a member's moves, latest first; pages count from 0."""

    member_id: int
    moves: tuple[Move, ...]
    balance: int
    debt: int
    now: datetime
    page: int
    pages: int


class Points:
    """What can be seen of points."""

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
            member, now = await find_joined(tx, user_id), self._club_time()
            moves, total = await moves_store.page(tx, member.id, PAGE_SIZE, page * PAGE_SIZE)
            pages = max(1, -(-total // PAGE_SIZE))
            if page >= pages:
                page = pages - 1
                moves, _ = await moves_store.page(tx, member.id, PAGE_SIZE, page * PAGE_SIZE)
            return MovesPage(
                member_id=member.id,
                moves=tuple(moves),
                balance=await balance(tx, member.id, now),
                debt=await debts_store.owed(tx, member.id),
                now=now,
                page=page,
                pages=pages,
            )

    async def _card(self, tx: AsyncConnection, member: Member) -> Card:
        private = await members_store.private(tx, member.id)
        phone = private["phone"] if private else None
        typical, now = self._programme.typical_amount, self._club_time()
        lots = await ledger_store.lots(tx, member.id)
        waiting = [lot for lot in lots if lot.active_from > now]
        first = min((lot.active_from for lot in waiting), default=None)
        return Card(
            member=member,
            name=await name_of(tx, self._vault, member),
            phone=self._vault.open(phone) if phone else None,
            held=ledger.holdings(lots, now),
            debt=await debts_store.owed(tx, member.id),
            levels=await levels_of(tx, self._programme, member, self._club_time()),
            typical_amount=typical,
            typical_points=typical_points(self._programme),
            tags=await members_store.tags(tx, member.id),
            today_points=await self._today(tx, member),
            waiting_points=sum(lot.remaining for lot in waiting if lot.active_from == first),
            active_from=first,
            missions=await missions_of(tx, self._programme, member.id, now),
        )

    async def _today(self, tx: AsyncConnection, member: Member) -> int:
        """What opening the club has brought today."""
        now = self._club_time()
        if member.visited_on != day_number(now, self._programme):
            return 0
        since = day_start(local_day(now, self._programme.zone), self._programme.zone)
        opening = (Reason.VISIT, Reason.STREAK)
        return await moves_store.given_since(tx, member.id, opening, since)
