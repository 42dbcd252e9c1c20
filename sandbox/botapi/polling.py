"""How the bot fetches its updates by itself."""

import asyncio
import contextlib

from starlette.types import Receive

from sandbox.botapi.errors import ApiError, bad_request
from sandbox.botapi.params import Params
from sandbox.state import Json
from sandbox.town import Town
from sandbox.updates import PollEnded

TIMEOUT_LIMIT_S = 50
BATCH_LIMIT = 100
WEBHOOK_SET = (
    "can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)


async def get_updates(town: Town, params: Params, receive: Receive) -> list[Json]:
    """The next updates; waits for one as long as the bot does, and no longer than it listens."""
    if town.postman.webhook:
        raise conflict(WEBHOOK_SET)
    note_allowed(town, params)
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
    except PollEnded as error:
        raise conflict(str(error)) from error
    finally:
        for task in (poll, gone):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, PollEnded):
                await task


def note_allowed(town: Town, params: Params) -> None:
    """Remember which kinds the bot wants; without a word of it the last wish stays."""
    allowed = params.structure("allowed_updates")
    if allowed is None:
        return
    if not isinstance(allowed, list):
        raise bad_request("can't parse allowed updates JSON object")
    town.updates.allow([str(kind) for kind in allowed])


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")
