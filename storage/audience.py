"""An audience as SQL: who is meant, how many they are."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from club.audience import Audience, since
from storage.tables.book import PURCHASES
from storage.tables.members import MEMBERS, PRIVATE, TAGS
from storage.tables.outbox import OUTBOX

MOST_TAGS = 24  # Tags of staff's own that are offered.


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
    tx: AsyncConnection, audience: Audience, now: datetime, *, who_had: Enough | None = None
) -> dict[str, int]:
    """How many are meant, or how many of them had enough, by the languages that they read."""
    asked = meant(audience, now)
    if who_had is not None:
        asked = and_(asked, MEMBERS.c.id.in_(_who_had(who_had)))
    statement = select(MEMBERS.c.language, func.count()).where(asked).group_by(MEMBERS.c.language)
    return {row.language: int(row[1]) for row in await tx.execute(statement)}


async def names(
    tx: AsyncConnection,
    audience: Audience,
    now: datetime,
    limit: int,
    *,
    but_who_had: Enough | None = None,
) -> list[bytes]:
    """The sealed names of some who are meant, and have not had enough."""
    asked = meant(audience, now)
    if but_who_had is not None:
        asked = and_(asked, MEMBERS.c.id.not_in(_who_had(but_who_had)))
    statement = (
        select(PRIVATE.c.name)
        .join(MEMBERS, MEMBERS.c.id == PRIVATE.c.member_id)
        .where(asked, PRIVATE.c.name.is_not(None))
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


def _who_had(enough: Enough) -> Select[Any]:
    """The members who had enough promotions."""
    had = (
        select(OUTBOX.c.member_id, func.count().label("letters"))
        .where(
            OUTBOX.c.campaign_id.is_not(None),
            OUTBOX.c.state.in_([literal_column("'sent'"), literal_column("'unknown'")]),
            OUTBOX.c.ended_at > enough.since,
        )
        .group_by(OUTBOX.c.member_id)
        .subquery()
    )
    whose = MEMBERS.alias("whose")
    own, club = whose.c.promotions_a_week, enough.most
    most = own if club is None else case((own < club, own), else_=club)
    return (
        select(had.c.member_id)
        .join(whose, whose.c.id == had.c.member_id)
        .where(had.c.letters >= most)
    )


def _bought(after: datetime) -> ColumnElement[bool]:
    """Whether the member has a purchase after that moment that counts."""
    return exists().where(
        PURCHASES.c.member_id == MEMBERS.c.id,
        PURCHASES.c.undone_at.is_(None),
        PURCHASES.c.at > after,
    )
