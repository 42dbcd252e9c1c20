"""Somebody who opens the page for the first time: joins, buys, and sees the card."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.sandbox.desk import Visit

TABS = 80
Press = Callable[[Locator], None]


@dataclass(frozen=True)
class Words:
    """What the buttons are called in one language."""

    start: str
    language: str
    agree: str
    yes: str
    share: str
    share_sure: str
    genre: str
    done: str
    number: str
    write: str
    to_till: str
    show: str
    to_card: str


FA = Words(
    start="شروع",
    language="فارسی",
    agree="می‌پذیرم",
    yes="بله",
    share="فرستادن شمارهٔ من",
    share_sure="بله، بفرست",
    genre="فانتزی",
    done="تمام",
    number="شمارهٔ عضویت",
    write="برایم بنویس",
    to_till="سر صندوق",
    show="دیدن کارت",
    to_card="دیدن کارت",
)
EN = Words(
    start="Start",
    language="English",
    agree="I agree",
    yes="Yes",
    share="Send my number",
    share_sure="Yes, share it",
    genre="Fantasy",
    done="Done",
    number="member number",
    write="Write it for me",
    to_till="at the till",
    show="Show the card",
    to_card="card",
)


class Newcomer:
    """Goes the way the page and the bot show; `press` is how a button is pressed."""

    def __init__(self, visit: Visit, words: Words, press: Press = Locator.click) -> None:
        self.visit, self.words, self.press = visit, words, press
        self.phone, self.staff = visit.phone(), visit.phone("staff")

    def joins(self) -> None:
        words = self.words
        self.press(self.phone.get_by_role("button", name=words.start, exact=True))
        for label in (words.language, words.agree, words.yes):
            self._presses_key(label)
        self.press(self.phone.locator(".reply-keys .key").first)
        self.press(self.visit.page.get_by_role("dialog").get_by_role("button").last)
        self._presses_key(words.genre)
        expect(self._key(f"✅ {words.genre}")).to_be_visible()
        self._presses_key(words.done)
        expect(self.visit.bubbles().last).to_contain_text(words.number)

    def buys(self, *, narrow: bool = False) -> None:
        """The page has the command ready; it is only sent."""
        words = self.words
        self.press(
            self._step(self.phone, words.to_till) if narrow else self._step(self.staff, words.write)
        )
        expect(self.staff.locator("textarea")).to_have_value("/purchase 100016 250000")
        self.press(self.staff.locator(".send"))
        expect(self.staff.locator(".line:not(.mine)").last).to_contain_text("100016")

    def sees_the_card(self, *, narrow: bool = False) -> None:
        words = self.words
        self.press(
            self._step(self.staff, words.to_card) if narrow else self._step(self.phone, words.show)
        )
        expect(self.phone.locator(".photo img").last).to_be_in_viewport()

    @staticmethod
    def _step(pane: Locator, label: str) -> Locator:
        return pane.locator(".step .primary", has_text=label)

    def _key(self, label: str) -> Locator:
        return self.phone.locator(".inline-keys").last.locator(".key", has_text=label)

    def _presses_key(self, label: str) -> None:
        self.press(self._key(label))


def with_keyboard(button: Locator) -> None:
    """Find a button with Tab alone, see that its focus shows, and press Enter."""
    expect(button).to_be_visible()
    page = button.page
    for _ in range(TABS):
        if button.evaluate("node => node === document.activeElement"):
            outline = (
                "node => node.matches(':focus-visible') && getComputedStyle(node).outlineStyle"
            )
            assert button.evaluate(outline) == "solid", "one sees where one is"
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {button}")
