"""What campaigns must agree with: the letters that they wrote."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, literal, or_, select

from club.campaigns import OVER
from club.letters import ENDS
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.outbox import OUTBOX


def letters_are_there() -> Select[Any]:
    """As many letters as the campaign says it wrote."""
    there = _rows()
    found = func.coalesce(there.c.letters, 0)
    return (
        select(CAMPAIGNS.c.id, CAMPAIGNS.c.letters.label("found"), found.label("expected"))
        .outerjoin(there, there.c.campaign_id == CAMPAIGNS.c.id)
        .where(CAMPAIGNS.c.letters != found)
    )


def ends_are_counted() -> Select[Any]:
    """As many came to each end as the campaign counts."""
    there = _rows()
    rows = [func.coalesce(there.c[end.value], 0) for end in ENDS]
    counters = [CAMPAIGNS.c[end.value] for end in ENDS]
    differ = or_(*(counter != row for counter, row in zip(counters, rows, strict=True)))
    return (
        select(CAMPAIGNS.c.id, _told(counters).label("found"), _told(rows).label("expected"))
        .outerjoin(there, there.c.campaign_id == CAMPAIGNS.c.id)
        .where(differ)
    )


def done_has_no_open_letter() -> Select[Any]:
    """What is over by itself has brought each letter to its end."""
    there = _rows()
    open_letters = there.c.letters - sum((there.c[end.value] for end in ENDS), start=literal(0))
    return (
        select(CAMPAIGNS.c.id, open_letters.label("found"), literal(0).label("expected"))
        .join(there, there.c.campaign_id == CAMPAIGNS.c.id)
        .where(and_(CAMPAIGNS.c.state.in_(OVER), open_letters > 0))
    )


def _rows() -> Any:
    """The letters of each campaign, counted."""
    counted = (
        func.sum(case((OUTBOX.c.state == end.value, 1), else_=0)).label(end.value) for end in ENDS
    )
    return (
        select(OUTBOX.c.campaign_id, func.count().label("letters"), *counted)
        .where(OUTBOX.c.campaign_id.is_not(None))
        .group_by(OUTBOX.c.campaign_id)
        .subquery("there")
    )


def _told(counts: list[Any]) -> ColumnElement[str]:
    """The counts in the order of the ends, as one text."""
    told: ColumnElement[str] = cast(counts[0], Text)
    for count in counts[1:]:
        told = told.concat("/").concat(cast(count, Text))
    return told
