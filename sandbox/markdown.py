"""The messenger's old Markdown: *bold*, _italic_, `code`, ```pre``` and [links](address)."""

import re

from sandbox.entities import EntitiesBroken, Formatted, utf16_length
from sandbox.links import LinkBroken, checked_link
from sandbox.state import Json

END = "\0\0\0"
PLAIN = re.compile(r"[^\\_*`\[]+")
ESCAPED = re.compile(r"\\([_*`\[])")
TYPES = {"_": "italic", "*": "bold", "`": "code", "```": "pre", "[": "text_link"}
ENDS = {"[": "]"}
LANGUAGE = re.compile(r"[^\s`\0]+")
LINE_END = re.compile(r"\r\n|\n\r|\r|\n")
URL = re.compile(r"\(([^)]*)\)?")


def read_markdown(source: str) -> Formatted:
    """Text and entities; marks are not nested here, and a lone one is a refusal."""
    padded = source + END
    pieces: list[str] = []
    entities: list[Json] = []
    offset = at = 0

    def add(piece: str) -> None:
        nonlocal offset
        pieces.append(piece)
        offset += utf16_length(piece)

    while at < len(source):
        if found := PLAIN.match(source, at) or ESCAPED.match(source, at):
            add(found[found.re.groups])
            at = found.end()
        elif source[at] == "\\":
            add("\\")
            at += 1
        else:
            mark = "```" if padded.startswith("```", at) else source[at]
            inner, entity, after = _marked(source, at, mark)
            if inner and entity:
                entities.append({"offset": offset, "length": utf16_length(inner), **entity})
            add(inner)
            at = after
    return Formatted("".join(pieces), entities)


def _marked(source: str, begin: int, mark: str) -> tuple[str, Json, int]:
    """What stands between two marks, the entity of it, and where to read on."""
    at = begin + len(mark)
    entity: Json = {"type": TYPES[mark]}
    if mark == "```":
        at, language = opened_pre(source, at)
        entity |= {"language": language} if language else {}
    end = source.find(ENDS.get(mark, mark), at)
    if end < 0:
        place = len(source[:begin].encode())
        raise EntitiesBroken(f"Can't find end of the entity starting at byte offset {place}")
    inner = source[at:end]
    after = end + len(mark)
    if mark == "[":
        address = URL.match(source, after)
        after = address.end() if address else after
        try:
            entity["url"] = checked_link(address[1] if address else inner)
        except LinkBroken:
            entity = {}  # What is no address stays plain text.
    return inner, entity, after


def opened_pre(source: str, at: int) -> tuple[int, str]:
    """Where the text of a ``` block begins, and its language; a first line end is no text."""
    language = ""
    found = LANGUAGE.match(source, at)
    if found and found.end() < len(source) and source[found.end()] != "`":
        language, at = found[0], found.end()
    line_end = LINE_END.match(source, at)
    return (line_end.end() if line_end else at), language
