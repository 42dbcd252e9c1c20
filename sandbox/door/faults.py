"""What goes wrong, seen and set while the sandbox runs."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.botapi.door import KNOWN
from sandbox.conversation import Refused
from sandbox.door.answers import answer, town_of
from sandbox.door.wishes import json_object
from sandbox.faults import Faults, FaultsBroken, checked
from sandbox.town import Town


async def show_faults(request: Request) -> JSONResponse:
    """The faults that are set, and how often each has struck."""
    return await answer(request, _view(town_of(request)))


async def set_faults(request: Request) -> JSONResponse:
    """Put these in the place of all there were."""
    try:
        faults = checked(await json_object(request), KNOWN)
    except FaultsBroken as error:
        raise Refused(str(error)) from error
    return await _set(request, faults)


async def drop_faults(request: Request) -> JSONResponse:
    """From now on all goes well."""
    return await _set(request, Faults())


async def _set(request: Request, faults: Faults) -> JSONResponse:
    town = town_of(request)
    town.mishaps.set(faults)
    if faults.outage:
        town.updates.wake()  # An open poll is cut off too.
    return await answer(request, _view(town))


def _view(town: Town) -> dict[str, object]:
    mishaps = town.mishaps
    return {
        **mishaps.faults.model_dump(mode="json", exclude_none=True),
        "struck": mishaps.struck,
        "outage_left_s": mishaps.outage_left_s,
        "locked_for_s": mishaps.locked_for_s,
    }


ROUTES = (
    Route("/api/faults", show_faults),
    Route("/api/faults", set_faults, methods=["PUT"]),
    Route("/api/faults", drop_faults, methods=["DELETE"]),
)
