"""The way into the club: every answer is stored as it comes, so it can be taken up again."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import AlreadyMember, AmbiguousCustomer, MemberHasLeft, NotAMember, UnknownMember
from club.members import JoinStep, Member, Reach, tidy_name
from club.merges import is_unclaimed
from club.misreadings import BadCode, BadMemberNumber, BadPhone
from club.parts import Language
from club.programme import Programme, usual_calendar
from services.earning import earn
from services.people import find_member, heir_of
from services.profile import ProfileChanged, changed, following
from services.recognition import CustomerRecognised, recognise
from services.referral import lock_with_inviter, reward_friends
from storage import links as links_store
from storage import members as members_store
from storage import staff as staff_store
from storage.db import Database
from storage.vault import Vault

LINK_LIFE = timedelta(days=30)
LINK_PREFIX = "c_"
REFERRAL_PREFIX = "r_"  # So that no friend's code is ever taken for a link.
CODE_BYTES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMade:
    """A one-time link for a customer from before the club."""

    code: str
    number: str
    expires_at: datetime


class Joining:
    """What a person does to become a member."""

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

    async def begin(
        self, user_id: int, name: str, language: Language, code: str | None
    ) -> Member | CustomerRecognised:
        """Begin or go on joining; twice at once makes one row.

        `code`: a one-time link, if that came with /start. A member who opens a
        link is asked whether they are that customer. Raises BadCode for a link that does not stand.
        """
        async with self._db.write() as tx:
            now = self._club_time()
            known = await members_store.find_by_chat(tx, user_id)
            if code is not None and code.startswith(LINK_PREFIX):
                claimed = await self._claim(tx, user_id, code, known, language, now)
                if isinstance(claimed, CustomerRecognised):
                    return claimed
                member = claimed
            else:
                member = known or await self._create(tx, user_id, language, now)
            sealed = self._vault.seal(tidy_name(name))
            await members_store.keep_private(tx, member.id, name=sealed)
            return member

    async def choose_language(self, user_id: int, language: Language) -> ProfileChanged:
        """The language from now on; answers the first question where that is open."""
        wish = {"language": language, "calendar": usual_calendar(language)}
        return await self._answer(user_id, JoinStep.LANGUAGE, always=wish)

    async def agree(self, user_id: int) -> ProfileChanged:
        """Agree to the terms of membership: from here on the person is a member."""
        return await self._answer(user_id, JoinStep.TERMS, at_step={"agreed_at": self._club_time()})

    async def answer_promotions(self, user_id: int, *, wanted: bool) -> ProfileChanged:
        """Whether the member wants promotions."""
        return await self._answer(user_id, JoinStep.PROMOTIONS, always={"promotions": wanted})

    async def pass_phone(self, user_id: int) -> ProfileChanged:
        """Leave the phone out; it can be shared later."""
        return await self._answer(user_id, JoinStep.PHONE)

    async def finish_genres(self, user_id: int) -> ProfileChanged:
        """The favourite genres are as they should be; this completes the profile where it can."""
        return await self._answer(user_id, JoinStep.GENRES)

    async def make_link(self, customer: str, *, by: int) -> LinkMade:
        """A one-time link for a customer from before the club, by their number or old id.

        Raises UnknownMember, MemberHasLeft, and AlreadyMember when they have joined.
        """
        async with self._db.write() as tx:
            now = self._club_time()
            member = await members_store.lock(tx, (await self._customer(tx, customer)).id)
            if member.chat_user_id is not None:
                raise AlreadyMember(member_number=member.number)
            code = LINK_PREFIX + secrets.token_urlsafe(CODE_BYTES)
            expires_at = now + LINK_LIFE
            await links_store.add(tx, code, member.id, by, now, expires_at)
            await staff_store.log(tx, by, "code", {"member_id": member.id}, now)
            return LinkMade(code=code, number=member.number, expires_at=expires_at)

    async def _create(
        self,
        tx: AsyncConnection,
        user_id: int,
        language: Language,
        now: datetime,
    ) -> Member:
        member = await members_store.create(
            tx,
            chat_user_id=user_id,
            language=language,
            calendar=usual_calendar(language),
            tier=self._programme.tiers[0].key,
            referral_code=REFERRAL_PREFIX + secrets.token_urlsafe(CODE_BYTES),
            referred_by_code=None,
            at=now,
        )
        if member is None:  # The other of two taps was faster.
            member = await members_store.find_by_chat(tx, user_id)
            assert member is not None, "what stops an insert can be read"
        return member

    async def _claim(
        self,
        tx: AsyncConnection,
        user_id: int,
        code: str,
        known: Member | None,
        language: Language,
        now: datetime,
    ) -> Member | CustomerRecognised:
        """Give an old customer's row to the person who opened the link; ask who is a member."""
        member_id = await links_store.find(tx, code, now)
        if member_id is None:
            if known is not None:  # The same link opened again by its owner is no fault.
                return known
            raise BadCode()
        if known is not None:
            if known.joined:
                customer = await members_store.find(tx, member_id)
                if customer is None or not is_unclaimed(customer):
                    raise BadCode()
                return await recognise(tx, known, customer, code, now)
            await members_store.forget_private(tx, known.id)
            await members_store.change(tx, known.id, chat_user_id=None, left_at=now)
        member = await members_store.lock(tx, member_id)
        if member.chat_user_id is not None or member.left_at is not None:
            raise BadCode()  # Somebody was faster with another link.
        await links_store.use(tx, code, now)
        values: dict[str, Any] = {
            "chat_user_id": user_id,
            "language": language,
            "calendar": usual_calendar(language),
            "reach": Reach.ACTIVE,
            "reach_at": now,
        }
        await members_store.change(tx, member.id, **values)
        return await members_store.lock(tx, member.id)

    async def _answer(
        self,
        user_id: int,
        step: JoinStep,
        *,
        always: dict[str, Any] | None = None,
        at_step: dict[str, Any] | None = None,
    ) -> ProfileChanged:
        """Store an answer and go to the next question, unless the person is past this one.

        `always` is stored even then (the person changed their mind), `at_step` only there.
        """
        async with self._db.write() as tx:
            found = await members_store.find_by_chat(tx, user_id)
            if found is None:
                raise NotAMember()
            if step is JoinStep.TERMS:
                member = await lock_with_inviter(tx, self._programme, found, "joined")
            else:
                member = await members_store.lock(tx, found.id)
            values = dict(always or {})
            if member.join_step is step:
                values |= at_step or {}
                values["join_step"] = await following(tx, self._programme, member.id, step)
            if values:
                await members_store.change(tx, member.id, **values)
            if step is JoinStep.TERMS:
                joined, now = await members_store.lock(tx, member.id), self._club_time()
                if member.agreed_at is None and joined.joined:
                    key = f"joined:{member.id}"
                    await earn(tx, self._programme, joined, "joined", key=key, at=now)
                    joined = await members_store.lock(tx, member.id)
                await reward_friends(tx, self._programme, joined, "joined", at=now)
            return await changed(tx, self._programme, member.id, at=self._club_time())

    async def _customer(self, tx: AsyncConnection, text: str) -> Member:
        """Whom staff mean: an old id, a member number or a phone; never one of several."""
        found = await members_store.find_by_external_id(tx, text)
        known = {one.id: one for one in [await heir_of(tx, old) for old in found]}
        try:
            member = await find_member(tx, self._vault, text)
            known[member.id] = member
        except (BadMemberNumber, BadPhone, UnknownMember) as error:
            if not known:
                raise UnknownMember(text=text[:32]) from error
        if len(known) > 1:
            raise AmbiguousCustomer()
        (member,) = known.values()
        if member.left_at is not None:
            raise MemberHasLeft(member_number=member.number)
        return member
