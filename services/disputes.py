"""Why a move is as it is, and what happens when a member says that it is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import PressExpired
from club.explaining import Move, told
from club.facts import Facts, Sealed
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from services.people import name_of
from services.profile import find_joined, lock_joined
from services.updates import STAFF_CHAT
from storage import club as club_store
from storage import disputes as disputes_store
from storage import members as members_store
from storage import moves as moves_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.db import Database
from storage.disputes import DisputeRow
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveExplained:
    """A member's move with its arithmetic, and what was said against it."""

    move: Move
    member: Member
    dispute: DisputeRow | None
    now: datetime

    def facts(self, programme: Programme) -> Facts:
        """What words need to tell it."""
        return told(self.move, self.member.id, programme)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled:
    """Staff have looked at a move of which a member said that it is wrong."""

    explained: MoveExplained
    name: str
    repeated: bool


class Disputes:
    """What can be asked about a move, and said against it."""

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

    async def why(self, user_id: int, transfer_id: int) -> MoveExplained:
        """The member's own move; raises NotAMember, and PressExpired for any other."""
        async with self._db.read() as tx:
            return await self._explained(tx, await find_joined(tx, user_id), transfer_id)

    async def dispute(self, user_id: int, transfer_id: int) -> MoveExplained:
        """Keep that the member says it is wrong, and tell staff; said again it changes nothing."""
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            explained = await self._explained(tx, member, transfer_id)
            added = await disputes_store.add(tx, member.id, transfer_id, explained.now)
            if added is None:
                return explained
            explained = await self._explained(tx, member, transfer_id)
            await self._tell_staff(tx, explained, added)
            return explained

    async def settle(self, dispute_id: int, *, by: int) -> DisputeSettled:
        """Staff have looked at it; the member is told, once. Raises PressExpired."""
        async with self._db.write() as tx:
            dispute = await disputes_store.lock(tx, dispute_id)
            if dispute is None:
                raise PressExpired()
            now = self._club_time()
            member = await members_store.find(tx, dispute.member_id)
            assert member is not None, "members stay"
            explained = await self._explained(tx, member, dispute.transfer_id)
            if dispute.settled_at is None:
                await disputes_store.settle(tx, dispute_id, by, now)
                facts = {"dispute_id": dispute_id, "member_id": member.id}
                await staff_store.log(tx, by, "dispute_settled", facts, now)
                letter = Letter(
                    key=f"dispute-settled:{dispute_id}",
                    member_id=member.id,
                    message="letters/dispute_settled",
                    facts=explained.facts(self._programme),
                )
                await outbox_store.add(tx, [letter], now)
            return DisputeSettled(
                explained=explained,
                name=await name_of(tx, self._vault, member),
                repeated=dispute.settled_at is not None,
            )

    async def _explained(
        self, tx: AsyncConnection, member: Member, transfer_id: int
    ) -> MoveExplained:
        move = await moves_store.find(tx, member.id, transfer_id)
        if move is None:
            raise PressExpired()
        return MoveExplained(
            move=move,
            member=member,
            dispute=await disputes_store.of_move(tx, member.id, transfer_id),
            now=self._club_time(),
        )

    async def _tell_staff(
        self, tx: AsyncConnection, explained: MoveExplained, dispute: DisputeRow
    ) -> None:
        staff_chat_id = await club_store.get(tx, STAFF_CHAT)
        if staff_chat_id is None:
            return
        name = await name_of(tx, self._vault, explained.member)
        letter = Letter(
            key=f"dispute:{dispute.id}",
            chat_id=int(staff_chat_id),
            message="staff/disputed",
            facts={
                **explained.facts(self._programme),
                "dispute_id": dispute.id,
                "member_number": explained.member.number,
                "name": Sealed(self._vault.seal(name)),
            },
        )
        await outbox_store.add(tx, [letter], explained.now)
