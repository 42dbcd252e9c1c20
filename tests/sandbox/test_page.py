"""What people do on the chat page, and what the bot sends, seen in a real browser."""

from playwright.sync_api import expect

from tests.sandbox.desk import Stage, Visiting

pytest_plugins = ("tests.sandbox.visits",)

HOSTILE = (
    "<img src=x onerror=\"document.title='taken'\">",
    "<script>document.title='taken'</script>",
    "javascript:document.title='taken'",
    '"><svg onload=document.title=1>',
)


def keys(*rows: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """Inline buttons by rows of (text, data)."""
    return {
        "inline_keyboard": [
            [{"text": text, "callback_data": data} for text, data in row] for row in rows
        ]
    }


def test_a_person_and_the_bot_talk(stage: Stage, visit: Visiting) -> None:
    desk = visit()
    desk.phone().get_by_role("button", name="Start", exact=True).click()
    assert stage.update("message")["text"] == "/start"
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="سلام <b>سارا</b>", parse_mode="HTML")
    expect(desk.bubbles().last.locator(".text")).to_have_text("سلام سارا")
    expect(desk.bubbles().last.locator(".text b")).to_have_text("سارا")
    desk.write("thanks")
    expect(desk.phone().locator(".line.mine").last).to_contain_text("thanks")
    assert stage.update("message")["text"] == "thanks"


def test_a_pressed_button_brings_an_edit_and_a_toast(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    menu = keys((("Fantasy", "genre:1"), ("History", "genre:2")))
    sent = stage.bot("sendMessage", chat_id=stage.ids["sara"], text="Genres", reply_markup=menu)
    desk = visit()
    button = desk.phone().get_by_role("button", name="Fantasy")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    query = stage.update("callback_query")
    assert query["data"] == "genre:1"
    stage.bot("answerCallbackQuery", callback_query_id=query["id"], text="Chosen <b>")
    expect(desk.phone().locator(".toast")).to_have_text("Chosen <b>")
    expect(button).not_to_have_attribute("aria-busy", "true")
    place = {"chat_id": stage.ids["sara"], "message_id": sent["message_id"]}
    stage.bot("editMessageText", **place, text="Done", reply_markup=keys((("Again", "genre:3"),)))
    expect(desk.bubbles().last.locator(".text")).to_have_text("Done")
    expect(desk.bubbles().last.locator(".edited")).to_have_text("edited")
    expect(desk.phone().locator(".inline-keys .key")).to_have_text(["Again"])


def test_an_alert_waits_until_it_is_acknowledged(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    menu = keys((("Buy", "buy"),))
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="?", reply_markup=menu)
    desk = visit()
    desk.phone().get_by_role("button", name="Buy").click()
    query = stage.update("callback_query")["id"]
    stage.bot(
        "answerCallbackQuery", callback_query_id=query, text="Too few points", show_alert=True
    )
    alert = desk.page.get_by_role("dialog")
    expect(alert).to_contain_text("Too few points")
    desk.page.keyboard.press("Enter")
    expect(alert).to_have_count(0)


def test_a_contact_is_shared_only_after_asking(stage: Stage, visit: Visiting) -> None:
    stage.says("daniel", "/start")
    board = {
        "keyboard": [[{"text": "My number", "request_contact": True}]],
        "resize_keyboard": True,
    }
    stage.bot("sendMessage", chat_id=stage.ids["daniel"], text="Phone?", reply_markup=board)
    desk = visit()
    desk.choose("Daniel")
    desk.phone().get_by_role("button", name="My number").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(desk.phone().locator(".contact")).to_have_count(0)
    desk.phone().get_by_role("button", name="My number").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="Yes, share it").click()
    expect(desk.phone().locator(".line.mine .contact")).to_contain_text("Daniel")
    stage.update("message")
    contact = stage.update("message")["contact"]
    assert contact["user_id"] == stage.ids["daniel"]


