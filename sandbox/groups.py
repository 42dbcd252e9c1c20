"""Groups and who is in them."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Literal

from sandbox.state import Journal, Json

Status = Literal["creator", "administrator", "member", "left", "kicked"]
PRESENT = ("creator", "administrator", "member")
LEADING = ("creator", "administrator")
SUPERGROUP_BASE = -1_000_000_000_000


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic of a forum; its id is that of the message which tells of its creation."""

    id: int
    name: str
    icon_color: int
    author_id: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False


@dataclass(slots=True, kw_only=True)
class Group:
    """A group or supergroup; a group that was upgraded only points to its successor."""

    id: int
    type: Literal["group", "supergroup"]
    title: str
    members: dict[int, Status] = field(default_factory=dict)
    migrated_to: int | None = None
    forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)  # The newest first.

    def as_chat(self) -> Json:
        chat: Json = {"id": self.id, "title": self.title, "type": self.type}
        if self.forum:
            chat["is_forum"] = True
        return chat

    def has(self, user_id: int) -> bool:
        return self.members.get(user_id) in PRESENT

    def led_by(self, user_id: int) -> bool:
        return self.members.get(user_id) in LEADING

    def present(self) -> list[int]:
        return [user_id for user_id in self.members if self.has(user_id)]


class Groups:
    """All groups, by id."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._by_id: dict[int, Group] = {}
        for key, body in journal.things("group"):
            members = {int(user_id): status for user_id, status in body.pop("members").items()}
            topics = {topic["id"]: Topic(**topic) for topic in body.pop("topics", {}).values()}
            self._by_id[int(key)] = Group(**body, members=members, topics=topics)

    def __iter__(self) -> Iterator[Group]:
        return iter(self._by_id.values())

    def get(self, chat_id: int) -> Group | None:
        return self._by_id.get(chat_id)

    def of(self, user_id: int) -> list[Group]:
        """The groups this person sees: those they are in, successors instead of old ones."""
        return [one for one in self if one.migrated_to is None and one.has(user_id)]

    def add(self, title: str, members: dict[int, Status], group_id: int | None = None) -> Group:
        while group_id is None or group_id in self._by_id:
            group_id = -(4_000_000_000 + secrets.randbelow(999_999_999))
        group = Group(id=group_id, type="group", title=title, members=members)
        self.keep(group)
        return group

    def upgrade(self, old: Group) -> Group:
        """The supergroup that takes a group's place, with the same people in it."""
        new_id = SUPERGROUP_BASE - 1_500_000_000 - secrets.randbelow(999_999_999)
        new = Group(id=new_id, type="supergroup", title=old.title, members=dict(old.members))
        old.migrated_to = new_id
        self.keep(old)
        self.keep(new)
        return new

    def keep(self, group: Group) -> None:
        self._by_id[group.id] = group
        self._journal.put("group", group.id, asdict(group))
