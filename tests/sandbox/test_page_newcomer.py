"""From `make demo` to the card, as somebody who has read nothing: every step is on the screen."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.sandbox.demo import Demo
from tests.sandbox.desk import PHONE, WIDE, Visit, open_page
from tests.sandbox.newcomer import EN, FA, Newcomer, with_keyboard

pytest_plugins = ("tests.sandbox.visits",)

TWO_MINUTES_S = 120
WHOLE = 0.99
RECEIPT = "🛍"


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.stop()


def opened(browser: Browser, demo: Demo, language: str, size: tuple[int, int]) -> Visit:
    return open_page(browser, demo.address, language, size, has_touch=size == PHONE)


def hears_of_the_points(visit: Visit) -> None:
    """A receipt that came after the card would push it up."""
    expect(visit.bubbles().filter(has_text=RECEIPT)).to_have_count(1)


def sees_the_whole_card(visit: Visit) -> None:
    """The picture and the first words under it are on the screen together."""
    card = visit.bubbles().last
    expect(card.locator(".photo img")).to_be_in_viewport(ratio=WHOLE)
    expect(card.locator(".text b").first).to_be_in_viewport(ratio=WHOLE)


def test_in_persian_on_a_phone(browser: Browser, demo: Demo) -> None:
    began = time.monotonic()
    visit = opened(browser, demo, "fa", PHONE)
    sara = Newcomer(visit, FA, Locator.tap)
    sara.joins()
    sara.buys(narrow=True)
    hears_of_the_points(visit)
    sara.sees_the_card(narrow=True)
    expect(visit.bubbles().last).to_contain_text("۳۰ امتیاز")
    sees_the_whole_card(visit)
    expect(visit.page.locator(".step")).to_have_count(0)
    assert visit.faults == []
    assert time.monotonic() - began < TWO_MINUTES_S


def test_in_english_on_a_wide_screen_with_the_keyboard_only(browser: Browser, demo: Demo) -> None:
    visit = opened(browser, demo, "en", WIDE)
    daniel = Newcomer(visit, EN, with_keyboard)
    daniel.joins()
    daniel.buys()
    hears_of_the_points(visit)
    daniel.sees_the_card()
    expect(visit.bubbles().last).to_contain_text("30 points")
    sees_the_whole_card(visit)
    assert visit.faults == []


def test_the_clubs_date_is_moved_ahead_from_the_page(browser: Browser, demo: Demo) -> None:
    visit = opened(browser, demo, "en", WIDE)
    clock = visit.page.locator("button.clock")
    today = clock.inner_text()
    clock.click()
    visit.page.get_by_role("menuitem", name="1 month ahead").click()
    expect(clock).not_to_have_text(today)
    asked = visit.bubbles("staff").first
    expect(asked).to_contain_text("/clock +30d")
    expect(asked).to_contain_text("/clock")
    expect(visit.phone("staff").locator(".day").first).not_to_have_text("Today")
    expect(visit.phone("staff").locator(".day").last).to_have_text("Today")
    visit.page.get_by_role("button", name="فارسی").click()
    expect(clock).to_contain_text("۱۴")
    assert visit.faults == []
