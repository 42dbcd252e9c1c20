"""What tests of the chat page act with: a town of their own, and a page in a browser."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize, expect

from tests.sandbox.running import Json, Town

PHONE, WIDE = (390, 844), (1400, 900)
PATIENCE_MS = 15_000
POLLS = 20
HOLDS = "localStorage['bashgah.places'] ??= {}"
LOCALES = {"fa": "fa-IR", "en": "en-GB"}

expect.set_options(timeout=PATIENCE_MS)


class Stage:
    """A fresh town whose seeded people go by their names; the test acts as the bot."""

    def __init__(self, state: Path) -> None:
        self.town = Town(state)
        self.ids = {one["username"]: one["id"] for one in self.town.get("town")["people"]}
        self.staff_chat: int = self.town.said["staff_chat"]
        self._offset = 0

    def post(self, path: str, **body: Any) -> Any:
        """Do something at the people's door."""
        return self.town.post(path, **body)

    def says(self, name: str, text: str, chat: int | None = None) -> Json:
        """A person writes, without the page."""
        return self.town.says(self.ids[name], text, chat)

    def bot(self, method: str, **params: Any) -> Any:
        """Call a method of the Bot API; what it returned."""
        return self.town.result(method, **params)

    def upload(self, method: str, files: dict[str, tuple[str, bytes, str]], chat: int) -> None:
        """The bot sends a file."""
        url = f"/bot{self.town.token}/{method}"
        assert self.town.web.post(url, data={"chat_id": chat}, files=files).is_success

    def update(self, kind: str) -> Json:
        """The next update of this kind; those before it are done with."""
        for _ in range(POLLS):
            for update in self.bot("getUpdates", offset=self._offset, limit=1, timeout=1):
                self._offset = update["update_id"] + 1
                if kind in update:
                    found: Json = update[kind]
                    return found
        pytest.fail(f"no {kind} came")


class Visit:
    """The page in a browser, and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    def phone(self, slot: str = "customer") -> Locator:
        """The customer's phone, or the staff's."""
        return self.page.locator(f".pane.{slot}")

    def bubbles(self, slot: str = "customer") -> Locator:
        return self.phone(slot).locator(".line")

    def write(self, text: str, slot: str = "customer") -> None:
        """Type into the composer and send with Enter."""
        area = self.phone(slot).locator("textarea")
        area.fill(text)
        area.press("Enter")

    def choose(self, name: str) -> None:
        """Take this person's phone into the hand."""
        self.page.locator(".rail .person", has_text=name).click()


Visiting = Callable[..., Visit]


def open_page(
    browser: Browser,
    address: str,
    language: str,
    size: tuple[int, int],
    held: dict[str, Any] | None = None,
    **more: Any,
) -> Visit:
    """The page in a language and a size; `held` says who has which phone."""
    viewport: ViewportSize = {"width": size[0], "height": size[1]}
    context = browser.new_context(locale=LOCALES[language], viewport=viewport, **more)
    if held is not None:
        context.add_init_script(HOLDS.format(json.dumps(json.dumps(held))))
    visit = Visit(context.new_page())
    visit.page.goto(address)
    expect(visit.page.locator(".pane-foot > *")).to_have_count(2)
    return visit
