"""Promotions from the staff group, as staff and members live through them."""

import asyncio
import io
from collections import Counter

from PIL import Image
from sqlalchemy import text

from storage.db import Database
from tests.people import Person
from tests.town import Town

STOPPED = "دیگر پیشنهادی"
CROWD = 60
SLOWLY = "10"  # Letters a second, so that there is a middle in which to be killed.
ASIDE_S = 2.0  # An answer that waited behind the crowd would take longer.


async def test_a_promotion_reaches_who_likes_it_and_counts(town: Town) -> None:
    sara = await town.member("سارا", genres=("فانتزی",))
    nima = await town.member("نیما", genres=("تاریخ",))
    await town.staff.says("/promo فانتزی")
    question = await town.staff.reads("علاقه‌مندان فانتزی")
    await town.staff.says("شب کتاب‌های فانتزی", to=question)
    await town.staff.reads("پیش از ارسال، پیش‌نمایش را ببینید")
    await town.staff.presses("پیش‌نمایش")
    await town.staff.reads("شب کتاب‌های فانتزی")
    card = await town.staff.reads("به ۱ نفر می‌رسد")
    assert "مانند سارا" in card
    assert "حدود ۱ دقیقه" in card
    await town.staff.presses("ارسال به ۱ نفر")
    await sara.reads("شب کتاب‌های فانتزی")
    await town.staff.reads("ارسال تمام شد")
    await sara.presses("دیگر پیشنهاد نفرستید")
    await sara.reads(STOPPED)  # Before that, the next count might still hold her.
    assert nima.heard("شب کتاب‌های فانتزی") == []
    await town.staff.says("/promo فانتزی")
    question = await town.staff.reads("علاقه‌مندان فانتزی")
    await town.staff.says("دوباره", to=question)
    await town.staff.reads("کسی پیدا نشد")


async def test_an_audience_is_pressed_together(town: Town) -> None:
    sara = await town.member("Sara", "en", genres=("Fantasy", "History"))
    nima = await town.member("نیما", genres=("فانتزی",))
    reza = await town.member("رضا", genres=("شعر",))
    await town.staff.says(f"/tag {reza.number()} #VIP")
    assert "vip" in await town.staff.reads("برچسب")
    await town.staff.says("/promo")
    await town.staff.reads("۳ نفر")
    await town.staff.presses("یکی از ژانرها یا برچسب‌ها…")
    await town.staff.presses("فانتزی")
    await town.staff.reads("۲ نفر")
    await town.staff.presses("vip")
    await town.staff.reads("۳ نفر")
    await town.staff.presses("بازگشت")
    await town.staff.presses("هیچ‌یک از ژانرها یا برچسب‌ها…")
    await town.staff.presses("تاریخ")
    await town.staff.reads("۲ نفر")
    await town.staff.presses("بازگشت")
    await town.staff.presses("زبان…")
    await town.staff.presses("English")
    await town.staff.reads("کسی پیدا نشد")
    await town.staff.presses("✅ English")
    await town.staff.presses("بازگشت")
    await town.staff.presses("متن انگلیسی")
    question = await town.staff.reads("متن انگلیسی را")
    await town.staff.says("Only for some", to=question)
    await town.staff.reads("⚠️ متن به زبان ۲ نفر")
    await town.staff.presses("متن فارسی")
    question = await town.staff.reads("متن فارسی را")
    await town.staff.says("برای چند نفر", to=question)
    assert "⚠️" not in await town.staff.reads("هنوز چیزی فرستاده نشده است")
    await town.staff.presses("پیش‌نمایش")
    await town.staff.presses("ارسال به ۲ نفر")
    await nima.reads("برای چند نفر")
    await reza.reads("برای چند نفر")
    await town.staff.reads("رسید: ۲ پیام")
    assert sara.heard("Only for some") == []


async def test_a_promotion_waits_for_its_moment(closed_town: Town) -> None:
    town = closed_town
    town.bot.settings["TIME_TRAVEL"] = "1"
    await town.bot.started()
    sara = await town.member("Sara", "en", genres=("Fantasy",))
    await town.staff.says("/promo fantasy")
    question = await town.staff.reads("علاقه‌مندان")
    await town.staff.says("Tonight only", to=question)
    await town.staff.reads("به ۱ نفر می‌رسد")
    await town.staff.presses("زمان")
    question = await town.staff.reads("روز و ساعت را")
    await town.staff.says("دیروز 18:30", to=question)
    question = await town.staff.reads("نمی‌شود گرفت")
    await town.staff.says("فردا ۱۸:۳۰", to=question)
    await town.staff.reads("آغاز:")
    await town.staff.presses("پیش‌نمایش")
    await town.staff.presses("زمان‌بندی برای ۱ نفر")
    await town.staff.reads("زمان‌بندی شد")
    late = await town.member("Late", "en", genres=("Fantasy",))
    assert sara.heard("Tonight only") == []
    await town.staff.says("/clock +2d")
    await sara.reads("Tonight only")
    await late.reads("Tonight only")
    await town.staff.reads("رسید: ۲ پیام")


