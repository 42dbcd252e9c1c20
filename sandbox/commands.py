"""The bot's command lists, by scope and language."""

from sandbox.groups import Group
from sandbox.people import Person
from sandbox.state import Journal, Json

Scope = tuple[str, int, int]  # type, chat, person; zero where the scope names none.
DEFAULT: Scope = ("default", 0, 0)


class Commands:
    """What the menu shows: the narrowest list that was set wins."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lists: dict[str, list[Json]] = dict(journal.things("commands"))

    @staticmethod
    def _key(scope: Scope, language: str) -> str:
        return f"{scope[0]}:{scope[1]}:{scope[2]}:{language}"

    def put(self, scope: Scope, language: str, commands: list[Json]) -> None:
        """Set a list; an empty one takes it away."""
        key = self._key(scope, language)
        if commands:
            self._lists[key] = commands
        else:
            self._lists.pop(key, None)
        self._journal.put("commands", key, commands or None)

    def get(self, scope: Scope, language: str) -> list[Json]:
        return self._lists.get(self._key(scope, language), [])

    def seen_by(self, person: Person, group: Group | None) -> list[Json]:
        """The list this person sees in a group or, without one, in the private chat."""
        for scope in self._scopes(person, group):
            for language in (person.language_code, ""):
                if commands := self.get(scope, language):
                    return commands
        return []

    @staticmethod
    def _scopes(person: Person, group: Group | None) -> list[Scope]:
        if group is None:
            return [("chat", person.id, 0), ("all_private_chats", 0, 0), DEFAULT]
        leads = group.led_by(person.id)
        return [
            ("chat_member", group.id, person.id),
            *([("chat_administrators", group.id, 0)] if leads else []),
            ("chat", group.id, 0),
            *([("all_chat_administrators", 0, 0)] if leads else []),
            ("all_group_chats", 0, 0),
            DEFAULT,
        ]
