"""The town: everybody and everything in it, in one place."""

import asyncio
import secrets
import string
import time
from dataclasses import asdict, dataclass, field
from zoneinfo import ZoneInfo

from sandbox.callbacks import Callbacks
from sandbox.commands import Commands
from sandbox.counts import Calls, Pace
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.files import Files
from sandbox.groups import Group, Groups
from sandbox.messages import Messages
from sandbox.mishaps import Mishaps
from sandbox.people import People, Person
from sandbox.state import Journal, Json
from sandbox.updates import Updates
from sandbox.webhook import Courier, Postman

TOKEN_LETTERS = string.ascii_letters + string.digits + "_-"
STAFF_CHAT_ID = -4_918_273_645
ALL_WELL = Faults()


@dataclass(slots=True, kw_only=True)
class Bot:
    """The one bot of the town."""

    id: int
    token: str
    name: str
    username: str
    owner_id: int
    staff_chat_id: int
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)

    def as_user(self) -> Json:
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ClubClock:
    """What the bot has told of the club's time, which the sandbox cannot know by itself."""

    offset_ms: int = 0  # How far it is ahead of the machine's.
    zone: str | None = None  # Whose days it lives by; the machine's, until it was told.
    travels: bool = False  # Whether it may be moved.

    @property
    def tz(self) -> ZoneInfo | None:
        return ZoneInfo(self.zone) if self.zone else None


class Town:
    """All state of the sandbox; a fresh file gets the people everybody starts with."""

    def __init__(self, journal: Journal, faults: Faults = ALL_WELL) -> None:
        self.journal = journal
        self.closing = asyncio.Event()  # Whoever still waits is let go.
        self.people = People(journal)
        self.groups = Groups(journal)
        self.messages = Messages(journal)
        self.updates = Updates(journal)
        self.callbacks = Callbacks(journal)
        self.commands = Commands(journal)
        self.files = Files(journal)
        self.events = Events(journal)
        self.keyboards: dict[str, Json] = dict(journal.things("keyboard"))
        self.read_marks: dict[str, int] = dict(journal.things("read"))
        bots = [Bot(**body) for _, body in journal.things("bot")]
        self.bot = bots[0] if bots else self._found()
        self.clock = ClubClock(**dict(journal.things("clock")).get("club", {}))
        self.calls = Calls()
        self.mishaps = Mishaps(faults, time.monotonic, self._tell_of_fault)
        self.postman = Postman(
            journal, self.updates, hire_courier, lambda: self.mishaps.outage_left_s > 0
        )
        self.pace = Pace(self.messages.sent_by(self.bot.id))

    def _found(self) -> Bot:
        """The first people, their group and a new bot."""
        add = self.people.add
        add(first_name="سارا", language_code="fa", username="sara", person_id=412_907_318)
        add(first_name="Daniel", language_code="en", username="daniel", person_id=5_873_120_464)
        cashier = add(
            first_name="رضا",
            language_code="fa",
            username="reza",
            role="cashier",
            person_id=731_554_902,
        )
        owner = add(
            first_name="مریم",
            language_code="fa",
            username="maryam",
            role="owner",
            person_id=6_204_118_357,
        )
        bot_id = 7_000_000_000 + secrets.randbelow(999_999_999)
        secret = "AA" + "".join(secrets.choice(TOKEN_LETTERS) for _ in range(33))
        bot = Bot(
            id=bot_id,
            token=f"{bot_id}:{secret}",
            name="باشگاه",
            username="bashgah_demo_bot",
            owner_id=owner.id,
            staff_chat_id=STAFF_CHAT_ID,
        )
        self.groups.add(
            "کارکنان کتاب‌فروشی",
            {owner.id: "creator", cashier.id: "member", bot.id: "member"},
            STAFF_CHAT_ID,
        )
        self.journal.put("bot", bot.id, asdict(bot))
        self.journal.flush()
        return bot

    def set_clock(self, clock: ClubClock) -> None:
        """This is the club's time from now on."""
        if clock != self.clock:
            self.clock = clock
            self.journal.put("clock", "club", asdict(clock))
            self.events.add("clock")

    def _tell_of_fault(self, index: int) -> None:
        self.events.add("fault", facts={"index": index})

    def keep_bot(self) -> None:
        self.journal.put("bot", self.bot.id, asdict(self.bot))

    def chat(self, chat_id: int) -> Person | Group | None:
        """The other side of a chat: a person, or a group."""
        return self.people.get(chat_id) if chat_id > 0 else self.groups.get(chat_id)

    def user(self, user_id: int) -> Json | None:
        """A person or the bot, as a user."""
        if user_id == self.bot.id:
            return self.bot.as_user()
        person = self.people.get(user_id)
        return person.as_user() if person else None

    def watchers(self, chat_id: int) -> list[int]:
        """The people who see this chat."""
        chat = self.chat(chat_id)
        if isinstance(chat, Group):
            return [one for one in chat.present() if one != self.bot.id]
        return [chat_id] if chat else []

    def keyboard(self, chat_id: int, person_id: int) -> Json | None:
        """The reply keyboard this person has open in this chat."""
        return self.keyboards.get(f"{chat_id}:{person_id}")

    def put_keyboard(self, chat_id: int, person_id: int, markup: Json | None) -> None:
        key = f"{chat_id}:{person_id}"
        if markup is None:
            if self.keyboards.pop(key, None) is None:
                return
        else:
            self.keyboards[key] = markup
        self.journal.put("keyboard", key, markup)
        self.events.add("chat", chat_id, person_id=person_id)

    def read_up_to(self, chat_id: int, person_id: int) -> int:
        return self.read_marks.get(f"{chat_id}:{person_id}", 0)

    def mark_read(self, chat_id: int, person_id: int, message_id: int) -> None:
        if message_id > self.read_up_to(chat_id, person_id):
            self.read_marks[f"{chat_id}:{person_id}"] = message_id
            self.journal.put("read", f"{chat_id}:{person_id}", message_id)


def hire_courier() -> Courier:
    """Loaded only when a webhook needs it: it takes as long as the rest of the sandbox."""
    from sandbox.courier import LocalCourier

    return LocalCourier()
