"""Parameters of a request: from the query, a form, a multipart form or JSON."""

import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from sandbox.botapi.errors import ApiError, bad_request
from sandbox.files import FILE_LIMIT_BYTES, Upload
from sandbox.incoming import HalfLetter, check_depth, read_json

BODY_LIMIT_BYTES = FILE_LIMIT_BYTES + 2**20
BROKEN_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")
TRUE_WORDS = ("true", "1", "yes")
NUMBER_LIMIT = 2**63
DIGITS = re.compile(r"-?[0-9]{1,19}", re.ASCII)


@dataclass(slots=True)
class Params:
    """Values by name, as text or as JSON gave them, and the files that came along."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int = 0) -> int:
        """A whole number; what is none counts as zero, as the server reads it."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if type(value) is not int:
            found = DIGITS.match(value if isinstance(value, str) else str(value))
            value = int(found[0]) if found else 0
        return value if abs(value) < NUMBER_LIMIT else 0

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value.strip().lower() in TRUE_WORDS if isinstance(value, str) else bool(value)

    def structure(self, name: str, called: str = "") -> Any:
        """A list or an object; None when it is not given; `called` is its name in a refusal."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            return value
        try:
            check_depth(value)
            return orjson.loads(value)
        except ValueError as error:
            called = called or name.replace("_", " ")
            raise bad_request(f"can't parse {called} JSON object") from error

    def loose_structure(self, name: str) -> Any:
        """A list or an object; what cannot be read counts as not given."""
        try:
            return self.structure(name)
        except ApiError:
            return None

    def logged(self) -> dict[str, Any]:
        """The values, with files told by name and size."""
        told = {
            name: f"{upload.name} ({len(upload.content)} bytes)"
            for name, upload in self.files.items()
        }
        return {**self.values, **told}


def read_form(body: bytes) -> dict[str, str]:
    """Names and values of a form; the standard library takes ten times as long for Persian."""
    pairs = (pair.partition(b"=") for pair in body.split(b"&") if pair)
    return {unquoted(name): unquoted(value) for name, _, value in pairs}


def unquoted(part: bytes) -> str:
    """A name or value in plain letters."""
    spaced = part.replace(b"+", b" ")
    if b"%" not in spaced:
        return spaced.decode()
    if BROKEN_ESCAPE.search(spaced):
        return unquote_to_bytes(spaced).decode()
    # Quoted-printable is the same code with another mark, and is read in C.
    return binascii.a2b_qp(spaced.replace(b"=", b"=3D").replace(b"%", b"=")).decode()


async def read_params(scope: Scope, receive: Receive) -> Params:
    """The parameters of one request; those in the body win."""
    values: dict[str, Any] = {}
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    try:
        values.update(read_form(scope["query_string"]))
        if kind.startswith(b"multipart/form-data"):
            return await _read_multipart(scope, receive, values)
        body = await _read_body(receive)
        if not body:
            return Params(values)
        if kind.startswith(b"application/json"):
            parsed = read_json(body)
            if not isinstance(parsed, dict):
                raise ValueError("an object is wanted")
            values.update(parsed)
        elif kind.startswith(b"application/x-www-form-urlencoded"):
            values.update(read_form(body))
    except HalfLetter as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except ValueError as error:
        raise bad_request("can't parse request body") from error
    return Params(values)


async def read_answer(content_type: str, body: bytes) -> Params:
    """The parameters in a bot's answer to an update; one that holds none has no values."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", content_type.encode("latin-1"))]
    scope: Scope = {"type": "http", "query_string": b"", "headers": headers}
    try:
        return await read_params(scope, receive)
    except ApiError:
        return Params({})  # Some answer with words, such as "ok".


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    chunks = [body]
    size = len(body)
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > BODY_LIMIT_BYTES:
            raise ApiError(413, "Request Entity Too Large")
    return b"".join(chunks)


def limited(receive: Receive) -> Receive:
    """The same body, refused as soon as it is larger than any file may be."""
    size = 0

    async def receive_some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > BODY_LIMIT_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        return message

    return receive_some


async def _read_multipart(scope: Scope, receive: Receive, values: dict[str, Any]) -> Params:
    files: dict[str, Upload] = {}
    try:
        async with Request(scope, limited(receive)).form(max_part_size=2**20) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    content_type = value.content_type or ""
                    files[name] = Upload(value.filename or "", content_type, await value.read())
                else:
                    values[name] = value
    except MultiPartException as error:
        raise bad_request("can't parse multipart form data") from error
    return Params(values, files)
