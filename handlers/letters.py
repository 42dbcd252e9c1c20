"""The buttons under letters: what the engine sends can be answered too."""

from collections.abc import Mapping
from typing import Any

from club.parts import Language
from handlers.keyboards import Button, Row, Rows, WrittenLink, inline
from handlers.recognition import merge_rows
from handlers.signing import Signer

CARD = Button("card", "card", "open")
INVITE = Button("invite", "referral", "open")
AHEAD = tuple(
    tuple(Button(f"ahead_{span}", "clock", "ahead", span) for span in row)
    for row in (("1d", "7d"), ("30d", "365d"))
)
"""How far each button moves the club's clock."""


def keyboard(
    message: str,
    campaign_id: int | None,
    facts: Mapping[str, Any],
    language: Language,
    signer: Signer,
    chat_id: int,
) -> Mapping[str, Any] | None:
    """The keyboard of a letter, as JSON; None for one without."""
    known: Mapping[str, Rows] = {
        "letters/promotion": _promotion(campaign_id, facts),
        "letters/survey": _survey(facts),
        "letters/survey_closed": [
            [Button("survey_results", "surveys", "card", facts.get("survey_id", 0))]
        ],
        "staff/disputed": [
            [Button("dispute_settle", "disputes", "settle", facts.get("dispute_id", 0))]
        ],
        "letters/mission_completed": [[CARD]],
        "letters/event": [[CARD]],
        "letters/expiry": [[CARD]],
        "letters/receipt": [*_review(facts), [CARD]],
        "letters/birthday": [[CARD]],
        "letters/gift_received": [[CARD]],
        "letters/referral_friend": [[CARD]],
        "letters/referral_inviter": [[INVITE]],
        "letters/tier_reached": [[CARD]],
        "letters/clock_arrived": AHEAD,
        "letters/recognised": merge_rows(int(facts.get("intent_id", 0))),
    }
    rows = known.get(message)
    return None if rows is None else inline(rows, language, signer, chat_id).to_dict()


def _promotion(campaign_id: int | None, facts: Mapping[str, Any]) -> list[Row]:
    """The link of the promotion, if it has one, and always the way out of all promotions."""
    link = facts.get("link")
    above: list[Row] = [] if link is None else [[WrittenLink(link.label, link.url)]]
    return [*above, [Button("opt_out", "promo", "stop", campaign_id or 0)]]


def _review(facts: Mapping[str, Any]) -> list[list[Button]]:
    """The way to review what was bought, where the programme has it."""
    purchase_id = facts.get("purchase_id")
    return [] if purchase_id is None else [[Button("review", "review", "ask", purchase_id)]]


def _survey(facts: Mapping[str, Any]) -> list[list[Button]]:
    """The way into the survey, and out of all such letters."""
    survey_id = facts.get("survey_id", 0)
    return [
        [Button("survey_open", "survey", "open", survey_id)],
        [Button("opt_out", "promo", "stop", 0)],
    ]


def _results(facts: Mapping[str, Any]) -> Button:
    """The way to what was answered."""
    return Button("survey_results", "surveys", "card", facts.get("survey_id", 0))
