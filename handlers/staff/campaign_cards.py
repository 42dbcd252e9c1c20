"""The card of a campaign in the staff group: what it says, and what can be done, at each state."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from telegram.error import TelegramError

from club.campaigns import BEFORE_START, CampaignState, ends
from club.parts import Language
from club.programme import Programme
from handlers.clock_times import quiet_words
from handlers.context import ClubContext
from handlers.keyboards import Button, Row
from services.campaigns import CampaignShown
from templates.addressing import address
from templates.render import Reader, render

OPENING_LENGTH = 40
MINUTE_S = 60
LANGUAGES: tuple[Language, ...] = ("fa", "en")
MESSAGES: Mapping[CampaignState, str] = MappingProxyType(
    {
        CampaignState.DRAFT: "staff/promo_draft",
        CampaignState.PREVIEWED: "staff/promo_draft",
        CampaignState.SUBMITTED: "staff/promo_submitted",
        CampaignState.SCHEDULED: "staff/promo_scheduled",
        CampaignState.RUNNING: "staff/promo_progress",
        CampaignState.PAUSED: "staff/promo_paused",
        CampaignState.DONE: "staff/promo_done",
        CampaignState.CANCELLED: "staff/promo_cancelled",
        CampaignState.MISSED: "staff/promo_missed",
    }
)


def card_of(
    shown: CampaignShown, programme: Programme, *, rate: float = 0
) -> tuple[str, list[Row], dict[str, object]]:
    """The card as it is now: message, buttons, facts. `rate`: letters a second, where known."""
    return MESSAGES[shown.state], rows_of(shown), facts_of(shown, programme, rate=rate)


async def follow(context: ClubContext, shown: CampaignShown, message_id: int | None) -> None:
    """This message is the campaign's card from now on; the one before says so, without buttons."""
    number = shown.campaign_id
    if message_id in (None, shown.card_id) or shown.is_over:
        return
    assert message_id is not None, "looked at above"
    older = await context.services.campaigns.keep_card(number, message_id)
    if older is None:
        return
    words = elsewhere(number, context.reader)
    with suppress(TelegramError):  # It may be deleted, or too old: nothing hangs on it.
        await context.bot.edit_message_text(words, context.visit.chat_id, older)


def elsewhere(campaign_id: int, whose: Reader) -> str:
    """What stands where a card was: it has no buttons."""
    return render("staff/promo_elsewhere", whose, campaign_id=campaign_id)


def rows_of(shown: CampaignShown) -> list[Row]:
    """What can be done with the campaign where it stands."""
    number = shown.campaign_id
    rest = Button("promo_drop", "promo", "drop", number)
    match shown.state:
        case CampaignState.DRAFT | CampaignState.PREVIEWED:
            return draft_rows(shown)
        case CampaignState.SUBMITTED:
            version = f"{number}.{shown.version}"
            back = Button("promo_back", "promo", "back", number)
            return [
                [Button("promo_approve", "promo", "approve", version)],
                [back, Button("cancel", "promo", "cancel", number)],
            ]
        case CampaignState.SCHEDULED:
            return [[Button("cancel", "promo", "cancel", number)]]
        case CampaignState.RUNNING:
            return [[Button("promo_pause", "promo", "pause", f"{number}.{shown.version}"), rest]]
        case CampaignState.PAUSED:
            return [[Button("promo_resume", "promo", "resume", f"{number}.{shown.version}"), rest]]
    return over_rows(number) if shown.letters else []


def over_rows(campaign_id: int) -> list[Row]:
    """The ways to what became of each letter."""
    report = Button("promo_report", "promo", "report", campaign_id)
    return [[report, Button("promo_file", "promo", "file", campaign_id)]]


