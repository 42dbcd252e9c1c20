"""The messenger's HTML: text and entities out of markup, refused with the server's own words."""

import re
from contextlib import suppress
from dataclasses import dataclass

from sandbox.entities import EntitiesBroken, Formatted, utf16_length
from sandbox.links import LinkBroken, checked_link
from sandbox.state import Json

SPACES = " \t\n\r\v\f\0"
END = "\0"
TAG_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
SIMPLE_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "span"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,7})|#([0-9]{1,8})|([a-zA-Z]+))")
BARE = "b|i|u|s|code|pre|blockquote|tg-spoiler"
TOKEN = re.compile(rf"(?P<plain>[^<&\0]+)|<(?P<end>/?)(?P<name>{BARE})>")
TAG_NAME = re.compile(r"[^\s\0>]*")
ATTRIBUTE_NAME = re.compile(r"[^\s\0=>]*")
NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")


@dataclass(frozen=True, slots=True)
class OpenTag:
    """A start tag that waits for its end."""

    name: str
    argument: str
    offset: int
    piece: int


class HtmlReader:
    """Reads one text from start to end."""

    def __init__(self, source: str) -> None:
        self._source = source + END
        self._length = len(source)
        self._at = 0
        self._pieces: list[str] = []
        self._offset = 0
        self._open: list[OpenTag] = []
        self._entities: list[Json] = []

    def read(self) -> Formatted:
        """The text without its markup; the entities in the order of their ends."""
        while self._at < self._length:
            if found := TOKEN.match(self._source, self._at):
                self._at = found.end()
                if found["plain"]:
                    self._add(found["plain"])
                else:
                    self._take_bare(found["name"], bool(found["end"]), found.start())
            elif self._source[self._at] == "<":
                self._read_tag()
            elif self._source[self._at] == "&":
                self._add(self._read_character() or self._one())
            else:
                self._add(self._one())
        if self._open:
            name = self._open[-1].name
            raise EntitiesBroken(f'Can\'t find end tag corresponding to start tag "{name}"')
        for entity in self._entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return Formatted("".join(self._pieces), self._entities)

    def _one(self) -> str:
        self._at += 1
        return self._source[self._at - 1]

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._offset += utf16_length(piece)

    def _read_character(self) -> str:
        """The character an entity like &lt; stands for; nothing when it is none."""
        found = CHARACTER.match(self._source, self._at)
        if not found:
            return ""
        hexadecimal, decimal, name = found.groups()
        if name:
            character = NAMED.get(name, "")
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            valid = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF
            character = chr(code) if valid else ""
        if character:
            self._at = found.end()
            if self._source[self._at] == ";":
                self._at += 1
        return character

    def _take_bare(self, name: str, is_end: bool, begin: int) -> None:
        """A tag without attributes and spaces, as nearly all are."""
        if not is_end:
            self._open.append(OpenTag(name, "", self._offset, len(self._pieces)))
        elif self._open and self._open[-1].name == name:
            tag = self._open.pop()
            if self._offset > tag.offset:
                self._close(tag)
        else:
            self._at = begin
            self._read_tag()  # It says what is wrong.

    def _read_tag(self) -> None:
        begin = self._at
        self._at += 1
        if self._source[self._at] == "/":
            self._read_end_tag(begin)
        else:
            self._read_start_tag(begin)

    def _place(self, position: int) -> str:
        return f"at byte offset {len(self._source[:position].encode())}"

    def _skip_spaces(self) -> None:
        while self._source[self._at] in SPACES and self._at < self._length:
            self._at += 1

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._source, self._at)
        assert found, "these patterns match the empty text too"
        self._at = found.end()
        return found.group()

    def _read_start_tag(self, begin: int) -> None:
        name = self._take(TAG_NAME).lower()
        if self._at >= self._length:
            raise EntitiesBroken(f"Unclosed start tag {self._place(begin)}")
        if name not in TAG_TYPES:
            raise EntitiesBroken(f'Unsupported start tag "{name}" {self._place(begin)}')
        argument = ""
        while True:
            self._skip_spaces()
            if self._source[self._at] == ">":
                break
            argument = self._read_attribute(name, begin) or argument
        self._at += 1
        if name == "span" and argument != "spoiler":
            place = self._place(begin)
            raise EntitiesBroken(f'Tag "span" must have class "tg-spoiler" {place}')
        self._open.append(OpenTag(name, argument, self._offset, len(self._pieces)))

    def _read_attribute(self, tag: str, begin: int) -> str:
        """What one attribute tells the tag; nothing when it does not matter."""
        attribute = self._take(ATTRIBUTE_NAME)
        if not attribute:
            place = self._place(begin)
            if self._at >= self._length:
                raise EntitiesBroken(f"Unclosed start tag {place}")
            raise EntitiesBroken(f'Empty attribute name in the tag "{tag}" {place}')
        self._skip_spaces()
        if self._source[self._at] != "=":
            if self._at >= self._length:
                raise EntitiesBroken(f'Unclosed start tag "{tag}" {self._place(begin)}')
            return "1" if (tag, attribute) == ("blockquote", "expandable") else ""
        self._at += 1
        self._skip_spaces()
        if self._at >= self._length:
            raise EntitiesBroken(f'Unclosed start tag "{tag}" {self._place(begin)}')
        value = self._read_value()
        if self._at >= self._length:
            raise EntitiesBroken(f"Unclosed start tag {self._place(begin)}")
        if (tag, attribute) in (("a", "href"), ("tg-emoji", "emoji-id")):
            return value
        if (tag, attribute) == ("code", "class") and value.startswith("language-"):
            return value.removeprefix("language-")
        if (tag, attribute) == ("span", "class") and value.startswith("tg-"):
            return value.removeprefix("tg-")
        return "1" if (tag, attribute) == ("blockquote", "expandable") else ""

    def _read_value(self) -> str:
        begin = self._at
        quote = self._source[self._at]
        if quote not in "'\"":
            value = self._take(NAME_TOKEN).lower()
            if self._source[self._at] not in SPACES + ">":
                raise EntitiesBroken(f"Unexpected end of name token {self._place(begin)}")
            return value
        self._at += 1
        letters: list[str] = []
        while self._at < self._length and self._source[self._at] != quote:
            mark = self._source[self._at]
            letters.append((mark == "&" and self._read_character()) or self._one())
        if self._at < self._length:
            self._at += 1
        return "".join(letters)

    def _read_end_tag(self, begin: int) -> None:
        if not self._open:
            raise EntitiesBroken(f"Unexpected end tag {self._place(begin)}")
        self._at += 1
        name = self._take(TAG_NAME).lower()
        self._skip_spaces()
        if self._source[self._at] != ">":
            raise EntitiesBroken(f"Unclosed end tag {self._place(begin)}")
        self._at += 1
        tag = self._open.pop()
        if name and name != tag.name:
            raise EntitiesBroken(
                f'Unmatched end tag {self._place(begin)}, expected "</{tag.name}>",'
                f' found "</{name}>"'
            )
        if self._offset > tag.offset:
            self._close(tag)

    def _close(self, tag: OpenTag) -> None:
        """Turn a tag that has both its ends into an entity."""
        entity: Json = {
            "type": TAG_TYPES[tag.name],
            "offset": tag.offset,
            "length": self._offset - tag.offset,
        }
        if tag.name in SIMPLE_TAGS:
            self._entities.append(entity)
            return
        last = self._entities[-1] if self._entities else {}
        around = all(last.get(part) == entity[part] for part in ("offset", "length"))
        if tag.name == "a":
            url = tag.argument or "".join(self._pieces[tag.piece :])
            with suppress(LinkBroken):  # What is no address stays plain text.
                self._entities.append({**entity, "url": checked_link(url)})
        elif tag.name == "tg-emoji":
            if not tag.argument.isdecimal() or not int(tag.argument):
                raise EntitiesBroken("Invalid custom emoji identifier specified")
            self._entities.append({**entity, "custom_emoji_id": tag.argument})
        elif tag.name == "pre" and around and last["type"] == "code" and last.get("language"):
            last["type"] = "pre"
        elif tag.name == "code" and around and last["type"] == "pre" and tag.argument:
            last["language"] = tag.argument
        elif tag.name == "code":
            self._entities.append({**entity, "language": tag.argument})
        elif tag.name == "blockquote" and tag.argument:
            self._entities.append({**entity, "type": "expandable_blockquote"})
        else:
            self._entities.append(entity)


def read_html(source: str) -> Formatted:
    """Text and entities of an HTML text."""
    if "<" not in source and "&" not in source:
        return Formatted(source, [])
    return HtmlReader(source).read()
