"""People of the town: who they are and how they stand with the bot."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Literal

from sandbox.state import Journal, Json

Role = Literal["customer", "cashier", "owner"]
FIRST_ID, LAST_ID = 100_000_000, 7_999_999_999


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody with an account; the private chat with the bot has the same id."""

    id: int
    first_name: str
    language_code: str
    last_name: str | None = None
    username: str | None = None
    role: Role = "customer"
    phone: str
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    pinned: list[int] = field(default_factory=list)  # In the chat with the bot, the newest first.

    def as_user(self) -> Json:
        """What the bot is told of them; of a deleted account nothing but the id is left."""
        if self.deactivated:
            return {"id": self.id, "is_bot": False, "first_name": ""}
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def as_chat(self) -> Json:
        if self.deactivated:
            return {"id": self.id, "first_name": "", "type": "private"}
        chat: Json = {"id": self.id, "first_name": self.first_name}
        if self.last_name:
            chat["last_name"] = self.last_name
        if self.username:
            chat["username"] = self.username
        chat["type"] = "private"
        return chat


def phone_for(person_id: int, language_code: str) -> str:
    """A number of their own that stays the same; Persian speakers get an Iranian one."""
    if language_code == "fa":
        return f"+98912{person_id % 10_000_000:07d}"
    return f"+447400{person_id % 1_000_000:06d}"


class People:
    """All people, by id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._by_id = {int(key): Person(**body) for key, body in journal.things("person")}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def get(self, person_id: int) -> Person | None:
        return self._by_id.get(person_id)

    def named(self, username: str) -> Person | None:
        return next(
            (one for one in self if one.username and one.username.lower() == username.lower()), None
        )

    def add(
        self,
        *,
        first_name: str,
        language_code: str,
        last_name: str | None = None,
        username: str | None = None,
        role: Role = "customer",
        person_id: int | None = None,
    ) -> Person:
        """A new person; without an id they get one of nine or ten digits like everybody."""
        while person_id is None or person_id in self._by_id:
            person_id = FIRST_ID + secrets.randbelow(LAST_ID - FIRST_ID)
        person = Person(
            id=person_id,
            first_name=first_name,
            language_code=language_code,
            last_name=last_name,
            username=username,
            role=role,
            phone=phone_for(person_id, language_code),
        )
        self._by_id[person_id] = person
        self.keep(person)
        return person

    def keep(self, person: Person) -> None:
        self._journal.put("person", person.id, asdict(person))
