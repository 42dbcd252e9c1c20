"""What all rooms of the people's door share: the town, numbers in paths, answers."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from sandbox.conversation import Refused, Unknown
from sandbox.state import encode
from sandbox.town import Town

NUMBER_LIMIT = 10**18  # More than any number here; the memory on disk takes not much more.


class Answer(JSONResponse):
    """JSON in the form in which all is kept: what could be kept can be told."""

    def render(self, content: object) -> bytes:
        return encode(content).encode()


def town_of(request: Request) -> Town:
    town = request.app.state.town
    assert isinstance(town, Town)
    return town


async def answer(request: Request, content: object) -> JSONResponse:
    """An answer, given only when what it tells is on disk."""
    await town_of(request).journal.kept()
    return Answer(content)


async def refuse(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    await town_of(request).journal.kept()
    return Answer({"error": str(error)}, error.status)


async def refuse_path(_request: Request, error: Exception) -> JSONResponse:
    """No such path, or no such method there."""
    assert isinstance(error, HTTPException)
    return Answer({"error": f"{error.detail}."}, error.status_code)


def path_number(request: Request, name: str) -> int:
    """An id in the path."""
    try:
        return _bounded(request.path_params[name])
    except ValueError as error:
        raise Unknown(f"There is no {name} {request.path_params[name]}.") from error


def query_number(request: Request, name: str) -> int | None:
    """A number in the query; None when it is not given."""
    value = request.query_params.get(name)
    if not value:
        return None
    try:
        return _bounded(value)
    except ValueError as error:
        raise Refused(f"{name} must be a number of at most 18 digits.") from error


def _bounded(digits: str) -> int:
    number = int(digits)
    if abs(number) >= NUMBER_LIMIT:
        raise ValueError("too large")
    return number
