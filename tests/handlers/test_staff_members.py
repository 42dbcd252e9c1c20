"""Looking at members, putting points right, and links for old customers."""

import pytest

from storage.db import Database
from storage.tables.members import MEMBERS
from storage.tables.staff import AUDIT_LOG
from tests.handlers.counter import CYRUS, MINA, PHONE, ROYA, SARA, Counter
from tests.handlers.people import Club, Person


@pytest.fixture
async def counter(club: Club) -> Counter:
    opened = Counter(club)
    await opened.open()
    return opened


async def last_action(db: Database) -> tuple[int, str]:
    async with db.read() as tx:
        row = (await tx.execute(AUDIT_LOG.select().order_by(AUDIT_LOG.c.id.desc()))).first()
        assert row is not None
        return row.by, row.action


async def old_customer(counter: Counter, db: Database) -> str:
    """A customer who was imported: known by an old id, never in the chat."""
    number = await counter.member(Person(500, "Old"), phone=None)
    async with db.write() as tx:
        await tx.execute(
            MEMBERS.update()
            .where(MEMBERS.c.chat_user_id == 500)
            .values(chat_user_id=None, agreed_at=None, source="till", external_id="C-4169")
        )
    return number


async def test_a_member_is_shown_whole(counter: Counter, db: Database) -> None:
    number = await counter.member()
    await counter.type(CYRUS, f"/purchase {number} 250000 شعر")
    said = await counter.type(MINA, "/member 0912 123 4567")
    assert said.startswith(f"🎫 Sara {number}\nPhone: {PHONE}\n\nBalance: 25 points")
    assert "Next to expire: 25 points, at the end of 4 Oct 2026" in said
    assert "Tier: Member\nTo Silver: 475 points\n" in said
    assert "Earned so far: 25 points" in said
    assert "Genres: Poetry\nOffers: wanted\nMessages: arrive\nJoined: 4 Oct 2025" in said
    assert await last_action(db) == (MINA.id, "look")


async def test_a_cashier_does_not_see_the_whole_phone(counter: Counter) -> None:
    number = await counter.member()
    said = await counter.type(CYRUS, f"/member {number}")
    assert "+989•••567" in said
    assert PHONE not in said


async def test_a_member_without_anything_is_shown_too(counter: Counter, db: Database) -> None:
    number = await old_customer(counter, db)
    said = await counter.type(ROYA, f"/member {number}")
    assert "Phone: not shared" in said
    assert "Genres: none chosen" in said
    assert "Joined: not yet" in said
    assert "expire" not in said


async def test_points_are_put_right(counter: Counter, db: Database) -> None:
    number = await counter.member()
    said = await counter.type(MINA, f"/adjust {number} +۵۰ late delivery")
    assert said == f"✅ +50 points for Sara {number}\nReason: late delivery\nNew balance: 50 points"
    assert await last_action(db) == (MINA.id, "adjust")
    said = await counter.type(MINA, f"/adjust {PHONE} −20 mistake")
    assert said.startswith("✅ −20 points for Sara")
    assert await counter.balance(number) == 30
    said = await counter.type(MINA, f"/adjust {number} -31 mistake")
    assert "The balance is 30 points; this needs 31 points" in said
    assert await counter.balance(number) == 30


async def test_adjusting_is_for_managers(counter: Counter) -> None:
    number = await counter.member()
    said = await counter.type(CYRUS, f"/adjust {number} +50 gift")
    assert said.startswith("Your role does not allow this.\nIt takes a manager.")
    assert await counter.balance(number) == 0


async def test_a_link_makes_its_opener_that_customer(counter: Counter, db: Database) -> None:
    number = await old_customer(counter, db)
    said = await counter.type(MINA, "/code C-4169")
    assert f"customer {number}" in said
    assert "until 3 Nov 2025" in said
    link = said.partition("https://t.me/club_bot?start=")[2].split()[0]
    assert await last_action(db) == (MINA.id, "code")
    await counter.club.say(SARA, f"/start {link}")
    card = await counter.club.services.points.card_of(number, by=MINA.id)
    assert card.member.chat_user_id == SARA.id
    assert "who has not joined yet" in await counter.type(MINA, "/code C-4169")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/member", "Write it like this:\n\nA member’s status"),
        ("/member 109991", "No member was found by “109991”"),
        ("/member 100008", "A digit may be missing"),
        ("/adjust", "Write it like this:\n\nAdd or take points"),
        ("/adjust {number}", "Write it like this:\n\nAdd or take points"),
        ("/adjust {number} +50", "Write it like this:\n\nAdd or take points"),
        ("/adjust {number} gift +50", "“gift” is not a number of points"),
        ("/adjust {number} 0 gift", "“0” is not a number of points"),
        ("/adjust {number} +9999999 gift", "at most 1,000,000"),
        ("/adjust {number} +1 " + "x" * 121, "At most 120 characters fit"),
        ("/code", "Write it like this:\n\nA joining link"),
        ("/code C-1", "No member was found by “C-1”"),
        ("/tag", "Write it like this:\n\nA tag for a member"),
        ("/untag {number}", "Write it like this:\n\nA tag for a member"),
        ("/tag {number} <b>", "“<b>” is no tag"),
    ],
)
async def test_a_wrong_call_says_how_it_is_done_right(
    counter: Counter, typed: str, said: str
) -> None:
    number = await counter.member()
    assert said in await counter.type(MINA, typed.format(number=number))
    assert await counter.balance(number) == 0
