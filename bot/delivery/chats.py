"""What single chats may have: a burst that refills by the second, a group so many a minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from bot.delivery.windows import Window

LETTER_SPACING_S = 1.0
LIVE_BURST = 5
LIVE_SPACING_S = 1.0
GROUP_A_MINUTE = 20
MINUTE_S = 60.1  # A minute, and what may lie between leaving here and touching the socket.
MAX_CHATS = 10_000

ChatId = int | str


def is_group(chat_id: ChatId) -> TypeGuard[int]:
    """Whether the chat has a minute that several processes share."""
    return isinstance(chat_id, int) and chat_id < 0


@dataclass(slots=True)
class Chat:
    """What one chat has had.

    Answers are held back by answers alone (in a group by the full minute too), letters by both.
    """

    minute: Window | None
    live_until: float = float("-inf")  # The moment up to which its answers use up the spacing.
    all_until: float = float("-inf")  # The same for all its messages.
    last: float = float("-inf")
    letter_at: float = float("-inf")

    def live_due(self) -> float:
        """When an answer may go."""
        burst_over = self.live_until - (LIVE_BURST - 1) * LIVE_SPACING_S
        return burst_over if self.minute is None else max(burst_over, self.minute.room_at)

    def letter_due(self) -> float:
        """When a letter may go."""
        return self.letter_at

    def reserve_live(self, now: float, messages: int) -> float:
        """Take the chat's next turn for an answer; the moment of it."""
        due = max(now, self.live_due())
        self.live_until = max(self.live_until, due) + messages * LIVE_SPACING_S
        self._charge(due, messages)
        return due

    def take_letter(self, now: float) -> None:
        """A letter leaves now."""
        if self.minute is None and self.all_until <= now:  # As nearly all letters do.
            self.all_until = now + LIVE_SPACING_S
            self.last = now
            self.letter_at = now + LETTER_SPACING_S
        else:
            self._charge(now, 1)

    def idle(self, now: float) -> bool:
        """Nothing it has had matters any more."""
        quiet = max(self.all_until, self.last + LETTER_SPACING_S) <= now
        return quiet and (self.minute is None or self.minute.idle(now))

    def quiet_group(self, now: float) -> bool:
        """Whether it is a group that has had nothing from us for a minute."""
        return self.minute is not None and self.minute.idle(now)

    def remember(self, moments: Iterable[float], now: float) -> None:
        """The group had these from others; what comes to light late counts as later than it was."""
        for moment in sorted(moments):
            if moment + MINUTE_S > now:
                self._charge(max(min(moment, now), self.last), 1)

    def _charge(self, at: float, messages: int) -> None:
        self.all_until = max(self.all_until, at) + messages * LIVE_SPACING_S
        self.last = max(self.last, at)
        burst_over = self.all_until - (LIVE_BURST - 1) * LIVE_SPACING_S
        self.letter_at = max(self.last + LETTER_SPACING_S, burst_over)
        if self.minute is not None:
            self.minute.add(at, messages)
            self.letter_at = max(self.letter_at, self.minute.room_at)


class Chats:
    """All chats that have had something of late."""

    def __init__(self, group_a_minute: int) -> None:
        assert group_a_minute > LIVE_BURST, "a burst is part of the minute"
        self.group_a_minute = group_a_minute
        self._chats: dict[ChatId, Chat] = {}
        self._most = MAX_CHATS

    def __len__(self) -> int:
        return len(self._chats)

    def of(self, chat_id: ChatId, now: float) -> Chat:
        """What this chat has had."""
        if (chat := self._chats.get(chat_id)) is None:
            if len(self._chats) >= self._most:
                self._forget(now)
            minute = Window(self.group_a_minute, MINUTE_S) if is_group(chat_id) else None
            chat = Chat(minute)
            self._chats[chat_id] = chat
        return chat

    def _forget(self, now: float) -> None:
        """Let go of the quiet ones; of a crowd that is not quiet not too often."""
        self._chats = {key: chat for key, chat in self._chats.items() if not chat.idle(now)}
        self._most = max(MAX_CHATS, 2 * len(self._chats))
