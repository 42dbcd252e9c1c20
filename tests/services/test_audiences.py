"""Who an audience means, asked of the tables and counted by hand."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from club.audience import Audience
from club.letters import Letter, LetterClass
from storage import audience as audience_store
from storage import campaigns as campaigns_store
from storage import outbox as outbox_store
from storage.db import Database
from storage.tables.book import PURCHASES
from storage.tables.members import MEMBERS, PRIVATE, TAGS
from storage.tables.outbox import OUTBOX

NOW = datetime(2025, 10, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TAGS_KNOWN = ("fantasy", "crime", "vip", "poetry")
TIERS = ("member", "silver", "gold")


class People:
    """Random members as plain rows, in the tables and in the hand."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        self.members: list[dict[str, Any]] = []
        self.tags: dict[int, set[str]] = {}
        self.bought: dict[int, list[tuple[datetime, datetime | None]]] = {}
        for number in range(1, 121):
            left = dice.random() < 0.1
            self.members.append(
                {
                    "id": number,
                    "chat_user_id": None if left or dice.random() < 0.1 else 5_000 + number,
                    "language": dice.choice(("fa", "en")),
                    "calendar": "jalali",
                    "join_step": "done",
                    "agreed_at": None if dice.random() < 0.1 else NOW - 90 * DAY,
                    "promotions": dice.choice((True, True, True, False, None)),
                    "tier": dice.choice(TIERS),
                    "points_earned": 0,
                    "reach": dice.choice(("active", "blocked")),
                    "left_at": NOW - DAY if left else None,
                    "referral_code": str(number),
                    "created_at": NOW - 90 * DAY,
                }
            )
            self.tags[number] = {tag for tag in TAGS_KNOWN if dice.random() < 0.4}
            self.bought[number] = [
                (NOW - dice.randint(0, 120) * DAY, NOW if dice.random() < 0.2 else None)
                for _ in range(dice.randint(0, 3))
            ]

    async def settle(self, db: Database) -> None:
        """Put them into the tables."""
        purchase = {
            "till": "staff",
            "amount_minor": 1,
            "currency": "IRT",
            "genres": [],
            "points": 0,
        }
        async with db.write() as tx:
            await tx.execute(insert(MEMBERS), self.members)
            tags = [{"tag": t, "member_id": n} for n, tags in self.tags.items() for t in tags]
            await tx.execute(insert(TAGS), tags)
            purchases = [
                purchase
                | {
                    "key": f"{n}:{i}",
                    "member_id": n,
                    "at": at,
                    "booked_at": at,
                    "undone_at": undone,
                }
                for n, bought in self.bought.items()
                for i, (at, undone) in enumerate(bought)
            ]
            await tx.execute(insert(PURCHASES), purchases)

    def meant(self, audience: Audience) -> list[int]:
        """The members that the audience means."""
        return [member["id"] for member in self.members if self._is_meant(member, audience)]

    def _is_meant(self, member: dict[str, Any], audience: Audience) -> bool:
        tags = self.tags[member["id"]]
        agreed = member["agreed_at"] and member["promotions"] and member["chat_user_id"]
        within, without = audience.bought_within_days, audience.not_bought_within_days
        return bool(
            agreed
            and not member["left_at"]
            and (not audience.any_of or tags & set(audience.any_of))
            and set(audience.all_of) <= tags
            and not tags & set(audience.none_of)
            and (not audience.tiers or member["tier"] in audience.tiers)
            and (not audience.languages or member["language"] in audience.languages)
            and (within is None or self._bought(member["id"], within))
            and (without is None or not self._bought(member["id"], without))
        )

    def _bought(self, member: int, days: int) -> bool:
        return any(at > NOW - days * DAY and undone is None for at, undone in self.bought[member])


def some(dice: random.Random, values: tuple[str, ...], chance: float) -> tuple[str, ...]:
    return tuple(value for value in values if dice.random() < chance)


