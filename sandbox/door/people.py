"""People: who there is, new ones, and how they change."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.conversation import Refused, person_of
from sandbox.door.answers import answer, path_number, town_of
from sandbox.door.wishes import NewPerson, PersonChange, wish
from sandbox.membership import set_blocked
from sandbox.views import chat_list, person_view


async def show_town(request: Request) -> JSONResponse:
    """The bot, the people and where the staff meet."""
    town = town_of(request)
    bot = town.bot
    return await answer(
        request,
        {
            "bot": {
                "id": bot.id,
                "name": bot.name,
                "username": bot.username,
                "descriptions": bot.descriptions,
                "short_descriptions": bot.short_descriptions,
            },
            "token": bot.token,
            "staff_chat": bot.staff_chat_id,
            "owner_id": bot.owner_id,
            "people": [person_view(person) for person in town.people],
            "now": datetime.now(UTC).isoformat(),
            "club_offset_ms": town.clock.offset_ms,
            "club_zone": town.clock.zone,
            "time_travel": town.clock.travels,
        },
    )


async def add_person(request: Request) -> JSONResponse:
    town = town_of(request)
    new = await wish(request, NewPerson)
    if new.username and town.people.named(new.username):
        raise Refused(f"The username {new.username} is taken.")
    person = town.people.add(**new.model_dump())
    town.events.add("person")
    return await answer(request, person_view(person))


async def change_person(request: Request) -> JSONResponse:
    """Block or unblock the bot, close or reopen the account, rename, change the language."""
    town = town_of(request)
    change = await wish(request, PersonChange)
    person = person_of(town, path_number(request, "person"))
    if change.blocked is not None:
        set_blocked(town, person, change.blocked)
    if change.deactivated is not None:
        person.deactivated = change.deactivated
    if change.language_code is not None:
        person.language_code = change.language_code
    if change.first_name is not None:
        person.first_name = change.first_name
    town.people.keep(person)
    town.events.add("person")
    return await answer(request, person_view(person))


async def show_chats(request: Request) -> JSONResponse:
    town = town_of(request)
    person = person_of(town, path_number(request, "person"))
    return await answer(request, chat_list(town, person))


ROUTES = (
    Route("/api/town", show_town),
    Route("/api/people", add_person, methods=["POST"]),
    Route("/api/people/{person}", change_person, methods=["POST"]),
    Route("/api/people/{person}/chats", show_chats),
)
