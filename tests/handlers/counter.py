"""The staff group at work: who stands there, and customers who have joined."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from club.staff import Role
from tests.handlers.people import OWNER, STAFF_CHAT, Club, Person
from tests.handlers.telegram import BOT, Shown

ROYA = Person(OWNER, "Roya", language_code="en")
MINA = Person(88, "Mina", language_code="en")
CYRUS = Person(99, "Cyrus", language_code="en")
SARA = Person(11, "Sara")
PHONE = "+989121234567"


@dataclass(frozen=True, slots=True)
class Counter:
    """The group of ROYA (owner), MINA (manager) and CYRUS (cashier)."""

    club: Club

    async def open(self) -> None:
        """Give the colleagues their roles."""
        for person, role in ((MINA, Role.MANAGER), (CYRUS, Role.CASHIER)):
            await self.club.services.staff.add(person.id, person.first_name, role, by=OWNER)

    async def type(self, who: Person, text: str, **more: object) -> str:
        """Write in the group; the words of the answer."""
        await self.club.say(who, text, chat_id=STAFF_CHAT, **more)
        return self.last.plain

    async def reply(self, who: Person, text: str) -> str:
        """Answer the bot's last message; the words of its answer."""
        return await self.type(who, text, reply_to_message=said_by(BOT, self.last.id))

    async def press(self, who: Person, label: str) -> str:
        """Press the newest such button; the words of the card, or of the toast where one came."""
        return await self.club.press(who, label, chat_id=STAFF_CHAT) or self.last.plain

    @property
    def last(self) -> Shown:
        """The newest message of the bot's in the group."""
        return self.club.telegram.in_chat(STAFF_CHAT)[-1]

    async def member(self, who: Person = SARA, phone: str | None = PHONE) -> str:
        """A customer joins; the number on the card."""
        joining, user_id = self.club.services.joining, who.id
        await joining.begin(user_id, who.first_name, "fa", None)
        await joining.choose_language(user_id, "fa")
        await joining.agree(user_id)
        await joining.answer_promotions(user_id, wanted=True)
        if phone is None:
            await joining.pass_phone(user_id)
        else:
            await self.club.services.profile.share_phone(user_id, phone, user_id)
        done = await joining.finish_genres(user_id)
        return done.member.number

    async def balance(self, number: str) -> int:
        """What the member can spend now."""
        card = await self.club.services.points.card_of(number, by=OWNER)
        return card.held.balance


def said_by(sender: Mapping[str, Any], message_id: int = 5, **more: object) -> dict[str, Any]:
    """A message of somebody's in the group, as a reply carries it."""
    chat = {"id": STAFF_CHAT, "type": "supergroup", "title": "x"}
    return {"message_id": message_id, "date": 1, "chat": chat, "from": dict(sender), **more}
