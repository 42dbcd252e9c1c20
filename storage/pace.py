"""One row for the pace of the token: what several processes have reserved, and what keeps silent.

Places are reserved by the clock of the database, in one statement that commits by itself: nobody
can be frozen while holding the row. Each place takes a step of time for itself alone. A message
leaves at its place or, while a second is not full, before it: `spare_us` says up to when the time
that stayed free in the last second may be made up for, and how much that is.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import sub

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    RowMapping,
    TextClause,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import CampaignState
from club.letters import ENDS
from storage.outbox import PENDING
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.outbox import OUTBOX
from storage.tables.pace import PACE

HALTED = "staff/halted"  # The letter about a silence.
WHOLE = 1000  # Thousandths of the rate.

_SEEN = """
    WITH seen AS (
        SELECT next_us, letters_us, spare_us,
            coalesce(halted_until, 0) * 1000 AS silent_until_us,
            permille, coalesce(recovers_from, 0) * 1000 AS recovers_us,
            (extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS now_us
        FROM pace WHERE id = 1 FOR UPDATE
    ), free AS (  -- A clock that was set back must not keep everybody waiting.
        SELECT now_us,
            CASE WHEN next_us > now_us + :most_us THEN now_us ELSE next_us END AS next_us,
            CASE WHEN letters_us > now_us + :most_us THEN now_us ELSE letters_us END AS letters_us,
            greatest(0, least(spare_us - now_us, 1000000)) AS spare_us,
            greatest(0, silent_until_us - now_us) AS silent_us,
            least(1000, permille + greatest(0, now_us - recovers_us) * :recovery / 1000000)
                AS permille
        FROM seen
    )
"""
_LETTERS = text(
    _SEEN  # noqa: S608 (our own words)
    + """
    , begun AS (
        SELECT *, greatest(next_us, letters_us, now_us - :late_us) AS begin_us,
            :step_us * 1000 / permille AS letter_step_us
        FROM free
    ), given AS (
        SELECT *, CASE WHEN silent_us > 0 OR begin_us > now_us + :ahead_us THEN 0
            ELSE least(:wanted, 1 + (now_us + :ahead_us - begin_us) / letter_step_us)
            END AS places
        FROM begun
    )
    UPDATE pace SET
        next_us = CASE WHEN places = 0 THEN given.next_us
            ELSE begin_us + (places - 1) * letter_step_us + :step_us END,
        letters_us = CASE WHEN places = 0 THEN given.letters_us
            ELSE begin_us + places * letter_step_us END,
        spare_us = now_us + CASE WHEN places = 0 THEN given.spare_us
            ELSE least(1000000, given.spare_us + begin_us - given.next_us
                + (places - 1) * (letter_step_us - :step_us)) END
    FROM given WHERE pace.id = 1
    RETURNING now_us, begin_us, letter_step_us AS step_us, places, silent_us, given.permille
    """
)
_ANSWERS = text(
    _SEEN  # noqa: S608 (our own words)
    + """
    , begun AS (
        SELECT *, greatest(next_us, now_us) AS begin_us,
            least(1000000, greatest(0, now_us - next_us) + spare_us) AS all_spare_us
        FROM free
    ), given AS (
        SELECT *, CASE
            WHEN begin_us - now_us + :messages * :step_us <= all_spare_us
                THEN 0  -- All at once, for the time that stayed free.
            ELSE begin_us - now_us + (:messages - 1) * :step_us END AS wait_us
        FROM begun
    )
    UPDATE pace SET
        next_us = CASE WHEN silent_us > 0 THEN given.next_us
            WHEN wait_us = 0 THEN begin_us + :messages * :step_us
            ELSE now_us + wait_us + :messages * :step_us END,
        spare_us = now_us + CASE WHEN silent_us > 0 THEN given.spare_us ELSE all_spare_us END
    FROM given WHERE pace.id = 1
    RETURNING now_us, now_us + wait_us AS begin_us, :step_us AS step_us,
        :messages AS places, silent_us, given.permille
    """
)
_OF_BOTH = ("most_us", "recovery", "step_us")


def _typed(statement: TextClause, *numbers: str) -> TextClause:
    """With its numbers as what they are: the driver cannot tell from arithmetic."""
    return statement.bindparams(*(bindparam(name, type_=BigInteger) for name in numbers))


_LETTERS = _typed(_LETTERS, *_OF_BOTH, "late_us", "ahead_us", "wanted")
_ANSWERS = _typed(_ANSWERS, *_OF_BOTH, "messages")


async def reserve_letters(tx: AsyncConnection, numbers: Mapping[str, int]) -> RowMapping:
    """Up to `wanted` next places, none further than `ahead_us`; no place when all are taken.

    `late_us`: a place so long ago may still be used.
    """
    return (await tx.execute(_LETTERS, numbers)).mappings().one()


async def reserve_answers(tx: AsyncConnection, numbers: Mapping[str, int]) -> RowMapping:
    """Places for `messages` that leave together; behind those that have been given away."""
    return (await tx.execute(_ANSWERS, numbers)).mappings().one()


async def halt(
    tx: AsyncConnection, delay_ms: int, machine_now: datetime, slowing: Mapping[str, int]
) -> RowMapping:
    """Nothing may be sent for so long; of several halts the last to end counts.

    A halt that begins anew takes from the rate, one that is made longer does not. Says since when
    and until when it is silent, and what time it is by the same clock.
    """
    now = _now_ms(tx, machine_now)
    until, since = _whole(PACE.c.halted_until), _whole(PACE.c.halted_since)
    silent, end = until > now, now + delay_ms
    longest = case((until > end, until), else_=end)
    shrunk = _permille(now, slowing["recovery"]) * slowing["shrink"] // WHOLE
    least = case((shrunk < slowing["floor"], slowing["floor"]), else_=shrunk)
    statement = update(PACE).values(
        halted_until=longest,
        halted_since=case((silent, since), else_=now),
        recovers_from=longest,
        permille=case((silent, PACE.c.permille), else_=least),
    )
    told = statement.returning(PACE.c.halted_since, PACE.c.halted_until, now.label("now_ms"))
    return (await tx.execute(told)).mappings().one()


async def stand(tx: AsyncConnection, machine_now: datetime, recovery: int) -> RowMapping:
    """For how many milliseconds it is silent yet, and at how many thousandths of the rate."""
    now = _now_ms(tx, machine_now)
    silent_ms = _whole(PACE.c.halted_until) - now
    statement = select(silent_ms.label("silent_ms"), _permille(now, recovery).label("permille"))
    return (await tx.execute(statement)).mappings().one()


async def letters_held(tx: AsyncConnection, club_now: datetime) -> int:
    """How many letters could leave now if it were not silent, besides the one that says so."""
    alone = OUTBOX.c.campaign_id.is_(None) & PENDING & (OUTBOX.c.not_before <= club_now)
    alone &= OUTBOX.c.message != HALTED
    ended = (CAMPAIGNS.c[state] for state in ENDS)
    left = func.sum(reduce(sub, ended, CAMPAIGNS.c.letters))
    of_campaigns = select(left).where(CAMPAIGNS.c.state == CampaignState.RUNNING)
    letters = await tx.scalar(select(func.count()).select_from(OUTBOX).where(alone)) or 0
    return letters + int(await tx.scalar(of_campaigns) or 0)


def _permille(now: ColumnElement[int], recovery: int) -> ColumnElement[int]:
    """What it is now: it grows by `recovery` thousandths a second."""
    quiet_ms = now - _whole(PACE.c.recovers_from)
    recovered = PACE.c.permille + quiet_ms * recovery // 1000
    return case((quiet_ms <= 0, PACE.c.permille), (recovered > WHOLE, WHOLE), else_=recovered)


def _whole(moment: ColumnElement[datetime]) -> ColumnElement[int]:
    """A moment as the milliseconds that it is kept as; 0 where there was none yet."""
    return func.coalesce(type_coerce(moment, BigInteger), 0)


def _now_ms(tx: AsyncConnection, machine_now: datetime) -> ColumnElement[int]:
    """Where several processes send, the database's clock is the one that they share."""
    if tx.dialect.name == "sqlite":
        return literal(round(machine_now.timestamp() * 1000), BigInteger)
    return literal_column("(extract(epoch FROM statement_timestamp()) * 1000)::bigint", BigInteger)
