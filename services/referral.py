"""Friends: the personal link, who came by it, and what both of them got."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.baskets import Order
from club.errors import NotAMember, NotOffered
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from club.referral import (
    FIRST,
    FRIEND,
    INVITER,
    JOINED,
    TRIGGERS,
    Happening,
    is_offered,
    may_be_referred,
)
from club.rules import To, Trigger
from club.waiting import begins_of
from services.awards import balance
from services.earning import Earned, earn
from services.ladders import after_friend
from services.profile import find_joined
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
        if not is_offered(self._programme):
            raise NotOffered()
        async with self._db.write() as tx:
            found = await members_store.find_by_chat(tx, user_id)
            if found is None:
                raise NotAMember()
            guest = await members_store.lock(tx, found.id)
            came_with = guest.referred_by_code
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
        if not is_offered(self._programme):
            raise NotOffered()
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            code = member.referral_code
            rows, count = await referral_store.friends(tx, code, PAGE_SIZE, page * PAGE_SIZE)
            pages = max(1, -(-count // PAGE_SIZE))
            if page >= pages:
                page = pages - 1
                rows, _ = await referral_store.friends(tx, code, PAGE_SIZE, page * PAGE_SIZE)
            brought = await referral_store.brought(tx, member.id)
            return Invitation(
                code=code,
                friends=tuple(self._friend(row, brought.get(row.member_id, 0)) for row in rows),
                count=count,
                points=sum(brought.values()),
                page=page,
                pages=pages,
            )

    def _friend(self, row: FriendRow, points: int) -> Friend:
        name = self._vault.open(row.name) if row.name else "?"
        return Friend(
            name=name.split()[0], joined_at=row.joined_at, bought=row.bought, points=points
        )


async def lock_with_inviter(
    tx: AsyncConnection, programme: Programme, friend: Member, happening: Happening
) -> Member:
    """The friend, locked together with who this may reward for bringing them.

    The rows are locked in order, as all others lock them, so that no two wait for each other.
    """
    inviter_id = await _inviter_id(tx, friend) if matters(programme, happening) else None
    ids = {friend.id, inviter_id or friend.id}
    rows = {id_: await members_store.lock(tx, id_) for id_ in sorted(ids)}
    return rows[friend.id]


async def reward_friends(
    tx: AsyncConnection,
    programme: Programme,
    friend: Member,
    happening: Happening,
    *,
    at: datetime,
    purchase_id: int | None = None,
    order: Order | None = None,
) -> Member:
    """Give inviter and friend what this brings; the friend afterwards.

    The caller locked both rows with lock_with_inviter, and has booked the purchase.
    """
    if not matters(programme, happening) or not friend.joined:
        return friend
    inviter_id = await _inviter_id(tx, friend)
    if inviter_id is None:
        return friend
    first = happening == "purchase" and await purchases_store.count_live(tx, friend.id) == 1
    for trigger in TRIGGERS[happening]:
        if not programme.rules_on(trigger) or (trigger == FIRST and not first):
            continue
        if trigger in (JOINED, FIRST) and await _was_rewarded(tx, programme, friend, trigger):
            continue
        both: tuple[tuple[To, int], ...] = ((FRIEND, friend.id), (INVITER, inviter_id))
        for who, member_id in both:
            member = await members_store.lock(tx, member_id)
            if not member.joined:
                continue
            key = _key(friend.id, trigger, who, purchase_id)
            earned = await earn(
                tx,
                programme,
                member,
                trigger,
                key=key,
                at=at,
                to=who,
                order=order,
                purchase_id=purchase_id,
                active_from=begins_of(at, programme.waiting) if order else None,
            )
            if earned.points:
                await _tell(tx, earned, who, key, trigger, at)
    if first:
        await after_friend(tx, programme, await members_store.lock(tx, inviter_id), at)
    return await members_store.lock(tx, friend.id)


def matters(programme: Programme, happening: Happening) -> bool:
    """Whether anything follows for who brought a friend."""
    counted = any("referrals" in ladder.counts for ladder in programme.ladders)
    rules = any(programme.rules_on(trigger) for trigger in TRIGGERS[happening])
    return rules or (counted and happening == "purchase")


async def _was_rewarded(
    tx: AsyncConnection, programme: Programme, friend: Member, trigger: Trigger
) -> bool:
    """Whether what comes once for a friend has come: for good, before there were rules."""
    keys = [f"referral:{friend.id}:{who}" for who in (FRIEND, INVITER)]
    if trigger == JOINED:
        rules = programme.rules_on(JOINED)
        keys += [f"{_key(friend.id, JOINED, rule.to, None)}:{rule.key}" for rule in rules]
    return await referral_store.booked(tx, keys)


async def _inviter_id(tx: AsyncConnection, friend: Member) -> int | None:
    """Who brought the friend."""
    code = friend.referred_by_code
    owner = None if code is None else await referral_store.owner(tx, code)
    return None if owner is None or owner.id == friend.id else owner.id


async def _tell(
    tx: AsyncConnection, earned: Earned, who: str, key: str, trigger: Trigger, at: datetime
) -> None:
    letter = Letter(
        key=key,
        member_id=earned.member.id,
        message=f"letters/referral_{who}",
        facts={
            "points": earned.points,
            "balance": await balance(tx, earned.member.id, at),
            "at_purchase": trigger != "referral_joined",
        },
    )
    await outbox_store.add(tx, [letter], at)


def _key(friend_id: int, trigger: Trigger, who: str, purchase_id: int | None) -> str:
    """What a friend brings by joining comes once, what they bring by a purchase once for it."""
    what = trigger.removeprefix("referral_")
    return f"referral:{friend_id}:{what}:{purchase_id or 0}:{who}"
