"""Keeps the chain over the book close behind it."""

from bot.rounds import Rounds
from services.sealing import Sealing

EVERY_S = 5.0  # By the machine's clock; a mark takes two rounds where others are writing.


class Sealer(Rounds):
    """Seals what is settled, batch after batch."""

    def __init__(self, sealing: Sealing, *, every_s: float = EVERY_S) -> None:
        super().__init__("sealing", every_s)
        self._sealing = sealing

    async def look(self) -> bool:
        """Seal a batch; whether there was one."""
        return bool(await self._sealing.seal())
