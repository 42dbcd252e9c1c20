"""Where a person stands in a dialogue, kept in a row: a restart forgets nothing."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from club.facts import Facts, decode_all, encode_all
from storage import dialogues as dialogues_store
from storage.db import Database
from storage.vault import Vault

DIALOGUE_LIFE = timedelta(hours=1)
KEEP_ENDED = timedelta(days=30)  # Buttons end by club time, which may be elsewhere.


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What was asked (`subject`) and what is known so far."""

    subject: str
    facts: Facts


class Dialogues:
    """One open question for each person in each chat."""

    def __init__(self, db: Database, vault: Vault, machine_time: Callable[[], datetime]) -> None:
        self._db = db
        self._vault = vault
        self._machine_time = machine_time

    async def ask(
        self,
        chat_id: int,
        user_id: int,
        subject: str,
        *,
        life: timedelta = DIALOGUE_LIFE,
        **facts: object,
    ) -> None:
        """The person is asked this now, for so long; an older question of this chat is over."""
        sealed = self._vault.seal(json.dumps(encode_all(facts)))
        async with self._db.write() as tx:
            await dialogues_store.put(
                tx,
                chat_id,
                user_id,
                subject=subject,
                facts=sealed,
                expires_at=self._machine_time() + life,
            )

    async def find(self, chat_id: int, user_id: int) -> Dialogue | None:
        """The open question, if it is not too old."""
        async with self._db.read() as tx:
            found = await dialogues_store.find(tx, chat_id, user_id, self._machine_time())
        if found is None:
            return None
        subject, sealed = found
        return Dialogue(subject=subject, facts=decode_all(json.loads(self._vault.open(sealed))))

    async def forget(self) -> int:
        """Delete what ended days ago, buttons too; how many."""
        async with self._db.write() as tx:
            return await dialogues_store.forget(tx, self._machine_time() - KEEP_ENDED)

    async def end(self, chat_id: int, user_id: int) -> bool:
        """The question is answered or given up; whether there was one."""
        async with self._db.write() as tx:
            return await dialogues_store.end(tx, chat_id, user_id)
