"""Surveys on both databases: who is asked, what counts once, and when it is over."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from club.errors import AlreadyAnswered, PressExpired, SurveyClosed
from club.programme import parse_programme
from club.surveys import Answer, SurveyState
from services.audit import Audit
from services.replies import Replies
from services.surveys import Surveys, SurveyShown
from storage import members as members_store
from storage.db import Database
from storage.vault import Vault, make_key
from tests.services.bookkeeping import PROGRAMME, Bookkeeper

NOON = datetime(2025, 10, 4, 9, tzinfo=UTC)
CHAT, OWNER = -1_000_777, 77
FILE = b"""
title = "x"
points = 10
days = 7
audience = "all"
[[questions]]
kind = "yes_no"
text = "?"
[[questions]]
kind = "several"
text = "??"
choices = ["a", "b", "c"]
[[questions]]
kind = "text"
text = "???"
"""
EXAMPLE = (Path(__file__).parents[2] / "examples/survey.toml").read_bytes()
BOOKSHOP = parse_programme((Path(__file__).parents[2] / "programme.toml").read_text())


class Room:
    """A club with surveys, whose time a test moves."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.now = NOON
        self.book = Bookkeeper(db)
        vault, clock = Vault(make_key()), lambda: self.now
        self.surveys = Surveys(db, vault, PROGRAMME, clock, sends_per_second=10)
        self.replies = Replies(db, vault, PROGRAMME, clock, self.surveys.touch)

    async def member(self, **values: object) -> int:
        """Somebody who agreed to promotions, unless told otherwise; their account."""
        member_id = await self.book.join(self.now)
        known = {"promotions": True, "join_step": "done"}
        async with self.db.write() as tx:
            await members_store.change(tx, member_id, **(known | values))
        user_id = (await self.book.member(member_id)).chat_user_id
        return user_id or 0

    async def sent(self, file: bytes = FILE, key: str = "k") -> SurveyShown:
        """A survey that has been sent."""
        shown = await self.surveys.draft(file, by=OWNER, chat_id=CHAT, key=key)
        return await self.surveys.launch(shown.survey_id, by=OWNER)

    async def complete(self, user_id: int, survey_id: int) -> None:
        """Answer all of FILE's questions."""
        await self.replies.open(user_id, survey_id)
        for number, answer in enumerate(
            (Answer(choices=(0,)), Answer(choices=(0, 2)), Answer(text="hello"))
        ):
            await self.replies.answer(user_id, survey_id, number, answer)

    async def keys(self, like: str) -> list[str]:
        """The keys of letters that begin so."""
        rows = await self.book.rows(f"SELECT key FROM outbox WHERE key LIKE '{like}%' ORDER BY id")
        return [str(row[0]) for row in rows]


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db)


async def test_only_who_agreed_and_is_there_is_asked(room: Room) -> None:
    await room.member()
    await room.member(promotions=False)
    await room.member(promotions=None)
    await room.member(agreed_at=None)
    await room.member(left_at=NOON, chat_user_id=None)
    shown = await room.sent()
    assert shown.letters == 1
    assert await room.keys("survey:") == [f"survey:{shown.survey_id}:member:1"]
    again = await room.surveys.launch(shown.survey_id, by=OWNER)
    assert again == shown
    assert len(await room.keys("survey:")) == 1


async def test_genres_choose_who_is_asked(db: Database) -> None:
    room = Room(db)
    room.surveys = Surveys(db, Vault(make_key()), BOOKSHOP, lambda: NOON, sends_per_second=10)
    await room.member()
    await room.member()
    async with db.write() as tx:
        await members_store.tag(tx, 2, ["history"])
    shown = await room.sent(EXAMPLE)
    assert await room.keys("survey:") == [f"survey:{shown.survey_id}:member:2"]


async def test_the_same_file_of_the_same_update_is_one_draft(room: Room) -> None:
    first = await room.surveys.draft(FILE, by=OWNER, chat_id=CHAT, key="update:5")
    assert await room.surveys.draft(FILE, by=OWNER, chat_id=CHAT, key="update:5") == first
    await room.surveys.cancel(first.survey_id, by=OWNER)
    with pytest.raises(PressExpired):
        await room.surveys.launch(first.survey_id, by=OWNER)