def picture() -> bytes:
    """A small picture."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(file, "PNG")
    return file.getvalue()


async def test_a_promotion_with_picture_and_button_in_two_languages(town: Town) -> None:
    sara = await town.member("Sara", "en", genres=("Fantasy",))
    nima = await town.member("نیما", genres=("فانتزی",))
    await town.staff.says("/promo fantasy")
    question = await town.staff.reads("علاقه‌مندان")
    await town.staff.sends_photo(picture(), "کتاب تازه رسید", to=question)
    await town.staff.reads("⚠️ متن به زبان ۱ نفر")
    await town.staff.presses("متن انگلیسی")
    question = await town.staff.reads("متن انگلیسی را")
    await town.staff.says("New books are here", to=question)
    await town.staff.reads("هنوز چیزی فرستاده نشده است")
    await town.staff.presses("دکمه")
    question = await town.staff.reads("نوشتهٔ دکمه")
    await town.staff.says("کتاب‌ها https://example.com/books", to=question)
    await town.staff.reads("هنوز چیزی فرستاده نشده است")
    await town.staff.presses("پیش‌نمایش")
    await town.staff.presses("ارسال به ۲ نفر")
    for person, words in ((sara, "New books are here"), (nima, "کتاب تازه رسید")):
        got = await person.reads(words)
        assert got.message["photo"], "with its picture"
        (link,), (stop,) = got.message["reply_markup"]["inline_keyboard"]
        assert link["url"] == "https://example.com/books"
        assert "callback_data" in stop
    await sara.presses("No more offers")
    await sara.reads("No more offers")
    await town.staff.reads("رسید: ۲ پیام")


async def crowd(town: Town, size: int = CROWD) -> list[Person]:
    """Many people whom the club knows as its members already."""
    people = await asyncio.gather(*(town.person(f"P{n}", "en") for n in range(size)))
    for person in people:
        await person.says("/start")
        await person.reads()
    db = Database(town.bot.settings["DATABASE_URL"])
    async with db.write() as tx:
        await tx.execute(
            text(
                "UPDATE members SET join_step = 'done', agreed_at = created_at, promotions = :yes,"
                " language = 'en', calendar = 'gregorian' WHERE chat_user_id = :chat"
            ),
            [{"chat": person.id, "yes": True} for person in people],
        )
    await db.close()
    return people


async def send_to_crowd(town: Town, words: str) -> None:
    """A promotion to everybody, sent off."""
    await town.staff.says("/promo")
    await town.staff.presses("متن انگلیسی")
    question = await town.staff.reads("متن انگلیسی را")
    await town.staff.says(words, to=question)
    await town.staff.reads("پیش از ارسال، پیش‌نمایش را ببینید")
    await town.staff.presses("پیش‌نمایش")
    await town.staff.presses(f"ارسال به {persian(CROWD)} نفر")


def persian(number: int) -> str:
    """As the group reads it."""
    return f"{number:,}".translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬"))


async def test_a_live_answer_does_not_wait_for_a_campaign(closed_town: Town) -> None:
    town = closed_town
    town.bot.settings["SENDS_PER_SECOND"] = SLOWLY
    await town.bot.started()
    people = await crowd(town)
    await send_to_crowd(town, "New books")
    await people[0].reads("New books")
    assert not people[-1].heard("New books")
    await people[-1].says("/help")
    await people[-1].reads("What can you do", within_s=ASIDE_S)
    assert not people[-1].heard("New books"), "the answer has overtaken the letters"
    await town.staff.reads("ارسال تمام شد")
    assert all(len(person.heard("New books")) == 1 for person in people)


async def test_killed_in_the_middle_nobody_is_lost_and_nobody_hears_twice(
    closed_town: Town,
) -> None:
    town = closed_town
    town.bot.settings["SENDS_PER_SECOND"] = SLOWLY
    await town.bot.started()
    people = await crowd(town)
    await send_to_crowd(town, "New books")
    await people[CROWD // 3].reads("New books")
    await town.bot.killed()
    assert not all(person.heard("New books") for person in people)
    await town.bot.started()
    done = await town.staff.reads("ارسال تمام شد")
    arrived = [person for person in people if person.heard("New books")]
    assert all(len(person.heard("New books")) == 1 for person in arrived)
    ended = await ends(town)
    assert ended["sent"] + ended.get("unknown", 0) == CROWD
    assert ended["sent"] <= len(arrived) <= CROWD
    assert f"رسید: {persian(ended['sent'])} پیام" in done
    assert f"نامعلوم (شاید رسیده باشد): {persian(ended.get('unknown', 0))} پیام" in done


async def ends(town: Town) -> Counter[str]:
    """How many of the promotion's letters came to which end, asked of the table."""
    db = Database(town.bot.settings["DATABASE_URL"])
    async with db.read() as tx:
        found = await tx.execute(
            text(
                "SELECT state, count(*) FROM outbox WHERE message = 'letters/promotion'"
                " GROUP BY state"
            )
        )
        counted = Counter({str(state): int(count) for state, count in found})
    await db.close()
    return counted
