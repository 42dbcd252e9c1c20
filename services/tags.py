"""Tags that staff give to members, for audiences."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from club.audience import tag_name
from club.programme import Programme
from club.tags import read_tag
from services.people import lock_member, name_of
from storage import members as members_store
from storage import staff as staff_store
from storage import tags as tags_store
from storage.db import Database
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTagged:
    """The member with all their tags, after one was given or taken."""

    number: str
    name: str
    tag: object  # By its name, where it is a genre.
    tags: tuple[object, ...]


class Tags:
    """What can be done with a member's tags. Said twice it is the same."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time

    async def give(self, who: str, text: str, *, by: int) -> MemberTagged:
        """Give the tag; raises BadTag and the refusals of find_member."""
        return await self._change(who, text, by=by, given=True)

    async def take(self, who: str, text: str, *, by: int) -> MemberTagged:
        """Take it away; raises BadTag and the refusals of find_member."""
        return await self._change(who, text, by=by, given=False)

    async def _change(self, who: str, text: str, *, by: int, given: bool) -> MemberTagged:
        tag = read_tag(text, self._programme)
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            if given:
                await tags_store.give(tx, member.id, tag)
            else:
                await members_store.untag(tx, member.id, tag)
            facts = {"member_id": member.id, "tag": tag}
            action = "tag" if given else "untag"
            await staff_store.log(tx, by, action, facts, self._club_time())
            tags = await members_store.tags(tx, member.id)
            return MemberTagged(
                number=member.number,
                name=await name_of(tx, self._vault, member),
                tag=tag_name(tag, self._programme),
                tags=tuple(tag_name(one, self._programme) for one in tags),
            )
