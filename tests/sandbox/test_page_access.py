"""For everybody: names for those who cannot see, contrast, the keyboard, no traps."""

import pytest
from playwright.sync_api import expect

from tests.sandbox.desk import PHONE, WIDE, Stage, Visit, Visiting

pytest_plugins = ("tests.sandbox.visits",)

READABLE = 4.5
TABS = 60
NAMELESS = """() => [
    ...document.querySelectorAll("button, a[href], input, textarea, summary, [role=button]")
]
    .filter((node) => node.getClientRects().length > 0)
    .filter((node) => {
        const label = node.getAttribute("aria-label") ?? node.labels?.[0]?.textContent;
        return !(label ?? node.textContent ?? "").trim();
    })
    .map((node) => node.outerHTML.slice(0, 120))"""
CONTRAST = """(places) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const over = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => {
        const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        const [r, g, b] = rgb.map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return places.flatMap((place) => {
        const nodes = [...document.querySelectorAll(place)];
        const node = nodes.find((one) => one.getClientRects().length > 0);
        if (!node) return [`${place}: not there`];
        const grounds = [];
        for (let at = node; at; at = at.parentElement)
            grounds.unshift(getComputedStyle(at).backgroundColor);
        const ground = over(grounds);
        const ink = over([...grounds, getComputedStyle(node).color]);
        const [most, least] = [light(ground), light(ink)].sort((one, other) => other - one);
        const ratio = (most + 0.05) / (least + 0.05);
        return ratio >= READABLE ? [] : [`${place}: ${ratio.toFixed(2)}`];
    });
}"""
PLACES = (
    ".line:not(.mine) .text",
    ".line.mine .text",
    ".line:not(.mine) .stamp time",
    ".line.mine .stamp time",
    ".line.mine .command",
    ".text a",
    ".text code",
    ".sender",
    ".badge",
    ".day span",
    ".service span",
    ".quote b",
    ".quote span",
    ".inline-keys .key",
    ".reply-keys .key",
    ".pane-words p",
    ".you",
    ".person-words > span",
    ".chat-row.open .snippet",
    ".chat-row.open time",
    ".unread",
    ".circle-head h2",
    ".foot-button",
    ".notice span",
    ".pins b",
    ".send",
    ".traffic .call code",
    ".traffic .call time",
    ".traffic .end",
    ".card-words span",
)


def busy_town(stage: Stage) -> None:
    """A little of everything that the page can show."""
    first = stage.says("sara", "/start")["message_id"]
    place = {"chat_id": stage.ids["sara"]}
    board = {"keyboard": [["Card"]], "resize_keyboard": True}
    text = 'سلام <a href="https://example.org">site</a> <code>100016</code>'
    stage.bot("sendMessage", **place, text=text, parse_mode="HTML", reply_markup=board)
    row = [{"text": "Buy", "callback_data": "buy"}]
    keys = {"inline_keyboard": [row]}
    answer = {"reply_parameters": {"message_id": first}, "reply_markup": keys}
    asked = stage.bot("sendMessage", **place, text="Again?", **answer)
    stage.bot("pinChatMessage", **place, message_id=asked["message_id"])
    stage.upload("sendDocument", {"document": ("a.txt", b"text", "text/plain")}, place["chat_id"])
    stage.says("maryam", "hello", stage.staff_chat)
    stage.bot("sendMessage", chat_id=stage.staff_chat, text="welcome")
    stage.says("daniel", "/start")
    stage.bot("sendMessage", chat_id=stage.ids["daniel"], text="unread")
    stage.post(f"groups/{stage.staff_chat}", add=[stage.ids["daniel"]])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(stage: Stage, visit: Visiting, scheme: str) -> None:
    busy_town(stage)
    desk = visit("en", WIDE, color_scheme=scheme)
    desk.page.get_by_role("button", name="Bot requests").click()
    expect(desk.page.locator(".call")).not_to_have_count(0)
    expect(desk.page.locator(".notice span")).to_be_visible()
    script = CONTRAST.replace("READABLE", str(READABLE))
    assert "\n".join(desk.page.evaluate(script, list(PLACES))) == ""


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_everything_that_can_be_pressed_has_a_name(
    stage: Stage, visit: Visiting, size: tuple[int, int]
) -> None:
    busy_town(stage)
    desk = visit("fa", size)
    assert desk.page.evaluate(NAMELESS) == []
    if size == PHONE:
        desk.page.locator(".top-bar > button").click()
        assert desk.page.evaluate(NAMELESS) == []
    desk.page.get_by_role("button", name="درخواست‌های ربات").click()
    expect(desk.page.locator(".call")).not_to_have_count(0)
    assert desk.page.evaluate(NAMELESS) == []
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("log", name="پیام‌ها")).to_have_count(1 if size == PHONE else 2)
    assert desk.page.locator("h1").count() == 1


