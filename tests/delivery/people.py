"""Members, campaigns and clocks for tests of letters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, func, insert, select, update

from club.campaigns import CampaignState
from club.letters import ENDS, Letter, LetterClass, LetterState
from club.members import JoinStep, Reach
from club.programme import Programme, parse_programme
from services.letters import Begun, Outcome, OutgoingLetter
from services.outbox import Outbox
from storage import outbox as outbox_store
from storage.db import Database
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.members import MEMBERS, PRIVATE
from storage.tables.outbox import OUTBOX
from storage.vault import Vault, make_key

VAULT = Vault(make_key())
GROUP = -4000
REPORTS = tuple(f"letters/campaign_{what}" for what in ("done", "stopped", "missed"))


def programme(promotions: str = "") -> Programme:
    return parse_programme(
        f"[promotions]\n{promotions}\n"
        + """
        [club]
        name = {fa = "کتاب", en = "Books"}
        currency = "IRT"
        typical_amount = 100000
        [[rules]]
        key = "purchase"
        name = { fa = "خرید", en = "Purchase" }
        on = "purchase"
        points = 10
        per = 100000
        [[ladders]]
        key = "readers"
        name = { fa = "خواننده‌ها", en = "Readers" }
        measure = "points"
        [[ladders.tiers]]
        key = "member"
        name = {fa = "عضو", en = "Member"}
        from = 0
        """
    )


class Clock:
    """A clock that tests move."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def machine_clock() -> Clock:
    return Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))


def club_clock() -> Clock:
    """Club time may be years from the machine's."""
    return Clock(datetime(2018, 9, 23, 9, 0, tzinfo=UTC))


class SteppedOutbox(Outbox):
    """What the engine books at once, booked one by one."""

    async def begin(self, owner: str, letters: Sequence[OutgoingLetter]) -> Begun:
        return await self.book(owner, (), letters)

    async def finish(self, owner: str, outcomes: Sequence[Outcome]) -> None:
        await self.book(owner, outcomes, ())


def outbox_of(db: Database, machine: Clock, club: Clock, promotions: str = "") -> SteppedOutbox:
    """`promotions`: what the club's programme says of them."""
    return SteppedOutbox(db, VAULT, programme(promotions), machine, club)


async def new_member(db: Database, chat_user_id: int | None, **values: Any) -> int:
    """A member who agreed to everything, named like their chat."""
    row = {
        "chat_user_id": chat_user_id,
        "language": "en",
        "calendar": "gregorian",
        "join_step": JoinStep.DONE,
        "promotions": True,
        "tier": "member",
        "points_earned": 0,
        "reach": Reach.ACTIVE,
        "referral_code": f"r{chat_user_id}",
        "created_at": datetime(2018, 1, 1, tzinfo=UTC),
    }
    async with db.write() as tx:
        statement = insert(MEMBERS).values(**(row | values)).returning(MEMBERS.c.id)
        member_id = int((await tx.execute(statement)).scalar_one())
        name = VAULT.seal(f"Name {chat_user_id}")
        await tx.execute(insert(PRIVATE).values(member_id=member_id, name=name))
    return member_id


async def new_campaign(
    db: Database, state: CampaignState = CampaignState.RUNNING, **values: Any
) -> int:
    row = {
        "state": state,
        "version": 0,
        "audience": {"any_of": []},
        "text_en": VAULT.seal("New books"),
        "created_by": 1,
        "created_at": datetime(2018, 9, 23, tzinfo=UTC),
        "chat_id": GROUP,
        "letters": 0,
    }
    async with db.write() as tx:
        statement = insert(CAMPAIGNS).values(**(row | values)).returning(CAMPAIGNS.c.id)
        return int((await tx.execute(statement)).scalar_one())


async def change_campaign(db: Database, campaign_id: int, **values: Any) -> None:
    async with db.write() as tx:
        statement = update(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id)
        await tx.execute(statement.values(**values))


async def change_member(db: Database, member_id: int, **values: Any) -> None:
    async with db.write() as tx:
        await tx.execute(update(MEMBERS).where(MEMBERS.c.id == member_id).values(**values))


async def assert_counted(db: Database, campaign_id: int) -> None:
    """What the campaign says of its letters is what the letters say."""
    campaign = await campaign_row(db, campaign_id)
    told = {end: campaign[end.value] for end in ENDS if campaign[end.value]}
    found = await counts(db, campaign_id)
    assert told == {state: number for state, number in found.items() if state in ENDS}
    assert sum(found.values()) == campaign["letters"]


def promotion(campaign_id: int, member_id: int, **values: Any) -> Letter:
    return Letter(
        key=None,
        message="letters/promotion",
        member_id=member_id,
        letter_class=LetterClass.CAMPAIGN,
        campaign_id=campaign_id,
        **values,
    )


async def put(db: Database, *letters: Letter) -> None:
    """Keep the letters; a campaign knows how many it has."""
    more = Counter(letter.campaign_id for letter in letters if letter.campaign_id is not None)
    async with db.write() as tx:
        await outbox_store.add(tx, letters, datetime(2018, 9, 23, 8, 0, tzinfo=UTC))
        for campaign_id, number in more.items():
            await tx.execute(
                update(CAMPAIGNS)
                .where(CAMPAIGNS.c.id == campaign_id)
                .values(letters=CAMPAIGNS.c.letters + number)
            )


async def rows(db: Database) -> list[RowMapping]:
    """All letters, in the order they were written, without the report of a campaign's end."""
    statement = select(OUTBOX).where(OUTBOX.c.message.not_in(REPORTS)).order_by(OUTBOX.c.id)
    async with db.read() as tx:
        return list((await tx.execute(statement)).mappings())


async def promoted(db: Database, campaign_id: int, member_id: int) -> Mapping[str, Any]:
    """The letter of that campaign to that member."""
    whose = (campaign_id, member_id)
    found = await rows(db)
    return next(dict(line) for line in found if (line["campaign_id"], line["member_id"]) == whose)


async def row(db: Database, key: str | None) -> Mapping[str, Any]:
    return next(dict(found) for found in await rows(db) if found["key"] == key)


async def member_row(db: Database, member_id: int) -> RowMapping:
    async with db.read() as tx:
        statement = select(MEMBERS).where(MEMBERS.c.id == member_id)
        return (await tx.execute(statement)).mappings().one()


async def campaign_row(db: Database, campaign_id: int) -> RowMapping:
    async with db.read() as tx:
        statement = select(CAMPAIGNS).where(CAMPAIGNS.c.id == campaign_id)
        return (await tx.execute(statement)).mappings().one()


async def counts(db: Database, campaign_id: int) -> dict[LetterState, int]:
    async with db.read() as tx:
        statement = (
            select(OUTBOX.c.state, func.count())
            .where(OUTBOX.c.campaign_id == campaign_id)
            .group_by(OUTBOX.c.state)
        )
        return {LetterState(state): number for state, number in await tx.execute(statement)}
