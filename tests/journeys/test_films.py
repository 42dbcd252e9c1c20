"""Twenty customers of a film shop: imported, recognised, written to for a year of club time."""

import asyncio
import csv
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.db import Database
from tests.data.notices import lots_of, notices, points_of
from tests.data.purchases import SHOPS, Shop, cells
from tests.people import Person
from tests.town import ROOT, Town

START = datetime(2018, 9, 23, 9, 0, tzinfo=UTC)  # An hour before the notices of that day.
LAST = date(2019, 9, 22)  # The last morning of a year.
PROFILE = (date(2019, 9, 23), 5)  # Points of the day on which they join.
YEAR_S = 400
ROWS = 3_000
JOINING = 20
LATELY = "2017-09-23"
SILVER = 1_000
FILMS = [shop for shop in SHOPS if shop.kind == "film-shop"]
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789", ",٬")
WORDS = {
    "fa": ("فارسی", "می‌پذیرم", "بله", "نه", "فعلاً نه", "تمام", "شمارهٔ عضویت شما", "بله، منم"),
    "en": (
        "English",
        "I agree",
        "Yes",
        "No",
        "Not now",
        "Done",
        "member number",
        "Yes, that is me",
    ),
}
ADD_PHONE = {"fa": "ثبت شمارهٔ تلفن", "en": "Add my phone"}
ASKED = {"fa": "آیا این مشتریِ پیش از باشگاه شمایید؟", "en": "Is this customer from before"}
OURS = {"fa": "اکنون از آنِ شماست", "en": "yours now"}


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the file, who they are in the town, and how they come in."""

    name: str
    person: Person
    language: str
    way: str  # By link, by phone while joining, or by phone later.
    wants: bool  # Promotions.


@pytest.fixture(params=FILMS, ids=lambda shop: "real" if shop.path else "made")
def shop(request: pytest.FixtureRequest) -> Shop:
    """The film shop: made by the seed, and the real one where the environment names it."""
    given: Shop = request.param
    return given


@pytest.fixture
def films(closed_town: Town) -> Town:
    """A town with the film shop's programme, in September 2018; the program does not run yet."""
    closed_town.bot.settings |= {
        "PROGRAMME": str(ROOT / "examples/film-shop.toml"),
        "CLOCK_START": START.isoformat(),
        "TIME_TRAVEL": "1",
    }
    return closed_town


async def test_twenty_customers_live_through_a_year(
    films: Town, shop: Shop, tmp_path: Path
) -> None:
    rows = cells(shop.file(tmp_path, ROWS))
    customers = await in_town(films, rows)
    file = with_phones(tmp_path / "films.csv", rows, customers)
    arguments = ("import", "purchases", str(file), "--source", "film")
    foreseen = await films.bot.command(*arguments, "--dry-run")
    assert foreseen.output.startswith(f"Nothing was changed. {len(rows):,} purchases"), foreseen
    done = await films.bot.command(*arguments, cold=True)
    assert done.output.startswith(f"{len(rows):,} purchases"), done

    await films.bot.started()
    links = {one.name: await link(films, one.name) for one in customers if one.way == "link"}
    await asyncio.gather(*(come_in(one, links.get(one.name)) for one in customers))

    meant = {one.person.id for one in customers if one.wants and is_meant(rows, one.name)}
    assert 0 < len(meant) < JOINING
    await promote(films, len(meant))
    reached = {one.person.id for one in customers if one.person.heard("Fantasy night")}
    assert reached == meant == await named_by_sql(films)

    await films.staff.says("/clock +365d")
    await films.staff.reads("کارهای میان راه انجام شد", within_s=YEAR_S)
    heard = {one.name: letters(one.person) for one in customers}
    assert heard == {one.name: expected(rows, one) for one in customers}
    assert sum(map(len, heard.values())) > 0
    report = await films.bot.command("audit", cold=True)
    assert (report.exit_code, report.errors) == (0, ""), report


