"""Which chat and which message a request means, and whether the bot may speak there."""

from sandbox.botapi.errors import ApiError, bad_request, forbidden
from sandbox.botapi.params import Params
from sandbox.groups import Group
from sandbox.messages import Record
from sandbox.people import Person
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
    """Refuse when the bot was put out of this group, or left it."""
    if not group.has(town.bot.id):
        left = group.members.get(town.bot.id) == "left"
        how = "is not a member of" if left else "was kicked from"
        raise forbidden(f"bot {how} the {group.type} chat")


def wanted_user(town: Town, params: Params) -> int:
    """The id of the person, or the bot, whom a request means."""
    user_id = params.number("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if town.user(user_id) is None:
        raise bad_request("user not found")
    return user_id


def find_message(town: Town, params: Params, purpose: str) -> Record:
    """The message a request means; `purpose` ends the refusal when there is none."""
    chat = reach_chat(town, params)
    record = town.messages.get(chat.id, params.number("message_id"))
    if record is None:
        raise bad_request(f"message to {purpose} not found")
    return record


def wanted_reply(params: Params) -> Json | None:
    """Which message is to be answered, as the bot asks for it."""
    if "reply_parameters" not in params.values:
        if not params.number("reply_to_message_id"):
            return None
        lenient = params.flag("allow_sending_without_reply")
        return {
            "message_id": params.number("reply_to_message_id"),
            "allow_sending_without_reply": lenient,
        }
    wanted = params.structure("reply_parameters")
    if not wanted and not isinstance(wanted, list):
        return None
    if not isinstance(wanted, dict):
        raise bad_request("object expected as reply parameters")
    if wanted.get("message_id") is None:
        raise bad_request('can\'t find field "message_id"')
    return wanted


def find_replied(town: Town, chat: Person | Group, wanted: Json) -> Record | None:
    """The message that is answered; none when it is gone and the bot does not mind."""
    message_id = Params(wanted).number("message_id")
    place = wanted.get("chat_id") or chat.id
    record = town.messages.get(Params({"chat": place}).number("chat"), message_id)
    if record is None or record.chat_id != chat.id:
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return record


def find_thread(town: Town, chat: Person | Group, params: Params, replied: Record | None) -> int:
    """The topic a message goes to: the one that is asked for, or that of what it answers."""
    thread_id = params.number("message_thread_id") if "message_thread_id" in params.values else 0
    if thread_id <= 0:
        thread_id = replied.thread_id if replied else 0
        if not thread_id:
            return 0
    topic = chat.topics.get(thread_id) if isinstance(chat, Group) else None
    if topic is None:
        raise bad_request("message thread not found")
    leads = isinstance(chat, Group) and chat.led_by(town.bot.id)
    if topic.closed and not leads and topic.author_id != town.bot.id:
        raise bad_request("TOPIC_CLOSED")
    return thread_id
