"""Finding a member by what staff type: a member number or a phone."""

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import MemberHasLeft, UnknownMember
from club.members import Member, member_id_of, parse_phone
from club.money import plain_digits
from storage import members as members_store
from storage import merges as merges_store
from storage import staff as staff_store
from storage.vault import Vault

PHONE_LENGTH = 10


async def find_member(tx: AsyncConnection, vault: Vault, text: str) -> Member:
    """The member of that number or phone.

    Raises BadMemberNumber, BadPhone, UnknownMember, MemberHasLeft.
    """
    member_id = typed_id(text)
    if member_id is None:
        phone_hash = vault.lookup_hash(parse_phone(plain_digits(text).strip()))
        member = await members_store.find_by_phone(tx, phone_hash)
    else:
        member = await members_store.find(tx, member_id)
    if member is None:
        raise UnknownMember(text=text[:32])
    member = await heir_of(tx, member)
    if member.left_at is not None:
        raise MemberHasLeft(member_number=member.number)
    return member


def typed_id(text: str) -> int | None:
    """The member whose number was typed; None for a phone. Raises BadMemberNumber."""
    digits = plain_digits(text).strip()
    is_phone = digits.startswith(("+", "0")) or len(digits) >= PHONE_LENGTH
    return None if is_phone else member_id_of(digits)


async def heir_of(tx: AsyncConnection, member: Member) -> Member:
    """The member into whom this customer went; where nobody, the same."""
    merge = await merges_store.find(tx, member.id) if member.left_at is not None else None
    heir = await members_store.find(tx, merge.target_id) if merge is not None else None
    return heir or member


async def lock_member(tx: AsyncConnection, vault: Vault, text: str) -> Member:
    """The member of that number or phone, locked, and still one; refuses as find_member does."""
    found = await find_member(tx, vault, text)
    member = await members_store.lock(tx, found.id)
    if member.left_at is not None:
        raise MemberHasLeft(member_number=member.number)
    return member


async def name_of(tx: AsyncConnection, vault: Vault, member: Member) -> str:
    """What the member calls themself; the number where no name is kept."""
    row = await members_store.private(tx, member.id)
    return opened_name(vault, member, row["name"] if row else None)


def opened_name(vault: Vault, member: Member, sealed: bytes | None) -> str:
    """The name that was kept sealed; the member's number where there is none."""
    return vault.open(sealed) if sealed else member.number


async def colleague_name(tx: AsyncConnection, vault: Vault, user_id: int) -> str:
    """What somebody of the staff calls themself; the account where no name is kept."""
    sealed = await staff_store.name(tx, user_id)
    return vault.open(sealed) if sealed else str(user_id)
