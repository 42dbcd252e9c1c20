"""Keeps the cards of surveys true: closes what is over, and redraws what has changed."""

import logging
from collections.abc import Awaitable, Callable

from services.surveys import Surveys

log = logging.getLogger(__name__)


class SurveyCards:
    """What is to be looked after every few seconds: a crowd that answers is one change."""

    def __init__(self, surveys: Surveys, redraw: Callable[[int], Awaitable[None]]) -> None:
        self._surveys = surveys
        self._redraw = redraw

    async def look(self) -> None:
        """Close what is over and redraw what has changed; a fault is tried again next time."""
        await self._surveys.close_due()
        for survey_id in sorted(await self._surveys.changed()):
            try:
                await self._redraw(survey_id)
            except Exception as fault:
                self._surveys.touch(survey_id)
                facts = {"action": "survey_card_waits", "fault": type(fault).__name__}
                log.warning("A survey's card waits.", extra=facts)
