"""The messenger's MarkdownV2: nested marks, and every other sign of its alphabet escaped."""

import re
from dataclasses import dataclass

from sandbox.entities import EntitiesBroken, Formatted, utf16_length
from sandbox.links import LinkBroken, checked_link
from sandbox.markdown import opened_pre
from sandbox.state import Json

END = "\0\0\0"
PLAIN = re.compile(r"[^_*\[\]()~`>#+\-=|{}.!\n\\]+")
PLAIN_IN_CODE = re.compile(r"[^`\\]+")
ESCAPED = re.compile(r"\\([\x01-\x7e])")
EMOJI_LINK = re.compile(r"tg://emoji\?id=([0-9]{1,19})")
# The longer mark first: __ is no two italics.
MARKS = {
    "```": "pre",
    "`": "code",
    "__": "underline",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
    "||": "spoiler",
    "![": "custom_emoji",
    "[": "text_link",
}
NAMES = {
    "pre": "Pre",
    "code": "Code",
    "underline": "Underline",
    "italic": "Italic",
    "bold": "Bold",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "custom_emoji": "CustomEmoji",
    "text_link": "TextUrl",
    "blockquote": "BlockQuote",
}
CLOSING = {kind: mark for mark, kind in MARKS.items()} | {"custom_emoji": "]", "text_link": "]"}
EXPANDS = "||"


@dataclass(frozen=True, slots=True)
class OpenMark:
    """A mark that waits for its end."""

    type: str
    offset: int
    begin: int
    piece: int
    language: str = ""


class MarkdownReader:
    """Reads one text from start to end."""

    def __init__(self, source: str) -> None:
        self._source = source + END
        self._length = len(source)
        self._at = 0
        self._pieces: list[str] = []
        self._offset = 0
        self._open: list[OpenMark] = []
        self._entities: list[Json] = []
        self._quoting = False

    def read(self) -> Formatted:
        while self._at < self._length:
            in_code = bool(self._open) and self._open[-1].type in ("pre", "code")
            plain = PLAIN_IN_CODE if in_code else PLAIN
            if found := plain.match(self._source, self._at, self._length):
                self._add(found[0])
                self._at = found.end()
            elif found := ESCAPED.match(self._source, self._at, self._length):
                self._add(found[1])
                self._at = found.end()
            elif self._source[self._at] == "\\":
                self._add("\\")
                self._at += 1
            elif self._ends():
                self._close()
            else:
                self._begin()
        if self._quoting and self._open and self._open[-1].type == "blockquote":
            self._end_quote()
        if self._open:
            raise self._endless()
        return Formatted("".join(self._pieces), self._entities)

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._offset += utf16_length(piece)

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode())

    def _endless(self) -> EntitiesBroken:
        last = self._open[-1]
        place = self._byte(last.begin)
        return EntitiesBroken(f"Can't find end of {NAMES[last.type]} entity at byte offset {place}")

    def _unescaped(self) -> EntitiesBroken:
        sign = self._source[self._at]
        return EntitiesBroken(
            f"Character '{sign}' is reserved and must be escaped with the preceding '\\'"
        )

    def _looks_at(self, mark: str) -> bool:
        return self._source.startswith(mark, self._at)

    def _ends(self) -> bool:
        """Whether the innermost mark, or the quotation around it, ends here."""
        if not self._open:
            return False
        if self._quoting and self._looks_at("\n") and self._source[self._at + 1] != ">":
            return True
        kind = self._open[-1].type
        if kind == "blockquote":
            return False
        if kind == "italic":
            return self._looks_at("_") and not self._looks_at("__")
        return self._looks_at(CLOSING[kind])

    def _begin(self) -> None:
        begin = self._at
        if self._looks_at("\n"):
            self._add("\n")
            self._at += 1
            if self._looks_at(">"):
                self._at += 1
                if not self._quoting:
                    self._begin_quote(begin)
            return
        if self._looks_at(">") and begin == 0:
            self._at += 1
            self._begin_quote(begin)
            return
        # An expandable quotation ends with the mark of a spoiler.
        if self._quoting and self._looks_at(EXPANDS) and self._source[begin + 2] in "\n\0":
            self._at += len(EXPANDS)
            self._end_quote(expandable=True)
            return
        mark = next((one for one in MARKS if self._looks_at(one)), None)
        if mark is None:
            raise self._unescaped()
        self._at += len(mark)
        language = ""
        if mark == "```":
            self._at, language = opened_pre(self._source[: self._length], self._at)
        piece = len(self._pieces)
        self._open.append(OpenMark(MARKS[mark], self._offset, begin, piece, language))

    def _begin_quote(self, begin: int) -> None:
        self._quoting = True
        self._open.append(OpenMark("blockquote", self._offset, begin, len(self._pieces)))

    def _close(self) -> None:
        last = self._open[-1]
        if self._looks_at("\n"):
            if last.type != "blockquote":
                raise self._endless()
            self._end_quote()
            self._add("\n")
            self._at += 1
            return
        self._open.pop()
        self._at += len(CLOSING[last.type])
        more: Json | None = {}
        if last.type == "text_link":
            more = self._link("".join(self._pieces[last.piece :]))
        elif last.type == "custom_emoji":
            more = self._emoji()
        elif last.language:
            more = {"language": last.language}
        if more is not None:
            self._mark(last, last.type, more)

    def _mark(self, last: OpenMark, kind: str, more: Json) -> None:
        if self._offset > last.offset:
            length = self._offset - last.offset
            self._entities.append({"type": kind, "offset": last.offset, "length": length, **more})

    def _end_quote(self, *, expandable: bool = False) -> None:
        last = self._open.pop()
        if last.type != "blockquote":
            self._open.append(last)
            raise self._endless()
        self._quoting = False
        self._mark(last, "expandable_blockquote" if expandable else "blockquote", {})

    def _address(self, what: str) -> str | None:
        """The address in parentheses that follows; None when none does."""
        if not self._looks_at("("):
            return None
        begin = self._at = self._at + 1
        letters: list[str] = []
        while self._at < self._length and not self._looks_at(")"):
            if found := ESCAPED.match(self._source, self._at, self._length):
                letters.append(found[1])
                self._at = found.end()
            else:
                letters.append(self._source[self._at])
                self._at += 1
        if self._at >= self._length:
            raise EntitiesBroken(f"Can't find end of a {what} at byte offset {self._byte(begin)}")
        self._at += 1
        return "".join(letters)

    def _link(self, words: str) -> Json | None:
        address = self._address("URL")
        try:
            return {"url": checked_link(words if address is None else address)}
        except LinkBroken:
            return None  # What is no address stays plain text.

    def _emoji(self) -> Json:
        address = self._address("custom emoji URL")
        if address is None:
            raise EntitiesBroken("Custom emoji entity must contain a tg://emoji URL")
        found = EMOJI_LINK.match(address)
        if not found or int(found[1]) >= 2**63:
            raise EntitiesBroken("Custom emoji URL must have scheme tg")
        return {"custom_emoji_id": found[1]}


def read_markdown_v2(source: str) -> Formatted:
    """Text and entities of a MarkdownV2 text."""
    return MarkdownReader(source).read()
