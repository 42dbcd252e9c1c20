"""Letters in their readers' words, with their buttons.

A campaign says the same to many. What it says to an invented reader is therefore written once, cut
where readers differ (the chat, what the buttons carry, the name), and put together for each of
the others; whose name has to be written with care gets a letter made for them alone.
"""

import re
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from bot.delivery.rendered import Rendered, Words, Written, written
from club.parts import Language
from handlers import letters
from handlers.signing import Press, Signer
from services.letters import OutgoingLetter
from templates.addressing import address
from templates.labels import label
from templates.render import Reader, render

MOST_KEPT = 64  # Campaigns are written in so many languages and calendars at once.
INVENTED_CHATS = (4_503_599_627_370_301, 4_503_599_627_370_487)  # Nobody has these numbers.
INVENTED_NAMES: dict[Language, tuple[str, str]] = {
    "fa": ("ژغضچذثظپ", "ظچژثپغذض"),
    "en": ("Qxzjvkwq", "Wqkvjzxq"),
}
# Names that stand in their reader's text as they are: no sign of theirs is written in another way.
PLAIN_NAME: dict[Language, re.Pattern[str]] = {
    "fa": re.compile("[ء-غف-يپچژکگی]+(?:[ \u200c][ء-غف-يپچژکگی]+)*"),
    "en": re.compile("[A-Za-z]+(?:[ -][A-Za-z]+)*"),
}


class Wording:
    """Puts letters into words."""

    def __init__(self, zone: ZoneInfo, signer: Signer) -> None:
        self._zone = zone
        self._signer = signer
        self._forms: dict[tuple[int, str, str], _Form | None] = {}

    def __call__(self, letter: OutgoingLetter) -> Words:
        """A letter as its reader gets it."""
        if letter.campaign_id is None or letter.flagged:
            return self.rendered(letter)
        form = self._form(letter)
        body = None if form is None else form.filled(letter)
        return self.rendered(letter) if body is None else body

    def rendered(self, letter: OutgoingLetter) -> Rendered:
        """The same letter, made for this reader alone."""
        reader = Reader(letter.language, letter.calendar, self._zone)
        facts = dict(letter.facts)
        if "promotion" in facts:
            facts["promotion"] = address(facts["promotion"], letter.name, letter.language)
        text = render(letter.message, reader, **facts)
        if letter.flagged:
            text = f"{render('letters/again', reader)}\n\n{text}"
        keyboard = letters.keyboard(
            letter.message,
            letter.campaign_id,
            letter.facts,
            letter.language,
            self._signer,
            letter.chat_id,
        )
        return Rendered(text, keyboard, letter.picture)

    def _form(self, letter: OutgoingLetter) -> "_Form | None":
        assert letter.campaign_id is not None, "a campaign's letters are alike"
        key = (letter.campaign_id, letter.language, letter.calendar)
        if key not in self._forms:
            if len(self._forms) >= MOST_KEPT:
                del self._forms[next(iter(self._forms))]
            self._forms[key] = _cut(letter, self.rendered, self._signer)
        return self._forms[key]


class _Form:
    """A body with holes in it for what differs from reader to reader."""

    def __init__(self, letter: OutgoingLetter, words: Rendered, signer: Signer) -> None:
        """Cut the words for this invented reader."""
        whole = written(letter.chat_id, words)
        presses = dict(_presses(words))
        holes = [str(letter.chat_id), *presses, str(letter.name)]
        pattern = "|".join(re.escape(hole) for hole in holes).encode()
        self._method = whole.method
        self._parts = re.split(b"(" + pattern + b")", whole.body)
        self._chats, self._names = list[int](), list[int]()
        self._presses = list[tuple[int, Callable[[bytes], bytes]]]()
        for place in range(1, len(self._parts), 2):
            hole = self._parts[place].decode()
            if hole in presses:
                self._presses.append((place, signer.stamp(presses[hole])))
            else:
                (self._names if hole == letter.name else self._chats).append(place)

    def filled(self, letter: OutgoingLetter) -> Written | None:
        """The body for this reader; None where the name has to be written with care."""
        parts = self._parts.copy()
        if self._names:
            name = letter.name or label("friend", letter.language)
            if PLAIN_NAME[letter.language].fullmatch(name) is None:
                return None
            encoded = name.encode()
            for place in self._names:
                parts[place] = encoded
        chat = str(letter.chat_id).encode()
        for place in self._chats:
            parts[place] = chat
        for place, stamped in self._presses:
            parts[place] = stamped(chat)
        return Written(self._method, b"".join(parts))


def _cut(
    letter: OutgoingLetter, render: Callable[[OutgoingLetter], Rendered], signer: Signer
) -> _Form | None:
    """The form of all letters like this one; None where two invented readers say it is wrong."""
    one, another = (
        letter._replace(chat_id=chat, name=name)
        for chat, name in zip(INVENTED_CHATS, INVENTED_NAMES[letter.language], strict=True)
    )
    form = _Form(one, render(one), signer)
    agrees = form.filled(another) == written(another.chat_id, render(another))
    return form if agrees else None


def _presses(words: Rendered) -> Iterator[tuple[str, Press]]:
    """What the buttons carry, and what was signed for it."""
    rows = () if words.keyboard is None else words.keyboard["inline_keyboard"]
    for button in (button for row in rows for button in row):
        if data := button.get("callback_data"):
            subject, verb, target = data.rpartition(":")[0].split(":", 2)
            yield data, Press(subject, verb, target)
