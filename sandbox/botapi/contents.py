"""What a message is to hold: its text, caption, file and keyboard."""

from sandbox.botapi.errors import bad_request
from sandbox.botapi.formatting import formatted
from sandbox.botapi.params import Params
from sandbox.entities import utf16_length
from sandbox.files import PHOTO_LIMIT_BYTES, File, NotAPicture, Upload, WrongDimensions
from sandbox.keyboards import MarkupBroken, checked_markup
from sandbox.state import Json
from sandbox.town import Town

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
PREVIEW_FLAGS = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")
FLAGS_OF_PICTURES = {  # As the bot asks for it, and as the message tells it.
    "show_caption_above_media": "show_caption_above_media",
    "has_spoiler": "has_media_spoiler",
}


def text_content(town: Town, params: Params) -> Json:
    """The text of a message."""
    text = params.text("text")
    if not text:
        raise bad_request("message text is empty")
    preview = _preview(params) if "link_preview_options" in params.values else {}
    given = params.loose_structure("entities") if "entities" in params.values else None
    result = formatted(town, text, params.text("parse_mode"), given)
    if not result.text:
        raise bad_request("text must be non-empty")
    if utf16_length(result.text) > TEXT_LENGTH:
        raise bad_request("message is too long")
    content: Json = {"text": result.text}
    if result.entities:
        content["entities"] = result.entities
    if preview and any(one["type"] in ("url", "text_link") for one in result.entities):
        content["link_preview_options"] = preview
    return content


def _preview(params: Params) -> Json:
    """How a link in the text is to be shown."""
    raw = params.structure("link_preview_options")
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise bad_request("object expected as link preview options")
    for name in PREVIEW_FLAGS:
        if not isinstance(raw.get(name), bool | None):
            raise bad_request(f'field "{name}" must be of type Boolean')
    return {name: raw[name] for name in (*PREVIEW_FLAGS, "url") if raw.get(name)}


def caption_content(town: Town, values: Params) -> Json:
    """The caption of a picture or document; nothing when it has none."""
    result = formatted(
        town,
        values.text("caption"),
        values.text("parse_mode"),
        values.loose_structure("caption_entities"),
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


def picture_flags(values: Params) -> Json:
    """How a picture is to be shown."""
    return {told: True for asked, told in FLAGS_OF_PICTURES.items() if values.flag(asked)}


def find_file(town: Town, params: Params, name: str, kind: str) -> File:
    """The file a parameter names: uploaded with the request, or known by its id."""
    upload = params.files.get(name)
    value = params.text(name)
    if value.startswith("attach://"):
        upload = params.files.get(value.removeprefix("attach://"))
        value = ""
    if upload is not None:
        return _keep(town, upload, kind)
    if not value:
        missing = "media not found" if name == "media" else f"there is no {kind} in the request"
        raise bad_request(missing)
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
    size = len(upload.content)
    if not size:
        raise bad_request("file must be non-empty")
    if kind != "photo":
        return town.files.add_document(upload)
    if size > PHOTO_LIMIT_BYTES:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo;"
            f" the maximum size is {PHOTO_LIMIT_BYTES} bytes"
        )
    try:
        return town.files.add_photo(upload)
    except WrongDimensions as error:
        raise bad_request("PHOTO_INVALID_DIMENSIONS") from error
    except NotAPicture as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
