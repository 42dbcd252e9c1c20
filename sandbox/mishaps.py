"""What goes wrong with which call: asked before a call is accepted and after."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from sandbox.faults import EVERYTHING, SENDING, Fault, Faults
from sandbox.limits import Limiter, whole_seconds

SENDS = frozenset(name.lower() for name in SENDING)
RETRY_AFTER_S = 3
ISOLATES = str.maketrans("", "", "\u2066\u2067\u2068\u2069")  # They only direct the eye.
WORDS = {
    "500": (500, "Internal Server Error"),
    "502": (502, "Bad Gateway"),
    "504": (504, "Gateway Timeout"),
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What befalls a call: it waits, and then is refused, or never hears an answer."""

    delay_s: float = 0
    silence: Literal["reset", "hang"] | None = None
    code: int | None = None
    description: str = ""
    parameters: dict[str, Any] | None = None


class Mishaps:
    """Decides what befalls each call, by the faults that are set; without any it is asleep."""

    def __init__(
        self, faults: Faults, now: Callable[[], float], tell: Callable[[int], None]
    ) -> None:
        self._now = now
        self._tell = tell
        self.sends_during_lockout = 0
        self.ambiguous = 0
        self.set(faults)

    def set(self, faults: Faults) -> None:
        """From now on this goes wrong, and nothing else."""
        self.faults = faults
        self._begun = self._now()
        self._limiter = Limiter(faults.limits, self._now)
        self._scripts = [Script(one, f"{faults.seed}:{n}") for n, one in enumerate(faults.fault)]
        self.awake = bool(faults.limits or faults.fault or faults.outage)

    @property
    def struck(self) -> list[int]:
        """How often each fault has struck."""
        return [script.struck for script in self._scripts]

    @property
    def outage_left_s(self) -> float:
        outage = self.faults.outage
        return max(self._begun + outage.for_s - self._now(), 0) if outage else 0

    @property
    def locked_for_s(self) -> float:
        return self._limiter.locked_for_s

    def before(self, method: str, values: Mapping[str, Any]) -> Mishap | None:
        """What befalls a call that has come, before it is accepted; `method` in small letters."""
        if self.outage_left_s:
            return Mishap(silence="reset")
        sends = method in SENDS
        if sends and self._limiter.locked_for_s:
            self.sends_during_lockout += 1
            return _too_many(whole_seconds(self._limiter.locked_for_s))
        mishap = self._befalls("before", method, values)
        if sends and (mishap is None or not (mishap.silence or mishap.code)):
            wait_s = self._limiter.too_much(chat_of(values), _count(values))
            return _too_many(wait_s) if wait_s else mishap
        return mishap

    def after(self, method: str, values: Mapping[str, Any]) -> Mishap | None:
        """What befalls a call that was accepted, before its answer leaves."""
        mishap = self._befalls("after", method, values)
        if self.outage_left_s:
            mishap = Mishap(silence="reset")
        if mishap and method in SENDS and (mishap.silence or mishap.code):
            self.ambiguous += 1
        return mishap

    def _befalls(self, when: str, method: str, values: Mapping[str, Any]) -> Mishap | None:
        """Delays add up; the first other fault that strikes is the one that counts."""
        delay_s = 0.0
        age_s = self._now() - self._begun
        for index, script in enumerate(self._scripts):
            fault = script.fault
            if fault.when != when or not script.strikes(method, values, age_s):
                continue
            self._tell(index)
            if fault.kind != "delay":
                return self._mishap(fault, delay_s)
            delay_s += script.delay_s()
        return Mishap(delay_s=delay_s) if delay_s else None

    def _mishap(self, fault: Fault, delay_s: float) -> Mishap:
        if fault.kind == "429":
            wait_s = fault.retry_after_s or RETRY_AFTER_S
            self._limiter.lock(wait_s)
            return _too_many(wait_s, delay_s)
        if fault.kind == "reset" or fault.kind == "hang":
            return Mishap(delay_s=delay_s, silence=fault.kind)
        code, description = WORDS[fault.kind]
        return Mishap(delay_s=delay_s, code=code, description=description)


class Script:
    """One fault and how far it has come; its dice are its own, whatever else happens."""

    def __init__(self, fault: Fault, seed: str) -> None:
        self.fault = fault
        self.struck = 0
        self._dice = Random(seed)  # noqa: S311  # The same seed shall bring the same strokes.
        self._methods = fault.methods
        self._chats = frozenset(fault.chats or ())
        self._asked = 0

    def strikes(self, method: str, values: Mapping[str, Any], age_s: float) -> bool:
        """Whether this call is struck; the dice fall only for calls that could be."""
        fault = self.fault
        if fault.for_s is not None and age_s >= fault.for_s:
            return False
        if fault.times is not None and self.struck >= fault.times:
            return False
        if not self._means(method, values):
            return False
        self._asked += 1
        if fault.every is not None and self._asked % fault.every:
            return False
        if fault.share is not None and self._dice.random() >= fault.share:
            return False
        self.struck += 1
        return True

    def _means(self, method: str, values: Mapping[str, Any]) -> bool:
        if method not in self._methods and EVERYTHING not in self._methods:
            return False
        if self._chats and chat_of(values) not in self._chats:
            return False
        return self.fault.words is None or holds(values, self.fault.words)

    def delay_s(self) -> float:
        least, most = self.fault.delay_ms or (0.0, 0.0)
        return self._dice.uniform(least, most) / 1000


def chat_of(values: Mapping[str, Any]) -> int:
    """The chat a call goes to; zero when it names none."""
    try:
        return int(values.get("chat_id") or 0)
    except (TypeError, ValueError):
        return 0


def holds(values: Mapping[str, Any], words: str) -> bool:
    """Whether a text of the call holds these words; marks that only direct the eye do not count."""
    wanted = words.translate(ISOLATES)
    escaped = json.dumps(wanted)[1:-1]  # So it stands in a parameter that is JSON.
    for value in values.values():
        told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        plain = told.translate(ISOLATES)
        if wanted in plain or escaped in plain.replace("\\u2068", "").replace("\\u2069", ""):
            return True
    return False


def _count(values: Mapping[str, Any]) -> int:
    """How many messages a call brings: an album brings several."""
    media = values.get("media")
    try:
        album = json.loads(media) if isinstance(media, str) else media
    except (ValueError, RecursionError):  # The method itself refuses it.
        return 1
    return max(len(album), 1) if isinstance(album, list) else 1


def _too_many(wait_s: int, delay_s: float = 0) -> Mishap:
    return Mishap(
        delay_s=delay_s,
        code=429,
        description=f"Too Many Requests: retry after {wait_s}",
        parameters={"retry_after": wait_s},
    )
