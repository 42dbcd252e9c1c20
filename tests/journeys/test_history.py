"""Customers from before the club: imported, joined by link, written to for what they like."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.db import Database
from tests.data.purchases import SHOPS, Shop, cells
from tests.people import Person
from tests.town import ROOT, Town

START = datetime(2018, 9, 23, 9, 0, tzinfo=UTC)
NOTICE = datetime(2018, 9, 23, 10, 0, tzinfo=UTC)
WINDOW_DAYS = 30
FILMS = [shop for shop in SHOPS if shop.kind == "film-shop"]
JOINING = 6
PERSIAN = str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬")


@pytest.fixture(params=FILMS, ids=lambda shop: "real" if shop.path else "made")
def shop(request: pytest.FixtureRequest) -> Shop:
    """The film shop: made by the seed, and the real one where BASHGAH_DATA names it."""
    given: Shop = request.param
    return given


@pytest.fixture
def films(closed_town: Town) -> Town:
    """A town with the film shop's programme, in September 2018; the program does not run yet."""
    closed_town.bot.settings |= {
        "PROGRAMME": str(ROOT / "examples/film-shop.toml"),
        "CLOCK_START": START.isoformat(),
    }
    return closed_town


def expiring(rows: list[dict[str, str]], customer: str) -> int:
    """Points of a customer that expire within the window, from the file alone."""
    total = 0
    for row in rows:
        if row["customer"] != customer:
            continue
        bought = datetime.fromisoformat(row["at"]).date()
        last = _a_year_later(bought)
        ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC)
        if ends > NOTICE and last <= NOTICE.date() + timedelta(days=WINDOW_DAYS):
            total += int(float(row["amount"]) * 10)
    return total


def _a_year_later(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 2, 28) if leap else day.replace(year=day.year + 1)


def chosen(rows: list[dict[str, str]]) -> list[str]:
    """Customers to follow: first those with something to lose, then some others."""
    everybody = list(dict.fromkeys(row["customer"] for row in rows))
    losing = [name for name in everybody if expiring(rows, name)]
    return [*losing[: JOINING - 2], *(name for name in everybody if name not in losing)][:JOINING]


async def link(town: Town, customer: str) -> str:
    """The owner makes a link for a customer of before; what it carries."""
    await town.staff.says(f"/code {customer}")
    made = await town.staff.reads("?start=")
    return made.partition("?start=")[2].split()[0]


async def join(town: Town, customer: str, code: str) -> Person:
    """The customer joins with the link and agrees to promotions."""
    person = await town.person(f"کاربر {customer}")
    await person.says(f"/start {code}")
    await person.presses("فارسی")
    await person.presses("می‌پذیرم")
    await person.presses("بله")
    await person.taps("فعلاً نه")
    await person.presses("تمام")
    await person.reads("شمارهٔ عضویت شما")
    return person


async def test_old_customers_join_and_are_written_to(
    films: Town, shop: Shop, tmp_path: Path
) -> None:
    file = shop.file(tmp_path)
    rows = cells(file)
    done = await films.bot.command("import", "purchases", str(file), "--source", "film", cold=True)
    assert done.exit_code == 0, done
    assert done.output.startswith(f"{len(rows):,} purchases"), done
    again = await films.bot.command("import", "purchases", str(file), "--source", "film")
    assert again.output.startswith("0 purchases"), again

    await films.bot.started()
    codes = {name: await link(films, name) for name in chosen(rows)}
    joined = await asyncio.gather(*(join(films, name, code) for name, code in codes.items()))
    people = dict(zip(codes, joined, strict=True))
    liking = {
        row["customer"]
        for row in rows
        if row["customer"] in people and "Fantasy" in row["genres"].split("|")
    }
    assert len(liking) > 0
    await films.staff.says("/promo Fantasy")
    question = await films.staff.reads("علاقه‌مندان")
    await films.staff.says("شبِ فیلم‌های فانتزی", to=question)
    counted = str(len(liking)).translate(PERSIAN)
    await films.staff.presses(f"ارسال به {counted} نفر")
    await films.staff.reads(f"رسید: {counted} پیام")
    reached = {name for name, person in people.items() if person.heard("شبِ فیلم‌های فانتزی")}
    assert reached == liking == await named_by_sql(films)

    await move_clock(films, NOTICE - START)
    for name, person in people.items():
        if points := expiring(rows, name):
            await person.reads(f"مهلت {f'{points:,}'.translate(PERSIAN)} امتیاز شما")
    for name, person in people.items():
        assert bool(person.heard("به پایان می‌رسد")) == bool(expiring(rows, name))
    report = await films.bot.command("audit", cold=True)
    assert (report.exit_code, report.errors) == (0, ""), report


async def named_by_sql(town: Town) -> set[str]:
    """Who should have been reached, asked of the tables without any code of ours."""
    db = Database(town.bot.settings["DATABASE_URL"])
    async with db.read() as tx:
        found = await tx.execute(
            text(
                "SELECT m.external_id FROM members m JOIN tags t ON t.member_id = m.id"
                " WHERE t.tag = 'fantasy' AND m.promotions AND m.agreed_at IS NOT NULL"
                " AND m.left_at IS NULL AND m.chat_user_id IS NOT NULL"
            )
        )
        names = {str(name) for name in found.scalars()}
    await db.close()
    return names


async def move_clock(town: Town, ahead: timedelta) -> None:
    """Stop the club, move its clock ahead, start it again."""
    await town.bot.stopped()
    db = Database(town.bot.settings["DATABASE_URL"])
    async with db.write() as tx:
        await tx.execute(
            text(
                "UPDATE club SET value = CAST(CAST(value AS bigint) + :ahead AS text)"
                " WHERE name = 'clock_offset_ms'"
            ),
            {"ahead": ahead // timedelta(milliseconds=1)},
        )
    await db.close()
    await town.bot.started()


BAD_ROWS = (
    ("film-1,film-9,2018-09-01T10:00:00Z,X,Fantasy,abc", "line 2"),
    ("film-1,film-9,2018-99-01,X,Fantasy,1.00", "line 2"),
    ("film-1,film-9,2018-09-01T10:00:00Z,X,Cooking,1.00", "Cooking"),
)


async def test_a_bad_row_is_named_and_nothing_is_imported(films: Town, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    good = "film-2,film-9,2018-09-01T10:00:00Z,X,Fantasy,1.00"
    for bad, said in BAD_ROWS:
        file.write_text(f"receipt,customer,at,title,genres,amount\n{bad}\n{good}\n")
        done = await films.bot.command("import", "purchases", str(file), "--source", "film")
        assert (done.exit_code, "Nothing was imported" in done.errors) == (1, True), done
        assert said in done.errors
        book = await films.book()
        assert (book.transfers, book.members) == (0, 0)
