"""The staff group: whose it is, who has which role, and the log of what they do."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import CodeExpired, LastOwner, NotStaff
from club.members import tidy_name
from club.misreadings import BadCode
from club.staff import CLAIM_LIFE, CLAIM_TRIES, Role, require
from storage import campaigns as campaigns_store
from storage import club as club_store
from storage import dialogues as dialogues_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage import surveys as surveys_store
from storage.db import Database
from storage.vault import Vault

STAFF_CHAT = "staff_chat_id"
CLAIM_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person with a role, by name."""

    user_id: int
    name: str
    role: Role


class StaffRoom:
    """What can be done with the staff group and the people in it."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        club_time: Callable[[], datetime],
        machine_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._club_time = club_time
        self._machine_time = machine_time

    async def seed(self, chat_id: int | None, owners: Collection[int]) -> None:
        """Take the group and its owners from the settings, into empty tables only."""
        async with self._db.write() as tx:
            if chat_id is not None:
                await club_store.put_if_absent(tx, STAFF_CHAT, str(chat_id))
            if await staff_store.count(tx) == 0:
                for user_id in sorted(owners):
                    await staff_store.put(
                        tx, user_id, Role.OWNER, name=None, added_by=None, at=self._club_time()
                    )

    async def chat(self) -> int | None:
        """The staff group's chat, once there is one."""
        async with self._db.read() as tx:
            return await _chat(tx)

    async def open_claim(self) -> str | None:
        """A new code for the first owner; None where the club has a group and an owner already."""
        async with self._db.write() as tx:
            if await _chat(tx) is not None and await _owners(tx):
                return None
            code = secrets.token_hex(CLAIM_BYTES)
            ends = self._machine_time() + CLAIM_LIFE
            code_hash = self._vault.lookup_hash(code)
            await staff_store.add_claim(tx, code_hash, ends, CLAIM_TRIES)
            return code

    async def claim(self, code: str, chat_id: int, user_id: int, name: str) -> Colleague:
        """Make this the staff group and the sender its owner.

        Raises BadCode for a wrong code, which costs a try, CodeExpired when time or tries are up.
        The refusal is remembered although it is raised: the try is committed first.
        """
        async with self._db.write() as tx:
            now = self._machine_time()
            if await self._is_owner_of(tx, chat_id, user_id):
                return Colleague(user_id=user_id, name=tidy_name(name), role=Role.OWNER)
            claim = await staff_store.take_try(tx)
            right = claim is not None and compare_digest(
                claim["code_hash"], self._vault.lookup_hash(code.strip().lower())
            )
            late = claim is None or claim["expires_at"] <= now
            if right and not late and claim is not None:
                await staff_store.use_claim(tx, claim["id"], now)
                await club_store.put(tx, STAFF_CHAT, str(chat_id))
                await self._put(tx, user_id, name, Role.OWNER, by=user_id, action="claim")
                return Colleague(user_id=user_id, name=tidy_name(name), role=Role.OWNER)
        raise CodeExpired() if late else BadCode()

    async def role(self, user_id: int, chat_id: int) -> Role:
        """The person's role, if they write in the staff group; else raises NotStaff."""
        async with self._db.read() as tx:
            staff = await staff_store.find(tx, user_id)
            if staff is None or await _chat(tx) != chat_id:
                raise NotStaff()
            return staff.role

    async def everybody(self) -> tuple[Colleague, ...]:
        """All who have a role."""
        async with self._db.read() as tx:
            rows = await staff_store.everybody(tx)
        return tuple(
            Colleague(
                user_id=staff.user_id,
                name=self._vault.open(name) if name else str(staff.user_id),
                role=staff.role,
            )
            for staff, name in rows
        )

    async def add(self, user_id: int, name: str, role: Role, *, by: int) -> Colleague:
        """Give a person a role; owners only. Raises NotAllowed, LastOwner."""
        async with self._db.write() as tx:
            await self._require_owner(tx, by)
            await self._keep_an_owner(tx, user_id, role)
            await self._put(tx, user_id, name, role, by=by, action="staff_add")
            return Colleague(user_id=user_id, name=tidy_name(name), role=role)

    async def remove(self, user_id: int, *, by: int) -> None:
        """Take a person's role away; who has none stays without. Raises NotAllowed, LastOwner."""
        async with self._db.write() as tx:
            await self._require_owner(tx, by)
            if await staff_store.find(tx, user_id) is None:
                return
            await self._keep_an_owner(tx, user_id, None)
            now = self._club_time()
            await staff_store.remove(tx, user_id, now)
            await staff_store.log(tx, by, "staff_remove", {"user_id": user_id}, now)

    async def greet(self, user_id: int, name: str) -> None:
        """Keep the name of somebody whose row came from the settings, without one."""
        async with self._db.read() as tx:
            rows = await staff_store.everybody(tx)
        if (user_id, False) not in [(staff.user_id, name is not None) for staff, name in rows]:
            return
        async with self._db.write() as tx:
            if await staff_store.find(tx, user_id) is not None:
                await staff_store.keep_name(tx, user_id, self._vault.seal(tidy_name(name)))

    async def migrated(self, old_chat_id: int, new_chat_id: int) -> None:
        """The staff group became a supergroup: its stored id follows everywhere."""
        async with self._db.write() as tx:
            if await _chat(tx) == old_chat_id:
                await club_store.put(tx, STAFF_CHAT, str(new_chat_id))
            await dialogues_store.move_chat(tx, old_chat_id, new_chat_id)
            await campaigns_store.move_chat(tx, old_chat_id, new_chat_id)
            await surveys_store.move_chat(tx, old_chat_id, new_chat_id)
            await outbox_store.move_chat(tx, old_chat_id, new_chat_id)

    async def _put(
        self, tx: AsyncConnection, user_id: int, name: str, role: Role, *, by: int, action: str
    ) -> None:
        now = self._club_time()
        sealed = self._vault.seal(tidy_name(name))
        await staff_store.put(tx, user_id, role, name=sealed, added_by=by, at=now)
        await staff_store.log(tx, by, action, {"user_id": user_id, "role": role.value}, now)

    async def _is_owner_of(self, tx: AsyncConnection, chat_id: int, user_id: int) -> bool:
        staff = await staff_store.find(tx, user_id)
        return staff is not None and staff.role is Role.OWNER and await _chat(tx) == chat_id

    async def _require_owner(self, tx: AsyncConnection, by: int) -> None:
        staff = await staff_store.find(tx, by)
        if staff is None:
            raise NotStaff()
        require(staff.role, Role.OWNER)

    async def _keep_an_owner(self, tx: AsyncConnection, user_id: int, role: Role | None) -> None:
        """Refuse what would leave the club without an owner."""
        if role is not Role.OWNER and await _owners(tx) == [user_id]:
            raise LastOwner()


async def _chat(tx: AsyncConnection) -> int | None:
    stored = await club_store.get(tx, STAFF_CHAT)
    return None if stored is None else int(stored)


async def _owners(tx: AsyncConnection) -> list[int]:
    rows = await staff_store.everybody(tx)
    return [staff.user_id for staff, _ in rows if staff.role is Role.OWNER]