async def in_town(town: Town, rows: list[dict[str, str]]) -> list[Customer]:
    """Ten who bought most within a year, and ten of the others who bought most."""
    lately = Counter(row["customer"] for row in rows if row["at"] >= LATELY)
    ever = Counter(row["customer"] for row in rows)
    names = [name for name, _ in lately.most_common(JOINING // 2)]
    names += [name for name, _ in ever.most_common() if name not in names]
    made = []
    for number, name in enumerate(names[:JOINING]):
        language = ("fa", "en")[number % 2]
        person = await town.person(f"Customer {name}", language)
        way = ("link", "phone", "later")[number % 3]
        made.append(Customer(name, person, language, way, wants=number % 5 != 4))
    return made


def with_phones(path: Path, rows: list[dict[str, str]], customers: list[Customer]) -> Path:
    """The same file, with the phones of those who will be recognised by them."""
    phones = {one.name: one.person.phone for one in customers if one.way != "link"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "phone"])
        writer.writeheader()
        writer.writerows(row | {"phone": phones.get(row["customer"], "")} for row in rows)
    return path


async def link(town: Town, customer: str) -> str:
    """The owner makes a link for a customer of before; what it carries."""
    await town.staff.says(f"/code {customer}")
    made = await town.staff.reads("?start=")
    return made.partition("?start=")[2].split()[0]


async def come_in(customer: Customer, code: str | None) -> None:
    """Join in the customer's own way and language."""
    person = customer.person
    speak, agree, yes, no, later, finish, number, me = WORDS[customer.language]
    await person.says(f"/start {code}" if code else "/start")
    await person.presses(speak)
    await person.presses(agree)
    await person.presses(yes if customer.wants else no)
    if customer.way == "phone":
        await person.shares_contact()
        await person.presses(me)
        await person.reads(OURS[customer.language])
    else:
        await person.taps(later)
    await person.presses(finish)
    await person.reads(number)
    if customer.way == "later":
        await person.says("/settings")
        await person.presses(ADD_PHONE[customer.language])
        await person.shares_contact()
        await person.reads(ASKED[customer.language])
        await person.presses(me)
        await person.reads(OURS[customer.language])


def is_meant(rows: list[dict[str, str]], name: str) -> bool:
    """Whether the customer likes Fantasy and is silver or better, by the file alone."""
    own = [row for row in rows if row["customer"] == name]
    likes = any("Fantasy" in row["genres"].split("|") for row in own)
    return likes and sum(map(points_of, own)) >= SILVER


async def promote(town: Town, count: int) -> None:
    """Fantasy, silver or better, by buttons."""
    staff = town.staff
    await staff.says("/promo")
    await staff.presses("یکی از ژانرها یا برچسب‌ها…")
    await staff.presses("فانتزی")
    await staff.sees("✅ فانتزی")
    await staff.presses("بازگشت")
    await staff.presses("سطح…")
    for tier in ("نقره‌ای", "طلایی"):
        await staff.presses(tier)
        await staff.sees(f"✅ {tier}")
    await staff.presses("بازگشت")
    for label, asked, words in (
        ("متن فارسی", "متن فارسی را", "شب فانتزی · Fantasy night"),
        ("متن انگلیسی", "متن انگلیسی را", "Fantasy night"),
    ):
        await staff.presses(label)
        await staff.says(words, to=await staff.reads(asked))
        await staff.reads("هنوز چیزی فرستاده نشده است")
    await staff.presses("پیش‌نمایش")
    counted = str(count).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    await staff.presses(f"ارسال به {counted} نفر")
    await staff.reads("ارسال تمام شد")


async def named_by_sql(town: Town) -> set[int]:
    """Who should have been reached, asked of purchases: neither tags nor tiers are looked at."""
    db = Database(town.bot.settings["DATABASE_URL"])
    async with db.read() as tx:
        found = await tx.execute(
            text(
                "SELECT m.chat_user_id FROM members m JOIN purchases p ON p.member_id = m.id"
                " WHERE m.promotions AND m.agreed_at IS NOT NULL AND m.left_at IS NULL"
                " AND m.chat_user_id IS NOT NULL GROUP BY m.id, m.chat_user_id, m.profile_at"
                " HAVING sum(p.points) + CASE WHEN m.profile_at IS NULL THEN 0 ELSE 5 END >= 1000"
                """ AND max(CASE WHEN CAST(p.genres AS TEXT) LIKE '%"fantasy"%' THEN 1 END) = 1"""
            )
        )
        people = {int(person) for person in found.scalars()}
    await db.close()
    return people


def letters(person: Person) -> list[tuple[int, int]]:
    """The notices that stand in the chat: points, and within how many days."""
    told = []
    for said in person.heard("⏳"):
        first, second, *_ = re.findall(r"\d+", str(said).translate(DIGITS))
        told.append((int(first), int(second)))
    return told


def expected(rows: list[dict[str, str]], customer: Customer) -> list[tuple[int, int]]:
    """The notices that the file calls for; who proved a phone has a complete profile, too."""
    own = lots_of(rows, customer.name)
    genres = any(row["genres"] for row in rows if row["customer"] == customer.name)
    if customer.way != "link" and genres:
        own.append(PROFILE)
    return notices(own, START.date(), LAST)
