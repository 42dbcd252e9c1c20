"""Links, claims and codes: once, in time, and never for two."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from club.errors import AlreadyMember, CodeExpired, UnknownMember
from club.members import Member
from club.misreadings import BadCode
from club.staff import CLAIM_LIFE, CLAIM_TRIES, Role
from services.joining import LINK_LIFE, Joining
from services.staff import StaffRoom
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME

START = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OWNER, SARA, NIMA = 1, 41, 42
GROUP = -7


class Door:
    """The club's door, on a clock that the story moves."""

    def __init__(self, db: Database) -> None:
        self.now = START
        vault = Vault(make_key())
        self.joining = Joining(db, vault, PROGRAMME, self.time)
        self.staff = StaffRoom(db, vault, self.time, self.time)
        self._db = db

    def time(self) -> datetime:
        return self.now

    async def opened(self, user_id: int, name: str, code: str | None) -> Member:
        """Who the opener of this link is from now on."""
        member = await self.joining.begin(user_id, name, "fa", code)
        assert isinstance(member, Member)
        return member

    async def old_customer(self, name: str) -> int:
        """Somebody who bought before the club existed."""
        async with self._db.write() as tx:
            found = await tx.execute(
                text(
                    "INSERT INTO members (language, calendar, join_step, tier, points_earned,"
                    " reach, referral_code, source, external_id, created_at) VALUES ('fa',"
                    " 'jalali', 'language', 'member', 0, 'never_started', :code, 'shop', :name, 0)"
                    " RETURNING id"
                ),
                {"code": f"r_{name}", "name": name},
            )
            return int(found.scalar_one())


@pytest.fixture
def door(db: Database) -> Door:
    return Door(db)


async def test_a_link_makes_its_opener_the_old_customer_once(door: Door) -> None:
    customer = await door.old_customer("cd-1")
    link = await door.joining.make_link("cd-1", by=OWNER)
    assert (await door.opened(SARA, "Sara", link.code)).id == customer
    assert (await door.opened(SARA, "Sara", link.code)).id == customer
    with pytest.raises(BadCode):
        await door.opened(NIMA, "Nima", link.code)
    with pytest.raises(AlreadyMember):
        await door.joining.make_link("cd-1", by=OWNER)


@pytest.mark.parametrize(("late", "stands"), [(-SECOND, True), (timedelta(0), False)])
async def test_a_link_lives_for_thirty_days(door: Door, late: timedelta, stands: bool) -> None:
    await door.old_customer("cd-1")
    link = await door.joining.make_link("cd-1", by=OWNER)
    door.now += LINK_LIFE + late
    if stands:
        assert (await door.opened(SARA, "Sara", link.code)).external_id == "cd-1"
        return
    with pytest.raises(BadCode):
        await door.opened(SARA, "Sara", link.code)


async def test_a_new_link_ends_the_one_before(door: Door) -> None:
    await door.old_customer("cd-1")
    first = await door.joining.make_link("cd-1", by=OWNER)
    await door.joining.make_link("cd-1", by=OWNER)
    with pytest.raises(BadCode):
        await door.opened(SARA, "Sara", first.code)
    with pytest.raises(UnknownMember):
        await door.joining.make_link("cd-2", by=OWNER)


async def test_a_claim_is_for_once(door: Door) -> None:
    code = await door.staff.open_claim()
    assert code is not None
    claimed = await door.staff.claim(code, GROUP, OWNER, "Maryam")
    assert (claimed.role, await door.staff.chat()) == (Role.OWNER, GROUP)
    assert await door.staff.open_claim() is None
    with pytest.raises(CodeExpired):
        await door.staff.claim(code, -8, SARA, "Sara")


async def test_a_claim_lives_for_a_quarter_of_an_hour(door: Door) -> None:
    code = await door.staff.open_claim()
    assert code is not None
    door.now += CLAIM_LIFE
    with pytest.raises(CodeExpired):
        await door.staff.claim(code, GROUP, OWNER, "Maryam")
    assert await door.staff.chat() is None


async def test_a_claim_may_be_tried_five_times(door: Door) -> None:
    code = await door.staff.open_claim()
    assert code is not None
    for _ in range(CLAIM_TRIES):
        with pytest.raises(BadCode):
            await door.staff.claim("0" * 12, GROUP, OWNER, "Maryam")
    with pytest.raises(CodeExpired):
        await door.staff.claim(code, GROUP, OWNER, "Maryam")
    assert await door.staff.chat() is None
