"""Figures, days and foreign words, in both languages."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from club.calendar import Calendar
from club.money import Money
from club.parts import Language, Words
from templates import words
from templates.words import FSI, LRM, PDI

TEHRAN = ZoneInfo("Asia/Tehran")


def shown(text: str) -> str:
    """Isolates as brackets, so that a failing test can be read."""
    return text.replace(FSI, "[").replace(PDI, "]")


@pytest.mark.parametrize(
    ("value", "fa", "en"),
    [
        (0, "۰", "0"),
        (999, "۹۹۹", "999"),
        (1_000, "۱٬۰۰۰", "1,000"),
        (12_345, "۱۲٬۳۴۵", "12,345"),
        (9_999_999_999, "۹٬۹۹۹٬۹۹۹٬۹۹۹", "9,999,999,999"),
        (-1_500, f"{LRM}−۱٬۵۰۰", "−1,500"),
    ],
)
def test_numbers_have_their_thousands_apart(value: int, fa: str, en: str) -> None:
    assert words.grouped(value, "fa") == fa
    assert words.grouped(value, "en") == en


@pytest.mark.parametrize(
    ("value", "fa", "en"),
    [(10, f"{LRM}+۱۰", "+10"), (0, "۰", "0"), (-10, f"{LRM}−۱۰", "−10")],
)
def test_a_change_shows_its_sign_once(value: int, fa: str, en: str) -> None:
    assert words.signed(value, "fa") == fa
    assert words.signed(value, "en") == en


@pytest.mark.parametrize(
    ("amount", "fa", "en"),
    [
        (Money(250_000, "IRT"), "۲۵۰٬۰۰۰ تومان", "250,000 toman"),
        (Money(2_500_000, "IRR"), "۲٬۵۰۰٬۰۰۰ ریال", "2,500,000 rial"),
        (Money(1_250, "USD"), "۱۲٫۵۰ دلار", "$12.50"),
        (Money(5, "USD"), "۰٫۰۵ دلار", "$0.05"),
        (Money(-123_456, "USD"), f"{LRM}−۱٬۲۳۴٫۵۶ دلار", "−$1,234.56"),
        (Money(1_250, "EUR"), "۱۲٫۵۰ یورو", "€12.50"),
    ],
)
def test_money_names_its_currency(amount: Money, fa: str, en: str) -> None:
    assert words.money(amount, "fa") == fa
    assert words.money(amount, "en") == en


@pytest.mark.parametrize(
    ("value", "with_sign", "fa", "en"),
    [
        (0, False, "۰ امتیاز", "0 points"),
        (1, False, "۱ امتیاز", "1 point"),
        (10, False, "۱۰ امتیاز", "10 points"),
        (1, True, f"{LRM}+۱ امتیاز", "+1 point"),
        (-2, True, f"{LRM}−۲ امتیاز", "−2 points"),
    ],
)
def test_points_name_their_unit(value: int, with_sign: bool, fa: str, en: str) -> None:
    assert words.points(value, "fa", with_sign=with_sign) == fa
    assert words.points(value, "en", with_sign=with_sign) == en


def test_things_are_counted_in_the_right_form() -> None:
    assert words.counted(3, "fa", "خرید") == "۳ خرید"
    assert words.counted(1, "en", "purchase", "purchases") == "1 purchase"
    assert words.counted(3, "en", "purchase", "purchases") == "3 purchases"


@pytest.mark.parametrize(
    ("language", "calendar", "text"),
    [
        ("fa", "jalali", "۱۲ مهر ۱۴۰۴"),
        ("en", "jalali", "12 Mehr 1404"),
        ("fa", "gregorian", "۴ اکتبر ۲۰۲۵"),
        ("en", "gregorian", "4 Oct 2025"),
    ],
)
def test_a_day_in_each_language_and_calendar(
    language: Language, calendar: Calendar, text: str
) -> None:
    assert words.day(date(2025, 10, 4), language, calendar, TEHRAN) == text


def test_a_moment_belongs_to_the_day_of_the_readers_zone() -> None:
    late = datetime(2025, 10, 3, 20, 30, tzinfo=UTC)  # Midnight in Tehran.
    just_before = late - timedelta(minutes=1)
    assert words.day(late, "en", "gregorian", TEHRAN) == "4 Oct 2025"
    assert words.day(just_before, "en", "gregorian", TEHRAN) == "3 Oct 2025"
    assert words.day_and_time(late, "fa", "jalali", TEHRAN) == "۱۲ مهر ۱۴۰۴، ساعت ۰۰:۰۰"
    assert words.day_and_time(just_before, "en", "gregorian", TEHRAN) == "3 Oct 2025, 23:59"


@pytest.mark.parametrize(
    ("text", "fa"),
    [
        ("فیلم Toy Story (1995) را دیدید", "فیلم [Toy Story (۱۹۹۵)] را دیدید"),
        ("فیلم (Toy Story) را", "فیلم ([Toy Story]) را"),
        ("سطح VIP دارید", "سطح [VIP] دارید"),
        ("از @ali_77 و /card2 و #top10", "از [@ali_77] و [/card2] و [#top10]"),
        ("نشانی https://t.me/x?a=1 است", "نشانی [https://t.me/x?a=1] است"),
        (f"پیش‌تر {FSI}Sara 7{PDI} بود", "پیش‌تر [Sara ۷] بود"),
        ("Tom & Jerry", "[Tom & Jerry]"),
        ("(سطح VIP) 12 (Gold)", "(سطح [VIP]) ۱۲ ([Gold])"),
        ("3D و ١٢", "[۳D] و ۱۲"),
        ("Достоевский نوشت", "[Достоевский] نوشت"),
        ("همه فارسی است.", "همه فارسی است."),
    ],
)
def test_persian_text_isolates_what_is_foreign(text: str, fa: str) -> None:
    assert shown(words.spoken(text, "fa")) == fa
    assert words.spoken(words.spoken(text, "fa"), "fa") == words.spoken(text, "fa"), "never twice"


def test_english_text_isolates_what_is_foreign() -> None:
    text = "Thanks سارا احمدی (می‌خواهم), you have 12 points"
    assert shown(words.spoken(text, "en")) == "Thanks [سارا احمدی (می‌خواهم)], you have 12 points"


@pytest.mark.parametrize(
    ("name", "fa", "en"),
    [
        ("Sara", "[Sara]", "Sara"),
        ("سارا", "سارا", "[سارا]"),
        ("سارا Smith", "[سارا Smith]", "[سارا Smith]"),
        ("\u202eevil\u2069", "[evil]", "evil"),
        ("two\nlines", "[two lines]", "two lines"),
    ],
)
def test_a_name_is_one_piece(name: str, fa: str, en: str) -> None:
    assert shown(words.isolated(name, "fa")) == fa
    assert shown(words.isolated(name, "en")) == en


def test_a_name_in_both_languages_is_chosen() -> None:
    silver = Words(fa="نقره‌ای", en="Silver")
    assert words.named(silver, "fa") == "نقره‌ای"
    assert words.named({"fa": "نقره‌ای", "en": "Silver"}, "en") == "Silver"
    assert words.named(12, "en") is None
    assert shown(words.listed([silver, "Sci-Fi"], "fa")) == "نقره‌ای، [Sci-Fi]"


@settings(deadline=None)
@given(st.text(alphabet="aZ é1۲٬٫()[]سی\u200c@/#&<.,:-\n😀", max_size=80))
def test_whatever_is_said_in_persian_keeps_the_law(text: str) -> None:
    said = words.spoken(text, "fa")
    outside = re.sub(f"{FSI}[^{PDI}]*{PDI}", "", said)
    assert not words.FOREIGN_LETTER["fa"].search(outside), "each foreign letter is isolated"
    bare = said.replace(FSI, "").replace(PDI, "")
    assert words.ascii_digits(bare) == words.ascii_digits(text), "nothing is lost"
    assert words.spoken(said, "fa") == said
