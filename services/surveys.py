"""Surveys as staff meet them: drafted, sent, closed, and what was answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import PressExpired
from club.letters import Letter, LetterClass
from club.members import number_of
from club.programme import Programme
from club.survey_files import parse_survey
from club.surveys import Answer, Question, Survey, SurveyState, Tally, tally
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage import surveys as surveys_store
from storage.db import Database
from storage.surveys import SurveyRow
from storage.vault import Vault

TEXTS_A_PAGE = 5
LATELY = timedelta(days=7)  # For so long a start looks after cards of what is closed.
BEFORE_END = timedelta(seconds=1)  # Words name the last day, and not the first one after it.


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyShown:
    """A survey before it is answered: what it asks, and how many it reaches."""

    survey_id: int
    state: SurveyState
    survey: Survey
    letters: int  # Before it is sent: how many would get it now.
    duration_s: int
    card_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsShown:
    """How far a survey has come, and the answers to one of its questions."""

    survey_id: int
    state: SurveyState
    survey: Survey
    letters: int
    begun: int
    done: int
    number: int  # The question that is shown, from 0.
    tally: Tally
    chat_id: int
    card_id: int | None

    @property
    def question(self) -> Question:
        """The question that is shown."""
        return self.survey.questions[self.number]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsPage:
    """Some of the words that answered a question, latest first; pages count from 0."""

    survey_id: int
    number: int
    question: Question
    texts: tuple[str, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyGiven:
    """What one member answered, by the questions' places."""

    member_number: str
    begun_at: datetime
    done_at: datetime | None
    answers: dict[int, Answer]