def focused(desk: Visit) -> str:
    """A name for what has the focus."""
    return str(
        desk.page.evaluate("document.activeElement.className || document.activeElement.tagName")
    )


def test_tab_goes_everywhere_and_round(stage: Stage, visit: Visiting) -> None:
    busy_town(stage)
    for n in range(30):
        stage.bot("sendMessage", chat_id=stage.ids["sara"], text=f"line {n} /card")
    desk = visit("fa")
    expect(desk.bubbles().last).to_contain_text("line 29")
    seen = []
    for _ in range(TABS):
        desk.page.keyboard.press("Tab")
        seen.append(focused(desk))
    for place in ("chat-row open", "foot-button", "pins", "line", "TEXTAREA", "send", "key"):
        assert any(place in one for one in seen), (place, seen)
    assert seen.count("chat-row open") > 1, "it comes round"
    lines = [one for one in seen if one.startswith("line")]
    assert len(lines) <= 6, "a log is one stop, not one for each message"


def test_arrows_go_from_message_to_message(stage: Stage, visit: Visiting) -> None:
    for n in range(50):
        stage.says("sara", f"line {n}")
    desk = visit()
    desk.phone().locator("textarea").focus()
    line = desk.bubbles().last
    for _ in range(TABS):
        desk.page.keyboard.press("Shift+Tab")
        if focused(desk).startswith("line"):
            break
    desk.page.keyboard.press("ArrowUp")
    assert desk.page.evaluate("document.activeElement.textContent").startswith("line 48")
    desk.page.keyboard.press("Home")
    expect(desk.bubbles().first).to_be_in_viewport()
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.phone().locator(".mode")).to_contain_text("line 0")
    desk.page.keyboard.press("Escape")
    expect(desk.phone().locator(".mode")).to_be_hidden()
    expect(line).to_be_attached()


def test_an_edit_does_not_take_the_focus_away(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    keys = {"inline_keyboard": [[{"text": "Fantasy", "callback_data": "g"}]]}
    place = {"chat_id": stage.ids["sara"]}
    sent = stage.bot("sendMessage", **place, text="Genres", reply_markup=keys)
    desk = visit()
    desk.phone().get_by_role("button", name="Fantasy").focus()
    desk.page.keyboard.press("Enter")
    stage.update("callback_query")
    keys["inline_keyboard"][0][0]["text"] = "✅ Fantasy"
    stage.bot("editMessageReplyMarkup", **place, message_id=sent["message_id"], reply_markup=keys)
    again = desk.phone().get_by_role("button", name="✅ Fantasy")
    expect(again).to_be_focused()


def test_the_list_of_people_opens_and_closes_with_the_keyboard(
    stage: Stage, visit: Visiting
) -> None:
    desk = visit("fa", PHONE)
    opener = desk.page.locator(".top-bar > button")
    opener.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(".list-close")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(".rail")).to_be_hidden()
    expect(opener).to_be_focused()
