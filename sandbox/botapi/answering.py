"""The bot's answers to presses."""

from dataclasses import asdict

from sandbox.botapi.errors import bad_request
from sandbox.botapi.params import Params
from sandbox.town import Town

ANSWER_LENGTH = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(town: Town, params: Params) -> bool:
    """Stop the waiting circle on a button and say something, if there is something to say."""
    callback = town.callbacks.answerable(params.text("callback_query_id"))
    if callback is None:
        raise bad_request(TOO_OLD)
    text = params.text("text")
    if len(text) > ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    url = params.text("url")
    if url and not url.lower().startswith(f"https://t.me/{town.bot.username}?start="):
        raise bad_request("URL_INVALID")  # Other addresses are for games.
    if callback.answered:
        return True
    callback.answered = True
    callback.text = text or None
    callback.show_alert = params.flag("show_alert")
    callback.url = url or None
    town.callbacks.keep(callback)
    told = asdict(callback)
    facts = {name: told[name] for name in ("answered", "text", "show_alert", "url", "message_id")}
    town.events.add(
        "callback",
        callback.chat_id,
        person_id=callback.person_id,
        facts={"callback_query_id": callback.id, **facts},
    )
    return True
