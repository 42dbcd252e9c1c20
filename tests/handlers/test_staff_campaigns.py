"""A promotion under way in the staff group: agreed to, paused, cancelled, found again, reported."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from sqlalchemy import select, update

from bot.campaign_cards import Pulse
from bot.cards import Cards
from club.letters import LetterState
from handlers.letters import keyboard
from handlers.signing import Press
from handlers.staff.reporting import ZIP_FROM, RecipientTable
from services.campaigns import Recipient
from services.ending import settle
from storage.db import Database
from storage.tables.campaigns import CAMPAIGNS
from storage.tables.outbox import OUTBOX
from tests.handlers.counter import CYRUS, MINA, ROYA, Counter
from tests.handlers.people import BOOKSHOP, STAFF_CHAT, Person, open_club
from tests.handlers.telegram import Shown

READERS = tuple(Person(20 + n, f"P{n}", language_code="en") for n in range(4))
RULES = BOOKSHOP.promotions.model_copy(update={"approval": True, "quiet": None, "a_week": 2})
IN_ENGLISH = BOOKSHOP.model_copy(
    update={"club": BOOKSHOP.club.model_copy(update={"language": "en"})}
)
TWO_AGREE = IN_ENGLISH.model_copy(update={"promotions": RULES})
ALONE = IN_ENGLISH.model_copy(
    update={"promotions": RULES.model_copy(update={"approval": False, "stop_after": 2})}
)


async def staffed(counter: Counter) -> Counter:
    await counter.open()
    for number, reader in enumerate(READERS):
        await counter.member(reader, f"+9891212345{number:02}")
    return counter


@pytest.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    """A club whose managers send by themselves."""
    async with open_club(db, ALONE) as club:
        yield await staffed(Counter(club))


@pytest.fixture
async def careful(db: Database) -> AsyncIterator[Counter]:
    """A club in which two must agree."""
    async with open_club(db, TWO_AGREE) as club:
        yield await staffed(Counter(club))


async def write(counter: Counter, words: str = "New books") -> None:
    """A promotion that only waits to be sent."""
    await counter.type(MINA, "/promo")
    await counter.press(MINA, "✏️ English text")
    await counter.reply(MINA, words)
    await counter.press(MINA, "👁 Preview")


async def launched(counter: Counter) -> None:
    await write(counter)
    await counter.press(MINA, "📣 Send to 4")


async def end(counter: Counter, db: Database, *ends: LetterState) -> None:
    """So many letters come to these ends, one after the other."""
    club = counter.club
    async with db.write() as tx:
        waiting = select(OUTBOX.c.id).where(OUTBOX.c.state == "pending").order_by(OUTBOX.c.id)
        ids = (await tx.execute(waiting)).scalars().all()
        for letter_id, state in zip(ids, ends, strict=False):
            values = {"state": state.value, "ended_at": club.now}
            await tx.execute(update(OUTBOX).where(OUTBOX.c.id == letter_id).values(values))
            await settle(tx, club.programme, {1: {state: 1}}, club.now)


def cards(counter: Counter) -> Cards:
    application = counter.club.application
    return Cards(application, application.bot_data["house"])


def in_group(counter: Counter) -> list[Shown]:
    return counter.club.telegram.in_chat(STAFF_CHAT)


async def test_what_was_changed_must_be_seen_before_it_is_sent(counter: Counter) -> None:
    await write(counter, "For {name}, new books")
    assert "It is ready" in counter.last.plain
    preview = in_group(counter)[-2]
    assert preview.plain == "For P0, new books"
    await counter.press(MINA, "Tier…")
    await counter.press(MINA, "Back")
    assert "📣 Send to 4" in counter.last.buttons, "looking changes nothing"
    await counter.press(MINA, "👆 Press button")
    assert "makes no button" in await counter.reply(MINA, "x" * 41)
    await counter.reply(MINA, "Keep  one")
    assert "👆 Press button: Keep one" in counter.last.plain
    assert "📣 Send to 4" not in counter.last.buttons
    await counter.press(MINA, "👁 Preview")
    assert list(in_group(counter)[-2].buttons) == ["Keep one", "🔕 No more offers"]
    assert "preview" in await counter.press(MINA, "Keep one")
    assert "See the preview" in await counter.press(MINA, "🗑 No press button")
    assert "📣 Send to 4" not in counter.last.buttons
    await counter.press(MINA, "👁 Preview")
    assert "It is ready" in counter.last.plain


async def test_a_second_person_lets_it_go(careful: Counter, db: Database) -> None:
    await write(careful)
    assert "has to approve as well" in careful.last.plain
    assert "/staff manager" not in careful.last.plain
    await careful.press(MINA, "📣 Send to 4")
    assert "waits for approval" in careful.last.plain
    assert "Another manager or owner" in await careful.press(MINA, "✅ Approve and send")
    assert "takes a manager" in await careful.press(CYRUS, "✅ Approve and send")
    await careful.press(MINA, "✏️ Back to the draft")
    await careful.press(MINA, "👁 Preview")
    await careful.press(MINA, "📣 Send to 4")
    await careful.press(ROYA, "✅ Approve and send")
    assert "on its way" in careful.last.plain
    async with db.read() as tx:
        assert len((await tx.execute(select(OUTBOX.c.id))).all()) == len(READERS)


async def test_it_is_paused_resumed_and_its_rest_cancelled(counter: Counter, db: Database) -> None:
    await launched(counter)
    card = counter.last
    assert "░░░ 0%" in card.plain
    await end(counter, db, LetterState.SENT)
    await counter.press(MINA, "⏸ Pause")
    assert "is paused" in card.plain
    assert "▓▓▓░░░░░░░░░░░ 25%" in card.plain
    await counter.press(MINA, "▶️ Resume")
    assert "Waiting: 3 messages" in card.plain
    await counter.press(MINA, "✖️ Cancel the rest…")
    assert "3 messages not sent yet" in counter.last.plain
    assert "is not cancelled" in await counter.press(MINA, "↩️ No, keep it")
    await counter.press(MINA, "✖️ Cancel the rest…")
    assert "The rest of promotion 1" in await counter.press(MINA, "✖️ Yes, drop 3")
    await cards(counter).look()
    assert "Promotion 1 is cancelled" in card.plain, "in the language of the group"
    await end(counter, db, *[LetterState.SKIPPED] * 3)
    await cards(counter).look()
    assert "cancelled): 3 messages" in card.plain
    async with db.read() as tx:
        assert (await tx.execute(select(CAMPAIGNS.c.card_id))).scalar_one() is None


async def test_a_card_is_found_again(counter: Counter, db: Database) -> None:
    assert "There is none yet" in await counter.type(MINA, "/campaigns")
    await launched(counter)
    assert "on its way: 0 of 4" in await counter.type(MINA, "/campaigns")
    first = in_group(counter)[-2]
    await counter.press(MINA, "Promotion 1")
    found = counter.last
    assert "goes on in another message" in first.plain
    assert not first.buttons
    assert "on its way" in found.plain
    await end(counter, db, LetterState.SENT)
    await cards(counter).look()
    assert "Sent: 1 message" in found.plain, "this one keeps itself true now"
    assert "on its way" in await counter.type(MINA, "/campaigns ۱")
    assert "There is no promotion 9" in await counter.type(MINA, "/campaigns 9")
    assert "takes a manager" in await counter.type(CYRUS, "/campaigns")
    for words in ("abc", "-1", "7 8"):
        assert "takes the number" in await counter.type(MINA, f"/campaigns {words}")


async def test_the_report_has_a_picture_a_table_and_later_answers(
    counter: Counter, db: Database
) -> None:
    await write(counter)
    await counter.press(MINA, "👆 Press button")
    await counter.reply(MINA, "Keep one")
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 4")
    card, club = counter.last, counter.club
    club.wait(seconds=30)
    unreachable = LetterState.UNREACHABLE
    await end(counter, db, LetterState.SENT, unreachable, LetterState.SENT, LetterState.SENT)
    for _ in range(2):
        await cards(counter).look()
    assert "Report of promotion 1" in card.plain, "the card itself becomes the report"
    (media,) = club.telegram.sent("editMessageMedia")
    assert media["media"]["type"] == "photo"
    await club.services.campaigns.press(1, READERS[0].id)
    await counter.press(MINA, "🔄 Refresh")
    assert "👆 Pressed the button: 1 person" in card.plain
    await counter.type(MINA, "/campaigns 1")
    assert Image.open(io.BytesIO(counter.last.file)).size[0] == 800
    await counter.press(MINA, "📄 Recipients (CSV)")
    rows = list(csv.DictReader(io.StringIO(counter.last.file.decode("utf-8-sig"))))
    assert [row["end"] for row in rows] == ["sent", "unreachable", "sent", "sent"]
    assert [bool(row["pressed_at"]) for row in rows] == [True, False, False, False]


async def test_one_that_stops_by_itself_can_be_let_go_on(counter: Counter, db: Database) -> None:
    await launched(counter)
    await end(counter, db, LetterState.SENT, LetterState.FAILED)
    async with db.read() as tx:
        letter = OUTBOX.c.message == "letters/campaign_stopped"
        facts = (await tx.execute(select(OUTBOX.c.facts).where(letter))).scalar_one()
    signer = counter.club.application.bot_data["house"].signer
    given = keyboard("letters/campaign_stopped", None, facts, "en", signer, STAFF_CHAT)
    assert given is not None
    (resume, _), (opening,) = given["inline_keyboard"]
    press = counter.club.press_again
    await press(MINA, counter.last.id, opening["callback_data"], chat_id=STAFF_CHAT)
    assert "the messenger refuses too many" in counter.last.plain
    await press(MINA, counter.last.id, resume["callback_data"], chat_id=STAFF_CHAT)
    assert "on its way" in counter.last.plain
    stale = in_group(counter)[-2]
    assert "goes on in another message" in stale.plain
    assert not stale.buttons


async def test_a_member_presses_once_and_opts_out(counter: Counter, db: Database) -> None:
    await write(counter)
    await counter.press(MINA, "👆 Press button")
    await counter.reply(MINA, "Keep one")
    await counter.press(MINA, "👁 Preview")
    await counter.press(MINA, "📣 Send to 4")
    club, reader = counter.club, READERS[0]
    signer = club.application.bot_data["house"].signer
    pressed = signer.sign(Press("promo", "press", "1"), reader.id)
    for _ in range(2):
        assert await club.press_again(reader, 5, pressed) == "ثبت شد. ممنون!"
    stop = signer.sign(Press("promo", "stop", "1"), reader.id)
    await club.press_again(reader, 5, stop)
    shown = await club.services.campaigns.show(1)
    assert (shown.presses, shown.opt_outs) == (1, 1)
    stranger = Person(2000)
    pressed = signer.sign(Press("promo", "press", "1"), stranger.id)
    assert await club.press_again(stranger, 5, pressed)
    assert (await club.services.campaigns.show(1)).presses == 1


async def test_only_the_process_that_leads_touches_cards(counter: Counter) -> None:
    await launched(counter)
    application = counter.club.application
    said = len(counter.club.telegram.calls)

    def leads() -> bool:
        other.stop()
        return False

    other = Cards(application, application.bot_data["house"], leads=leads)
    await other.run()
    assert len(counter.club.telegram.calls) == said


async def test_no_card_is_touched_while_the_messenger_wants_silence(counter: Counter) -> None:
    await launched(counter)
    application, silent_s = counter.club.application, [5.0, 0.0]
    said = len(counter.club.telegram.calls)
    house = application.bot_data["house"]
    both = Cards(application, house, silent_s=lambda: silent_s.pop(0))
    await both.look()
    assert len(counter.club.telegram.calls) == said
    await both.look()
    assert len(counter.club.telegram.calls) == said + 1


def test_the_rate_is_of_the_last_seconds() -> None:
    pulse = Pulse()
    assert pulse.rate(0.0, 0) == 0
    assert pulse.rate(3.0, 90) == 30
    for number in range(2, 12):
        rate = pulse.rate(3.0 * number, 90 * number if number < 6 else 450)
    assert rate == 0, "it stands still"


def test_a_large_table_goes_packed() -> None:
    one = Recipient(
        member_number="10000", language="fa", end=LetterState.SENT, at=None, reason=None,
        pressed_at=None, opted_out_at=None,
    )  # fmt: skip
    table = RecipientTable(BOOKSHOP.zone)
    for _ in range(5):
        table.add([one] * (ZIP_FROM // 5))
    name, content = table.file("campaign-1.csv")
    assert name == "campaign-1.csv.zip"
    (inside,) = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert (inside.filename, inside.file_size > ZIP_FROM * 10) == ("campaign-1.csv", True)
