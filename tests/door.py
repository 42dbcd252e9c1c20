"""The sandbox as its people and its tests meet it: over HTTP."""

from typing import Any

import httpx


class Door:
    """Asks and does; a refusal fails the story with the sandbox's own words."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **query: Any) -> Any:
        """Ask."""
        return _told(await self.http.get(path, params=query))

    async def fetch(self, path: str) -> bytes:
        """The bytes that are kept there."""
        answer = await self.http.get(path)
        assert answer.is_success, f"{path}: {answer.status_code}"
        return answer.content

    async def post(self, path: str, **body: Any) -> Any:
        """Do something."""
        return _told(await self.http.post(path, json=body))

    async def send_file(
        self, path: str, name: str, content: bytes, *, kind: str = "document", **fields: str
    ) -> Any:
        """Send a document, or a photo."""
        files = {kind: (name, content)}
        return _told(await self.http.post(path, data=fields, files=files))

    async def put(self, path: str, **body: Any) -> Any:
        """Put something in the place of what was there."""
        return _told(await self.http.put(path, json=body))


def _told(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.url.path}: {answer.text}"
    return answer.json()
