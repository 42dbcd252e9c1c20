"""Joining what a customer had before the club with what the member has: once, by moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import PressExpired
from club.facts import Sealed
from club.letters import Letter
from club.members import JoinStep, Member, number_of
from club.merges import carry_over, is_unclaimed
from club.parts import Words
from club.programme import Programme
from services.awards import balance
from services.ladders import after_merge
from services.leaving import release, take_over_debt
from services.people import name_of
from services.profile import ProfileChanged, changed, find_joined, following
from services.recognition import MERGE, declined_key
from services.staff import STAFF_CHAT
from storage import club as club_store
from storage import dialogues as dialogues_store
from storage import grants as grants_store
from storage import ledger as ledger_store
from storage import links as links_store
from storage import members as members_store
from storage import merges as merges_store
from storage import outbox as outbox_store
from storage.db import Database
from storage.merges import MergeRow
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMerged:
    """The customer's points are the member's."""

    profile: ProfileChanged
    was: JoinStep
    points: int
    balance: int
    tier: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeclined:
    """It was somebody else; staff have been told."""

    profile: ProfileChanged
    was: JoinStep


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question that was put, with both rows locked."""

    member: Member
    customer: Member
    way: str
    used: bool


class Merges:
    """What can be done with a customer who was recognised."""

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

    async def answer(
        self, user_id: int, intent_id: int, *, mine: bool
    ) -> CustomerMerged | CustomerDeclined:
        """Merge the customer into the member, or tell staff that it is somebody else.

        A second press, of either button, tells what the first one did. Raises PressExpired when
        too late, and when somebody else has become the customer meanwhile.
        """
        async with self._db.write() as tx:
            now = self._club_time()
            asked = await self._asked(tx, user_id, intent_id, now)
            merge = await merges_store.find(tx, asked.customer.id)
            if merge is not None and merge.target_id != asked.member.id:
                raise PressExpired()
            if merge is None and not asked.used:
                if not is_unclaimed(asked.customer):
                    raise PressExpired()
                await dialogues_store.use_intent(tx, intent_id, now)
                if mine:
                    await self._merge(tx, asked, now)
                else:
                    await self._decline(tx, asked, now)
            return await self._told(tx, asked, now)

    async def _asked(
        self, tx: AsyncConnection, user_id: int, intent_id: int, now: datetime
    ) -> _Asked:
        found = await dialogues_store.find_intent(tx, intent_id, MERGE, user_id, now)
        if found is None:
            raise PressExpired()
        facts, used = found
        customer_id, way = facts["customer_id"], facts["way"]
        assert isinstance(customer_id, int), "as recognise wrote it"
        assert isinstance(way, str), "as recognise wrote it"
        member_id = (await find_joined(tx, user_id)).id
        rows = {id_: await members_store.lock(tx, id_) for id_ in sorted({member_id, customer_id})}
        if len(rows) == 1:
            raise PressExpired()  # They have become the customer by a link.
        return _Asked(member=rows[member_id], customer=rows[customer_id], way=way, used=used)

    async def _merge(self, tx: AsyncConnection, asked: _Asked, now: datetime) -> None:
        member, customer = asked.member, asked.customer
        await release(tx, self._programme, customer.id, now)
        await take_over_debt(tx, customer.id, member.id, key=f"merge:{customer.id}:debt", at=now)
        carried = carry_over(
            customer.id,
            member.id,
            await ledger_store.lots(tx, customer.id),
            key=f"merge:{customer.id}",
            at=now,
            explanation={},
        )
        if carried:
            brought = await merges_store.purchases_of_lots(tx, customer.id)
            grants = [(one.grant, member.id, brought.get(one.lot_id)) for one in carried]
            ids = await grants_store.add(tx, grants)
            moves = [(one.lot_id, one.grant.transfer) for one in carried]
            await merges_store.empty(
                tx, [(ids[move.key], lot_id, move.points) for lot_id, move in moves]
            )
        await merges_store.hand_over(tx, customer.id, member.id, now)
        await self._take_phone(tx, asked)
        await members_store.forget_private(tx, customer.id)
        earned = member.points_earned + customer.points_earned
        await members_store.change(tx, customer.id, points_earned=0, left_at=now)
        await members_store.change(tx, member.id, points_earned=earned)
        row = MergeRow(
            source_id=customer.id,
            target_id=member.id,
            points=sum(one.grant.transfer.points for one in carried),
            points_earned=customer.points_earned,
            at=now,
        )
        await merges_store.add(tx, row)
        await after_merge(tx, self._programme, customer, member, now)
        await self._go_on(tx, member)

    async def _decline(self, tx: AsyncConnection, asked: _Asked, now: datetime) -> None:
        """The phone is the person's, who has proved it; a link ends; staff look into it."""
        if asked.way:
            await links_store.use(tx, asked.way, now)
        else:
            await self._take_phone(tx, asked)
            await self._go_on(tx, asked.member)
        staff_chat = await club_store.get(tx, STAFF_CHAT)
        if staff_chat is not None:
            letter = Letter(
                key=declined_key(asked.member, asked.customer),
                chat_id=int(staff_chat),
                message="letters/customer_declined",
                facts={
                    "name": await self._sealed_name(tx, asked.member),
                    "member_number": asked.member.number,
                    "customer_number": number_of(asked.customer.id),
                    "by_phone": not asked.way,
                },
            )
            await outbox_store.add(tx, [letter], now)

    async def _sealed_name(self, tx: AsyncConnection, member: Member) -> Sealed:
        return Sealed(self._vault.seal(await name_of(tx, self._vault, member)))

    async def _take_phone(self, tx: AsyncConnection, asked: _Asked) -> None:
        """The customer's phone is the member's from now on, unless another one is kept."""
        kept = await members_store.private(tx, asked.member.id)
        theirs = await members_store.private(tx, asked.customer.id)
        phone = theirs["phone"] if theirs else None
        if phone is None or (asked.way and kept is not None and kept["phone"] is not None):
            return
        phone_hash = self._vault.lookup_hash(self._vault.open(phone))
        await members_store.keep_private(tx, asked.customer.id, phone=None, phone_hash=None)
        await members_store.keep_private(tx, asked.member.id, phone=phone, phone_hash=phone_hash)

    async def _go_on(self, tx: AsyncConnection, member: Member) -> None:
        """Where the phone was being asked for, the next question is open."""
        if member.join_step is JoinStep.PHONE:
            kept = await members_store.private(tx, member.id)
            if kept is not None and kept["phone"] is not None:
                step = await following(tx, self._programme, member.id, JoinStep.PHONE)
                await members_store.change(tx, member.id, join_step=step)

    async def _told(
        self, tx: AsyncConnection, asked: _Asked, now: datetime
    ) -> CustomerMerged | CustomerDeclined:
        """What stands after the first press."""
        profile = await changed(tx, self._programme, asked.member.id, at=now)
        merge = await merges_store.find(tx, asked.customer.id)
        if merge is None:
            return CustomerDeclined(profile=profile, was=asked.member.join_step)
        return CustomerMerged(
            profile=profile,
            was=asked.member.join_step,
            points=merge.points,
            balance=await balance(tx, asked.member.id, now),
            tier=self._programme.tier(profile.member.tier).name,
        )
