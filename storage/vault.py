"""Private data at rest: encrypted values, and keyed hashes to find a phone by."""

import base64
import binascii
import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID_BYTES = 4


class BadDataKey(ValueError):
    """The DATA_KEY is no key of ours; the text goes on after its name."""


class CannotOpen(RuntimeError):
    """The value was sealed with another key, or was changed."""


def make_key() -> str:
    """A new DATA_KEY, as text."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


class Vault:
    """Seals and opens values. The key's id stands in each value, so that keys can be rotated."""

    def __init__(self, data_key: str) -> None:
        """`data_key`: the key in use; after commas, older ones that can still open."""
        secrets = [_decode(part.strip()) for part in data_key.split(",") if part.strip()]
        if not secrets:
            raise BadDataKey("is empty; `bashgah key` makes one")
        self._ciphers = {
            derive(secret, "key id")[:KEY_ID_BYTES]: AESGCM(derive(secret, "values"))
            for secret in secrets
        }
        self._current = derive(secrets[0], "key id")[:KEY_ID_BYTES]
        self._lookup = derive(secrets[-1], "lookup")  # The oldest: hashes outlive a rotation.
        self.signing_key = derive(secrets[-1], "buttons")

    def seal(self, text: str) -> bytes:
        """Key id + nonce + ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), self._current)
        return self._current + nonce + sealed

    def open(self, sealed: bytes) -> str:
        """What was sealed; raises CannotOpen for another key or a changed value."""
        key_id, rest = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES:]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen("sealed with a key that DATA_KEY does not hold")
        try:
            return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], key_id).decode()
        except InvalidTag as error:
            raise CannotOpen("the value was changed") from error

    def lookup_hash(self, text: str) -> bytes:
        """The same for the same text under the same key, and useless without the key."""
        return hmac.digest(self._lookup, text.encode(), sha256)


def derive(secret: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"bashgah {purpose}".encode()).derive(secret)


def _decode(text: str) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadDataKey("is not readable; `bashgah key` makes one") from error
    if len(secret) != KEY_BYTES:
        raise BadDataKey("has the wrong length; `bashgah key` makes one")
    return secret
