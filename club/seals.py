"""The chain over the book: each seal is a hash of its move and of the seal before it."""

from enum import StrEnum
from hashlib import sha256

FIRST = bytes(32)  # What stands before the first seal.


class Break(StrEnum):
    """Where the chain does not hold."""

    CHANGED = "changed"  # The move, or its seal, is not what it was.
    REMOVED = "removed"  # The seal's move is gone.
    GAP = "gap"  # The seal before this one is gone.


def seal(before: bytes, move: bytes) -> bytes:
    """The seal of a move that follows the seal `before`."""
    return sha256(before + move).digest()


class Chain:
    """Follows the seals one by one, from the first; holds two hashes, however long the chain.

    After a break it goes on from what stands there, so that only the broken row is named: a
    changed move by its seal that stayed, a changed seal by what it should be.
    """

    def __init__(self) -> None:
        self.position = 0
        self.transfer_id = 0  # Of the last seal that was followed.
        self.head = FIRST
        self._before: tuple[bytes, ...] = (FIRST,)

    def follow(
        self, position: int, transfer_id: int, hash_: bytes, move: bytes | None
    ) -> Break | None:
        """Take the next seal and its move, None where that is gone; what is wrong with it."""
        gap = position != self.position + 1
        self.position, self.transfer_id, self.head = position, transfer_id, hash_
        should = () if move is None else tuple(seal(before, move) for before in self._before)
        if hash_ in should:
            self._before = (hash_,)
            return None
        self._before = (hash_, *should[-1:])
        if move is None:
            return Break.REMOVED
        return Break.GAP if gap else Break.CHANGED