class Surveys:
    """What staff can do with surveys."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
        *,
        sends_per_second: int,
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time
        self._sends_per_second = sends_per_second
        self._changed: set[int] = set()
        self._started = False  # Until then any card may be behind.

    async def draft(self, content: bytes, *, by: int, chat_id: int, key: str) -> SurveyShown:
        """Keep the survey that the file describes; nothing is sent. The same key again: the same.

        Raises BadSurvey with each fault of the file.
        """
        now = self._club_time()
        survey = parse_survey(content, self._programme, now)
        async with self._db.write() as tx:
            survey_id = await surveys_store.add(tx, survey, key=key, by=by, chat_id=chat_id, at=now)
            await staff_store.log(tx, by, "survey_draft", {"survey_id": survey_id}, now)
            return await self._shown(tx, await _locked(tx, survey_id))

    async def launch(self, survey_id: int, *, by: int) -> SurveyShown:
        """Write one letter for each member meant. A second press changes nothing.

        Raises PressExpired for a survey that was cancelled, or whose last day is over.
        """
        now = self._club_time()
        async with self._db.write() as tx:
            row = await _locked(tx, survey_id)
            if row.state is SurveyState.CANCELLED:
                raise PressExpired()
            if row.state is SurveyState.DRAFT:
                if row.survey.closes_at <= now:
                    raise PressExpired()
                await self._launch(tx, row, by, now)
                row = await _locked(tx, survey_id)
            return await self._shown(tx, row)

    async def cancel(self, survey_id: int, *, by: int) -> SurveyShown:
        """Throw a draft away; what was sent stays sent."""
        async with self._db.write() as tx:
            row = await _locked(tx, survey_id)
            if row.state is SurveyState.DRAFT:
                now = self._club_time()
                await surveys_store.change(tx, row.id, state=SurveyState.CANCELLED)
                await staff_store.log(tx, by, "survey_cancel", {"survey_id": row.id}, now)
            return await self._shown(tx, await _locked(tx, survey_id))

    async def results(self, survey_id: int, number: int | None = None) -> ResultsShown:
        """The answers so far, to the question of that place or to the one on the card.

        Raises PressExpired for a survey that was never sent.
        """
        async with self._db.read() as tx:
            row = await surveys_store.find(tx, survey_id)
            if row is None or row.state in (SurveyState.DRAFT, SurveyState.CANCELLED):
                raise PressExpired()
            questions = row.survey.questions
            shown = (row.card_page if number is None else number) % len(questions)
            begun, done = await surveys_store.replies(tx, survey_id)
            given = await surveys_store.answers(tx, survey_id, shown)
            answers = [
                Answer(choices=tuple(one["choices"]), text="" if one["text"] else None)
                for one in given
            ]
            return ResultsShown(
                survey_id=row.id,
                state=row.state,
                survey=row.survey,
                letters=row.letters,
                begun=begun,
                done=done,
                number=shown,
                tally=tally(questions[shown], answers),
                chat_id=row.chat_id,
                card_id=row.card_id,
            )

    async def keep_card(self, survey_id: int, card_id: int | None, number: int = 0) -> None:
        """From now on this message shows the results, at this question; None: no message does."""
        async with self._db.write() as tx:
            await surveys_store.change(tx, survey_id, card_id=card_id, card_page=number)

    async def texts(self, survey_id: int, number: int, page: int) -> TextsPage:
        """A page of the words that answered a question; a page too far is the last one."""
        async with self._db.read() as tx:
            row = await surveys_store.find(tx, survey_id)
            if row is None or number >= len(row.survey.questions):
                raise PressExpired()
            _, total = await surveys_store.texts(tx, survey_id, number, 0, 0)
            pages = max(1, ceil(total / TEXTS_A_PAGE))
            page = min(page, pages - 1)
            first = page * TEXTS_A_PAGE
            sealed, _ = await surveys_store.texts(tx, survey_id, number, TEXTS_A_PAGE, first)
        return TextsPage(
            survey_id=survey_id,
            number=number,
            question=row.survey.questions[number],
            texts=tuple(self._vault.open(text) for text in sealed),
            page=page,
            pages=pages,
        )

    async def export(self, survey_id: int, *, by: int) -> tuple[Survey, tuple[ReplyGiven, ...]]:
        """All that was answered, member by member; who took it is logged. Raises PressExpired."""
        async with self._db.write() as tx:
            row = await surveys_store.find(tx, survey_id)
            if row is None:
                raise PressExpired()
            now = self._club_time()
            await staff_store.log(tx, by, "survey_export", {"survey_id": survey_id}, now)
            given = await surveys_store.answers(tx, survey_id)
        members: dict[int, ReplyGiven] = {}
        for one in given:
            reply = ReplyGiven(
                member_number=number_of(one["member_id"]),
                begun_at=one["begun_at"],
                done_at=one["done_at"],
                answers={},
            )
            reply = members.setdefault(one["member_id"], reply)
            text = self._vault.open(one["text"]) if one["text"] else None
            reply.answers[one["question"]] = Answer(choices=tuple(one["choices"]), text=text)
        return row.survey, tuple(members.values())

    async def close_due(self) -> int:
        """Close the surveys whose last day is over and tell their groups; how many."""
        now = self._club_time()
        async with self._db.read() as tx:
            due = [row for row in await surveys_store.running(tx) if row.survey.closes_at <= now]
        if not due:
            return 0
        async with self._db.write() as tx:
            closed = await surveys_store.close(tx, now)
            for row in closed:
                _, done = await surveys_store.replies(tx, row.id)
                told = Letter(
                    key=f"survey-closed:{row.id}",
                    chat_id=row.chat_id,
                    message="letters/survey_closed",
                    facts={
                        "survey_id": row.id,
                        "survey": row.survey.title,
                        "letters": row.letters,
                        "answered": done,
                    },
                )
                await outbox_store.add(tx, [told], now)
        for row in closed:
            self.touch(row.id)
        return len(closed)

    def touch(self, survey_id: int) -> None:
        """Its results are no longer what its card shows."""
        self._changed.add(survey_id)

    async def changed(self) -> set[int]:
        """The surveys whose results have changed since this was asked last; first, any card's."""
        if not self._started:
            async with self._db.read() as tx:
                cards = await surveys_store.with_card(tx, self._club_time() - LATELY)
            self._changed |= {row.id for row in cards}
            self._started = True
        found, self._changed = self._changed, set()
        return found

    async def _launch(self, tx: AsyncConnection, row: SurveyRow, by: int, now: datetime) -> None:
        survey = row.survey
        pattern = Letter(
            key=f"{surveys_store.KEY_START}{row.id}{surveys_store.KEY_MEMBER}",
            member_id=0,
            message="letters/survey",
            facts={
                "survey_id": row.id,
                "survey": survey.title,
                "count": len(survey.questions),
                "points": survey.points,
                "expires_at": survey.closes_at - BEFORE_END,
            },
            letter_class=LetterClass.CAMPAIGN,
            expires_at=survey.closes_at,
        )
        letters = await surveys_store.write_letters(tx, pattern, survey, now)
        await surveys_store.change(tx, row.id, state=SurveyState.RUNNING, letters=letters)
        facts = {"survey_id": row.id, "letters": letters}
        await staff_store.log(tx, by, "survey_send", facts, now)

    async def _shown(self, tx: AsyncConnection, row: SurveyRow) -> SurveyShown:
        letters = row.letters
        if row.state is SurveyState.DRAFT:
            letters = await surveys_store.count(tx, row.survey, self._club_time())
        return SurveyShown(
            survey_id=row.id,
            state=row.state,
            survey=row.survey,
            letters=letters,
            duration_s=ceil(letters / self._sends_per_second),
            card_id=row.card_id,
        )


async def _locked(tx: AsyncConnection, survey_id: int) -> SurveyRow:
    row = await surveys_store.lock(tx, survey_id)
    if row is None:
        raise PressExpired()
    return row
