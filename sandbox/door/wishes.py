"""What people and tests may ask for, checked when it comes in."""

import unicodedata
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from sandbox.conversation import Refused
from sandbox.incoming import read_json
from sandbox.people import Role

UNSEEN = ("C", "M", "Z")  # Marks of control and direction, those that need a letter, spaces.
BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"  # Letters by rule that show nothing.


def _visible(name: str) -> str:
    if all(unicodedata.category(one)[0] in UNSEEN or one in BLANK_LETTERS for one in name):
        raise ValueError("a name must show something")
    return name


Visible = Annotated[str, Field(min_length=1), AfterValidator(_visible)]
Name = Annotated[Visible, Field(max_length=64)]
Title = Annotated[Visible, Field(max_length=128)]
Language = Annotated[str, Field(pattern=r"^([a-z]{2,3}(-[A-Za-z]{2,8})?)?$")]
Username = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{3,31}$")]


class Wish(BaseModel):
    """A body of JSON; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


T = TypeVar("T", bound=Wish)


class NewPerson(Wish):
    first_name: Name
    language_code: Language
    last_name: Name | None = None
    username: Username | None = None
    role: Role = "customer"


class PersonChange(Wish):
    blocked: bool | None = None
    deactivated: bool | None = None
    language_code: Language | None = None
    first_name: Name | None = None


class Source(Wish):
    """A message that is to be forwarded."""

    chat: int
    message_id: int


class NewMessage(Wish):
    text: str = ""
    forward: Source | None = None
    message_thread_id: int | None = None
    reply_to_message_id: int | None = None
    disguise: Literal["anonymous", "channel"] | None = Field(None, alias="as")
    forward_from: int | str | None = None


class NewContact(Wish):
    phone_number: str | None = Field(None, min_length=3, max_length=32)
    first_name: Name | None = None
    user_id: int | None = None


class Press(Wish):
    message_id: int
    data: str


class Edit(Wish):
    message_id: int
    text: str


class Reading(Wish):
    message_id: int


class NewGroup(Wish):
    title: Title
    owner: int
    members: list[int] = []
    with_bot: bool = True


class GroupChange(Wish):
    migrate: bool = False
    add: list[int | Literal["bot"]] = []
    remove: list[int | Literal["bot"]] = []
    promote: int | Literal["bot"] | None = None
    demote: int | Literal["bot"] | None = None
    leave: int | Literal["bot"] | None = None
    forum: bool = False
    topic: Title | None = None


async def wish(request: Request, kind: type[T]) -> T:
    """The body of a request as what it should be, or a sentence that says what is wrong."""
    return grant(kind, await json_object(request))


def grant(kind: type[T], body: dict[str, Any]) -> T:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise Refused(f"{place}: {reason}.") from error


async def json_object(request: Request) -> dict[str, Any]:
    try:
        body = read_json(await request.body())
    except ValueError as error:
        raise Refused("The body must be JSON.") from error
    if not isinstance(body, dict):
        raise Refused("The body must be a JSON object.")
    return body
