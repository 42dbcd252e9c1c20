"""Texts with their marks: read from markup or as the bot has placed them, and named people."""

from typing import Any

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.entities import EntitiesBroken, Formatted, trimmed, utf16_length, with_found
from sandbox.html import read_html
from sandbox.links import LinkBroken, checked_link
from sandbox.markdown import read_markdown
from sandbox.markdown_v2 import read_markdown_v2
from sandbox.state import Json
from sandbox.town import Town

RAW_LIMIT_BYTES = 2**15
ENTITIES_SHOWN = 100
USER_LINK = "tg://user?id="
READERS = {"html": read_html, "markdown": read_markdown, "markdownv2": read_markdown_v2}
PLACED = ("bold", "italic", "underline", "strikethrough", "spoiler", "code")
PLACED_AROUND = ("blockquote", "expandable_blockquote")
FOUND_ANYWAY = (
    *("mention", "hashtag", "cashtag", "bot_command", "url", "email"),
    *("phone_number", "bank_card_number"),
)


def formatted(town: Town, text: str, parse_mode: str, given: Any) -> Formatted:
    """A text with its entities, as it will be shown."""
    if not text.isascii() and len(text.encode("utf-8", "replace")) > RAW_LIMIT_BYTES:
        raise bad_request("text is too long")
    mode = parse_mode.lower()
    if text and mode and mode != "none":
        reader = READERS.get(mode)
        if reader is None:
            raise bad_request("unsupported parse_mode")
        try:
            result = reader(text)
        except EntitiesBroken as error:
            raise bad_request(f"can't parse entities: {error}") from error
    else:
        result = Formatted(text, _placed(given, utf16_length(text)) if given else [])
    if result.entities:
        result.entities = [
            known for one in result.entities if (known := _named_person(town, one)) is not None
        ]
    result = with_found(trimmed(result))
    del result.entities[ENTITIES_SHOWN:]
    return result


def _placed(given: Any, length: int) -> list[Json]:
    """Entities that the bot has placed itself; what is no list of them is overlooked."""
    entities: list[Json] = []
    for raw in given if isinstance(given, list) else []:
        try:
            kind = _checked_type(raw)
        except EntitiesBroken as error:
            raise bad_request(f"Can't parse MessageEntity: {error}") from error
        if kind is not None and (place := _place(raw, length))["length"]:
            entities.append({**kind, **place})
    return entities


def _checked_type(raw: Any) -> Json | None:
    """The kind of an entity with what belongs to it; None for what is found anyway."""
    _check_fields(raw)
    kind = raw["type"]
    if kind in FOUND_ANYWAY:
        return None
    if kind in (*PLACED, *PLACED_AROUND):
        return {"type": kind}
    if kind == "pre":
        language = raw.get("language") or ""
        if not isinstance(language, str):
            raise EntitiesBroken('Field "language" must be of type String')
        return {"type": kind} | ({"language": language} if language else {})
    belongs = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
    if kind not in belongs:
        raise EntitiesBroken("Unsupported type specified")
    if raw.get(belongs[kind]) is None:
        raise EntitiesBroken(f'Can\'t find field "{belongs[kind]}"')
    return {"type": kind, belongs[kind]: _checked_value(kind, raw[belongs[kind]])}


def _check_fields(raw: Any) -> None:
    """Refuse what has no place or no kind."""
    if not isinstance(raw, dict):
        raise EntitiesBroken("expected an Object")
    for name in ("offset", "length", "type"):
        if raw.get(name) is None:
            raise EntitiesBroken(f'Can\'t find field "{name}"')
        if not isinstance(raw[name], str if name == "type" else int):
            wanted = "String" if name == "type" else "Number"
            raise EntitiesBroken(f'Field "{name}" must be of type {wanted}')


def _checked_value(kind: str, value: Any) -> Any:
    if kind == "text_link":
        try:
            return value if str(value).startswith(USER_LINK) else checked_link(str(value))
        except LinkBroken as error:
            raise bad_request(f"Entity URL '{value}' is invalid: {error}") from error
    if kind == "custom_emoji" and not (str(value).isdecimal() and 0 < int(value) < 2**63):
        raise EntitiesBroken('Field "custom_emoji_id" must be a valid Number')
    if kind == "text_mention" and not isinstance(value, dict):
        raise EntitiesBroken('Field "user" must be of type Object')
    return str(value) if kind == "custom_emoji" else value


def _place(raw: Json, length: int) -> Json:
    begin, end = raw["offset"], raw["offset"] + raw["length"]
    if begin < 0:
        raise bad_request(f"Receive an entity with incorrect offset {begin}")
    if raw["length"] < 0:
        raise bad_request(f"Receive an entity with incorrect length {raw['length']}")
    if begin > length:
        raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {begin}")
    if end > length:
        raise bad_request(
            f"Entity beginning at UTF-16 offset {begin} ends after the end of the text"
            f" at UTF-16 offset {end}"
        )
    return {"offset": begin, "length": raw["length"]}


def _named_person(town: Town, entity: Json) -> Json | None:
    """A link to a person becomes a mention of them, if there is such a person."""
    if "url" not in entity and "user" not in entity:
        return entity
    place = {name: entity[name] for name in ("offset", "length")}
    if entity["type"] == "text_mention":
        user = town.user(Params(entity["user"]).number("id"))
        if user is None:
            raise bad_request("user not found")
        return {"type": "text_mention", **place, "user": user}
    url = str(entity.get("url", ""))
    if not url.startswith(USER_LINK):
        return entity
    number = url.removeprefix(USER_LINK)
    user = town.user(int(number)) if number.isascii() and number.isdecimal() else None
    return {"type": "text_mention", **place, "user": user} if user else None
