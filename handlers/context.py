"""What a handler holds in its hands: the services, the visit, and the ways to speak."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from telegram import ForceReply, InputFile, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated
from telegram.ext import Application, CallbackContext, ExtBot

from club.errors import NotAMember
from club.members import Member
from club.programme import Programme
from club.staff import Role
from handlers.keyboards import Rows, inline
from handlers.signing import Press, Signer
from handlers.visit import VISIT, Visit
from services import Services
from templates.render import Reader, plain, render

NOT_MODIFIED = "message is not modified"
GONE = ("message to edit not found", "message can't be edited")
Empty: TypeAlias = dict[Any, Any]
Markup: TypeAlias = Any  # Any of the messenger's reply markups.


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all handlers share."""

    services: Services
    programme: Programme
    signer: Signer
    bot_username: str


class ClubContext(CallbackContext[ExtBot[None], Empty, Empty, Empty]):
    """The context of one update."""

    @property
    def house(self) -> House:
        """What all handlers share."""
        house = self.bot_data["house"]
        assert isinstance(house, House), "put there by wiring"
        return house

    @property
    def services(self) -> Services:
        """What the club can do."""
        return self.house.services

    @property
    def programme(self) -> Programme:
        """The rules of this club."""
        return self.house.programme

    @property
    def visit(self) -> Visit:
        """Who is in front of us."""
        return VISIT.get()

    @property
    def user_id(self) -> int:
        """The account that wrote or pressed."""
        return self.visit.user_id

    @property
    def member(self) -> Member:
        """The joining person or member in front of us; raises NotAMember for a stranger."""
        if self.visit.member is None:
            raise NotAMember()
        return self.visit.member

    @property
    def reader(self) -> Reader:
        """Language, calendar and zone of the person in front of us."""
        return self.visit.reader

    @property
    def role(self) -> Role:
        """The role of the member of staff."""
        assert self.visit.role is not None, "the handler is behind the staff gate"
        return self.visit.role

    @property
    def press(self) -> Press:
        """The button that was pressed, checked."""
        assert self.visit.press is not None, "the handler belongs to a button"
        return self.visit.press

    def be(self, member: Member) -> None:
        """The member after a change: from here on the answer is in their words."""
        self.visit.member = member
        self.visit.reader = reader_of(member, self.programme)

    def keyboard(self, rows: Rows) -> Markup:
        """Buttons, bound to this person in private and to the chat in a group."""
        return inline(rows, self.reader.language, self.house.signer, self.visit.chat_id)

    async def say(
        self, message: str, rows: Rows = (), /, *, markup: Markup = None, **facts: object
    ) -> Message:
        """Send the message `subject/name` to the chat in front of us."""
        text = render(message, self.reader, **facts)
        markup = self.keyboard(rows) if rows else markup
        return await self._here(
            lambda chat_id: self.bot.send_message(chat_id, text, reply_markup=markup)
        )

    async def ask(self, message: str, reply_to: int, /, **facts: object) -> Message:
        """Ask in a group, so that the answer comes to us although the bot hears nothing else."""
        text = render(message, self.reader, **facts)
        if self.visit.query_id is not None:
            # Who pressed wrote nothing that we could reply to: naming them opens their reply.
            text = f'<a href="tg://user?id={self.user_id}">👤</a> {text}'
        return await self._here(
            lambda chat_id: self.bot.send_message(
                chat_id,
                text,
                reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True),
                reply_markup=ForceReply(selective=True),
            )
        )

    async def show(self, message: str, rows: Rows = (), /, **facts: object) -> None:
        """Put the message in place of the one whose button was pressed; else send it."""
        pressed = self.visit.message_id
        if pressed is None:
            await self.say(message, rows, **facts)
            return
        text = render(message, self.reader, **facts)
        markup = self.keyboard(rows) if rows else None
        if not await edited(
            self.bot.edit_message_text(text, self.visit.chat_id, pressed, reply_markup=markup)
        ):
            await self.bot.send_message(self.visit.chat_id, text, reply_markup=markup)

    async def say_picture(
        self, picture: bytes | str, message: str, rows: Rows = (), /, **facts: object
    ) -> Message:
        """Send a picture, new or one that the messenger has, with its caption."""
        caption = render(message, self.reader, **facts)
        markup = self.keyboard(rows) if rows else None
        return await self._here(
            lambda chat_id: self.bot.send_photo(
                chat_id, picture, caption=caption, reply_markup=markup
            )
        )

    async def show_caption(self, message: str, rows: Rows = (), /, **facts: object) -> None:
        """Change the caption of the picture whose button was pressed."""
        caption = render(message, self.reader, **facts)
        markup = self.keyboard(rows) if rows else None
        await edited(
            self.bot.edit_message_caption(
                self.visit.chat_id, self.visit.message_id, caption=caption, reply_markup=markup
            )
        )

    async def say_file(
        self, content: bytes, filename: str, message: str, /, **facts: object
    ) -> Message:
        """Send a file with its caption."""
        caption = render(message, self.reader, **facts)
        file = InputFile(content, filename=filename)
        return await self._here(
            lambda chat_id: self.bot.send_document(chat_id, file, caption=caption)
        )

    async def _here(self, send: Callable[[int], Awaitable[Message]]) -> Message:
        """Send to the chat in front of us; a group that moved is followed."""
        try:
            return await send(self.visit.chat_id)
        except ChatMigrated as moved:
            await self.services.staff.migrated(self.visit.chat_id, moved.new_chat_id)
            self.visit.chat_id = moved.new_chat_id
            return await send(moved.new_chat_id)

    async def toast(self, message: str, /, *, alert: bool = False, **facts: object) -> None:
        """Answer the press of a button in a few words."""
        if self.visit.query_id is not None and not self.visit.answered:
            self.visit.answered = True
            text = plain(render(message, self.reader, **facts))
            await self.bot.answer_callback_query(self.visit.query_id, text, show_alert=alert)


def reader_of(member: Member, programme: Programme) -> Reader:
    """How this member reads."""
    return Reader(member.language, member.calendar, programme.zone)


ClubApplication: TypeAlias = Application[Any, ClubContext, Empty, Empty, Empty, None]


async def edited(edit: Awaitable[object]) -> bool:
    """Whether the message says so now; False where the person has deleted it meanwhile."""
    try:
        await edit
    except BadRequest as error:
        reason = str(error).lower()
        if any(gone in reason for gone in GONE):
            return False
        if NOT_MODIFIED not in reason:
            raise
    return True
