"""Every answer that a test gets from the sandbox's Bot API is as the table describes it."""

import json
from typing import Any

import httpx

from sandbox.botapi.table import METHODS, check_answer, check_failure, check_update

DESCRIBED = {name.lower() for name in METHODS}
UNHEARD_OF = {"some_day"}  # Kinds of updates that tests bring in by the raw door.


def faults_of(method: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer to a method; nothing when it is as described."""
    if status != 200 or body.get("ok") is not True:
        return check_failure(body, status)
    if body.keys() != {"ok", "result"}:
        return [f"{method}: {sorted(body)}"]
    if method.lower() == "getupdates":
        known = [update for update in body["result"] if not UNHEARD_OF & update.keys()]
        return [fault for update in known for fault in check_update(update)]
    return check_answer(method, body["result"]) if method.lower() in DESCRIBED else []


def check(response: httpx.Response) -> None:
    """A hook for clients: an answer that is not as described fails the test that got it."""
    response.read()
    _judge(response)


async def check_later(response: httpx.Response) -> None:
    """The same hook for clients that wait."""
    await response.aread()
    _judge(response)


def _judge(response: httpx.Response) -> None:
    path = response.request.url.path
    if path.startswith("/bot"):
        method = path.rpartition("/")[2]
        body = json.loads(response.content)
        if response.status_code == httpx.codes.FORBIDDEN and body.keys() == {"error"}:
            return  # The front has sent a stranger away; the Bot API was not asked.
        faults = faults_of(method, response.status_code, body)
        assert not faults, f"{method} answers otherwise than described: {faults}"
