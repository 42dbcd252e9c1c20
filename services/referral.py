"""Friends: the personal link, who came by it, and what both of them got."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import NotAMember, NotOffered
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.programme import Programme, RewardAt
from club.referral import FRIEND, INVITER, may_be_referred, rewards
from services.awards import award, balance
from services.profile import find_joined
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage import purchases as purchases_store
from storage import referral as referral_store
from storage.db import Database
from storage.referral import FriendRow
from storage.vault import Vault

PAGE_SIZE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Friend:
    """Somebody who joined by the link: first name only, where they stand, what they brought."""

    name: str
    joined_at: datetime
    bought: bool
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The member's code and a page of the friends who came by it; pages count from 0."""

    code: str
    friends: tuple[Friend, ...]
    count: int
    points: int  # What all friends together brought.
    page: int
    pages: int


class Referrals:
    """What can be done with invitations."""

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

    async def accept(self, user_id: int, code: str) -> None:
        """Count who has begun to join as invited by the owner of the code; again it is the same.

        Raises NotOffered where the club has no invitations, and what may_be_referred refuses.
        """
        if self._programme.referral is None:
            raise NotOffered()
        async with self._db.write() as tx:
            found = await members_store.find_by_chat(tx, user_id)
            if found is None:
                raise NotAMember()
            guest = await members_store.lock(tx, found.id)
            _, came_with = await members_store.codes(tx, guest.id)
            if came_with == code:
                return
            owner = await referral_store.owner(tx, code)
            chain = () if owner is None else await referral_store.chain(tx, owner.id)
            may_be_referred(guest, came_with, owner, chain)
            await members_store.keep_first_code(tx, guest.id, code)

    async def show(self, user_id: int, page: int) -> Invitation:
        """The member's link and a page of their friends; a page too far is the last one.

        Raises NotAMember, NotOffered.
        """
        if self._programme.referral is None:
            raise NotOffered()
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            code = member.referral_code
            rows, count = await referral_store.friends(tx, code, PAGE_SIZE, page * PAGE_SIZE)
            pages = max(1, -(-count // PAGE_SIZE))
            if page >= pages:
                page = pages - 1
                rows, _ = await referral_store.friends(tx, code, PAGE_SIZE, page * PAGE_SIZE)
            keys = [_key(row.member_id, INVITER) for row in rows]
            brought = await referral_store.brought(tx, keys)
            return Invitation(
                code=code,
                friends=tuple(
                    self._friend(row, brought.get(key, 0))
                    for row, key in zip(rows, keys, strict=True)
                ),
                count=count,
                points=await referral_store.total(tx, member.id),
                page=page,
                pages=pages,
            )

    def _friend(self, row: FriendRow, points: int) -> Friend:
        name = self._vault.open(row.name) if row.name else "?"
        return Friend(
            name=name.split()[0], joined_at=row.joined_at, bought=row.bought, points=points
        )


async def lock_with_inviter(
    tx: AsyncConnection, programme: Programme, friend_id: int, event: RewardAt
) -> Member:
    """The friend, locked together with who this event may reward for bringing them.

    The rows are locked in order, as all others lock them, so that no two wait for each other.
    """
    ids = {friend_id}
    if rewards(programme, event) and (inviter_id := await _inviter_id(tx, friend_id)):
        ids.add(inviter_id)
    rows = {id_: await members_store.lock(tx, id_) for id_ in sorted(ids)}
    return rows[friend_id]


async def reward_friends(
    tx: AsyncConnection, programme: Programme, friend: Member, event: RewardAt, *, at: datetime
) -> Member:
    """Give inviter and friend what this event brings, once; the friend afterwards.

    The caller locked both rows with lock_with_inviter. A reward stays when the purchase is undone.
    """
    given = rewards(programme, event)
    if not given or not friend.joined:
        return friend
    inviter_id = await _inviter_id(tx, friend.id)
    if inviter_id is None:
        return friend
    if event == "first_purchase" and await purchases_store.count_live(tx, friend.id) != 1:
        return friend
    inviter = await members_store.lock(tx, inviter_id)
    if part := given.get(FRIEND):
        key = f"referral:{friend.id}"
        friend = await award(tx, programme, friend, [part], Reason.REFERRAL, key=key, at=at)
        await _tell(tx, friend, FRIEND, part.points, friend.id, event, at)
    if inviter.joined and (part := given.get(INVITER)):
        key = f"referral:{friend.id}"
        await award(tx, programme, inviter, [part], Reason.REFERRAL, key=key, at=at)
        await _tell(tx, inviter, INVITER, part.points, friend.id, event, at)
    return friend


async def _inviter_id(tx: AsyncConnection, friend_id: int) -> int | None:
    """Who brought the friend, unless that was rewarded before."""
    _, code = await members_store.codes(tx, friend_id)
    owner = None if code is None else await referral_store.owner(tx, code)
    if owner is None or owner.id == friend_id:
        return None
    for who in (FRIEND, INVITER):
        if await ledger_store.find(tx, _key(friend_id, who)):
            return None
    return owner.id


async def _tell(
    tx: AsyncConnection,
    member: Member,
    who: str,
    points: int,
    friend_id: int,
    event: RewardAt,
    at: datetime,
) -> None:
    letter = Letter(
        key=_key(friend_id, who),
        member_id=member.id,
        message=f"letters/referral_{who}",
        facts={
            "points": points,
            "balance": await balance(tx, member.id, at),
            "at_purchase": event == "first_purchase",
        },
    )
    await outbox_store.add(tx, [letter], at)


def _key(friend_id: int, who: str) -> str:
    """The key of the move, and of its letter: a friend brings each of the two points once."""
    return f"referral:{friend_id}:{who}"
