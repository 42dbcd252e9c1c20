"""Sealing the book: a chain of hashes over all moves, behind those who write them."""

from collections.abc import Sequence

from club.seals import seal
from storage import seals as seals_store
from storage.db import Database
from storage.seals import Mark, Seal

BATCH_SIZE = 2_000  # On SQLite writers wait while a batch is put down: some milliseconds.


class Sealing:
    """Seals moves in the order of their numbers, in small transactions of its own.

    A number is taken before its move is committed, so a later one may be seen first. Therefore
    a mark is set at the latest move, and sealed up to only when all that were writing at that
    moment have come to their end: nothing can appear before the mark any more. The mark is all
    that is remembered; who starts anew sets another. Two processes write the same seals.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._mark: Mark | None = None

    async def seal(self) -> bool:
        """Seal a batch of settled moves; whether more are settled already."""
        async with self._db.read() as tx:
            if self._mark is None:
                self._mark = await seals_store.mark(tx)
            if not await seals_store.is_settled(tx, self._mark):
                return False
            last = await seals_store.last(tx)
            moves = await seals_store.moves(tx, last.transfer_id, self._mark.upto, BATCH_SIZE)
        if moves:
            async with self._db.write() as tx:
                await seals_store.add(tx, _sealed(last, moves))
        if len(moves) == BATCH_SIZE:
            return True
        self._mark = None
        return False


def _sealed(last: Seal, moves: Sequence[tuple[int, bytes]]) -> list[Seal]:
    """The moves, chained to the last seal."""
    seals = [last]
    for transfer_id, move in moves:
        before = seals[-1]
        seals.append(Seal(before.position + 1, transfer_id, seal(before.hash, move)))
    return seals[1:]
