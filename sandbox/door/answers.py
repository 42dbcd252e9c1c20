"""What all rooms of the people's door share: the town, numbers in paths, answers."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.conversation import Refused, Unknown
from sandbox.town import Town


def town_of(request: Request) -> Town:
    town = request.app.state.town
    assert isinstance(town, Town)
    return town


async def answer(request: Request, content: object) -> JSONResponse:
    """An answer, given only when what it tells is on disk."""
    await town_of(request).journal.kept()
    return JSONResponse(content)


async def refuse(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    await town_of(request).journal.kept()
    return JSONResponse({"error": str(error)}, error.status)


async def refuse_path(_request: Request, error: Exception) -> JSONResponse:
    """No such path, or no such method there."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": f"{error.detail}."}, error.status_code)


def path_number(request: Request, name: str) -> int:
    """An id in the path."""
    try:
        return int(request.path_params[name])
    except ValueError as error:
        raise Unknown(f"There is no {name} {request.path_params[name]}.") from error


def query_number(request: Request, name: str) -> int | None:
    """A number in the query; None when it is not given."""
    value = request.query_params.get(name)
    if not value:
        return None
    try:
        return int(value)
    except ValueError as error:
        raise Refused(f"{name} must be a number.") from error
