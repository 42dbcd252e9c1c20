"""Methods that pin messages and let them go."""

from sandbox import pins
from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import find_message, reach_chat
from sandbox.groups import Group
from sandbox.people import Person
from sandbox.posts import is_service
from sandbox.town import Town


def pin_chat_message(town: Town, params: Params) -> bool:
    record = find_message(town, params, "pin")
    chat = _pinnable(town, params)
    if is_service(record.message):
        raise bad_request("a service message can't be pinned")
    pins.pin(town, chat, record, town.bot.as_user())
    return True


def unpin_chat_message(town: Town, params: Params) -> bool:
    """Let one message go, or the newest when none is named."""
    chat = _pinnable(town, params)
    if params.number("message_id"):
        message_id = find_message(town, params, "unpin").message_id
    elif chat.pinned:
        message_id = chat.pinned[0]
    else:
        raise bad_request("message to unpin not found")
    pins.unpin(town, chat, message_id)
    return True


def unpin_all_chat_messages(town: Town, params: Params) -> bool:
    pins.unpin_all(town, _pinnable(town, params))
    return True


def _pinnable(town: Town, params: Params) -> Person | Group:
    """The chat, if the bot may pin there."""
    chat = reach_chat(town, params)
    if isinstance(chat, Group) and not chat.led_by(town.bot.id):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat
