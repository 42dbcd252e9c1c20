"""Which chat and which message a request means, and whether the bot may speak there."""

from sandbox.botapi.errors import ApiError, bad_request, forbidden
from sandbox.botapi.params import Params
from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.people import Person
from sandbox.posts import answered
from sandbox.state import Json
from sandbox.town import Town


def find_chat(town: Town, params: Params, name: str = "chat_id") -> Person | Group:
    """The chat, if the bot knows it."""
    if not params.has(name):
        raise bad_request(f"{name} is empty")
    chat = town.chat(params.number(name))
    if chat is None:
        raise bad_request("chat not found")
    if isinstance(chat, Group) and chat.migrated_to:
        raise _migrated(chat)
    if isinstance(chat, Group) and town.bot.id not in chat.members:
        raise bad_request("chat not found")
    return chat


def _migrated(group: Group) -> ApiError:
    error = bad_request("group chat was upgraded to a supergroup chat")
    error.parameters = {"migrate_to_chat_id": group.migrated_to}
    return error


def reach_chat(town: Town, params: Params) -> Person | Group:
    """The chat, if the bot may write there now."""
    chat = find_chat(town, params)
    if isinstance(chat, Person):
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
    else:
        be_in(town, chat)
    return chat


def be_in(town: Town, group: Group) -> None:
    """Refuse when the bot was put out of this group."""
    if not group.has(town.bot.id):
        raise forbidden(f"bot was kicked from the {group.type} chat")


def find_message(town: Town, params: Params, purpose: str) -> Record:
    """The message a request means; `purpose` ends the refusal when there is none."""
    chat = reach_chat(town, params)
    record = town.messages.get(chat.id, params.number("message_id"))
    if record is None:
        raise bad_request(f"message to {purpose} not found")
    return record


def find_replied(town: Town, chat: Person | Group, params: Params) -> Json | None:
    """The message that is answered, as it appears inside the answer."""
    wanted = params.structure("reply_parameters")
    if wanted is None and params.has("reply_to_message_id"):
        wanted = {
            "message_id": params.number("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    if not wanted:
        return None
    if not isinstance(wanted, dict):
        raise bad_request("can't parse reply parameters JSON object")
    message_id = wanted.get("message_id")
    record = town.messages.get(chat.id, message_id) if isinstance(message_id, int) else None
    if record is None:
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return answered(record)
