"""What a browser loads: the chat page and the files that were sent."""

from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.conversation import Unknown
from sandbox.door.answers import town_of

PAGE = Path(__file__).parent.parent / "page"
PARTS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")  # Nothing that can run a script.
LONG_S = 365 * 24 * 3600


async def show_page(_request: Request) -> Response:
    """The page; it names all its modules, so that none waits until another asks for it."""
    names = sorted(path.name for path in PAGE.glob("*.js"))
    hints = "".join(f'<link rel="modulepreload" href="/page/{name}" />' for name in names)
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    return HTMLResponse(page.replace("</head>", f"{hints}</head>"))


async def show_part(request: Request) -> Response:
    """A module, a style or the icon; read anew each time, so that a change shows at a reload."""
    path = PAGE / request.path_params["name"]
    if path.suffix not in PARTS or not path.is_file():
        raise Unknown("The page has no such part.")
    return Response(path.read_bytes(), media_type=PARTS[path.suffix])


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
    Route("/page/{name}", show_part),
)
