"""The desk around the chats: sizes, languages, places kept, blocking, files, and outages."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.sandbox.desk import PHONE, WIDE, Stage, Visiting

pytest_plugins = ("tests.sandbox.visits",)

PERSIAN_TIME = re.compile(r"[۰-۹]{2}:[۰-۹]{2}")
LATIN_TIME = re.compile(r"[0-9]{2}:[0-9]{2}")
LONG = "کتاب‌فروشی‌" * 30 + " " + "W" * 300


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways, neither from the page nor from a log."""
    inside = "node => node.scrollWidth <= node.clientWidth"
    nodes = [page.locator("html"), *page.locator(".log:visible").all()]
    return all(node.evaluate(inside) for node in nodes)


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 360), "#12705b").save(drawn, "PNG")
    return drawn.getvalue()


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_phone_shows_one_chat_and_a_switcher(
    stage: Stage, visit: Visiting, language: str
) -> None:
    stage.says("sara", LONG)
    board = {"keyboard": [["یک گزینهٔ بسیار بسیار بلند برای یک دکمه"] * 4], "resize_keyboard": True}
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text=LONG, reply_markup=board)
    row = [{"text": LONG[:60], "callback_data": str(n)} for n in range(4)]
    stage.bot(
        "sendMessage",
        chat_id=stage.ids["sara"],
        text="<pre>" + "x" * 400 + "</pre>",
        parse_mode="HTML",
        reply_markup={"inline_keyboard": [row]},
    )
    desk = visit(language, PHONE, has_touch=True)
    expect(desk.phone("customer")).to_be_visible()
    expect(desk.phone("staff")).to_be_hidden()
    assert fits(desk.page)
    stage.says("reza", "hello staff", stage.staff_chat)
    desk.page.locator(".switch", has_text="رضا").click()
    expect(desk.phone("customer")).to_be_hidden()
    expect(desk.bubbles("staff").last).to_contain_text("hello staff")
    assert fits(desk.page)
    people = desk.page.locator(".rail")
    expect(people).to_be_hidden()
    desk.page.locator(".top-bar > button").click()
    people.get_by_role("button", name="Daniel").click()
    expect(people).to_be_hidden()
    expect(desk.phone("customer")).to_be_visible()


def test_a_wide_screen_shows_cause_and_effect_together(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit("en", WIDE)
    expect(desk.phone("customer")).to_be_visible()
    desk.write("/purchase 100042 250000", "staff")
    expect(desk.bubbles("staff").last).to_contain_text("/purchase")
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="25 points")
    expect(desk.bubbles("customer").last).to_contain_text("25 points")
    customer, staff = (desk.phone(slot).bounding_box() for slot in ("customer", "staff"))
    assert customer is not None
    assert staff is not None
    assert customer["x"] + customer["width"] <= staff["x"]
    assert fits(desk.page)


def test_the_interface_speaks_both_languages(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "سلام hello 12")
    desk = visit("fa")
    html = desk.page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    expect(desk.phone().locator("textarea")).to_have_attribute("placeholder", "پیام…")
    expect(desk.bubbles().last.locator("time")).to_have_text(PERSIAN_TIME)
    rail, pane = desk.page.locator(".rail").bounding_box(), desk.phone().bounding_box()
    assert rail is not None
    assert pane is not None
    assert rail["x"] > pane["x"], "the list stands at the right"
    desk.page.get_by_role("button", name="English").click()
    desk.page.reload()
    expect(html).to_have_attribute("dir", "ltr")
    expect(html).to_have_attribute("lang", "en")
    expect(desk.phone().locator("textarea")).to_have_attribute("placeholder", "Message…")
    expect(desk.bubbles().last.locator("time")).to_have_text(LATIN_TIME)
    expect(desk.bubbles().last.locator(".text")).to_have_text("سلام hello 12")


def test_both_languages_say_the_same_things(stage: Stage, visit: Visiting) -> None:
    desk = visit()
    same = """async () => {
        const [{ FA }, { EN }] = await Promise.all([import("/page/fa.js"), import("/page/en.js")]);
        const facts = (text) => [...text.matchAll(/\\{\\w+\\}/g)].map(String).sort().join();
        const keys = [...new Set([...Object.keys(FA), ...Object.keys(EN)])];
        return keys.filter((key) => facts(FA[key] ?? "{none}") !== facts(EN[key] ?? "{none}"));
    }"""
    assert desk.page.evaluate(same) == []


def test_a_reload_keeps_the_person_and_the_chat(stage: Stage, visit: Visiting) -> None:
    stage.says("maryam", "/start")
    desk = visit()
    desk.choose("Daniel")
    desk.choose("مریم")
    desk.page.locator(".chat-row").nth(1).click()
    expect(desk.bubbles("staff").last).to_contain_text("/start")
    desk.page.reload()
    expect(desk.bubbles("staff").last).to_contain_text("/start")
    expect(desk.phone("customer").locator(".you")).to_contain_text("Daniel")
    expect(desk.page.locator(".person.chosen")).to_have_count(2)


