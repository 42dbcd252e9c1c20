"""The stage and the browser that tests of the chat page ask for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.sandbox.desk import WIDE, Stage, Visit, Visiting

HOW_TO_GET_IT = "no Chromium: the page's tests need it, `apt-get install chromium` brings it"
LAUNCH = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
LOCALES = {"fa": "fa-IR", "en": "en-GB"}


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
    program = shutil.which("chromium", path=f"/usr/bin:{os.environ.get('PATH', '')}")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO_GET_IT)
        pytest.skip(HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=[*LAUNCH, *QUIET])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, stage: Stage) -> Iterator[Visiting]:
    """Opens the page in a language and a size; at the end nothing may have gone wrong in it."""
    visits: list[Visit] = []

    def open_page(language: str = "en", size: tuple[int, int] = WIDE, **more: Any) -> Visit:
        viewport: ViewportSize = {"width": size[0], "height": size[1]}
        context = browser.new_context(locale=LOCALES[language], viewport=viewport, **more)
        visits.append(Visit(context.new_page()))
        visits[-1].page.goto(stage.town.address)
        expect(visits[-1].page.locator(".pane-foot > *")).to_have_count(2)
        return visits[-1]

    yield open_page
    for one in visits:
        one.page.context.close()
    assert [fault for one in visits for fault in one.faults] == []
