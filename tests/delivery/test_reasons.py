"""Whatever a fault says, its letter comes to its end, and the others go on."""

import pytest

from club.letters import LetterState
from storage.db import Database
from tests.delivery.people import new_member, put
from tests.delivery.running import all_ended, notice, open_post
from tests.delivery.wire import Wire, refuse


@pytest.mark.parametrize("sign", ["\x00", "\ud800", "\x1b[2J"])
async def test_words_that_cannot_be_kept_do_not_stop_the_letters(
    db: Database, wire: Wire, sign: str
) -> None:
    members = {chat: await new_member(db, chat) for chat in (71, 72)}
    await put(db, *(notice(f"to {chat}", member) for chat, member in members.items()))
    wire.play(71, refuse(400, f"Bad Request: the tag {sign} is not supported"))
    async with open_post(db, wire):
        letters = await all_ended(db)
    assert letters["to 72"]["state"] == LetterState.SENT
    assert letters["to 71"]["state"] == LetterState.FAILED
    assert "is not supported" in letters["to 71"]["fault"]
