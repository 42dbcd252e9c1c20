"""The buttons under letters: what the engine sends can be answered too."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from club.campaigns import Link
from club.parts import Language
from handlers.keyboards import Button, Key, Row, Rows, WrittenButton, WrittenLink, inline
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
        "letters/promotion": promotion(
            campaign_id or 0, facts.get("link"), facts.get("press_label")
        ),
        "letters/campaign_done": _report(facts),
        "letters/campaign_stopped": _stopped(facts),
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


def promotion(campaign_id: int, link: Link | None, press_label: str | None) -> list[Row]:
    """What staff gave a promotion to open and to press, and always the way out of all of them."""
    rows: list[Row] = []
    if link is not None:
        rows.append([WrittenLink(link.label, link.url)])
    if press_label is not None:
        rows.append([WrittenButton(press_label, "promo", "press", campaign_id)])
    return [*rows, [Button("opt_out", "promo", "stop", campaign_id)]]


def previewed(rows: Rows) -> list[Row]:
    """The same buttons for who only looks: nothing happens at their press."""
    return [[_harmless(button) for button in row] for row in rows]


def _harmless(button: Key) -> Key:
    if isinstance(button, Button | WrittenButton):
        return replace(button, verb="preview")
    return button


def _report(facts: Mapping[str, Any]) -> Rows:
    """The ways to what became of a promotion."""
    campaign_id = facts.get("campaign_id", 0)
    return [
        [
            Button("promo_report", "promo", "report", campaign_id),
            Button("promo_file", "promo", "file", campaign_id),
        ]
    ]


def _stopped(facts: Mapping[str, Any]) -> Rows:
    """What can be done with a promotion that has stopped by itself."""
    campaign_id = facts.get("campaign_id", 0)
    return [
        [
            Button("promo_resume", "promo", "resume", campaign_id),
            Button("promo_drop", "promo", "drop", campaign_id),
        ],
        [Button("promo_card", "promo", "open", campaign_id)],
    ]


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
