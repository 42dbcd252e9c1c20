"""What a browser loads: the chat page and the files that were sent."""

from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.conversation import Unknown
from sandbox.door.answers import town_of

PAGE = Path(__file__).parent.parent / "page"
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")  # Nothing that can run a script.
LONG_S = 365 * 24 * 3600


async def show_page(_request: Request) -> Response:
    return FileResponse(PAGE / "index.html", media_type="text/html")


async def show_file(request: Request) -> Response:
    """A file's bytes: pictures are shown, all else is only saved."""
    town = town_of(request)
    file = town.files.get(request.path_params["file"])
    if file is None:
        raise Unknown("There is no such file.")
    headers = {"cache-control": f"private, max-age={LONG_S}, immutable"}
    shown = file.is_photo and file.mime_type in SHOWN
    if not shown:
        headers["content-disposition"] = f"attachment; filename*=utf-8''{quote(file.name)}"
    content_type = file.mime_type if shown else "application/octet-stream"
    return Response(town.files.content(file), media_type=content_type, headers=headers)


ROUTES = (
    Route("/", show_page),
    Route("/api/files/{file}", show_file),
    Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
)
