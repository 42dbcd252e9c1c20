"""A purchase that goes back, whole or in part, with all that rested on it: the booking itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import PressExpired
from club.ledger import Reason
from club.letters import Letter
from club.members import Member
from club.parts import Words
from club.programme import Programme
from services.awards import balance
from services.ladders import after_refund
from services.resting import claims_of, resting_on
from services.takebacks import Claim, Giveback, give_back, take_back
from storage import debts as debts_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage import purchases as purchases_store
from storage import refunds as refunds_store
from storage import staff as staff_store
from storage import takebacks as takebacks_store
from storage.purchases import PurchaseRow
from storage.refunds import GrantRow, RefundRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """A reward that fell with the purchase, or a part of it."""

    name: Words
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A purchase with its member and who was rewarded for it, all locked; what they got."""

    purchase: PurchaseRow
    members: Mapping[int, Member]
    grants: tuple[GrantRow, ...]

    @property
    def member(self) -> Member:
        """Who has the purchase."""
        return self.members[self.purchase.member_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """What one refund did to who has the purchase."""

    row: RefundRow
    member: Member


async def hold(tx: AsyncConnection, programme: Programme, purchase_id: int) -> Held:
    """The purchase and all whom its refund may concern, locked in the order of their numbers.

    Raises PressExpired where there is none, or a merge gave it to another member meanwhile.
    """
    found = await purchases_store.find(tx, purchase_id)
    if found is None:
        raise PressExpired()
    concerned = {grant.member_id for grant in await resting_on(tx, programme, found)}
    members = {
        member_id: await members_store.lock(tx, member_id)
        for member_id in sorted(concerned | {found.member_id})
    }
    purchase = await purchases_store.lock(tx, purchase_id)
    if purchase is None or purchase.member_id not in members:
        raise PressExpired()
    grants = await resting_on(tx, programme, purchase)
    if any(grant.member_id not in members for grant in grants):
        raise PressExpired()
    return Held(purchase=purchase, members=members, grants=tuple(grants))


async def reverse(
    tx: AsyncConnection, programme: Programme, held: Held, giveback: Giveback
) -> Reversed:
    """Book the refund: points both ways, tags, tiers; who loses a reward by it is told."""
    member, at = held.member, giveback.at
    claims = await claims_of(tx, programme, held.grants, giveback)
    mine = [claim for claim in claims if claim.grant.member_id == member.id]
    returned = await give_back(tx, programme, member, giveback)
    row, member = await take_back(tx, programme, member, mine, giveback, returned=returned)
    await _count_back(tx, giveback)
    for member_id in sorted({claim.grant.member_id for claim in claims} - {member.id}):
        theirs = [claim for claim in claims if claim.grant.member_id == member_id]
        await _from_another(tx, programme, held.members[member_id], theirs, giveback)
    member = await after_refund(tx, programme, member, at)
    facts = {"purchase_id": row.purchase_id, "points": row.taken, "amount": giveback.amount}
    action = "undo" if giveback.reason is Reason.UNDO else "refund"
    await staff_store.log(tx, giveback.by, action, facts, at)
    return Reversed(row=row, member=member)


async def _count_back(tx: AsyncConnection, giveback: Giveback) -> None:
    """The purchase knows what went back of it; nothing left of it counts no longer."""
    purchase = giveback.purchase
    await refunds_store.count_back(tx, purchase.id, giveback.amount.minor)
    if not giveback.whole:
        return
    if giveback.reason is Reason.UNDO:
        await purchases_store.mark_undone(tx, purchase, giveback.by, giveback.at)
    else:
        await refunds_store.mark_whole(tx, purchase, giveback.by, giveback.at)
    live = await purchases_store.live_genres(tx, purchase.member_id)
    for genre in purchase.genres:
        if genre in live:
            await members_store.tag(tx, purchase.member_id, [genre], live[genre])


async def _from_another(
    tx: AsyncConnection,
    programme: Programme,
    member: Member,
    claims: list[Claim],
    giveback: Giveback,
) -> None:
    """Who was rewarded for somebody else's purchase loses that, and is told."""
    row, member = await take_back(tx, programme, member, claims, giveback)
    member = await after_refund(tx, programme, member, giveback.at)
    letter = Letter(
        key=f"withdrawn:{row.key}",
        member_id=member.id,
        message="letters/reward_withdrawn",
        facts={
            "rewards": rewards(await fallen_by(tx, programme, row)),
            "points": row.taken,
            "balance": await balance(tx, member.id, giveback.at),
            "debt": await debts_store.owed(tx, member.id),
        },
    )
    await outbox_store.add(tx, [letter], giveback.at)


def rewards(fallen: tuple[Fallen, ...]) -> tuple[dict[str, object], ...]:
    """What fell, as a letter carries it."""
    return tuple({"reward": one.name.model_dump(), "points": one.points} for one in fallen)


async def fallen_by(
    tx: AsyncConnection, programme: Programme, refund: RefundRow
) -> tuple[Fallen, ...]:
    """The rewards that fell with that refund, beside what the purchase itself had brought."""
    names = {rule.key: rule.name for rule in programme.rules}
    unknown = Words(fa="پاداش", en="Reward")  # Of a rule that the programme has no longer.
    return tuple(
        Fallen(name=names.get(rule or "", unknown), points=points)
        for rule, points in await takebacks_store.rewards(tx, refund.id)
    )
