"""How the bot gets its updates."""

import asyncio
import contextlib

from starlette.types import Receive

from sandbox.botapi.errors import ApiError, bad_request
from sandbox.botapi.params import Params
from sandbox.state import Json
from sandbox.town import Town
from sandbox.updates import AnotherPoller

TIMEOUT_LIMIT_S = 50
BATCH_LIMIT = 100
CONFLICT = (
    "Conflict: terminated by other getUpdates request;"
    " make sure that only one bot instance is running"
)


async def get_updates(town: Town, params: Params, receive: Receive) -> list[Json]:
    """The next updates; waits for one as long as the bot does, and no longer than it listens."""
    allowed = params.structure("allowed_updates")
    if allowed is not None:
        if not isinstance(allowed, list):
            raise bad_request("can't parse allowed updates JSON object")
        town.updates.allow([str(kind) for kind in allowed])
    limit = params.number("limit", BATCH_LIMIT)
    limit = limit if 1 <= limit <= BATCH_LIMIT else BATCH_LIMIT
    timeout_s = min(max(params.number("timeout"), 0), TIMEOUT_LIMIT_S)
    poll = asyncio.ensure_future(town.updates.poll(params.number("offset"), limit, timeout_s))
    gone = asyncio.ensure_future(receive())
    try:
        await asyncio.wait({poll, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not poll.done():
            raise ConnectionResetError("the bot hung up")
        return poll.result()
    except AnotherPoller as error:
        raise ApiError(409, CONFLICT) from error
    finally:
        for task in (poll, gone):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, AnotherPoller):
                await task


def get_webhook_info(town: Town, _params: Params) -> Json:
    info: Json = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(town.updates),
    }
    if town.updates.allowed:
        info["allowed_updates"] = town.updates.allowed
    return info


def delete_webhook(town: Town, params: Params) -> bool:
    """There is none to delete; the queue can be emptied this way."""
    if params.flag("drop_pending_updates"):
        town.updates.drop_all()
    return True
