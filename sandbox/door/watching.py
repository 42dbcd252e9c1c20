"""Watching: events as they happen, what the bot asked for, and a raw door to its queue."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from sandbox.conversation import Refused, person_of
from sandbox.door.answers import answer, query_number, town_of
from sandbox.door.wishes import json_object
from sandbox.state import encode
from sandbox.town import Town
from sandbox.views import event_view

RETRY_MS = 1000
NUMBER_DIGITS = 19


async def stream_events(request: Request) -> StreamingResponse:
    """Server-Sent Events: what one person sees, or everything."""
    town = town_of(request)
    person_id = query_number(request, "person")
    if person_id is not None:
        person_of(town, person_id)
    last = request.headers.get("last-event-id", "")
    known = last.isascii() and last.isdecimal() and len(last) < NUMBER_DIGITS
    after = int(last) if known else town.events.newest
    return StreamingResponse(
        _told(town, person_id, min(after, town.events.newest)),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _told(town: Town, person_id: int | None, after: int) -> AsyncIterator[str]:
    """The stream; its first lines let a watcher who is cut off at once come back to here."""
    yield f"retry: {RETRY_MS}\nid: {after}\n\n"
    async with aclosing(town.events.follow(after)) as events:
        async for event in events:
            if event is None:
                yield ": nothing new\n\n"
                continue
            view = event_view(town, event, person_id)
            if view is not None:
                await town.journal.kept()
                # What is fleeting has no number: who comes back is told all that came after.
                number = f"id: {event.n}\n" if event.n else ""
                yield f"{number}data: {encode(view)}\n\n"


async def show_calls(request: Request) -> JSONResponse:
    """The bot's last requests."""
    calls = town_of(request).calls.after(query_number(request, "after") or 0)
    return await answer(request, [asdict(call) for call in calls])


async def show_counts(request: Request) -> JSONResponse:
    """How much arrived, how fast, what was refused, and whether the bot listens."""
    town = town_of(request)
    pace = town.pace
    counts = {
        "delivered": dict(pace.delivered),
        "delivered_total": pace.delivered.total(),
        "repeats": {"count": pace.repeats.total(), "by_chat": dict(pace.repeats)},
        "most_in_a_second": pace.most_in_a_second,
        "most_in_a_second_per_chat": pace.most_in_a_second_per_chat,
        "most_in_a_minute_per_group": pace.most_in_a_minute_per_group,
        "unchecked": pace.unchecked,
        "refused": dict(town.calls.refused),
        "sends_during_lockout": town.mishaps.sends_during_lockout,
        "ambiguous": town.mishaps.ambiguous,
        "unknown_parameters": dict(town.calls.unknown_parameters),
        "pending_updates": len(town.updates),
        "polling": town.updates.polling,
        "webhook": town.postman.webhook is not None,
    }
    return await answer(request, counts)


async def add_update(request: Request) -> JSONResponse:
    """Queue any update, whatever the bot asked for."""
    update = await json_object(request)
    if "update_id" in update:
        raise Refused("The update_id is given by the sandbox.")
    return await answer(request, {"update_id": town_of(request).updates.add_raw(update)})


ROUTES = (
    Route("/api/events", stream_events),
    Route("/api/calls", show_calls),
    Route("/api/counts", show_counts),
    Route("/api/updates", add_update, methods=["POST"]),
)
