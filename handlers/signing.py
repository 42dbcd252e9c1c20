"""What a button carries: `subject:verb:id:sig`, at most 64 bytes, and only ever as we made it."""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256

MAX_BYTES = 64
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
        self._key = key

    def sign(self, press: Press, bound_to: int) -> str:
        """The callback data; asserts that it fits."""
        plain = f"{press.subject}:{press.verb}:{press.id}"
        signed = f"{plain}:{self._signature(plain, bound_to)}"
        assert len(signed.encode()) <= MAX_BYTES, f"{plain} is too long for a button"
        return signed

    def read(self, data: str, bound_to: int) -> Press | None:
        """The press, if we signed it for that account or chat; else None."""
        plain, _, signature = data.rpartition(":")
        if not hmac.compare_digest(self._signature(plain, bound_to).encode(), signature.encode()):
            return None
        subject, verb, target = plain.split(":", 2)
        return Press(subject, verb, target)

    def _signature(self, plain: str, bound_to: int) -> str:
        digest = hmac.digest(self._key, f"{bound_to}:{plain}".encode(), sha256)
        return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()
