"""The stage and the browser that tests of the chat page ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.sandbox.chromium import HOW_TO_GET_IT, OPTIONS, chromium
from tests.sandbox.desk import WIDE, Stage, Visit, Visiting, open_page


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A fresh town."""
    stage = Stage(tmp_path / "town.sqlite")
    yield stage
    stage.town.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a file; where there is none the tests are skipped, but not where CI runs.

    Playwright keeps an event loop running while it is open: no longer than needed, therefore.
    """
    program = chromium()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Iterator[Visiting]:
    """Opens the page of a fresh town; at the end nothing may have gone wrong in it."""
    visits: list[Visit] = []

    def open_here(
        language: str = "en", size: tuple[int, int] = WIDE, person: str = "sara", **more: Any
    ) -> Visit:
        held = {"customer": {"person": stage.ids[person]}, "staff": {"person": stage.ids["reza"]}}
        visits.append(open_page(browser, stage.town.address, language, size, held, **more))
        return visits[-1]

    yield open_here
    for one in visits:
        one.page.context.close()
    assert [fault for one in visits for fault in one.faults] == []
