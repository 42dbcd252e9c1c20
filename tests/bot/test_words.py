"""Letters in words: what is put together for many is what would be made for each alone."""

from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from bot.delivery.rendered import Rendered, Written, written
from bot.words import Wording
from club.campaigns import CAPTION_LENGTH, LONGEST_NAME, TEXT_LENGTH, Link, check_text
from club.letters import LetterClass
from club.members import NAME_LENGTH
from club.parts import Language
from handlers.signing import Signer
from services.letters import OutgoingLetter
from templates.laws import CAPTION_UNITS, MESSAGE_UNITS

WORDING = Wording(ZoneInfo("Asia/Tehran"), Signer(b"k" * 32))
TEXTS = (
    "کتاب تازه رسید: <۲۰٪ تخفیف> & 10%",
    "{نام} جان، کتاب تازه رسید!\n\n{نام}، منتظریم.",
    'Dear {name}, "new" books\tare here \\ {NAME}  \n\n\n  20% off',
    "{name}",
)
NAMES = (
    *("سارا", "سارا احمدی", "علی‌رضا", "Sara", "Mary-Ann Smith", None, ""),
    *("Tom & Jerry", "<b>x</b>", '"\\', "O'Neil", "سارا & co", "ساره ٢٣", "Sara 23", "{name}"),
    *("ء", " سارا ", "a\nb", "\u202eevil", "\u2068x\u2069", "😀", "Ωmega", "ژغضچذثظپ", "Qxzjvkwq"),
)
VARIANTS: tuple[dict[str, Any], ...] = ({}, {"picture": "AgAC"}, {"flagged": 1}, {"chat_id": 4})


def letter(text: str, language: Language, name: str | None, **values: Any) -> OutgoingLetter:
    about: dict[str, Any] = {
        "id": 1,
        "key": None,
        "message": "letters/promotion",
        "facts": {"promotion": text, "link": None, "press_label": None},
        "letter_class": LetterClass.CAMPAIGN,
        "chat_id": 10_000_000_123,
        "member_id": 5,
        "campaign_id": 7,
        "language": language,
        "calendar": "jalali",
        "name": name,
        "fence": 1,
        "attempts": 0,
        "flagged": 0,
    }
    return OutgoingLetter(**about | values)


def made(words: Rendered | Written, chat_id: int) -> Written:
    return written(chat_id, words) if isinstance(words, Rendered) else words


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("text", TEXTS)
def test_what_is_put_together_is_what_each_alone_would_get(text: str, language: Language) -> None:
    link = Link("دیدن «x»", "https://a.ir/?b=1&c=2")
    facts = {"promotion": text, "link": link, "press_label": 'Call "me"'}
    wording = Wording(ZoneInfo("Asia/Tehran"), Signer(b"k" * 32))
    for name in NAMES:
        for kind, values in enumerate(VARIANTS):
            one = letter(text, language, name, facts=facts, campaign_id=kind, **values)
            alone = written(one.chat_id, wording.rendered(one))
            together = made(wording(one), one.chat_id)
            assert together.method == alone.method
            assert orjson.loads(together.body) == orjson.loads(alone.body)


def test_most_readers_get_what_was_written_once() -> None:
    for language, name in (("fa", "سارا احمدی"), ("en", "Sara"), ("fa", None), ("en", None)):
        words = Wording(ZoneInfo("Asia/Tehran"), Signer(b"k" * 32))(
            letter("{name}, سلام", language, name)  # type: ignore[arg-type]
        )
        assert isinstance(words, Written), name


def test_names_are_isolated_in_a_text_of_the_other_direction() -> None:
    said = WORDING.rendered(letter("{نام} عزیز", "fa", "Sara"))
    assert said.text == "\u2068Sara\u2069 عزیز"
    assert WORDING.rendered(letter("Dear {name}!", "en", None)).text == "Dear friend!"
    assert WORDING.rendered(letter("{نام} عزیز", "fa", None)).text == "دوست عزیز"


def test_buttons_are_signed_for_each_reader() -> None:
    wording = Wording(ZoneInfo("Asia/Tehran"), Signer(b"k" * 32))
    signer = Signer(b"k" * 32)
    for chat_id in (11, 12):
        words = wording(letter("سلام", "fa", None, chat_id=chat_id))
        assert isinstance(words, Written)
        ((button,),) = orjson.loads(words.body)["reply_markup"]["inline_keyboard"]
        assert signer.read(button["callback_data"], chat_id) is not None
        assert signer.read(button["callback_data"], chat_id + 1) is None


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize(("picture", "room"), [("AgAC", CAPTION_UNITS), (None, MESSAGE_UNITS)])
@pytest.mark.parametrize("names", [0, 1, 7])
def test_what_could_be_saved_can_be_sent_again(
    language: Language, picture: str | None, room: int, names: int
) -> None:
    limit = CAPTION_LENGTH if picture else TEXT_LENGTH
    text = "{name}" * names + "س" * (limit - names * LONGEST_NAME)
    assert check_text(text, with_picture=picture is not None)
    longest = "\U0001d400" * NAME_LENGTH  # Latin, and of two units each.
    facts = {"promotion": text, "link": None, "press_label": None}
    one = letter(text, language, longest, facts=facts, picture=picture, flagged=1)
    said = WORDING.rendered(one).text
    assert longest in said or not names
    assert len(said.encode("utf-16-le")) // 2 <= room
