"""Telling the bot of a press, and telling it again while it does not answer, as the app does."""

import asyncio

from sandbox.callbacks import Callback
from sandbox.town import Town

CHAT_INSTANCE = 7_919_000_003
INSTANCES = 2**63


def tell_press(town: Town, callback: Callback) -> None:
    """Queue the query of a new press, and watch whether it is answered."""
    _queue(town, callback, callback.id)
    _watch(town, callback, town.mishaps.faults.presses.again_after_s)


def watch_presses(town: Town) -> None:
    """Watch on, after a restart, over the presses that nobody has answered yet."""
    for callback, age_s in town.callbacks.waiting():
        pause_s = town.mishaps.faults.presses.again_after_s * (len(callback.again) + 1)
        _watch(town, callback, max(pause_s - age_s, 0))


def _watch(town: Town, callback: Callback, pause_s: float) -> None:
    if len(callback.again) < town.mishaps.faults.presses.times:
        asyncio.get_running_loop().call_later(pause_s, _tell_again, town, callback)


def _tell_again(town: Town, callback: Callback) -> None:
    if callback.answered or town.callbacks.answerable(callback.id) is None:
        return
    _queue(town, callback, town.callbacks.repeat(callback))
    _watch(town, callback, town.mishaps.faults.presses.again_after_s)


def _queue(town: Town, callback: Callback, query_id: str) -> None:
    """Under a message that is gone meanwhile there is no button to send again."""
    person = town.people.get(callback.person_id)
    record = town.messages.get(callback.chat_id, callback.message_id)
    if person is None or record is None:
        return
    query = {
        "id": query_id,
        "from": person.as_user(),
        "message": record.message,
        "chat_instance": str(callback.chat_id * CHAT_INSTANCE % INSTANCES),
        "data": callback.data,
    }
    town.updates.add("callback_query", query)