def draft_rows(shown: CampaignShown) -> list[Row]:
    """What can be done with a draft; it can be sent once it was seen and has a reader."""
    number = shown.campaign_id
    rows: list[Row] = [
        [Button(f"audience_{page}", "draft", "page", f"{number}.{page}") for page in part]
        for part in (("any", "all", "none"), ("tier", "language"), ("bought", "quiet"))
    ]
    rows.append(
        [
            Button(f"write_{language}", "draft", "ask", f"{number}.{language}")
            for language in LANGUAGES
        ]
    )
    rows += [
        [_dropped_or_asked(shown, part) for part in parts]
        for parts in (("picture", "start"), ("link", "press"))
    ]
    cancel = Button("cancel", "promo", "cancel", number)
    if not shown.texts:
        return [*rows, [cancel]]
    version, facts = f"{number}.{shown.version}", {"count": shown.reached}
    preview = Button("promo_preview", "draft", "preview", version)
    if shown.state is CampaignState.DRAFT or not shown.reached:
        return [*rows, [preview, cancel]]
    words = "send_to" if shown.starts_at is None else "schedule_to"
    return [*rows, [Button(words, "promo", "send", version, facts)], [preview, cancel]]


def facts_of(shown: CampaignShown, programme: Programme, *, rate: float = 0) -> dict[str, object]:
    """All that a card may say of the campaign."""
    return {
        **shown.audience_facts,
        **rules_of(shown, programme),
        **_progress(shown, rate),
        **report_facts(shown),
        "count": shown.reached,
        "had_enough": shown.had_enough,
        "alone": shown.alone,
        "opening_fa": _first_words(shown, "fa"),
        "opening_en": _first_words(shown, "en"),
        "has_picture": shown.picture is not None,
        "sample_names": shown.sample_names,
        "has_text": bool(shown.texts),
        "previewed": shown.state is not CampaignState.DRAFT,
        "approval": programme.promotions.approval,
        "fallbacks": shown.fallbacks if shown.texts else 0,
        "stopped_for": shown.stopped_for and shown.stopped_for.value,
        "expires_at": shown.expires_at,
        "quiet_until": shown.waits_until,
    }


def rules_of(shown: CampaignShown, programme: Programme) -> dict[str, object]:
    """What holds for it when it is sent, by its own parts and by the programme."""
    rules = programme.promotions
    return {
        "starts_at": shown.starts_at,
        "window_hours": rules.hours,
        "a_week": rules.a_week,
        "press_label": shown.press_label,
        "link_label": shown.link and shown.link.label,
        **quiet_words(rules.quiet, "club_quiet_from", "club_quiet_to"),
    }


def report_facts(shown: CampaignShown) -> dict[str, object]:
    """How many letters came to which end, and what members did."""
    return {
        **ends(shown.counts),
        "campaign_id": shown.campaign_id,
        "campaign_state": shown.state.value,
        "opening": opening_of(shown),
        "letters": shown.letters,
        "waiting_letters": shown.waiting,
        "presses": shown.presses,
        "opt_outs": shown.opt_outs,
    }


def opening_of(shown: CampaignShown) -> str | None:
    """The first words of what it says; None where it says nothing yet."""
    return _first_words(shown, next((one for one in LANGUAGES if one in shown.texts), "fa"))


def _first_words(shown: CampaignShown, language: Language) -> str | None:
    """How its text in that language begins, as somebody reads it whose name is not known."""
    text = address(shown.texts.get(language, ""), None, language)
    line = " ".join(text.split())
    if len(line) > OPENING_LENGTH:
        line = line[:OPENING_LENGTH].rsplit(" ", 1)[0] + "…"
    return line or None


def _progress(shown: CampaignShown, rate: float) -> dict[str, object]:
    """How far it is, and how long the rest takes: at that rate, else at the pace of the wire."""
    left_s = shown.duration_s
    if shown.state not in BEFORE_START and shown.letters:
        left_s = shown.duration_s * shown.waiting // shown.letters
    if rate:
        left_s = round(shown.waiting / rate)
    hours, minutes = divmod(-(-left_s // MINUTE_S), MINUTE_S)
    through = shown.letters - shown.waiting
    return {
        "percent": 100 * through // shown.letters if shown.letters else 100,
        "rate": round(rate),
        "hours": hours,
        "minutes": minutes,
    }


def _dropped_or_asked(shown: CampaignShown, part: str) -> Button:
    there = {
        "picture": shown.picture,
        "start": shown.starts_at,
        "link": shown.link,
        "press": shown.press_label,
    }[part]
    target = f"{shown.campaign_id}.{part}"
    if there is None:
        return Button(f"ask_{part}", "draft", "ask", target)
    return Button(f"drop_{part}", "draft", "drop", target)
