"""Surveys as members meet them: question by question, left and taken up, counted once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club.earning import Award
from club.errors import AlreadyAnswered, PressExpired, SurveyClosed
from club.ledger import Reason
from club.members import Member
from club.programme import Programme
from club.surveys import Answer, Question, Survey, SurveyState
from services.awards import award, balance
from services.earning import earn
from services.profile import lock_joined
from storage import replies as replies_store
from storage import surveys as surveys_store
from storage.db import Database
from storage.replies import ReplyRow
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question that is open, and what the member answered or ticked there before."""

    survey_id: int
    survey: Survey
    number: int  # From 0.
    answer: Answer
    in_chat: bool  # Whether a message of the chat asks it already, …
    message_id: int | None  # … and the last message that asked anything.
    left: timedelta  # How long the survey stays open.

    @property
    def question(self) -> Question:
        """The question itself."""
        return self.survey.questions[self.number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer counts; `answer` is the first one given to this asking."""

    survey_id: int
    survey: Survey
    number: int
    answer: Answer
    message_id: int | None
    repeated: bool
    following: Asked | None  # None: it was the last question.
    thanked: bool  # Whether the chat has heard that all is answered.
    balance: int

    @property
    def question(self) -> Question:
        """The question that was answered."""
        return self.survey.questions[self.number]


class Replies:
    """What a member can do in a survey."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
        touch: Callable[[int], None],
    ) -> None:
        """`touch` hears the number of a survey whose results changed."""
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time
        self._touch = touch

    async def open(self, user_id: int, survey_id: int) -> Asked:
        """Begin, or go on where it was left.

        Raises AlreadyAnswered, SurveyClosed, PressExpired.
        """
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            survey = await self._open_survey(tx, survey_id)
            if await replies_store.answered_same(tx, survey_id, member.id):
                raise AlreadyAnswered()
            await replies_store.begin(tx, survey_id, member.id, self._club_time())
            reply = await _reply(tx, survey_id, member.id)
            asked = await self._asked(tx, survey, reply)
        self._touch(survey_id)
        return asked

    async def answer(
        self, user_id: int, survey_id: int, number: int, answer: Answer | None
    ) -> Answered:
        """Count an answer to the open question; None: what is ticked there.

        The first answer to an asking stands: a second one gives it back and changes nothing.
        After the last question the points are given, once. Raises AlreadyAnswered where another
        survey took the same answers meanwhile, SurveyClosed, PressExpired.
        """
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            survey = await self._open_survey(tx, survey_id)
            reply = await _reply(tx, survey_id, member.id)
            if number > reply.position or number >= len(survey.questions):
                raise PressExpired()  # An older message, after a step back.
            repeated = number < reply.position
            if not repeated:
                if await replies_store.answered_same(tx, survey_id, member.id):
                    raise AlreadyAnswered()
                await self._keep(tx, survey, reply, answer)
                if number + 1 == len(survey.questions):
                    await self._complete(tx, survey, reply, member)
            outcome = await self._answered(tx, survey, reply, number, repeated=repeated)
        if not repeated:
            self._touch(survey_id)
        return outcome

    async def tick(
        self, user_id: int, survey_id: int, number: int, choice: int, *, ticked: bool
    ) -> Asked:
        """Tick a choice of the open question, or take the tick away; said twice it is the same.

        Raises SurveyClosed, PressExpired.
        """
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            survey = await self._open_survey(tx, survey_id)
            reply = await _reply(tx, survey_id, member.id)
            if number != reply.position or number >= len(survey.questions):
                raise PressExpired()
            known = await replies_store.answer(tx, survey_id, member.id, number)
            choices = set(known["choices"] if known else ())
            choices = choices | {choice} if ticked else choices - {choice}
            await replies_store.put_answer(
                tx,
                survey_id,
                member.id,
                number,
                choices=sorted(choices),
                text=None,
                given_at=known["given_at"] if known and choices else None,
            )
            return await self._asked(tx, survey, reply)

    async def go_back(self, user_id: int, survey_id: int, number: int) -> Asked:
        """The question before this one is open again; what was answered there is kept until then.

        Raises SurveyClosed, and PressExpired where this question is not the open one.
        """
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            survey = await self._open_survey(tx, survey_id)
            reply = await _reply(tx, survey_id, member.id)
            if reply.position == number - 1 and reply.asked == number - 1:
                return await self._asked(tx, survey, reply)  # The same press once more.
            if reply.done_at is not None or reply.position != number or number == 0:
                raise PressExpired()
            back = number - 1
            await replies_store.change(tx, survey_id, member.id, position=back, asked=back)
            return await self._asked(tx, survey, await _reply(tx, survey_id, member.id))

    async def note_asked(
        self, user_id: int, survey_id: int, number: int, message_id: int | None
    ) -> None:
        """That message of the chat asks that question; past the last one: it has thanked."""
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            await replies_store.change(
                tx, survey_id, member.id, asked=number, message_id=message_id
            )

    async def _open_survey(self, tx: AsyncConnection, survey_id: int) -> Survey:
        row = await surveys_store.find(tx, survey_id)
        if row is None or row.state in (SurveyState.DRAFT, SurveyState.CANCELLED):
            raise PressExpired()
        closes_at = row.survey.closes_at
        if row.state is SurveyState.CLOSED or closes_at <= self._club_time():
            raise SurveyClosed()
        return row.survey

    async def _keep(
        self, tx: AsyncConnection, survey: Survey, reply: ReplyRow, answer: Answer | None
    ) -> None:
        """Keep the answer and open the next question."""
        number = reply.position
        if answer is None:
            answer = await self._given(tx, reply, number)
            if not answer.choices:
                raise PressExpired()
        assert all(0 <= choice < survey.questions[number].options for choice in answer.choices)
        await replies_store.put_answer(
            tx,
            reply.survey_id,
            reply.member_id,
            number,
            choices=answer.choices,
            text=None if answer.text is None else self._vault.seal(answer.text),
            given_at=self._club_time(),
        )
        await replies_store.change(tx, reply.survey_id, reply.member_id, position=number + 1)

    async def _complete(
        self, tx: AsyncConnection, survey: Survey, reply: ReplyRow, member: Member
    ) -> None:
        """All is answered: note it, and give the points."""
        now = self._club_time()
        await replies_store.change(tx, reply.survey_id, member.id, done_at=now)
        if survey.points:
            explanation = {
                "kind": "fixed",
                "each": survey.points,
                "quantity": 1,
                "result": survey.points,
                "reason": dict(survey.title),
            }
            part = Award(rule="survey", points=survey.points, explanation=explanation)
            key = f"survey:{reply.survey_id}:{member.id}"
            member = await award(
                tx, self._programme, member, [part], Reason.SURVEY, key=key, at=now
            )
        key = f"surveyed:{reply.survey_id}:{member.id}"
        await earn(tx, self._programme, member, "survey", key=key, at=now)

    async def _answered(
        self,
        tx: AsyncConnection,
        survey: Survey,
        before: ReplyRow,
        number: int,
        *,
        repeated: bool,
    ) -> Answered:
        reply = await _reply(tx, before.survey_id, before.member_id)
        more = reply.position < len(survey.questions)
        return Answered(
            survey_id=reply.survey_id,
            survey=survey,
            number=number,
            answer=await self._given(tx, reply, number),
            message_id=before.message_id,
            repeated=repeated,
            following=await self._asked(tx, survey, reply) if more else None,
            thanked=reply.asked >= len(survey.questions),
            balance=await balance(tx, reply.member_id, self._club_time()),
        )

    async def _asked(self, tx: AsyncConnection, survey: Survey, reply: ReplyRow) -> Asked:
        return Asked(
            survey_id=reply.survey_id,
            survey=survey,
            number=reply.position,
            answer=await self._given(tx, reply, reply.position),
            in_chat=reply.asked >= reply.position,
            message_id=reply.message_id,
            left=survey.closes_at - self._club_time(),
        )

    async def _given(self, tx: AsyncConnection, reply: ReplyRow, number: int) -> Answer:
        """What the member has answered to the question, or ticked there; else nothing."""
        known = await replies_store.answer(tx, reply.survey_id, reply.member_id, number)
        if known is None:
            return Answer()
        text = self._vault.open(known["text"]) if known["text"] else None
        return Answer(choices=tuple(known["choices"]), text=text)


async def _reply(tx: AsyncConnection, survey_id: int, member_id: int) -> ReplyRow:
    """The member's way through the survey; raises PressExpired where they never opened it."""
    reply = await replies_store.find(tx, survey_id, member_id)
    if reply is None:
        raise PressExpired()
    return reply
