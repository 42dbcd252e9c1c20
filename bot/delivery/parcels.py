"""What is claimed and waits to be begun, and the messages that are made of it."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.delivery.chats import is_group
from bot.delivery.gathering import gathered
from bot.delivery.pace import Pace
from bot.delivery.rendered import Rendered, Words
from club.letters import LetterClass
from services.claims import Groups
from services.letters import Outcome, OutgoingLetter, Postponed

REQUEST = timedelta(seconds=30)  # No request takes longer; so long a letter must still be ours.
CHAT_PATIENCE_S = 1.0  # A chat that needs longer does not hold a place in the window.

Render = Callable[[OutgoingLetter], Words]


class Lease(NamedTuple):
    """Until when letters may be sent, by the machine's clock and by one that never jumps: what is
    sent then has its answer while they are ours."""

    until: datetime
    until_s: float

    @classmethod
    def of(cls, ends_at: datetime, ends_s: float) -> "Lease":
        """For letters that are ours until then."""
        return cls(ends_at - REQUEST, ends_s - REQUEST.total_seconds())


@dataclass(slots=True)
class Parcel:
    """What leaves as one message: a letter, or several to one group."""

    letters: Sequence[OutgoingLetter]
    chat_id: int
    words: Words
    lease: Lease | None = None  # Once it is booked as being sent.


class Reserve:
    """Letters that are claimed and not begun, transactional ones before others."""

    def __init__(self) -> None:
        self._urgent: deque[OutgoingLetter] = deque()
        self._calm: deque[OutgoingLetter] = deque()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._calm)

    def add(self, letters: Iterable[OutgoingLetter]) -> None:
        """Keep these, in their order."""
        for letter in letters:
            urgent = letter.letter_class is LetterClass.TRANSACTIONAL
            (self._urgent if urgent else self._calm).append(letter)

    def take(self) -> list[OutgoingLetter]:
        """The next letter; if it goes to a group, with all others that do."""
        if not self._urgent:
            return [self._calm.popleft()]
        letter = self._urgent.popleft()
        if letter.member_id is not None:
            return [letter]
        together = [one for one in self._urgent if one.chat_id == letter.chat_id]
        if together:
            self._urgent = deque(one for one in self._urgent if one.chat_id != letter.chat_id)
        return [letter, *together]

    def empty(self) -> list[OutgoingLetter]:
        """All of them; none is left."""
        letters = [*self._urgent, *self._calm]
        self._urgent.clear()
        self._calm.clear()
        return letters


class Rooms:
    """How much room groups have for letters, as far as we have met them."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._crowded: dict[int, bool] = {}
        self._alone = set[int]()  # Letters because of which a gathered message was refused.

    def groups(self) -> Groups:
        """Where nothing goes now, and where several go together."""
        closed = [chat for chat in self._crowded if self.wait_s(chat) > CHAT_PATIENCE_S]
        self._crowded |= dict.fromkeys(closed, True)
        crowded = [chat for chat, is_so in self._crowded.items() if is_so and chat not in closed]
        return Groups(closed, crowded)

    async def learn(self, letters: Iterable[OutgoingLetter]) -> None:
        """Know what the groups of these letters had from others, before any is begun."""
        for chat_id in {letter.chat_id for letter in letters if is_group(letter.chat_id)}:
            await self._pace.learn(chat_id)

    def put_off(self, letters: Sequence[OutgoingLetter]) -> list[Outcome]:
        """What becomes of letters to one chat that has no room soon; nothing when it has."""
        wait_s = self.wait_s(letters[0].chat_id)
        if wait_s <= CHAT_PATIENCE_S:
            return []
        # A group is closed from now on, and when it opens all of its letters are there.
        delay_s = wait_s if letters[0].member_id is not None else 0
        return [Postponed(letter, delay_s) for letter in letters]

    def wait_s(self, chat_id: int) -> float:
        """How long the chat keeps a letter waiting; a group without room is crowded from now."""
        wait_s = self._pace.letter_wait_s(chat_id)
        if chat_id < 0 and wait_s > CHAT_PATIENCE_S:
            self._crowded[chat_id] = True
        return wait_s

    def gather(
        self, letters: Sequence[OutgoingLetter], rendered: Sequence[Rendered]
    ) -> tuple[Rendered, int]:
        """The first of these letters to a group as one message; how many it holds."""
        self._crowded[letters[0].chat_id] = False
        together = 1
        if letters[0].id not in self._alone:
            fellows = (letter.id in self._alone for letter in letters)
            together = next((n for n, alone in enumerate(fellows) if alone), len(letters))
        return gathered(rendered[:together])

    def part(self, letters: Iterable[OutgoingLetter]) -> None:
        """One of these is refused: from now on each of them goes alone."""
        self._alone |= {letter.id for letter in letters}
