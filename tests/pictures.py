"""The pictures of README and docs/campaigns.md, taken anew by `make pictures`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect, sync_playwright

from tests.campaign_pictures import in_both_languages
from tests.sandbox.chromium import HOW_TO_GET_IT, OPTIONS, chromium
from tests.sandbox.demo import Demo
from tests.sandbox.desk import PHONE, WIDE, Visit, open_page
from tests.sandbox.newcomer import EN, FA, Newcomer

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"

RECEIPT = "🛍"


@contextmanager
def demo() -> Iterator[Demo]:
    with tempfile.TemporaryDirectory() as folder:
        running = Demo(Path(folder))
        yield running
        running.stop()


def take(visit: Visit, name: str) -> None:
    """The page as it stands, when nothing moves on it any more."""
    take_part(visit.page.locator("html"), name)


def take_part(part: Locator, name: str) -> None:
    """A part of the page."""
    page = part.page
    page.mouse.move(0, 0)
    expect(page.locator(".ticks[data-state=sent], .typing:visible")).to_have_count(0)
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
    part.screenshot(path=FOLDER / f"{name}.png")
    print(FOLDER / f"{name}.png")  # noqa: T201


def in_persian(browser: Browser) -> None:
    """Joining to card, as a customer and the staff group see it."""
    with demo() as running:
        visit = open_page(browser, running.address, "fa", WIDE)
        sara = Newcomer(visit, FA)
        sara.joins()
        sara.buys()
        expect(visit.bubbles().filter(has_text=RECEIPT)).to_have_count(1)
        sara.sees_the_card()
        take(visit, "chat-fa-wide")


def on_a_phone(browser: Browser) -> None:
    """The same card on a phone of her own."""
    with demo() as running:
        visit = open_page(browser, running.address, "fa", PHONE, has_touch=True)
        sara = Newcomer(visit, FA, Locator.tap)
        sara.joins()
        sara.buys(narrow=True)
        expect(visit.bubbles().filter(has_text=RECEIPT)).to_have_count(1)
        sara.sees_the_card(narrow=True)
        expect(visit.bubbles().last).to_contain_text("۳۰ امتیاز")
        take(visit, "chat-fa-phone")


def in_english(browser: Browser) -> None:
    """The same in English, in the dark, with what the bot asked for."""
    with demo() as running:
        visit = open_page(browser, running.address, "en", WIDE, color_scheme="dark")
        daniel = Newcomer(visit, EN)
        daniel.joins()
        daniel.buys()
        expect(visit.phone().locator(".step")).to_be_visible()
        visit.page.get_by_role("button", name="Bot requests").click()
        expect(visit.page.locator(".call").last).to_contain_text("25 points")
        take(visit, "chat-en-wide")


def a_promotion(browser: Browser) -> None:
    """What staff send to who likes fantasy, and how it reaches her."""
    with demo() as running:
        visit = open_page(browser, running.address, "fa", WIDE)
        sara = Newcomer(visit, FA)
        sara.joins()
        staff = visit.phone("staff")
        for words, answer in (
            ("/promo فانتزی", "متن"),
            ("جلد تازهٔ «سرزمین اژدها» رسید 🐉\nتا جمعه ۲۰٪ ارزان‌تر، برای اعضای باشگاه.", "می‌رسد"),
        ):
            staff.locator("textarea").fill(words)
            staff.locator(".send").click()
            expect(staff.locator(".line:not(.mine)").last).to_contain_text(answer)
        for label in ("پیش‌نمایش", "ارسال به"):
            staff.locator(".inline-keys .key", has_text=label).last.click()
        expect(visit.bubbles().last).to_contain_text("سرزمین اژدها")
        expect(staff.locator(".line:not(.mine)").last).to_contain_text("تمام شد")
        take(visit, "promotion-fa-wide")


def main() -> None:
    program = chromium()
    if program is None:
        sys.exit(HOW_TO_GET_IT)
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        in_persian(browser)
        on_a_phone(browser)
        in_english(browser)
        a_promotion(browser)
        in_both_languages(browser, take_part)
        browser.close()


if __name__ == "__main__":
    main()
