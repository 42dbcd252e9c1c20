"""An audience as SQL: who is meant, how many they are."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience, since
from storage.tables.book import PURCHASES
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.members import MEMBERS, PRIVATE, TAGS
from storage.tables.outbox import OUTBOX

IN_THE_AIR = timedelta(days=1)  # Letters of a cancelled campaign may end after it, well within.
MOST_TAGS = 24  # Tags of staff's own that are offered.


class Counted(NamedTuple):
    """How many are meant, and how many of them had enough."""

    meant: int
    had_enough: int


class Enough(NamedTuple):
    """So many promotions since that moment are enough for a member; their own wish may be less."""

    since: datetime
    most: int | None


def meant(audience: Audience, now: datetime) -> ColumnElement[bool]:
    """Members with a chat whom the audience names and who agreed to promotions.

    Who cannot be reached just now is meant too: they may be back when their turn comes; else their
    letter is left out, and counted so.
    """
    asked: list[ColumnElement[bool]] = [
        MEMBERS.c.agreed_at.is_not(None),
        MEMBERS.c.left_at.is_(None),
        MEMBERS.c.promotions.is_(True),
        MEMBERS.c.chat_user_id.is_not(None),
    ]
    if audience.any_of:
        asked.append(MEMBERS.c.id.in_(_tagged(audience.any_of)))
    # One lookup a tag: the tag comes first in the key, so that each is a range of it.
    asked += [MEMBERS.c.id.in_(_tagged((tag,))) for tag in audience.all_of]
    if audience.none_of:
        asked.append(MEMBERS.c.id.not_in(_tagged(audience.none_of)))
    if audience.tiers:
        asked.append(MEMBERS.c.tier.in_(audience.tiers))
    if audience.languages:
        asked.append(MEMBERS.c.language.in_(audience.languages))
    if audience.bought_within_days is not None:
        asked.append(_bought(since(audience.bought_within_days, now)))
    if audience.not_bought_within_days is not None:
        asked.append(~_bought(since(audience.not_bought_within_days, now)))
    return and_(*asked)


async def count(
    tx: AsyncConnection, audience: Audience, now: datetime, enough: Enough | None = None
) -> dict[str, Counted]:
    """How many are meant, and how many of them had enough, by the languages that they read."""
    had_enough: ColumnElement[int] = literal_column("0")
    if enough is not None and (most := await _most_had(tx, enough.since)):
        had_enough = func.sum(case((_had_enough(enough, most), 1), else_=0))
    statement = (
        select(MEMBERS.c.language, func.count(), had_enough)
        .where(meant(audience, now))
        .group_by(MEMBERS.c.language)
    )
    return {row[0]: Counted(int(row[1]), int(row[2])) for row in await tx.execute(statement)}


async def names(
    tx: AsyncConnection, audience: Audience, now: datetime, limit: int, *, but: Enough | None = None
) -> list[bytes]:
    """The sealed names of some who are meant, and have not had enough."""
    asked = [meant(audience, now), PRIVATE.c.name.is_not(None)]
    if but is not None and (most := await _most_had(tx, but.since)):
        asked.append(~_had_enough(but, most))
    statement = (
        select(PRIVATE.c.name)
        .join(MEMBERS, MEMBERS.c.id == PRIVATE.c.member_id)
        .where(*asked)
        .order_by(MEMBERS.c.id)
        .limit(limit)
    )
    return list((await tx.execute(statement)).scalars())


async def tags_in_use(tx: AsyncConnection, *, without: tuple[str, ...]) -> list[str]:
    """The tags that most members have, but for these."""
    statement = (
        select(TAGS.c.tag)
        .where(TAGS.c.tag.not_in(without))
        .group_by(TAGS.c.tag)
        .order_by(func.count().desc(), TAGS.c.tag)
        .limit(MOST_TAGS)
    )
    return list((await tx.execute(statement)).scalars())


def _tagged(tags: tuple[str, ...]) -> Select[tuple[int]]:
    return select(TAGS.c.member_id).where(TAGS.c.tag.in_(tags))


async def _most_had(tx: AsyncConnection, since: datetime) -> int:
    """So many promotions anybody can have had since then: as many as were on their way."""
    on_its_way = or_(CAMPAIGNS.c.ended_at.is_(None), CAMPAIGNS.c.ended_at > since - IN_THE_AIR)
    statement = select(func.count()).where(CAMPAIGNS.c.started_at.is_not(None), on_its_way)
    return int((await tx.execute(statement)).scalar_one())


def _had_enough(enough: Enough, most_had: int) -> ColumnElement[bool]:
    """Whether the member had as many as the club, or they themselves, allow.

    One range of an index for each who may have had so many, and none for the others: a list of all
    who had enough is walked once a member by a database for which it is too long.
    """
    own, club = MEMBERS.c.promotions_a_week, enough.most
    allowed = own if club is None else case((own < club, own), else_=club)
    return case((allowed <= most_had, _had(enough.since) >= allowed), else_=false())


def _had(since: datetime) -> ColumnElement[int]:
    """How many promotions the member has had since then."""
    return (
        select(func.count())
        .where(
            OUTBOX.c.member_id == MEMBERS.c.id,
            OUTBOX.c.campaign_id.is_not(None),
            OUTBOX.c.state.in_([literal_column("'sent'"), literal_column("'unknown'")]),
            OUTBOX.c.ended_at > since,
        )
        .correlate(MEMBERS)
        .scalar_subquery()
    )


def _bought(after: datetime) -> ColumnElement[bool]:
    """Whether the member has a purchase after that moment that counts."""
    return exists().where(
        PURCHASES.c.member_id == MEMBERS.c.id,
        PURCHASES.c.undone_at.is_(None),
        PURCHASES.c.at > after,
    )
