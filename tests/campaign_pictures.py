"""The pictures of docs/campaigns.md: a promotion from draft to report, in both languages."""

import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from storage.vault import make_key
from tests.sandbox.desk import Visit, open_page
from tests.sandbox.newcomer import EN, FA, Newcomer, Words
from tests.sandbox.running import Json, Town

ROOT = Path(__file__).parents[1]
CROWD, BLOCKED, PRESSED, LEFT = 180, 9, 40, 4
A_SECOND = 20
TALL = (1400, 1150)  # A draft and its preview on one picture.
PATIENCE_MS = 60_000
JOIN = """UPDATE members SET join_step = 'done', agreed_at = created_at, promotions = 1
          WHERE join_step <> 'done'"""
Take = Callable[[Locator, str], None]


@dataclass(frozen=True)
class Said:
    """What is typed and read in the staff group, and what the member presses."""

    words: Words
    names: tuple[str, ...]
    write: str
    text: str
    press: str
    label: str
    preview: str
    ready: str
    reply: str
    send: str
    settings: str
    wishes: str


PERSIAN = Said(
    words=FA,
    names=("نیما", "لیلا", "بابک", "شیرین", "کاوه", "مهسا"),
    write="متن فارسی",
    text="{نام} عزیز، جلد تازهٔ «سرزمین اژدها» رسید 🐉\nتا جمعه ۲۰٪ ارزان‌تر، برای اعضای باشگاه.",
    press="دکمهٔ پاسخ",
    label="یکی برایم نگه دارید",
    preview="پیش‌نمایش",
    ready="آماده است",
    reply="پاسخ",
    send="ارسال به",
    settings="پیشنهادهای ویژه",
    wishes="چند پیشنهاد و چه وقت",
)
ENGLISH = Said(
    words=EN,
    names=("Emma", "Oliver", "Zoe", "Adam", "Ruth", "Leo"),
    write="English text",
    text="Dear {name}, the new “Land of Dragons” is here 🐉\nUntil Friday 20% off for members.",
    press="Press button",
    label="Keep one for me",
    preview="Preview",
    ready="It is ready",
    reply="Reply",
    send="Send to",
    settings="Special offers",
    wishes="How many offers, and when",
)


