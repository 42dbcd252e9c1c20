"""What a member likes: buttons that toggle."""

from collections.abc import Collection

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from club.members import JoinStep
from club.programme import Programme
from handlers.context import ClubContext
from handlers.keyboards import Button

ROW = 2


def genre_rows(programme: Programme, chosen: Collection[str], *, finish: str) -> list[list[Button]]:
    """A button a genre, ticked where it is liked, and the one that says: these it is."""
    buttons = [
        Button("genre_on", f"{finish}_drop", "genre", genre.key, {"genre": genre.name})
        if genre.key in chosen
        else Button("genre_off", f"{finish}_like", "genre", genre.key, {"genre": genre.name})
        for genre in programme.genres
    ]
    rows = [buttons[start : start + ROW] for start in range(0, len(buttons), ROW)]
    return [*rows, [Button("done", finish, "genres")]]


async def show_genres(update: Update, context: ClubContext) -> None:
    """The genres, with what the member likes ticked."""
    chosen = (await context.services.profile.show(context.user_id)).tags
    if not context.programme.genres:
        await context.say("genres/none")
        return
    await context.say("genres/chosen", genre_rows(context.programme, chosen, finish="genres"))


async def like_genre(update: Update, context: ClubContext) -> None:
    """Like it, or no longer, as the button said; the message shows it at once."""
    finish, _, wish = context.press.subject.rpartition("_")
    changed = await context.services.profile.like_genre(
        context.user_id, context.press.id, liked=wish == "like"
    )
    name = "joining/genres" if changed.member.join_step is JoinStep.GENRES else "genres/chosen"
    await context.show(name, genre_rows(context.programme, changed.tags, finish=finish))
    if changed.points:
        await context.say("genres/profile_complete", bonus=changed.points)


async def finish_genres(update: Update, context: ClubContext) -> None:
    """Close the list with what is liked."""
    chosen = (await context.services.profile.show(context.user_id)).tags
    liked = tuple(genre.name for genre in context.programme.genres if genre.key in chosen)
    await context.show("genres/kept", genres=liked)


HANDLERS = (
    CommandHandler("genres", show_genres, filters.ChatType.PRIVATE),
    CallbackQueryHandler(like_genre, "^(join|genres)_(like|drop):genre:"),
    CallbackQueryHandler(finish_genres, "^genres:genres:"),
)
