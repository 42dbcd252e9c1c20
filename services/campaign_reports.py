"""What became of a campaign: counted over its time, and letter by letter."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from club.letters import ENDS, LetterState
from club.members import number_of
from club.parts import Language
from services.campaign_cards import CampaignShown
from storage import responses as responses_store

SLICES = 60
SECOND = timedelta(seconds=1)
COLUMNS = ("member", "language", "end", "at", "reason", "pressed_at", "opted_out_at")
NAMES: Mapping[LetterState, str] = MappingProxyType({LetterState.EXPIRED: "missed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """How a campaign went."""

    shown: CampaignShown
    delivered: tuple[tuple[datetime, int], ...]  # So many until then; SLICES moments at most.
    blocked: int
    opt_outs: int
    presses: int
    duration: timedelta  # From its start to its last letter, or to now.
    per_second: float
    by_language: Mapping[Language, Mapping[LetterState, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """What became of one member's letter, and what the member did."""

    member_number: str
    language: Language
    end: LetterState | None  # None: it is on its way, or waits.
    at: datetime | None
    reason: str | None
    pressed_at: datetime | None
    opted_out_at: datetime | None

    def cells(self, zone: ZoneInfo) -> tuple[str, ...]:
        """A row of the table under COLUMNS, its moments by the club's clocks."""
        end = "waiting" if self.end is None else NAMES.get(self.end, self.end.value)
        at, pressed_at, opted_out_at = (
            moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
            for moment in (self.at, self.pressed_at, self.opted_out_at)
        )
        reason = self.reason or ""
        return self.member_number, self.language, end, at, reason, pressed_at, opted_out_at


async def reported(tx: AsyncConnection, shown: CampaignShown, now: datetime) -> CampaignReport:
    """The report on a campaign; on one that was never started an empty one."""
    start = shown.started_at or now
    duration = max((shown.ended_at or now) - start, timedelta(0))
    width = max(duration / SLICES, SECOND)
    ended = await responses_store.ended(tx, shown.campaign_id, start, width)
    by_language: dict[Language, Counter[LetterState]] = {}
    sent: Counter[int] = Counter()
    for place, language, end, number in ended:
        by_language.setdefault(language, Counter())[end] += number
        if end is LetterState.SENT:
            sent[min(max(place, 0), SLICES - 1)] += number
    places = range(max(sent) + 1) if sent else range(0)
    sums = accumulate(sent[place] for place in places)
    tried = shown.tried
    return CampaignReport(
        shown=shown,
        delivered=tuple((start + (place + 1) * width, sum_) for place, sum_ in enumerate(sums)),
        blocked=shown.counts.get(LetterState.UNREACHABLE, 0),
        opt_outs=shown.opt_outs,
        presses=shown.presses,
        duration=duration,
        per_second=tried / max(duration / SECOND, 1.0),
        by_language={language: dict(ends) for language, ends in sorted(by_language.items())},
    )


def recipient(row: RowMapping) -> Recipient:
    """A row of the list of all who were meant."""
    state = LetterState(row["state"])
    return Recipient(
        member_number=number_of(row["member_id"]),
        language=row["language"],
        end=state if state in ENDS else None,
        at=row["ended_at"],
        reason=row["fault"],
        pressed_at=row["pressed_at"],
        opted_out_at=row["opted_out_at"],
    )
