"""Groups: founding them, and who comes, goes and leads."""

from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.conversation import Refused, Unknown, person_of
from sandbox.door.answers import answer, path_number, town_of
from sandbox.door.wishes import GroupChange, NewGroup, wish
from sandbox.groups import Group
from sandbox.membership import (
    add_member,
    found_group,
    founder,
    leave,
    make_forum,
    migrate,
    remove_member,
    set_leading,
)
from sandbox.topics import ICON_COLORS, open_topic
from sandbox.town import Town
from sandbox.views import group_view


async def add_group(request: Request) -> JSONResponse:
    town = town_of(request)
    new = await wish(request, NewGroup)
    owner = person_of(town, new.owner)
    group = found_group(town, new.title, owner, new.members, new.with_bot)
    return await answer(request, group_view(town, group))


async def change_group(request: Request) -> JSONResponse:
    """Bring people in or out, make them administrators, upgrade the group, give it topics."""
    town = town_of(request)
    change = await wish(request, GroupChange)
    group_id = path_number(request, "group")
    group = town.groups.get(group_id)
    if group is None:
        raise Unknown(f"There is no group {group_id}.")
    for somebody in change.add:
        add_member(town, group, _id_of(town, somebody))
    for somebody in change.remove:
        remove_member(town, group, _id_of(town, somebody))
    if change.promote is not None:
        set_leading(town, group, _id_of(town, change.promote), True)
    if change.demote is not None:
        set_leading(town, group, _id_of(town, change.demote), False)
    if change.leave is not None:
        leave(town, group, _id_of(town, change.leave))
    if change.migrate:
        group = migrate(town, group)
    if change.forum:
        group = make_forum(town, group)
    if change.topic is not None:
        _open_topic(town, group, change.topic)
    return await answer(request, group_view(town, group))


def _open_topic(town: Town, group: Group, name: str) -> None:
    if not group.forum:
        raise Refused("Only a forum has topics.")
    color = ICON_COLORS[len(group.topics) % len(ICON_COLORS)]
    open_topic(town, group, founder(town, group), name, color)


def _id_of(town: Town, somebody: int | Literal["bot"]) -> int:
    return town.bot.id if somebody == "bot" else somebody


ROUTES = (
    Route("/api/groups", add_group, methods=["POST"]),
    Route("/api/groups/{group}", change_group, methods=["POST"]),
)
