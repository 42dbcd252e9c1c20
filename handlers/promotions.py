"""What a member does with promotions: answers one, ends them all, says how many and when."""

from telegram import Update
from telegram.ext import CallbackQueryHandler

from club.members import Member
from club.programme import Programme
from club.promotions import Quiet
from handlers.clock_times import quiet_words
from handlers.context import ClubContext
from handlers.keyboards import Button, Row, Rows

HOUR = 60
CHOICES_A_WEEK = (5, 3, 2, 1)
QUIET = (Quiet(21 * HOUR, 9 * HOUR), Quiet(22 * HOUR, 8 * HOUR), Quiet(23 * HOUR, 10 * HOUR))
AS_THE_CLUB = "club"
ROW = 3


async def press(update: Update, context: ClubContext) -> None:
    """The button that staff gave to a promotion: noted once, thanked for each time."""
    await context.services.campaigns.press(context.press.number, context.user_id)
    await context.toast("promotions/noted_toast")


async def stop(update: Update, context: ClubContext) -> None:
    """The button under a promotion: no more of these; once said, a second press only confirms."""
    before = await context.services.profile.show(context.user_id)
    await context.services.campaigns.opted_out(context.press.number, context.user_id)
    await context.toast("settings/promotions_stopped_toast")
    if before.member.promotions:
        await context.say("settings/promotions_stopped")


async def show_wishes(update: Update, context: ClubContext) -> None:
    """How many a week and when, in place of the settings."""
    shown = await context.services.profile.show(context.user_id)
    await _show(context, shown.member)


async def choose_a_week(update: Update, context: ClubContext) -> None:
    """At most so many in a week, as the button says."""
    chosen = context.press.id
    most = None if chosen == AS_THE_CLUB else int(chosen)
    changed = await context.services.profile.promotions_a_week(context.user_id, most)
    await _changed(context, changed.member)


async def choose_quiet(update: Update, context: ClubContext) -> None:
    """None of them in these hours, as the button says."""
    start, _, until = context.press.id.partition("-")
    quiet = None if start == AS_THE_CLUB else Quiet(int(start), int(until))
    changed = await context.services.profile.quiet(context.user_id, quiet)
    await _changed(context, changed.member)


def wishes_of(member: Member, programme: Programme) -> dict[str, object]:
    """How many a week at most and when not, by the member's own wish and by the club's."""
    rules = programme.promotions
    counts = [most for most in (rules.a_week, member.promotions_a_week) if most is not None]
    own = Quiet.of(member.quiet_start, member.quiet_until)
    return {
        "a_week": min(counts, default=None),
        **quiet_words(own, "quiet_from", "quiet_to"),
        **quiet_words(rules.quiet, "club_quiet_from", "club_quiet_to"),
    }


async def _changed(context: ClubContext, member: Member) -> None:
    context.be(member)
    await _show(context, member)
    await context.toast("settings/saved_toast")


async def _show(context: ClubContext, member: Member) -> None:
    facts = wishes_of(member, context.programme)
    await context.show("promotions/shown", _rows(member, context.programme), **facts)


def _rows(member: Member, programme: Programme) -> Rows:
    """Each choice with the chosen one ticked; every button carries what will be, not a turn."""
    own = Quiet.of(member.quiet_start, member.quiet_until)
    hours = [_hours(quiet, chosen=quiet == own) for quiet in QUIET]
    none = Button(_ticked("quiet_none", chosen=own is None), "settings", "quiet", AS_THE_CLUB)
    counts = _counts(member, programme.promotions.a_week)
    rows: list[Row] = [counts[start : start + ROW] for start in range(0, len(counts), ROW)]
    return [*rows, hours, [none], [Button("back", "settings", "list")]]


def _counts(member: Member, club: int | None) -> list[Button]:
    """As many as the club sends, and fewer."""
    own = member.promotions_a_week
    if club is None:
        whole = Button(_ticked("a_week_any", chosen=own is None), "settings", "week", AS_THE_CLUB)
    else:
        words = _ticked("a_week", chosen=own is None or own >= club)
        whole = Button(words, "settings", "week", AS_THE_CLUB, {"a_week": club})
    return [
        whole,
        *(
            Button(
                _ticked("a_week", chosen=most == own), "settings", "week", most, {"a_week": most}
            )
            for most in CHOICES_A_WEEK
            if club is None or most < club
        ),
    ]


def _hours(quiet: Quiet, *, chosen: bool) -> Button:
    facts = quiet_words(quiet, "quiet_from", "quiet_to")
    target = f"{quiet.start}-{quiet.until}"
    return Button(_ticked("quiet_own", chosen=chosen), "settings", "quiet", target, facts)


def _ticked(label: str, *, chosen: bool) -> str:
    return f"{label}_on" if chosen else label


HANDLERS = (
    CallbackQueryHandler(press, "^promo:press:"),
    CallbackQueryHandler(stop, "^promo:stop:"),
    CallbackQueryHandler(show_wishes, "^settings:wishes:"),
    CallbackQueryHandler(choose_a_week, "^settings:week:"),
    CallbackQueryHandler(choose_quiet, "^settings:quiet:"),
)