class Shop:
    """A town with a club that speaks one language, and many who have joined it."""

    def __init__(self, folder: Path, language: str) -> None:
        self.town, self.language = Town(folder / "town.sqlite"), language
        self._folder, self._owner = folder, self.town.said["owner_id"]
        self.town.post(f"people/{self._owner}", language_code=language)
        (folder / "programme.toml").write_text(self._programme(), encoding="utf-8")
        settings = {
            "BOT_TOKEN": self.town.token,
            "BOT_API_URL": self.town.address,
            "DATABASE_URL": f"sqlite:///{folder / 'club.sqlite'}",
            "DATA_KEY": make_key(),
            "STAFF_CHAT_ID": str(self.town.said["staff_chat"]),
            "OWNER_IDS": str(self._owner),
            "SENDS_PER_SECOND": str(A_SECOND),
        }
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        (folder / ".env").write_text("".join(lines))
        command = str(Path(sys.executable).with_name("bashgah"))
        self._club = subprocess.Popen(
            [command, "run"], cwd=folder, stdout=subprocess.PIPE, text=True
        )
        assert self._club.stdout is not None
        self._club.stdout.readline()

    def fill(self, names: tuple[str, ...]) -> list[int]:
        """Members who joined before; some of them do not want to hear from it any more."""
        people = []
        for number in range(CROWD):
            name = names[number % len(names)]
            wish = {"first_name": name, "language_code": self.language}
            one: int = self.town.post("people", **wish)["id"]
            self.town.says(one, "/start")
            people.append(one)
        self._until_known()
        with sqlite3.connect(self._folder / "club.sqlite", timeout=30) as rows:
            rows.execute(JOIN)
            rows.execute("UPDATE members SET language = ?", (self.language,))
        rows.close()
        for one in people[:: CROWD // BLOCKED]:
            self.town.post(f"people/{one}", blocked=True)
        return people

    def answer(self, people: list[int]) -> None:
        """Some press the button of the promotion, and a few want no more."""
        reached = [one for number, one in enumerate(people) if number % (CROWD // BLOCKED)]
        for number, one in enumerate(reached[: PRESSED + LEFT]):
            shown: Json = self.town.get(f"people/{one}/chats/{one}/messages", limit=1)
            message = shown["messages"][-1]
            rows = message["reply_markup"]["inline_keyboard"]
            button = rows[0 if number < PRESSED else -1][0]
            self.town.post(
                f"people/{one}/chats/{one}/press",
                message_id=message["message_id"],
                data=button["callback_data"],
            )

    def close(self) -> None:
        """End both."""
        self._club.send_signal(signal.SIGTERM)
        self._club.wait()
        assert self._club.stdout is not None
        self._club.stdout.close()
        self.town.stop()

    def _until_known(self) -> None:
        """Wait until the club has heard everybody: it answers who comes last, last."""
        while True:
            with sqlite3.connect(self._folder / "club.sqlite", timeout=30) as rows:
                (known,) = rows.execute("SELECT count(*) FROM members").fetchone()
            rows.close()
            if known >= CROWD:
                return

    def _programme(self) -> str:
        """The bookshop's, in this language; promotions leave at any hour, three a week."""
        shipped = (ROOT / "programme.toml").read_text(encoding="utf-8")
        calendar = "jalali" if self.language == "fa" else "gregorian"
        rules = '[promotions]\nhours = 24\nquiet = ["03:00", "05:00"]\na_week = 3\n'
        spoken = f'language = "{self.language}"\ncalendar = "{calendar}"'
        text = re.sub(r"^\[promotions\]\n(?:.+\n)+", rules, shipped, flags=re.MULTILINE)
        return re.sub(r'^calendar = "\w+"', spoken, text, count=1, flags=re.MULTILINE)


@contextmanager
def shop(language: str) -> Iterator[Shop]:
    with tempfile.TemporaryDirectory() as folder:
        opened = Shop(Path(folder), language)
        try:
            yield opened
        finally:
            opened.close()


def campaign(browser: Browser, take: Take, said: Said) -> None:
    """Draft, bar and report as staff see them, and what a member may wish."""
    language = "fa" if said is PERSIAN else "en"
    with shop(language) as opened:
        people = opened.fill(said.names)
        visit = open_page(browser, opened.town.address, language, TALL)
        Newcomer(visit, said.words).joins()
        staff = visit.phone("staff")
        write(visit, said)
        take(staff, f"campaign-draft-{language}")
        key(staff, said.send).click()
        bar = staff.locator(".line", has_text=re.compile("▓{5}"))
        expect(bar.last).to_be_visible(timeout=PATIENCE_MS)
        take(staff, f"campaign-running-{language}")
        expect(staff.locator(".photo img")).to_be_visible(timeout=PATIENCE_MS)
        opened.answer(people)
        wish(visit, said)
        refresh = staff.locator(".line", has=staff.page.locator(".photo")).locator(".key").first
        refresh.scroll_into_view_if_needed()
        for one in staff.locator(".key", has_text=re.compile("Refresh|تازه‌سازی")).all():
            one.click()
        expect(staff.locator(".line", has_text="👆").last).to_be_visible()
        staff.locator(".photo img").last.scroll_into_view_if_needed()
        take(visit.page.locator("main"), f"campaign-report-{language}")


def write(visit: Visit, said: Said) -> None:
    """Up to the card that only waits to be sent."""
    staff = visit.phone("staff")
    visit.write("/promo", "staff")
    key(staff, said.write).click()
    answer(visit, "/cancel", said.text, said.reply)
    expect(key(staff, said.preview)).to_be_visible()
    key(staff, said.press).click()
    answer(visit, "👆", said.label, said.reply)
    card = staff.locator(".line", has=staff.page.locator(".inline-keys")).last  # Not our words.
    expect(card).to_contain_text(said.label)
    key(staff, said.preview).click()
    expect(staff.locator(".line").last).to_contain_text(said.ready)


def answer(visit: Visit, question: str, words: str, reply: str) -> None:
    """Reply to the question."""
    asked = visit.phone("staff").locator(".line").last
    expect(asked).to_contain_text(question)
    asked.hover()
    asked.get_by_role("button", name=reply, exact=True).click()
    visit.write(words, "staff")


def wish(visit: Visit, said: Said) -> None:
    """The page of the settings on which a member says how many and when."""
    phone = visit.phone()
    visit.write("/settings")
    expect(visit.bubbles().last).to_contain_text(said.settings)
    key(phone, said.wishes).click()
    expect(visit.bubbles().last).to_contain_text("🔔")


def key(pane: Locator, label: str) -> Locator:
    return pane.locator(".inline-keys .key", has_text=label).last


def in_both_languages(browser: Browser, take: Take) -> None:
    """All of them."""
    for said in (PERSIAN, ENGLISH):
        campaign(browser, take, said)
