"""Which letters go next, to whom, and which may not go any more."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from club.campaigns import CampaignState
from club.facts import Sealed, decode_all
from club.letters import LetterClass, LetterState
from club.members import Reach
from club.programme import Programme
from club.promotions import A_WEEK, Quiet
from services.contents import Content, Contents
from services.letters import OutgoingLetter
from storage import claims as claims_store
from storage.claims import Now
from storage.outcomes import Change
from storage.vault import CannotOpen, Vault

MOST_GATHERED = 40  # Letters for one group that become one message.

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Groups:
    """How groups stand: `closed` ones have no room now; `crowded` ones had none for a while, and
    take what waits for them together."""

    closed: Collection[int] = ()
    crowded: Collection[int] = ()


@dataclass(slots=True)
class Found:
    """Letters that may go, and others (with their fence) that may not."""

    letters: tuple[OutgoingLetter, ...] = ()
    unfit: dict[int, int] = field(default_factory=dict)


class Claims:
    """Reads what may go now."""

    def __init__(self, vault: Vault, programme: Programme) -> None:
        self._vault = vault
        self._programme = programme
        self._contents = Contents(vault)

    def quiet(self, now: datetime) -> bool:
        """Whether the club offers nothing now."""
        quiet = self._programme.promotions.quiet
        return quiet is not None and quiet.end_after(now, self._programme.zone) is not None

    def moment(self, club_now: datetime, machine_now: datetime) -> Now:
        """Now, as letters look at it."""
        local = club_now.astimezone(self._programme.zone)
        return Now(club_now, machine_now, local.hour * 60 + local.minute)

    async def due(self, tx: AsyncConnection, limit: int, groups: Groups | None, now: Now) -> Found:
        """Up to so many letters that may go, locked; transactional ones first."""
        chosen = _Chosen(limit, groups or Groups())
        closed = None if groups is None else groups.closed
        classes = [LetterClass.TRANSACTIONAL]
        if promoting := not self.quiet(now.club_now):
            classes.append(LetterClass.CAMPAIGN)
        for letter_class in classes:
            if chosen.room:
                rows = await claims_store.due_single(
                    tx, letter_class, now, limit=chosen.room, closed=closed
                )
                chosen.add(rows, self._alone)
        if promoting and chosen.room:
            await self._choose_promotions(tx, chosen, now)
        return Found(tuple(chosen.letters), chosen.unfit)

    async def _choose_promotions(self, tx: AsyncConnection, chosen: "_Chosen", now: Now) -> None:
        """Letters of the campaigns that run, as many of each as there is room for all."""
        running = await claims_store.running(tx)
        for place, campaign_id in enumerate(running):
            content = await self._contents.of(tx, campaign_id)
            rows = await claims_store.due_of_campaign(
                tx,
                campaign_id,
                now,
                limit=-(-chosen.room // (len(running) - place)),
                but=chosen.members,
                named=content.named,
                week_ago=now.club_now - A_WEEK,
                a_week=self._programme.promotions.a_week,
            )
            chosen.add(rows, self._promotion(campaign_id, content))
            if not chosen.room:
                break

    def _promotion(self, campaign_id: int, content: Content) -> "Make":
        """Makes letters of that campaign of their rows."""

        def make(row: Any) -> OutgoingLetter:
            letter_id, fence, attempts, flagged, member_id, message = row[:6]
            chat_id, language, calendar = row[6:9]
            name = self._opened(letter_id, row[10]) if content.named else None
            return OutgoingLetter(
                letter_id,
                None,
                message,
                content.facts[language],
                LetterClass.CAMPAIGN,
                chat_id,
                member_id,
                campaign_id,
                language,
                calendar,
                name,
                fence + 1,
                attempts,
                flagged,
                content.picture,
            )

        return make

    def _alone(self, row: Any) -> OutgoingLetter:
        """A letter that brings its own facts."""
        club, to_group = self._programme.club, row.member_id is None
        return OutgoingLetter(
            id=row.id,
            key=row.key,
            message=row.message,
            facts={
                name: self._opened(row.id, fact.value) if isinstance(fact, Sealed) else fact
                for name, fact in decode_all(row.facts).items()
            },
            letter_class=LetterClass(row.letter_class),
            chat_id=row.chat_id if to_group else row.chat_user_id,
            member_id=row.member_id,
            campaign_id=None,
            language=club.language if to_group else row.language,
            calendar=club.calendar if to_group else row.calendar,
            name=self._opened(row.id, row.name),
            fence=row.fence + 1,
            attempts=row.attempts,
            flagged=row.flagged,
        )

    def _opened(self, letter_id: int, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        try:
            return self._vault.open(sealed)
        except CannotOpen:  # One damaged value must not hold up everybody's letters.
            log.error("A sealed value cannot be opened.", extra={"letter": letter_id})
            return None


Make = Callable[[Any], OutgoingLetter]


class _Chosen:
    """Letters chosen so far: one for each recipient, several for a group that is crowded."""

    def __init__(self, limit: int, groups: Groups) -> None:
        self.letters: list[OutgoingLetter] = []
        self.unfit: dict[int, int] = {}
        self._limit = limit
        self._crowded = dict.fromkeys(groups.crowded, MOST_GATHERED)
        self._recipients = set[int]()

    @property
    def room(self) -> int:
        """For so many there is room."""
        return self._limit - len(self.letters)

    @property
    def members(self) -> list[int]:
        """To whom they go."""
        return [letter.member_id for letter in self.letters if letter.member_id is not None]

    def add(self, rows: Sequence[Row[Any]], make: Make) -> None:
        """Choose among these."""
        for row in rows:
            if not row.fit:
                self.unfit[row.id] = row.fence
                continue
            recipient = row.member_id or row.chat_id
            if recipient in self._recipients and not self._crowded.get(recipient, 0):
                continue
            self._recipients.add(recipient)
            if recipient in self._crowded:
                self._crowded[recipient] -= 1
            self.letters.append(make(row))


def unsent(row: RowMapping, programme: Programme, now: datetime, soon: datetime) -> Change:
    """The end of a letter that may not go any more, or when it may be looked at again."""
    ours = (row["id"], row["fence"], row["campaign_id"])
    if row["campaign_state"] == CampaignState.CANCELLED:
        return Change(*ours, LetterState.SKIPPED, fault="cancelled")
    if row["expires_at"] is not None and row["expires_at"] <= now:
        return Change(*ours, LetterState.EXPIRED)
    if row["member_id"] is not None and (end := _end_with_member(row)):
        return Change(*ours, end[0], fault=end[1])
    if row["campaign_state"] not in (None, CampaignState.RUNNING):
        return Change(*ours, LetterState.PENDING)
    if row["campaign_id"] is not None and not _has_room(row, programme):
        return Change(*ours, LetterState.SKIPPED, fault="had enough this week")
    if row["letter_class"] == LetterClass.CAMPAIGN:
        quiet = Quiet.of(row["quiet_start"], row["quiet_until"])
        if quiet and (ends_at := quiet.end_after(now, programme.zone)):
            return Change(*ours, LetterState.PENDING, not_before=ends_at)
    return Change(*ours, LetterState.PENDING, lease_until=soon)


def _end_with_member(row: RowMapping) -> tuple[LetterState, str] | None:
    """The end of a letter to somebody who is not to be written to."""
    if row["left_at"] is not None:
        return LetterState.SKIPPED, "left the club"
    has_chat = row["chat_user_id"] is not None
    if not has_chat or row["reach"] != Reach.ACTIVE:
        if row["campaign_id"] is not None:  # Only who turns out to be so speaks against it.
            return LetterState.SKIPPED, "out of reach"
        return LetterState.UNREACHABLE, row["reach"] if has_chat else "no chat"
    if row["letter_class"] == LetterClass.CAMPAIGN and not row["promotions"]:
        return LetterState.SKIPPED, "wants no promotions"
    return None


def _has_room(row: RowMapping, programme: Programme) -> bool:
    caps = (programme.promotions.a_week, row["promotions_a_week"])
    return all(cap is None or row["had"] < cap for cap in caps)
