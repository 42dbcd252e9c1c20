"""Giving points in the chat: what is typed wrong, left, or not offered at all."""

from storage.db import Database
from tests.handlers.people import BOOKSHOP, OWNER, Club, Person, open_club
from tests.handlers.ways import join

SARA, NIMA = Person(501, "Sara"), Person(502, "Nima")


async def friends(club: Club) -> tuple[str, str]:
    """Two members, of whom the first has 100 points; their numbers."""
    sara, nima = await join(club, SARA), await join(club, NIMA)
    await club.services.adjustments.adjust(sara, 100, "x", by=OWNER, key="a1")
    return sara, nima


async def test_what_is_no_number_of_points_or_no_text_is_asked_for_again(club: Club) -> None:
    _, nima = await friends(club)
    await club.say(SARA, "/give")
    await club.send(
        SARA, {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
    )
    assert "متن" in club.last(SARA).plain or "بنویس" in club.last(SARA).plain
    await club.say(SARA, nima)
    await club.say(SARA, "-۲۰")
    assert "شمار امتیاز نیست" in club.last(SARA).plain
    await club.say(SARA, "۲۰")
    assert "۲۰ امتیاز به عضو" in club.last(SARA).plain
    assert await club.press(SARA, "🎁 هدیه بده") == ""
    assert "رسید" in club.last(SARA).plain


async def test_a_question_that_is_left_takes_no_answer(club: Club) -> None:
    _, nima = await friends(club)
    await club.say(SARA, "/give")
    await club.say(SARA, "/cancel")
    await club.say(SARA, nima)
    assert "چند امتیاز" not in club.last(SARA).plain


async def test_the_update_that_told_the_number_never_becomes_points(club: Club) -> None:
    _, nima = await friends(club)
    await club.say(SARA, "/give")
    told = await club.say(SARA, nima)
    message = {"message": {**_typed(nima), "from": SARA.as_json()}}
    await club.receive(message, update_id=told)
    assert "چند امتیاز" in club.last(SARA).plain


async def test_a_club_without_gifts_says_so_and_does_not_speak_of_them(db: Database) -> None:
    async with open_club(db, BOOKSHOP.model_copy(update={"gifts": None})) as club:
        await join(club, SARA)
        await club.say(SARA, "/help")
        await club.press(SARA, "⭐ امتیازها")
        assert "/give" not in club.last(SARA).plain
        before = len(club.seen(SARA))
        await club.say(SARA, "/give")
        assert "هدیه" not in club.last(SARA).plain
        assert len(club.seen(SARA)) == before + 1


def _typed(text: str) -> dict[str, object]:
    chat = {"id": SARA.id, "type": "private", "title": "x"}
    return {"message_id": 77_777, "date": 1_760_000_000, "chat": chat, "text": text}
