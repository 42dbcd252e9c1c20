"""Taking messages without looking at them, for measuring how fast others can send."""

import time

from sandbox.botapi.params import Params
from sandbox.state import encode
from sandbox.town import Town


def take(town: Town, params: Params) -> bytes:
    """The answer to a message that goes nowhere: numbered and counted, neither kept nor shown."""
    chat_id = params.number("chat_id")
    message_id = town.messages.next_id(chat_id)
    town.pace.count(chat_id)
    town.pace.unchecked += 1
    text = encode(params.text("text"))
    return (
        f'{{"ok":true,"result":{{"message_id":{message_id},"date":{int(time.time())},'
        f'"chat":{{"id":{chat_id},"type":"private","first_name":"?"}},"text":{text}}}}}'
    ).encode()
