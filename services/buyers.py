"""Who buys: found by what staff typed, locked and named."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import MemberHasLeft
from club.members import Member
from club.programme import Programme
from services.people import find_member, name_of, opened_name, typed_id
from services.referral import lock_with_inviter, matters
from storage import members as members_store
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """A member whose purchase is being booked, and what they call themself."""

    member: Member
    name: str


async def lock_buyer(tx: AsyncConnection, vault: Vault, programme: Programme, text: str) -> Buyer:
    """The member of that number or phone, locked, with who invited them where that matters.

    A number says already which row it is, so mostly one statement does it all: a purchase reads
    no row twice. Refuses as find_member does.
    """
    member_id = typed_id(text)
    if member_id is not None:
        inviter = matters(programme, "purchase")
        if locked := await members_store.lock_named(tx, member_id, inviter=inviter):
            member, sealed = locked
            return Buyer(member=member, name=opened_name(vault, member, sealed))
    buyer = await lock_found(tx, vault, programme, await find_member(tx, vault, text))
    if buyer.member.left_at is not None:
        raise MemberHasLeft(member_number=buyer.member.number)
    return buyer


async def lock_found(
    tx: AsyncConnection, vault: Vault, programme: Programme, member: Member
) -> Buyer:
    """The same of a member who was found already."""
    member = await lock_with_inviter(tx, programme, member, "purchase")
    return Buyer(member=member, name=await name_of(tx, vault, member))
