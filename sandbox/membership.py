"""Who stands how: blocking the bot, groups that are founded, joined, left, led and upgraded."""

import time

from sandbox.announcing import announce
from sandbox.conversation import Refused, Unknown
from sandbox.groups import Group, Status
from sandbox.hearing import tell_standing
from sandbox.people import Person
from sandbox.state import Json
from sandbox.town import Town


def set_blocked(town: Town, person: Person, blocked: bool) -> None:
    """Block the bot or let it in again; the bot is told."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    town.people.keep(person)
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    date = int(time.time())
    tell_standing(town, person.as_chat(), person.as_user(), town.bot.id, old, new, date)


def founder(town: Town, group: Group) -> Json:
    """Who acts when a group is changed: its creator."""
    for user_id, status in group.members.items():
        if status == "creator" and (user := town.user(user_id)):
            return user
    raise Refused("This group has no owner.")


def found_group(town: Town, title: str, owner: Person, members: list[int], bot: bool) -> Group:
    """A new group of these people."""
    for user_id in members:
        if town.people.get(user_id) is None:
            raise Unknown(f"There is no person {user_id}.")
    standing: dict[int, Status] = dict.fromkeys(members, "member")
    standing[owner.id] = "creator"
    if bot:
        standing[town.bot.id] = "member"
    group = town.groups.add(title, standing)
    town.events.add("chat", group.id)
    if bot:
        _tell_standing(town, group, town.bot.id, "left", "member")
    announce(town, group, founder(town, group), {"group_chat_created": True})
    return group


def add_member(town: Town, group: Group, user_id: int) -> None:
    """Somebody, or the bot, comes into a group."""
    user = town.user(user_id)
    if user is None:
        raise Unknown(f"There is no person {user_id}.")
    if group.has(user_id):
        raise Refused(f"{user['first_name']} is in this group already.")
    _change(town, group, user_id, "member")
    announce(town, group, founder(town, group), {"new_chat_members": [user]})


def remove_member(town: Town, group: Group, user_id: int) -> None:
    """Somebody, or the bot, is put out of a group."""
    user = town.user(user_id)
    if user is None or not group.has(user_id):
        raise Unknown(f"{user_id} is not in this group.")
    if group.members[user_id] == "creator":
        raise Refused("The owner cannot be removed.")
    announce(town, group, founder(town, group), {"left_chat_member": user})
    _change(town, group, user_id, "kicked")


def leave(town: Town, group: Group, user_id: int) -> None:
    """Somebody, or the bot, goes by themselves, and may come back."""
    user = town.user(user_id)
    if user is None or not group.has(user_id):
        raise Unknown(f"{user_id} is not in this group.")
    if group.members[user_id] == "creator":
        raise Refused("The owner cannot leave.")
    announce(town, group, user, {"left_chat_member": user})
    _change(town, group, user_id, "left", by=user)


def set_leading(town: Town, group: Group, user_id: int, leading: bool) -> None:
    """Make somebody, or the bot, an administrator, or an ordinary member again."""
    if not group.has(user_id):
        raise Unknown(f"{user_id} is not in this group.")
    if group.members[user_id] == "creator":
        raise Refused("The owner stays the owner.")
    _change(town, group, user_id, "administrator" if leading else "member")


def migrate(town: Town, group: Group) -> Group:
    """Upgrade a group to a supergroup with a new id; both chats say so."""
    if group.type == "supergroup" or group.migrated_to:
        raise Refused("This group is a supergroup already.")
    new = town.groups.upgrade(group)
    if town.bot.staff_chat_id == group.id:
        town.bot.staff_chat_id = new.id
        town.keep_bot()
    announce(town, group, founder(town, group), {"migrate_to_chat_id": new.id})
    announce(town, new, founder(town, new), {"migrate_from_chat_id": group.id})
    town.events.add("chat", new.id)
    return new


def make_forum(town: Town, group: Group) -> Group:
    """Give a group topics; only a supergroup has them, so that it becomes one first."""
    if group.migrated_to:
        raise Refused("This group was upgraded: ask its supergroup.")
    if group.type == "group":
        group = migrate(town, group)
    group.forum = True
    town.groups.keep(group)
    town.events.add("chat", group.id)
    return group


def _change(town: Town, group: Group, user_id: int, new: Status, by: Json | None = None) -> None:
    old = group.members.get(user_id, "left")
    if old == new:
        return
    group.members[user_id] = new
    town.groups.keep(group)
    town.events.add("chat", group.id)
    if new in ("kicked", "left") and user_id != town.bot.id:
        # Who is out no longer watches this chat, so they are told by themselves.
        town.events.add("chat", group.id, person_id=user_id)
    _tell_standing(town, group, user_id, old, new, by)


def _tell_standing(
    town: Town, group: Group, user_id: int, old: Status, new: Status, by: Json | None = None
) -> None:
    date = int(time.time())
    by = by or founder(town, group)
    tell_standing(town, group.as_chat(), by, user_id, old, new, date)
