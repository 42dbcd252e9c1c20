"""Chats: what people read, write, share and press there."""

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox import conversation
from sandbox.conversation import Manner, Refused, Unknown
from sandbox.door.answers import answer, path_number, query_number, town_of
from sandbox.door.wishes import Edit, NewContact, NewMessage, Press, Reading, grant, wish
from sandbox.files import FILE_LIMIT_BYTES, NotAPicture, Upload
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.state import Json
from sandbox.views import callback_view, message_view
from sandbox.views import conversation as conversation_view

MESSAGES_SHOWN = 100
MESSAGES_LIMIT = 1000
GENERAL = 1


def _place(request: Request) -> tuple[Person, int]:
    person = conversation.person_of(town_of(request), path_number(request, "person"))
    return person, path_number(request, "chat")


async def _tell(request: Request, record: Record, person: Person) -> JSONResponse:
    return await answer(request, message_view(record, person.id, town_of(request).clock.tz))


async def show_messages(request: Request) -> JSONResponse:
    """The newest messages, or those after or before a number, with keyboard and commands."""
    town = town_of(request)
    person, chat_id = _place(request)
    conversation.chat_of(town, person, chat_id)
    limit = query_number(request, "limit") or MESSAGES_SHOWN
    after = query_number(request, "after")
    before = query_number(request, "before")
    limit = max(1, min(limit, MESSAGES_LIMIT))
    thread = query_number(request, "thread")
    view = conversation_view(
        town, person, chat_id, after, limit, before=before, thread_id=_topic(thread)
    )
    return await answer(request, view)


def _topic(thread: int | None) -> int | None:
    """The General topic goes by the number one, but its messages carry none."""
    return 0 if thread == GENERAL else thread


async def say(request: Request) -> JSONResponse:
    """Write a text, send a file with a caption, or send on a message of another chat."""
    person, chat_id = _place(request)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _tell(request, await _send_file(request, person, chat_id), person)
    new = await wish(request, NewMessage)
    town = town_of(request)
    if new.forward:
        conversation.chat_of(town, person, new.forward.chat)
        source = conversation.message_in(town, new.forward.chat, new.forward.message_id)
        record = conversation.forward(town, person, chat_id, source, _manner(new))
    else:
        record = conversation.say(town, person, chat_id, new.text, _manner(new))
    return await _tell(request, record, person)


def _manner(new: NewMessage) -> Manner:
    return Manner(
        reply_to_message_id=new.reply_to_message_id,
        disguise=new.disguise,
        forward_from=new.forward_from,
        thread_id=_topic(new.message_thread_id) or 0,
    )


async def _send_file(request: Request, person: Person, chat_id: int) -> Record:
    town = town_of(request)
    async with request.form() as form:
        fields: Json = {name: value for name, value in form.items() if isinstance(value, str)}
        fields["text"] = fields.pop("caption", fields.get("text", ""))
        new = grant(NewMessage, fields)
        for kind in ("photo", "document"):
            part = form.get(kind)
            if isinstance(part, UploadFile):
                content = await part.read(FILE_LIMIT_BYTES + 1)
                break
        else:
            raise Refused("A file is wanted in the field document or photo.")
    if not 1 <= len(content) <= FILE_LIMIT_BYTES:
        raise Refused(f"A file has 1 to {FILE_LIMIT_BYTES} bytes.")
    conversation.may_speak(person, conversation.chat_of(town, person, chat_id))
    upload = Upload(part.filename or "", part.content_type or "", content)
    try:
        add = town.files.add_photo if kind == "photo" else town.files.add_document
        file = add(upload)
    except NotAPicture as error:
        raise Refused("This file is no picture.") from error
    return conversation.send_file(town, person, chat_id, file, new.text, _manner(new))


async def share_contact(request: Request) -> JSONResponse:
    """Share one's own contact, or a card of somebody else."""
    person, chat_id = _place(request)
    new = await wish(request, NewContact)
    contact = conversation.own_contact(person)
    if new.model_fields_set & {"phone_number", "user_id"}:
        own = new.user_id in (None, person.id) and new.phone_number in (None, person.phone)
        if not own:
            contact = {"phone_number": new.phone_number or person.phone}
            contact["first_name"] = new.first_name or person.first_name
            if new.user_id:
                contact["user_id"] = new.user_id
    if new.first_name:
        contact["first_name"] = new.first_name
    record = conversation.share_contact(town_of(request), person, chat_id, contact)
    return await _tell(request, record, person)


async def press(request: Request) -> JSONResponse:
    town = town_of(request)
    person, chat_id = _place(request)
    button = await wish(request, Press)
    callback = conversation.press(town, person, chat_id, button.message_id, button.data)
    return await answer(request, {"callback_query_id": callback.id})


async def show_callback(request: Request) -> JSONResponse:
    """What the bot has said to a press."""
    callback_id = request.path_params["callback"]
    callback = town_of(request).callbacks.get(callback_id)
    if callback is None:
        raise Unknown(f"There is no press {callback_id}.")
    return await answer(request, callback_view(callback))


async def edit(request: Request) -> JSONResponse:
    person, chat_id = _place(request)
    new = await wish(request, Edit)
    town = town_of(request)
    record = conversation.edit(town, person, chat_id, new.message_id, new.text)
    return await _tell(request, record, person)


async def read(request: Request) -> JSONResponse:
    """Remember how far the person has read."""
    town = town_of(request)
    person, chat_id = _place(request)
    conversation.chat_of(town, person, chat_id)
    wanted = (await wish(request, Reading)).message_id
    newest = town.messages.last(chat_id, 1)
    if newest:
        town.mark_read(chat_id, person.id, min(wanted, newest[0].message_id))
    return await answer(request, {"read_up_to": town.read_up_to(chat_id, person.id)})


CHAT = "/api/people/{person}/chats/{chat}"
ROUTES = (
    Route(f"{CHAT}/messages", show_messages),
    Route(f"{CHAT}/messages", say, methods=["POST"]),
    Route(f"{CHAT}/contact", share_contact, methods=["POST"]),
    Route(f"{CHAT}/press", press, methods=["POST"]),
    Route(f"{CHAT}/edit", edit, methods=["POST"]),
    Route(f"{CHAT}/read", read, methods=["POST"]),
    Route("/api/callbacks/{callback}", show_callback),
)
