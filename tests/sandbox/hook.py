"""A bot's own address, to which the sandbox brings updates; the test says how it answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.sandbox.running import PATIENCE_S, Json


@dataclass(frozen=True)
class Reply:
    """How one update is answered."""

    status: int = 200
    body: Json | None = None
    headers: dict[str, str] = field(default_factory=dict)


Answering = Callable[[Json], Reply]


class Hook:
    """What came in, in order, each with its headers."""

    def __init__(self) -> None:
        self.answer: Answering = lambda _update: Reply()
        self.came: list[tuple[dict[str, str], Json]] = []
        self._more = threading.Condition()
        self.url = ""

    def take(self, headers: dict[str, str], update: Json) -> Reply:
        with self._more:
            self.came.append((headers, update))
            self._more.notify_all()
        return self.answer(update)

    def updates(self, count: int) -> list[Json]:
        """Everything that has come, once it is this much."""
        with self._more:
            enough = self._more.wait_for(lambda: len(self.came) >= count, PATIENCE_S)
            assert enough, f"{len(self.came)} of {count} came"
            return [update for _, update in self.came]

    def texts(self, count: int) -> list[str]:
        return [update["message"]["text"] for update in self.updates(count)]


@contextmanager
def listening() -> Iterator[Hook]:
    """A hook on a free port of this machine."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = hook.take(dict(self.headers.items()), json.loads(body))
            told = b"" if reply.body is None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_words: Any) -> None:
            """The test tells what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield hook
    server.shutdown()
    thread.join()
    server.server_close()
