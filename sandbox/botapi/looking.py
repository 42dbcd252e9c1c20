"""Methods that only look: chats, members, files."""

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.targets import be_in, find_chat, wanted_user
from sandbox.files import DOWNLOAD_LIMIT_BYTES
from sandbox.groups import LEADING, Group
from sandbox.hearing import member_of
from sandbox.people import Person
from sandbox.posts import answered
from sandbox.state import Json
from sandbox.town import Town


def get_chat(town: Town, params: Params) -> Json:
    chat = find_chat(town, params)
    if isinstance(chat, Person) and not chat.started:
        raise bad_request("chat not found")
    full = chat.as_chat()
    full |= {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if isinstance(chat, Group):
        be_in(town, chat)
        allowed = ("send_messages", "send_photos", "send_documents", "invite_users")
        full["permissions"] = {f"can_{right}": True for right in allowed}
    elif chat.username and not chat.deactivated:
        full["active_usernames"] = [chat.username]
    if chat.pinned and (record := town.messages.get(chat.id, chat.pinned[0])):
        full["pinned_message"] = answered(record)
    return full


def get_chat_member(town: Town, params: Params) -> Json:
    user_id = wanted_user(town, params)
    chat = find_chat(town, params)
    if isinstance(chat, Group):
        be_in(town, chat)
        return member_of(town, user_id, chat.members.get(user_id, "left"))
    if user_id not in (chat.id, town.bot.id):
        raise bad_request("user not found")
    return member_of(town, user_id, "member")


def get_chat_administrators(town: Town, params: Params) -> list[Json]:
    chat = find_chat(town, params)
    if not isinstance(chat, Group):
        raise bad_request("there are no administrators in the private chat")
    be_in(town, chat)
    return [
        member_of(town, user_id, status)
        for user_id, status in chat.members.items()
        if status in LEADING
    ]


def get_file(town: Town, params: Params) -> Json:
    if not params.has("file_id"):
        raise bad_request("file_id not specified")
    file = town.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > DOWNLOAD_LIMIT_BYTES:
        raise bad_request("file is too big")
    return file.as_file()
