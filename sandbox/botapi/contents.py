"""What a message is to hold: its text, caption, file and keyboard."""

from typing import Any

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.entities import Formatted, trimmed, utf16_length, with_found
from sandbox.files import PHOTO_LIMIT_BYTES, File, NotAPicture, Upload
from sandbox.html import EntitiesBroken, read_html
from sandbox.markup import MarkupBroken, checked_markup
from sandbox.state import Json
from sandbox.town import Town

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
USER_LINK = "tg://user?id="


def formatted(town: Town, text: str, parse_mode: str, given: Any) -> Formatted:
    """A text with its entities, as it will be shown."""
    mode = parse_mode.lower()
    if not mode:
        result = Formatted(text, _given_entities(given))
    elif mode == "html":
        try:
            result = read_html(text)
        except EntitiesBroken as error:
            raise bad_request(f"can't parse entities: {error}") from error
    else:
        raise bad_request("unsupported parse_mode")
    result.entities = [
        entity for one in result.entities if (entity := _named_person(town, one)) is not None
    ]
    return with_found(trimmed(result))


def _given_entities(given: Any) -> list[Json]:
    """Entities that the bot has placed itself."""
    if not given:
        return []
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in given:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse MessageEntity: Object expected as MessageEntity")
        if not all(isinstance(entity.get(name), int) for name in ("offset", "length")):
            raise bad_request("can't parse MessageEntity: Can't find field \"offset\"")
    return [dict(entity) for entity in given]


def _named_person(town: Town, entity: Json) -> Json | None:
    """A link to a person becomes a mention of them, if there is such a person."""
    url = str(entity.get("url", ""))
    if not url.startswith(USER_LINK):
        return entity
    number = url.removeprefix(USER_LINK)
    user = town.user(int(number)) if number.isascii() and number.isdecimal() else None
    if user is None:
        return None
    place = {name: entity[name] for name in ("offset", "length")}
    return {"type": "text_mention", **place, "user": user}


def text_content(town: Town, params: Params) -> Json:
    """The text of a message."""
    text = params.text("text")
    result = formatted(town, text, params.text("parse_mode"), params.structure("entities"))
    if not result.text:
        raise bad_request("message text is empty")
    if utf16_length(result.text) > TEXT_LENGTH:
        raise bad_request("message is too long")
    content: Json = {"text": result.text}
    if result.entities:
        content["entities"] = result.entities
    preview = params.structure("link_preview_options")
    if isinstance(preview, dict) and any(
        one["type"] in ("url", "text_link") for one in result.entities
    ):
        content["link_preview_options"] = preview
    return content


def caption_content(town: Town, values: Params) -> Json:
    """The caption of a picture or document; nothing when it has none."""
    result = formatted(
        town,
        values.text("caption"),
        values.text("parse_mode"),
        values.structure("caption_entities"),
    )
    if utf16_length(result.text) > CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    content: Json = {}
    if result.text:
        content["caption"] = result.text
    if result.entities:
        content["caption_entities"] = result.entities
    return content


def markup_content(params: Params, *, private: bool, inline_only: bool = False) -> Json:
    """The keyboard of a message; nothing when it has none."""
    raw = params.structure("reply_markup", "reply keyboard markup")
    if raw is None:
        return {}
    try:
        markup = checked_markup(raw, private=private)
    except MarkupBroken as error:
        raise bad_request(str(error)) from error
    if inline_only and markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def find_file(town: Town, params: Params, name: str, kind: str) -> File:
    """The file a parameter names: uploaded with the request, or known by its id."""
    upload = params.files.get(name)
    value = params.text(name)
    if upload is None and value.startswith("attach://"):
        upload = params.files.get(value.removeprefix("attach://"))
    if upload is not None:
        return _keep(town, upload, kind)
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = town.files.get(value)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.is_photo != (kind == "photo"):
        found = "Photo" if file.is_photo else "Document"
        raise bad_request(f"can't use file of type {found} as {kind.capitalize()}")
    return file


def _keep(town: Town, upload: Upload, kind: str) -> File:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind != "photo":
        return town.files.add_document(upload)
    if len(upload.content) > PHOTO_LIMIT_BYTES:
        raise bad_request(f"file is too big for a photo: {len(upload.content)} bytes")
    try:
        return town.files.add_photo(upload)
    except NotAPicture as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
