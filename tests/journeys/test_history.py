"""Customers from before the club: imported, joined by link, written to for what they like."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.db import Database
from tests.data.purchases import SHOPS, Shop, cells
from tests.town import ROOT, Person, Town, open_town

START = datetime(2018, 9, 23, 9, 0, tzinfo=UTC)
NOTICE = datetime(2018, 9, 23, 10, 0, tzinfo=UTC)
WINDOW_DAYS = 30
FILMS = [shop for shop in SHOPS if shop.kind == "film-shop"]
JOINING = 6


@pytest.fixture(params=FILMS, ids=lambda shop: "real" if shop.path else "made")
def shop(request: pytest.FixtureRequest) -> Shop:
    """The film shop: made by the seed, and the real one where BASHGAH_DATA names it."""
    given: Shop = request.param
    return given


@pytest.fixture
async def films(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town with the film shop's programme, in September 2018; the program does not run yet."""
    settings = {
        "PROGRAMME": str(ROOT / "examples/film-shop.toml"),
        "CLOCK_START": START.isoformat(),
    }
    async with open_town(tmp_path, database_url, start=False, **settings) as town:
        yield town


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


async def join_by_link(town: Town, owner: Person, customer: str) -> Person:
    """The owner makes the link; its customer joins with it and agrees to promotions."""
    await owner.says(f"/code {customer}")
    made = await town.until("a link", lambda: _link(owner, customer), owner)
    person = await town.person(f"کاربر {customer}", "fa")
    await person.says(f"/start {made}")
    await person.presses("فارسی")
    await person.presses("می‌پذیرم")
    await person.presses("بله")
    await town.until("the phone question", person.reply_keyboard, person)
    await person.says("فعلاً نه")
    await person.presses("تمام")
    await person.reads("شمارهٔ عضویت شما")
    return person


async def _link(owner: Person, customer: str) -> str | None:
    """The code in the answer to the last /code, once it is there."""
    messages = await owner.messages()
    asked = max(n for n, one in enumerate(messages) if one.get("text") == f"/code {customer}")
    for message in messages[asked + 1 :]:
        before, found, after = str(message.get("text")).partition("?start=")
        if found and before:
            return after.split()[0].rstrip("\u2069")
    return None


async def test_old_customers_join_and_are_written_to(
    films: Town, shop: Shop, database_url: str, tmp_path: Path
) -> None:
    file = shop.file(tmp_path)
    rows = cells(file)
    done = films.program.command("import", "purchases", str(file), "--source", "film")
    assert done.returncode == 0, done
    assert done.stdout.startswith(f"{len(rows):,} purchases"), done
    again = films.program.command("import", "purchases", str(file), "--source", "film")
    assert again.stdout.startswith("0 purchases"), again

    films.program.start()
    owner = await films.known("maryam", in_group=True)
    names = chosen(rows)
    people = {name: await join_by_link(films, owner, name) for name in names}

    await owner.says("/promo Fantasy")
    question = await owner.reads("علاقه‌مندان")
    await owner.says("شبِ فیلم‌های فانتزی", reply_to_message_id=question["message_id"])
    liking = {
        row["customer"]
        for row in rows
        if row["customer"] in people and "Fantasy" in row["genres"].split("|")
    }
    assert len(liking) > 0
    counted = str(len(liking)).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    await owner.presses(f"ارسال به {counted} نفر")
    await owner.reads(f"رسید: {counted} پیام")
    for name, person in people.items():
        if name in liking:
            await person.reads("شبِ فیلم‌های فانتزی")
        else:
            await person.sees_no("شبِ فیلم‌های فانتزی")
    assert await named_by_sql(database_url) == liking

    await move_clock(films, database_url, NOTICE - START)
    for name, person in people.items():
        points = expiring(rows, name)
        if points:
            shown = f"{points:,}".replace(",", "٬").translate(
                str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
            )
            await person.reads(f"مهلت {shown} امتیاز شما")
        else:
            await person.sees_no("به پایان می‌رسد")
    report = films.program.command("audit")
    assert (report.returncode, report.stderr) == (0, ""), report


async def named_by_sql(database_url: str) -> set[str]:
    """Who should have been reached, asked of the tables without any code of ours."""
    db = Database(database_url)
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


async def move_clock(town: Town, database_url: str, ahead: timedelta) -> None:
    """Stop the club, move its clock ahead, start it again."""
    assert town.program.stop() == 0
    db = Database(database_url)
    async with db.write() as tx:
        await tx.execute(
            text(
                "UPDATE club SET value = CAST(CAST(value AS bigint) + :ahead AS text)"
                " WHERE name = 'clock_offset_ms'"
            ),
            {"ahead": ahead // timedelta(milliseconds=1)},
        )
    await db.close()
    town.program.start()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("film-1,film-9,2018-09-01T10:00:00Z,X,Fantasy,abc", "line 2"),
        ("film-1,film-9,2018-99-01,X,Fantasy,1.00", "line 2"),
        ("film-1,film-9,2018-09-01T10:00:00Z,X,Cooking,1.00", "Cooking"),
    ],
)
async def test_a_bad_row_is_named_and_nothing_is_imported(
    films: Town, tmp_path: Path, line: str, said: str
) -> None:
    file = tmp_path / "bad.csv"
    good = "film-2,film-9,2018-09-01T10:00:00Z,X,Fantasy,1.00"
    file.write_text(f"receipt,customer,at,title,genres,amount\n{line}\n{good}\n")
    done = films.program.command("import", "purchases", str(file), "--source", "film")
    assert (done.returncode, "Nothing was imported" in done.stderr) == (1, True), done
    assert said in done.stderr
    assert films.program.command("audit").stdout.startswith("0 moves, 0 members")