def audiences(seed: int) -> list[Audience]:
    """Everybody, and random others."""
    dice = random.Random(seed)
    return [Audience()] + [
        Audience(
            any_of=some(dice, TAGS_KNOWN, 0.4),
            all_of=some(dice, TAGS_KNOWN, 0.15),
            none_of=some(dice, TAGS_KNOWN, 0.15),
            tiers=some(dice, TIERS, 0.4),
            languages=some(dice, ("fa", "en"), 0.3),
            bought_within_days=dice.choice((None, None, 7, 30, 90)),
            not_bought_within_days=dice.choice((None, None, None, 7, 30)),
        )
        for _ in range(60)
    ]


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_tables_and_the_hand_count_the_same(db: Database, seed: int) -> None:
    people = People(seed)
    await people.settle(db)
    sizes = set[int]()
    for audience in audiences(seed):
        expected = people.meant(audience)
        async with db.read() as tx:
            counted = await audience_store.count(tx, audience, NOW)
            statement = select(MEMBERS.c.id).where(audience_store.meant(audience, NOW))
            found = sorted((await tx.execute(statement)).scalars())
        assert found == expected, audience
        assert sum(one.meant for one in counted.values()) == len(expected)
        sizes.add(len(expected))
    assert len(sizes) > 10, "audiences of many sizes"


async def test_each_who_is_meant_gets_one_letter(db: Database) -> None:
    people, audience = People(3), Audience(any_of=("fantasy",), none_of=("vip",))
    await people.settle(db)
    async with db.write() as tx:
        campaign = await campaigns_store.add(tx, audience=audience, by=1, chat_id=-1, at=NOW)
        pattern = Letter(
            key=None,
            member_id=0,
            message="letters/promotion",
            letter_class=LetterClass.CAMPAIGN,
            campaign_id=campaign,
        )
        written = await campaigns_store.write_letters(tx, pattern, audience, NOW)
        statement = select(OUTBOX.c.member_id).where(OUTBOX.c.campaign_id == campaign)
        members = list((await tx.execute(statement.order_by(OUTBOX.c.id))).scalars())
    expected = people.meant(audience)
    assert written == len(expected) > 5
    assert members == expected


async def test_staffs_own_tags_are_offered_by_how_many_have_them(db: Database) -> None:
    people = People(4)
    await people.settle(db)
    async with db.read() as tx:
        offered = await audience_store.tags_in_use(tx, without=("crime", "poetry"))
    sizes = {tag: sum(tag in tags for tags in people.tags.values()) for tag in TAGS_KNOWN}
    assert offered == sorted(("fantasy", "vip"), key=lambda tag: (-sizes[tag], tag))


@pytest.mark.parametrize("club", [None, 1, 2])
async def test_who_had_enough_is_the_same_by_hand(db: Database, club: int | None) -> None:
    people, audience, dice = People(5), Audience(tiers=("gold", "silver")), random.Random(5)
    for member in people.members:
        member["promotions_a_week"] = dice.choice((None, None, 1, 2))
    await people.settle(db)
    had = await had_letters(db, dice, len(people.members))
    enough = audience_store.Enough(NOW - 7 * DAY, club)
    by_hand = list[int]()
    for number in people.meant(audience):
        wish = people.members[number - 1]["promotions_a_week"]
        caps = [cap for cap in (club, wish) if cap is not None]
        if caps and had.get(number, 0) >= min(caps):
            by_hand.append(number)
    async with db.read() as tx:
        counted = await audience_store.count(tx, audience, NOW, enough)
        named = await audience_store.names(tx, audience, NOW, 200, but=enough)
    assert sum(one.had_enough for one in counted.values()) == len(by_hand) > 0
    rest = [number for number in people.meant(audience) if number not in by_hand]
    assert named == [str(number).encode() for number in rest]


async def had_letters(db: Database, dice: random.Random, members: int) -> dict[int, int]:
    """Promotions of this week and of the one before; how many of this week's each member had."""
    had: dict[int, int] = {}
    async with db.write() as tx:
        names = [{"member_id": n, "name": str(n).encode()} for n in range(1, members + 1)]
        await tx.execute(insert(PRIVATE), names)
        for days, counts in ((1, True), (2, True), (9, False)):
            at = NOW - days * DAY
            campaign = await campaigns_store.add(tx, audience=Audience(), by=1, chat_id=-1, at=at)
            await campaigns_store.change(tx, campaign, state="done", started_at=at, ended_at=at)
            for number in range(1, members + 1):
                state = dice.choice(("sent", "unknown", "failed", "skipped"))
                letter = Letter(
                    key=None,
                    member_id=number,
                    message="letters/promotion",
                    letter_class=LetterClass.CAMPAIGN,
                    campaign_id=campaign,
                )
                row = outbox_store.new_row(letter, at) | {"state": state, "ended_at": at}
                await tx.execute(insert(OUTBOX), [row])
                if counts and state in ("sent", "unknown"):
                    had[number] = had.get(number, 0) + 1
    return had
