"""Albums: several pictures, or several documents, that come as one."""

import secrets
from typing import Any

from sandbox.botapi.contents import caption_content, find_file, picture_flags
from sandbox.botapi.errors import ApiError, bad_request
from sandbox.botapi.params import Params
from sandbox.botapi.sending import head_of
from sandbox.botapi.targets import reach_chat, wanted_reply
from sandbox.messages import Record
from sandbox.posts import post
from sandbox.state import Json
from sandbox.town import Town

ITEMS = range(2, 11)
KINDS = ("photo", "document")


def send_media_group(town: Town, params: Params) -> list[Json]:
    """Send an album; everything or nothing of it arrives."""
    if not params.has("media"):
        raise bad_request('parameter "media" is required')
    media = params.structure("media")
    if not isinstance(media, list):
        raise bad_request("expected an Array of InputMedia")
    for one in media:
        _check_kind(one, KINDS)
    _check_together([one["type"] for one in media])
    wanted = wanted_reply(params)
    chat = reach_chat(town, params)
    contents = [_content(town, params, one, place) for place, one in enumerate(media, 1)]
    group_id = str(secrets.randbits(53))
    records: list[Record] = []
    for content in contents:
        head = head_of(town, params, chat, wanted)
        message = {**head, "media_group_id": group_id, **content}
        records.append(post(town, message, town.bot.id))
        town.pace.count(chat.id, content)
    return [record.message for record in records]


def album_part(town: Town, params: Params, media: Any, kinds: tuple[str, ...]) -> Json:
    """One picture or document with its caption, as an album or an edit names it."""
    _check_kind(media, kinds)
    inner = Params(media, params.files)
    caption = caption_content(town, inner)
    try:
        file = find_file(town, inner, "media", media["type"])
    except ApiError as error:
        if error.description.endswith("media not found"):
            raise bad_request("can't parse InputMedia: media not found") from error
        raise
    flags = picture_flags(inner) if media["type"] == "photo" else {}
    return {**file.as_content(), **caption, **flags}


def _check_kind(media: Any, kinds: tuple[str, ...]) -> None:
    if not isinstance(media, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind = media.get("type")
    if kind is None:
        raise bad_request("can't parse InputMedia: Can't find field \"type\"")
    if kind not in kinds:
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')


def _check_together(kinds: list[str]) -> None:
    """Refuse what makes no album."""
    if not kinds:
        raise bad_request("there are no messages to send")
    if len(kinds) >= ITEMS.stop:
        raise bad_request("too many messages to send as an album")
    if len(kinds) not in ITEMS:
        raise bad_request("group of media must have 2-10 items")
    if len(set(kinds)) > 1:
        raise bad_request("document can't be mixed with other media types")


def _content(town: Town, params: Params, media: Json, place: int) -> Json:
    """One part of the album; the server tells which one it could not take."""
    try:
        return album_part(town, params, media, KINDS)
    except ApiError as error:
        reason = error.description.removeprefix("Bad Request: ")
        if not reason.isupper():
            raise
        words = f'failed to send message #{place} with the error message "{reason}"'
        raise bad_request(words) from error