def test_a_new_person_comes_to_town(stage: Stage, visit: Visiting) -> None:
    desk = visit()
    desk.page.get_by_role("button", name="New person").click()
    dialogue = desk.page.get_by_role("dialog")
    dialogue.get_by_label("Name").fill("نیلوفر <b>")
    dialogue.get_by_label("فارسی").check()
    desk.page.keyboard.press("Enter")
    expect(desk.phone().locator(".you")).to_contain_text("نیلوفر <b>")
    desk.phone().get_by_role("button", name="Start", exact=True).click()
    assert stage.update("message")["from"]["language_code"] == "fa"


def test_the_bot_is_blocked_and_unblocked(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit()
    desk.phone().get_by_role("button", name="More actions").click()
    desk.page.get_by_role("menuitem", name="Block the bot").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Block the bot").click()
    assert stage.update("my_chat_member")["new_chat_member"]["status"] == "kicked"
    desk.phone().get_by_role("button", name="Unblock").click()
    assert stage.update("my_chat_member")["new_chat_member"]["status"] == "member"
    expect(desk.phone().locator("textarea")).to_be_visible()


def test_pictures_open_and_documents_download(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    sara = stage.ids["sara"]
    stage.upload("sendPhoto", {"photo": ("card.png", picture(), "image/png")}, sara)
    page_text = b"<script>document.title='taken'</script>"
    stage.upload("sendDocument", {"document": ("data.html", page_text, "text/html")}, sara)
    desk = visit()
    desk.phone().get_by_role("button", name="View photo").click()
    viewer = desk.page.get_by_role("dialog").locator("img")
    expect(viewer).to_be_visible()
    assert viewer.evaluate("image => image.naturalWidth") == 640
    desk.page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    with desk.page.expect_download() as download:
        desk.phone().locator("a.card").click()
    assert download.value.suggested_filename == "data.html"
    chosen = {"name": "mine.png", "mimeType": "image/png", "buffer": picture()}
    desk.phone().locator("input[type=file]").set_input_files(chosen)  # type: ignore[arg-type]
    expect(desk.phone().locator(".line.mine img")).to_be_visible()


def test_a_group_that_became_a_supergroup_stays_open(stage: Stage, visit: Visiting) -> None:
    reza, maryam = stage.ids["reza"], stage.ids["maryam"]
    stage.post("groups", title="Another", owner=maryam, members=[reza], with_bot=True)
    stage.says("reza", "old days", stage.staff_chat)
    desk = visit()
    stage.post(f"groups/{stage.staff_chat}", migrate=True)
    expect(desk.bubbles("staff")).to_have_count(0)
    expect(desk.phone("staff").locator(".pane-head")).to_contain_text("کارکنان")
    expect(desk.phone("staff").locator(".service")).to_have_text("The group became a supergroup")
    desk.write("new days", "staff")
    expect(desk.bubbles("staff").last).to_contain_text("new days")


def test_it_scrolls_along_only_for_those_who_read_the_end(stage: Stage, visit: Visiting) -> None:
    for n in range(40):
        stage.says("sara", f"line {n}")
    desk = visit()
    log = desk.phone().locator(".log")
    distance = "node => node.scrollHeight - node.scrollTop - node.clientHeight"
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="newest")
    expect(desk.bubbles().last).to_be_in_viewport()
    log.evaluate("node => node.scrollTo(0, 0)")
    expect(desk.phone().locator(".latest")).to_be_visible()
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="unseen")
    expect(desk.phone().locator(".latest .count")).to_have_text("New messages: 1")
    assert log.evaluate(distance) > 100
    desk.phone().locator(".latest").click()
    expect(desk.bubbles().last).to_be_in_viewport()
    expect(desk.phone().locator(".latest")).to_be_hidden()


def test_it_says_when_the_bot_does_not_listen(stage: Stage, visit: Visiting) -> None:
    stage.bot("getUpdates")
    stage.says("sara", "/start")
    desk = visit()
    expect(desk.page.locator(".notice")).to_contain_text("The bot does not answer")


def test_an_outage_on_purpose_is_named(stage: Stage, visit: Visiting) -> None:
    desk = visit()
    answer = stage.town.web.put("/api/faults", json={"outage": {"for_s": 600}})
    assert answer.is_success, answer.text
    expect(desk.page.locator(".notice")).to_contain_text("An outage is being played")
    desk.page.get_by_role("button", name="Bot requests").click()
    desk.page.get_by_role("button", name="Switch off").click()
    expect(desk.page.locator(".notice")).not_to_contain_text("outage")


def test_a_sandbox_that_was_killed_goes_on_without_a_reload(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "before")
    desk = visit()
    stage.town.kill()
    expect(desk.page.locator(".notice")).to_contain_text("sandbox is gone")
    desk.write("lost")
    expect(desk.phone().locator(".toast")).to_contain_text("sandbox is gone")
    stage.town.start()
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="after")
    expect(desk.bubbles().last).to_contain_text("after", timeout=20_000)
    expect(desk.page.locator(".notice")).not_to_contain_text("sandbox is gone")
    desk.faults.clear()  # The browser itself reports each connection that failed meanwhile.