def test_a_reply_keyboard_writes_and_goes(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit("fa")
    place = {"chat_id": stage.ids["sara"]}
    board = {"keyboard": [["کارت من", "امتیازها"]], "input_field_placeholder": "یک گزینه"}
    stage.bot("sendMessage", **place, text="منو", reply_markup=board)
    expect(desk.phone().locator("textarea")).to_have_attribute("placeholder", "یک گزینه")
    left, right = desk.phone().locator(".reply-keys .key").all()
    assert left.bounding_box()["x"] < right.bounding_box()["x"], "rows are never mirrored"  # type: ignore[index]
    left.click()
    expect(desk.phone().locator(".line.mine").last).to_contain_text("کارت من")
    desk.phone().get_by_role("button", name="صفحه‌کلید ربات").click()
    expect(desk.phone().locator(".reply-keys")).to_be_hidden()
    stage.bot("sendMessage", **place, text="بی‌منو", reply_markup={"remove_keyboard": True})
    expect(desk.phone().locator(".reply-keys")).to_have_count(0)


def test_a_question_of_the_bot_is_answered_as_a_reply(stage: Stage, visit: Visiting) -> None:
    asking = stage.says("reza", "/purchase", stage.staff_chat)["message_id"]
    desk = visit()
    question = stage.bot(
        "sendMessage",
        chat_id=stage.staff_chat,
        text="How much?",
        reply_parameters={"message_id": asking},
        reply_markup={"force_reply": True, "selective": True},
    )
    expect(desk.phone("staff").locator(".mode")).to_contain_text("How much?")
    desk.write("250000", "staff")
    expect(desk.phone("staff").locator(".mode")).to_be_hidden()
    expect(desk.bubbles("staff").last.locator(".quote")).to_contain_text("How much?")
    stage.update("message")
    answer = stage.update("message")
    assert answer["reply_to_message"]["message_id"] == question["message_id"]


def test_one_replies_to_a_message_and_mends_ones_own(stage: Stage, visit: Visiting) -> None:
    stage.says("maryam", "how many today?", stage.staff_chat)
    desk = visit()
    staff = desk.phone("staff")
    desk.bubbles("staff").last.hover()
    desk.bubbles("staff").last.get_by_role("button", name="Reply", exact=True).click()
    desk.write("twelwe", "staff")
    expect(desk.bubbles("staff").last.locator(".quote")).to_contain_text("how many today?")
    desk.bubbles("staff").last.hover()
    desk.bubbles("staff").last.get_by_role("button", name="Edit").click()
    expect(staff.locator("textarea")).to_have_value("twelwe")
    desk.write("twelve", "staff")
    expect(desk.bubbles("staff").last.locator(".text")).to_have_text("twelve")
    expect(desk.bubbles("staff").last.locator(".edited")).to_be_visible()
    expect(desk.bubbles("staff").first.locator(".sender")).to_have_text("مریم")


def test_hostile_text_stays_text(stage: Stage, visit: Visiting) -> None:
    sara = stage.ids["sara"]
    for text in HOSTILE:
        stage.says("sara", text)
        stage.says("reza", text, stage.staff_chat)
        row = [{"text": text[:40], "callback_data": "x"}]
        stage.bot("sendMessage", chat_id=sara, text=text, reply_markup={"inline_keyboard": [row]})
    desk = visit()
    said = [text for text in HOSTILE for _ in ("Sara", "bot")]
    expect(desk.bubbles().locator(".text")).to_have_text(said)
    labels = [text[:40] for text in HOSTILE]
    expect(desk.phone().locator(".inline-keys .key")).to_have_text(labels)
    expect(desk.bubbles("staff").locator(".text")).to_have_text(list(HOSTILE))
    assert desk.page.locator("img, script:not([src]), .messages svg[onload]").count() == 0
    assert desk.page.title() == "Bashgah"


def test_a_link_that_could_run_stays_text(visit: Visiting) -> None:
    build = """async (url) => {
        const { textNodes } = await import("/page/entities.js");
        const entity = { type: "text_link", offset: 0, length: 5, url };
        return textNodes("click", [entity], { opens: () => false })[0].outerHTML;
    }"""
    page = visit().page
    for url in ("javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x"):
        assert page.evaluate(build, url) == "<span>click</span>"


def test_formats_are_elements_that_do_something(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    text = (
        "<b>bold</b> <i>it</i> <code>100042</code> <tg-spoiler>secret</tg-spoiler> <pre>a\nb</pre>"
        '<blockquote>quoted</blockquote> <a href="https://example.org/">site</a> /card'
    )
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text=text, parse_mode="HTML")
    desk = visit(permissions=["clipboard-read", "clipboard-write"])
    bubble = desk.bubbles().last
    for tag, inner in (("b", "bold"), ("i", "it"), ("pre", "a\nb"), ("blockquote", "quoted")):
        assert bubble.locator(tag).text_content() == inner
    expect(bubble.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    bubble.locator("code").click()
    expect(desk.phone().locator(".toast")).to_have_text("Copied")
    assert desk.page.evaluate("navigator.clipboard.readText()") == "100042"
    bubble.get_by_role("button", name="Hidden text").press("Enter")
    expect(bubble.locator(".spoiler.shown")).to_have_text("secret")
    bubble.locator(".command").click()
    expect(desk.phone().locator(".line.mine").last).to_contain_text("/card")


def test_a_link_to_the_bot_sends_its_code(stage: Stage, visit: Visiting) -> None:
    link = "https://t.me/bashgah_demo_bot?start=c_7Fq2"
    stage.says("daniel", f"friends gave me {link}")
    stage.says("maryam", link, stage.staff_chat)
    desk = visit()
    desk.choose("Daniel")
    desk.bubbles().last.locator("a").click()
    expect(desk.phone().locator(".line.mine").last).to_contain_text("/start c_7Fq2")
    # In the group one chooses who opens it: an invitation is not meant for the cashier.
    desk.bubbles("staff").last.locator("a").click()
    desk.page.get_by_role("dialog").get_by_role("button", name="سارا").click()
    expect(desk.phone().locator(".pane-head")).to_contain_text("سارا")
    expect(desk.phone().locator(".line.mine").last).to_contain_text("/start c_7Fq2")


def test_commands_that_come_late_are_there(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit()
    menu = desk.phone("staff").get_by_role("button", name="Commands")
    expect(menu).to_be_hidden()
    stage.bot("setMyCommands", commands=[{"command": "purchase", "description": "Purchase"}])
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="Welcome")
    expect(menu).to_be_visible()


def test_commands_are_listed_and_filtered(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    commands = [
        {"command": "card", "description": "Card"},
        {"command": "help", "description": "Help"},
    ]
    stage.bot("setMyCommands", commands=commands)
    desk = visit()
    desk.phone().get_by_role("button", name="Commands").click()
    expect(desk.phone().get_by_role("option")).to_have_count(2)
    area = desk.phone().locator("textarea")
    area.fill("/he")
    expect(desk.phone().get_by_role("option")).to_have_text(["/helpHelp"])
    area.press("Enter")
    expect(desk.phone().locator(".line.mine").last).to_contain_text("/help")
    expect(area).to_have_value("")
