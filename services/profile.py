"""What a member tells of themself: phone, genres, language; and the points for telling it all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.calendar import Calendar
from club.errors import NotAMember, PhoneTaken
from club.members import JoinStep, Member, next_step, own_phone
from club.merges import is_unclaimed
from club.misreadings import BadGenre
from club.programme import Programme
from club.promotions import MOST_A_WEEK, Quiet
from services.earning import earn
from services.recognition import CustomerRecognised, recognise
from storage import members as members_store
from storage.db import Database
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """The member afterwards, what they like, and the points that completing the profile brought."""

    member: Member
    tags: tuple[str, ...]
    points: int


class Profile:
    """What a member can change of themself."""

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

    async def share_phone(
        self, user_id: int, phone: str, contact_user_id: int | None
    ) -> ProfileChanged | CustomerRecognised:
        """Keep the person's own phone; goes on from the question for it where that is open.

        The phone of a customer from before the club asks first whether this is them.
        Raises ForeignContact, BadPhone, PhoneTaken.
        """
        number = own_phone(phone, contact_user_id, user_id)
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            phone_hash = self._vault.lookup_hash(number)
            holder = await members_store.find_by_phone(tx, phone_hash)
            if holder is not None and holder.id != member.id:
                if not is_unclaimed(holder):
                    raise PhoneTaken()
                return await recognise(tx, member, holder, "", self._club_time())
            await members_store.keep_private(
                tx, member.id, phone=self._vault.seal(number), phone_hash=phone_hash
            )
            if member.join_step is JoinStep.PHONE:
                step = await following(tx, self._programme, member.id, JoinStep.PHONE)
                await members_store.change(tx, member.id, join_step=step)
            return await changed(tx, self._programme, member.id, at=self._club_time())

    async def like_genre(self, user_id: int, genre: str, *, liked: bool) -> ProfileChanged:
        """Like the genre of that key, or no longer; said twice it is the same."""
        if all(known.key != genre for known in self._programme.genres):
            known_names = tuple(known.name for known in self._programme.genres)
            raise BadGenre(text=genre, genres=known_names)
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            if liked:
                await members_store.tag(tx, member.id, [genre])
            else:
                await members_store.untag(tx, member.id, genre)
            return await changed(tx, self._programme, member.id, at=self._club_time())

    async def choose_calendar(self, user_id: int, calendar: Calendar) -> ProfileChanged:
        """The calendar in which dates are shown from now on."""
        return await self._set(user_id, calendar=calendar)

    async def want_promotions(self, user_id: int, *, wanted: bool) -> ProfileChanged:
        """Whether promotions may come; from a promotion's own button too."""
        return await self._set(user_id, promotions=wanted)

    async def promotions_a_week(self, user_id: int, most: int | None) -> ProfileChanged:
        """At most so many promotions in seven days; None, or no fewer than the club: as it has it.

        Raises NotAMember.
        """
        assert most is None or most > 0, "no promotions at all is said by want_promotions"
        club = self._programme.promotions.a_week or MOST_A_WEEK + 1
        return await self._set(
            user_id, promotions_a_week=None if most is None or most >= club else most
        )

    async def quiet(self, user_id: int, quiet: Quiet | None) -> ProfileChanged:
        """Hours of the day in which no promotions come; None: the club's. Raises NotAMember."""
        start, until = (quiet.start, quiet.until) if quiet else (None, None)
        return await self._set(user_id, quiet_start=start, quiet_until=until)

    async def show(self, user_id: int) -> ProfileChanged:
        """The member and what they like."""
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            tags = await members_store.tags(tx, member.id)
            return ProfileChanged(member=member, tags=tags, points=0)

    async def _set(self, user_id: int, **values: object) -> ProfileChanged:
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            await members_store.change(tx, member.id, **values)
            return await changed(tx, self._programme, member.id, at=self._club_time())


async def lock_joined(tx: AsyncConnection, user_id: int) -> Member:
    """The member behind that account, locked; raises NotAMember for who has not joined."""
    return await members_store.lock(tx, (await find_joined(tx, user_id)).id)


async def find_joined(tx: AsyncConnection, user_id: int) -> Member:
    """The member behind that account; raises NotAMember for who has not joined."""
    found = await members_store.find_by_chat(tx, user_id)
    if found is None or not found.joined:
        raise NotAMember()
    return found


async def complete_profile(
    tx: AsyncConnection, programme: Programme, member: Member, *, at: datetime
) -> tuple[Member, int]:
    """Give the points for a complete profile, once; the member afterwards and these points.

    Complete is: joining finished, a phone, and a favourite genre where the programme has genres.
    """
    if member.profile_at is not None or member.join_step is not JoinStep.DONE:
        return member, 0
    private = await members_store.private(tx, member.id)
    if private is None or private["phone"] is None:
        return member, 0
    if programme.genres and not await members_store.tags(tx, member.id):
        return member, 0
    await members_store.change(tx, member.id, profile_at=at)
    earned = await earn(tx, programme, member, "profile", key=f"profile:{member.id}", at=at)
    return earned.member, earned.points


async def changed(
    tx: AsyncConnection, programme: Programme, member_id: int, *, at: datetime
) -> ProfileChanged:
    """Read the member after a change, and complete the profile where this completed it."""
    member = await members_store.lock(tx, member_id)
    after, points = await complete_profile(tx, programme, member, at=at)
    tags = await members_store.tags(tx, member_id)
    return ProfileChanged(member=after, tags=tags, points=points)


async def following(
    tx: AsyncConnection, programme: Programme, member_id: int, step: JoinStep
) -> JoinStep:
    """The next question that still has to be asked."""
    step = next_step(step)
    if step is JoinStep.PHONE:
        private = await members_store.private(tx, member_id)
        if private is not None and private["phone"] is not None:
            step = next_step(step)
    if step is JoinStep.GENRES and not programme.genres:
        step = next_step(step)
    return step
