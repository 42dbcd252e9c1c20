"""What a button carries: `subject:verb:id:sig`, at most 64 bytes, and only ever as we made it."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

MAX_BYTES = 64
BLOCK_BYTES = 64  # What SHA-256 takes at once; no key of ours is longer.
SIGNATURE_BYTES = 6  # 2^48 guesses against a bot that answers a few a second.


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button of ours: what it is about, what to do, and to which one."""

    subject: str
    verb: str
    id: str

    @property
    def number(self) -> int:
        """The id of a button that was made with a number."""
        return int(self.id)


class Signer:
    """Signs callbacks, bound to a member's account or to the staff chat."""

    def __init__(self, key: bytes) -> None:
        assert len(key) <= BLOCK_BYTES, "a longer one would be hashed first"
        block = key.ljust(BLOCK_BYTES, b"\0")
        # An HMAC whose first halves, which ask for the key alone, are done once: each letter of a
        # campaign is signed.
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def sign(self, press: Press, bound_to: int) -> str:
        """The callback data; asserts that it fits."""
        plain = f"{press.subject}:{press.verb}:{press.id}"
        signed = f"{plain}:{self._signature(plain, bound_to)}"
        assert len(signed.encode()) <= MAX_BYTES, f"{plain} is too long for a button"
        return signed

    def stamp(self, press: Press) -> Callable[[bytes], bytes]:
        """What sign() gives for this press, for one chat (in digits) after the other."""
        head = self.sign(press, 0).rpartition(":")[0].encode() + b":"
        tail = b":" + head[:-1]

        def stamped(bound_to: bytes) -> bytes:
            inner, outer = self._inner.copy(), self._outer.copy()
            inner.update(bound_to + tail)
            outer.update(inner.digest())
            return head + base64.urlsafe_b64encode(outer.digest()[:SIGNATURE_BYTES])

        return stamped

    def read(self, data: str, bound_to: int) -> Press | None:
        """The press, if we signed it for that account or chat; else None."""
        plain, _, signature = data.rpartition(":")
        if not hmac.compare_digest(self._signature(plain, bound_to).encode(), signature.encode()):
            return None
        subject, verb, target = plain.split(":", 2)
        return Press(subject, verb, target)

    def _signature(self, plain: str, bound_to: int) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{bound_to}:{plain}".encode())
        outer.update(inner.digest())
        return base64.urlsafe_b64encode(outer.digest()[:SIGNATURE_BYTES]).decode()