async def test_points_come_once_and_the_book_is_in_order(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    await room.complete(sara, survey_id)
    repeated = await room.replies.answer(sara, survey_id, 2, Answer(text="other"))
    assert repeated.repeated
    assert repeated.answer == Answer(text="hello")
    assert await room.book.rows("SELECT key, points, reason FROM transfers") == [
        (f"survey:{survey_id}:1:survey", 10, "survey")
    ]
    with pytest.raises(AlreadyAnswered):
        await room.replies.open(sara, survey_id)
    assert (await Audit(room.db, PROGRAMME).run()).faults == ()


async def test_eight_answers_at_once_count_once(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    await room.replies.open(sara, survey_id)
    answers = [Answer(choices=(number % 2,)) for number in range(8)]
    outcomes = await asyncio.gather(
        *(room.replies.answer(sara, survey_id, 0, answer) for answer in answers)
    )
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert len({outcome.answer for outcome in outcomes}) == 1
    assert sum((await room.surveys.results(survey_id, 0)).tally.counts) == 1


async def test_who_has_answered_the_same_questions_is_not_asked_again(room: Room) -> None:
    sara, nima = await room.member(), await room.member()
    first = await room.sent()
    await room.complete(sara, first.survey_id)
    await room.replies.open(nima, first.survey_id)
    await room.member()
    second = await room.sent(key="k2")
    assert second.letters == 1, "nima's letter is open still"
    assert await room.keys(f"survey:{second.survey_id}:") == [f"survey:{second.survey_id}:member:3"]
    room.now += timedelta(days=9)
    third = await room.sent(key="k3")
    assert await room.keys(f"survey:{third.survey_id}:") == [
        f"survey:{third.survey_id}:member:{member_id}" for member_id in (2, 3)
    ]


async def test_a_letter_that_did_not_arrive_asks_nobody(room: Room) -> None:
    await room.member()
    await room.sent()
    async with room.db.write() as tx:
        await tx.execute(text("UPDATE outbox SET state = 'failed'"))
    assert (await room.sent(key="k2")).letters == 1


async def test_the_same_questions_in_two_surveys_are_answered_once(room: Room) -> None:
    sara = await room.member()
    first = await room.sent()
    second = await room.sent(key="k2")
    await room.replies.open(sara, second.survey_id)
    await room.complete(sara, first.survey_id)
    with pytest.raises(AlreadyAnswered):
        await room.replies.open(sara, second.survey_id)
    with pytest.raises(AlreadyAnswered):
        await room.replies.answer(sara, second.survey_id, 0, Answer(choices=(0,)))
    assert len(await room.book.rows("SELECT key FROM transfers")) == 1


async def test_ticks_wait_until_they_are_the_answer(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    await room.replies.open(sara, survey_id)
    await room.replies.answer(sara, survey_id, 0, Answer(choices=(1,)))
    for choice, ticked in ((0, True), (2, True), (2, True), (0, False)):
        asked = await room.replies.tick(sara, survey_id, 1, choice, ticked=ticked)
    assert asked.answer == Answer(choices=(2,))
    assert (await room.surveys.results(survey_id, 1)).tally.answered == 0
    answered = await room.replies.answer(sara, survey_id, 1, None)
    assert answered.answer == Answer(choices=(2,))
    with pytest.raises(PressExpired):
        await room.replies.tick(sara, survey_id, 1, 0, ticked=True)


async def test_a_step_back_opens_the_question_before(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    await room.replies.open(sara, survey_id)
    await room.replies.answer(sara, survey_id, 0, Answer(choices=(1,)))
    for _ in range(2):  # The same press once more is the same step.
        asked = await room.replies.go_back(sara, survey_id, 1)
        assert (asked.number, asked.answer) == (0, Answer(choices=(1,)))
    with pytest.raises(PressExpired):
        await room.replies.answer(sara, survey_id, 1, Answer(choices=(0,)))
    with pytest.raises(PressExpired):
        await room.replies.go_back(sara, survey_id, 0)
    await room.replies.answer(sara, survey_id, 0, Answer(choices=(0,)))
    assert (await room.surveys.results(survey_id, 0)).tally.counts == (1, 0)


async def test_after_its_last_day_nothing_is_taken_and_the_group_hears(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    asked = await room.replies.open(sara, survey_id)
    closes_at = asked.survey.closes_at
    room.now = closes_at - timedelta(seconds=1)
    assert await room.surveys.close_due() == 0
    await room.replies.answer(sara, survey_id, 0, Answer(choices=(1,)))
    room.now = closes_at
    with pytest.raises(SurveyClosed):
        await room.replies.answer(sara, survey_id, 1, Answer(choices=(1,)))
    assert [await room.surveys.close_due() for _ in range(2)] == [1, 0]
    assert (await room.surveys.results(survey_id)).state is SurveyState.CLOSED
    assert await room.keys("survey-closed:") == [f"survey-closed:{survey_id}"]


async def test_a_draft_takes_no_answers_and_ends_with_its_day(room: Room) -> None:
    sara = await room.member()
    shown = await room.surveys.draft(FILE, by=OWNER, chat_id=CHAT, key="k")
    for ask in (room.replies.open(sara, shown.survey_id), room.replies.open(sara, 999)):
        with pytest.raises(PressExpired):
            await ask
    room.now += timedelta(days=9)
    with pytest.raises(PressExpired):
        await room.surveys.launch(shown.survey_id, by=OWNER)


async def test_what_has_changed_is_told_once(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    await room.surveys.keep_card(survey_id, 5)
    assert await room.surveys.changed() == {survey_id}, "after a start every card is looked at"
    assert await room.surveys.changed() == set()
    await room.replies.open(sara, survey_id)
    assert await room.surveys.changed() == {survey_id}


async def test_after_a_start_the_card_of_what_was_closed_is_looked_at(room: Room) -> None:
    survey_id = (await room.sent()).survey_id
    await room.surveys.keep_card(survey_id, 5)
    room.now += timedelta(days=8)
    assert await room.surveys.close_due() == 1
    after = Surveys(room.db, Vault(make_key()), PROGRAMME, lambda: room.now, sends_per_second=10)
    assert await after.changed() == {survey_id}
    room.now += timedelta(days=30)
    later = Surveys(room.db, Vault(make_key()), PROGRAMME, lambda: room.now, sends_per_second=10)
    assert await later.changed() == set()


async def test_words_are_sealed(room: Room) -> None:
    sara = await room.member()
    survey_id = (await room.sent()).survey_id
    await room.complete(sara, survey_id)
    async with room.db.read() as tx:
        kept = (await tx.execute(text("SELECT text FROM survey_answers"))).scalars().all()
    assert not any(b"hello" in bytes(words) for words in kept if words)
    assert (await room.surveys.texts(survey_id, 2, 9)).texts == ("hello",)
