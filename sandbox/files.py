"""Files that were sent: their bytes stay on disk."""

import io
import mimetypes
import secrets
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, UnidentifiedImageError

from sandbox.state import Journal, Json

PHOTO_LIMIT_BYTES = 10 * 2**20
FILE_LIMIT_BYTES = 50 * 2**20
DOWNLOAD_LIMIT_BYTES = 20 * 2**20


PHOTO_SIDES = 10_000  # Width and height together.
PHOTO_RATIO = 20


class NotAPicture(Exception):
    """These bytes are no picture that can be shown."""


class WrongDimensions(NotAPicture):
    """This picture is too large, too long or too wide to be sent as one."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class File:
    """What is known about a stored file."""

    id: str
    path: str
    name: str
    mime_type: str
    width: int
    height: int
    size: int

    @property
    def unique_id(self) -> str:
        return "AQAD" + self.id[-12:]

    @property
    def is_photo(self) -> bool:
        return self.path.startswith("photos/")

    def as_content(self) -> Json:
        """The part of a message that shows this file."""
        known = {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}
        if self.is_photo:
            return {"photo": [{**known, "width": self.width, "height": self.height}]}
        return {"document": {**known, "file_name": self.name, "mime_type": self.mime_type}}

    def as_file(self) -> Json:
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
            "file_path": self.path,
        }


class Files:
    """Files by their opaque id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        rows = journal.select(
            "SELECT file_id, file_path, name, mime_type, width, height, length(content) FROM files"
        )
        self._by_id = {row[0]: File(*row) for row in rows}

    def get(self, file_id: str) -> File | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> File | None:
        return next((file for file in self._by_id.values() if file.path == path), None)

    def content(self, file: File) -> bytes:
        ((content,),) = self._journal.select("SELECT content FROM files WHERE file_id = ?", file.id)
        return bytes(content)

    def add_photo(self, upload: Upload) -> File:
        """Keep a picture; what cannot be read as one is refused."""
        try:
            with Image.open(io.BytesIO(upload.content)) as picture:
                width, height = picture.size
                kind = picture.format or ""
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
            raise NotAPicture from error
        mime_type = Image.MIME.get(kind, "")
        if kind not in ("JPEG", "PNG", "GIF", "WEBP"):
            raise NotAPicture
        if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
            raise WrongDimensions
        suffix = ".jpg" if kind == "JPEG" else f".{kind.lower()}"
        path = f"photos/file_{len(self._by_id)}{suffix}"
        return self._add("AgAC", path, upload, mime_type, width, height)

    def add_document(self, upload: Upload) -> File:
        name = PurePath(upload.name.replace("\\", "/")).name or "file"
        mime_type = mimetypes.guess_type(name)[0] or upload.content_type
        suffix = PurePath(name).suffix
        path = f"documents/file_{len(self._by_id)}{suffix}"
        named = Upload(name, upload.content_type, upload.content)
        return self._add("BQAC", path, named, mime_type or "application/octet-stream", 0, 0)

    def _add(
        self, prefix: str, path: str, upload: Upload, mime_type: str, width: int, height: int
    ) -> File:
        file_id = prefix + secrets.token_urlsafe(42)
        size = len(upload.content)
        file = File(file_id, path, upload.name, mime_type, width, height, size)
        self._by_id[file_id] = file
        self._journal.put_file(
            (file_id, path, upload.name, mime_type, width, height, upload.content)
        )
        return file
