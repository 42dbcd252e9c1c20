"""Pictures, documents and albums: what arrives whole, and what is refused."""

import io
import json
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.running import Json, Town


@pytest.fixture
def ann(town: Town) -> int:
    return town.person()


def picture(width: int = 40, height: int = 30) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def upload(town: Town, method: str, files: dict[str, bytes], **params: Any) -> Json:
    told = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
    }
    parts = {name: (f"{name}.bin", content) for name, content in files.items()}
    body: Json = town.web.post(f"/bot{town.token}/{method}", data=told, files=parts).json()
    return body


def file_id(town: Town, chat: int, kind: str) -> str:
    content = picture() if kind == "photo" else b"x"
    body = upload(town, f"send{kind.capitalize()}", {kind: content}, chat_id=chat)
    found = body["result"][kind]
    return str(found[-1]["file_id"] if kind == "photo" else found["file_id"])


def test_an_album_of_pictures_arrives_as_one(town: Town, ann: int) -> None:
    known = file_id(town, ann, "photo")
    media = [
        {"type": "photo", "media": "attach://one", "caption": "<b>First</b>", "parse_mode": "HTML"},
        {"type": "photo", "media": known, "has_spoiler": True},
        {"type": "photo", "media": "attach://two", "caption": "/card"},
    ]
    files = {"one": picture(), "two": picture(60, 20)}
    said = town.says(ann, "show me")["message_id"]
    body = upload(
        town,
        "sendMediaGroup",
        files,
        chat_id=ann,
        media=media,
        reply_parameters={"message_id": said},
        protect_content=True,
    )
    album = body["result"]
    assert len({one["media_group_id"] for one in album}) == 1
    ids = [one["message_id"] for one in album]
    assert ids == list(range(ids[0], ids[0] + 3))
    assert [one.get("caption") for one in album] == ["First", None, "/card"]
    assert album[0]["caption_entities"] == [{"type": "bold", "offset": 0, "length": 5}]
    assert album[1]["photo"][0]["file_id"] == known
    assert album[1]["has_media_spoiler"] is True
    assert album[2]["photo"][0]["width"] == 60
    assert {one["reply_to_message"]["message_id"] for one in album} == {said}
    assert all(one["has_protected_content"] for one in album)
    assert [one["message_id"] for one in town.sees(ann)["messages"][-3:]] == ids
    assert town.get("counts")["delivered"][str(ann)] == 4


def test_an_album_of_documents(town: Town, ann: int) -> None:
    known = file_id(town, ann, "document")
    media = [{"type": "document", "media": known}] * 10
    album = town.result("sendMediaGroup", chat_id=ann, media=media)
    assert [one["document"]["file_id"] for one in album] == [known] * 10


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([], "there are no messages to send"),
        (["document"], "group of media must have 2-10 items"),
        (["document"] * 11, "too many messages to send as an album"),
        (["document", "photo"], "document can't be mixed with other media types"),
        (["animation"] * 2, 'can\'t parse InputMedia: type "animation" is unsupported'),
        ("photo", "expected an Array of InputMedia"),
        ("{", "can't parse media JSON object"),
    ],
)
def test_albums_that_are_none(town: Town, ann: int, media: Any, reason: str) -> None:
    if isinstance(media, list):
        media = [{"type": kind, "media": "x"} for kind in media]
    elif media != "{":
        media = {"type": media}
    before = town.sees(ann)["messages"]
    refusal = town.refusal("sendMediaGroup", chat_id=ann, media=media)
    assert refusal == (400, f"Bad Request: {reason}")
    assert town.sees(ann)["messages"] == before


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"type": "photo"}, "can't parse InputMedia: media not found"),
        (
            {"type": "photo", "media": "attach://none"},
            "can't parse InputMedia: media not found",
        ),
        ({"type": "photo", "media": "unknown"}, "wrong file identifier/HTTP URL specified"),
        ({"type": "photo", "media": "attach://good", "caption": "x" * 1025}, None),
        (
            {"type": "photo", "media": "attach://bad"},
            'failed to send message #2 with the error message "IMAGE_PROCESS_FAILED"',
        ),
        (
            {"type": "photo", "media": "attach://long"},
            'failed to send message #2 with the error message "PHOTO_INVALID_DIMENSIONS"',
        ),
        ({"media": "attach://good"}, "can't parse InputMedia: Can't find field \"type\""),
        (7, "can't parse InputMedia: expected an Object"),
    ],
)
def test_an_album_with_a_bad_part_does_not_arrive(
    town: Town, ann: int, second: Any, reason: str | None
) -> None:
    files = {"good": picture(), "bad": b"none", "long": picture(1, 21)}
    media = [{"type": "photo", "media": "attach://good"}, second]
    before = town.sees(ann)["messages"]
    body = upload(town, "sendMediaGroup", files, chat_id=ann, media=media)
    assert body["description"] == f"Bad Request: {reason or 'message caption is too long'}"
    assert town.sees(ann)["messages"] == before


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(5000, 5000, True), (5001, 5000, False), (20, 400, True), (20, 401, False)],
)
def test_pictures_have_limits(town: Town, ann: int, width: int, height: int, fits: bool) -> None:
    body = upload(town, "sendPhoto", {"photo": picture(width, height)}, chat_id=ann)
    assert body["ok"] is fits
    if not fits:
        assert body["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"


def test_a_picture_that_weighs_too_much(town: Town, ann: int) -> None:
    heavy = picture() + b"\0" * (10 * 2**20)
    body = upload(town, "sendPhoto", {"photo": heavy}, chat_id=ann)
    assert body["description"] == (
        f"Bad Request: file of size {len(heavy)} bytes is too big for a photo;"
        " the maximum size is 10485760 bytes"
    )
    sent = upload(town, "sendDocument", {"document": heavy}, chat_id=ann)
    assert sent["result"]["document"]["file_size"] == len(heavy)


def test_a_large_file_is_sent_but_not_fetched(town: Town, ann: int) -> None:
    sent = upload(town, "sendDocument", {"document": b"x" * (20 * 2**20 + 1)}, chat_id=ann)
    refusal = town.refusal("getFile", file_id=sent["result"]["document"]["file_id"])
    assert refusal == (400, "Bad Request: file is too big")


def test_a_files_id_is_the_bots_own(town: Town, own_town: Town, ann: int) -> None:
    known = file_id(town, ann, "document")
    assert town.result("sendDocument", chat_id=ann, document=known)
    sara = next(one["id"] for one in own_town.get("town")["people"])
    own_town.says(sara, "/start")
    refusal = own_town.refusal("sendDocument", chat_id=sara, document=known)
    assert refusal == (400, "Bad Request: wrong file identifier/HTTP URL specified")


def test_nothing_is_kept_for_nobody(town: Town, ann: int) -> None:
    town.post(f"people/{ann}", blocked=True)
    body = upload(town, "sendPhoto", {"photo": picture()}, chat_id=ann)
    assert body["error_code"] == 403


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ({"type": "video", "media": "x"}, 'can\'t parse InputMedia: type "video" is unsupported'),
        ({"type": "photo"}, "can't parse InputMedia: media not found"),
        ("photo", "can't parse input media JSON object"),
        (None, 'parameter "media" is required'),
    ],
)
def test_media_that_cannot_be_put_in(town: Town, ann: int, media: Any, reason: str) -> None:
    body = upload(town, "sendPhoto", {"photo": picture()}, chat_id=ann)
    place = {"chat_id": ann, "message_id": body["result"]["message_id"]}
    refusal = town.refusal("editMessageMedia", **place, media=media)
    assert refusal == (400, f"Bad Request: {reason}")
