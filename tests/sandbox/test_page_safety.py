"""Nothing that a message, a name or a file contains can run: hostile ones in every place."""

import re

from playwright.sync_api import expect

from tests.sandbox.desk import Stage, Visit, Visiting

pytest_plugins = ("tests.sandbox.visits",)

BAD = "<img src=x onerror=\"window.taken=1\"><svg onload='window.taken=2'>"
SCRIPT = "<script>window.taken=3</script>"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.taken=4">'
    b"<script>window.taken=5</script></svg>"
)
HTML = b"<!doctype html><script>document.title='taken';window.taken=6</script>"
DOCUMENTS = (
    ("card.svg", SVG, "image/svg+xml"),
    ("page.html", HTML, "text/html"),
    (BAD.replace("/", "") + ".html", HTML, "application/xhtml+xml"),
)
FOREIGN = ".messages script, .messages svg[onload], .messages [onerror], img[src=x], iframe, object"


def unharmed(visit: Visit) -> None:
    """Nothing ran, and no element came out of a text."""
    assert visit.page.evaluate("window.taken") is None
    assert visit.page.locator(FOREIGN).count() == 0
    assert visit.page.title() in ("Bashgah", "باشگاه")


def test_names_titles_and_descriptions_stay_text(stage: Stage, visit: Visiting) -> None:
    sara, reza = stage.ids["sara"], stage.ids["reza"]
    stage.post(f"people/{sara}", first_name=BAD[:64])
    stage.post("groups", title=(BAD + SCRIPT)[:128], owner=reza, members=[], with_bot=True)
    stage.bot("setMyDescription", description=BAD + SCRIPT)
    stage.bot("setMyCommands", commands=[{"command": "card", "description": BAD}])
    desk = visit()
    expect(desk.phone().locator(".empty-card")).to_contain_text(SCRIPT)
    stage.says("sara", "/start")
    expect(desk.phone().locator(".you")).to_contain_text(BAD[:64])
    desk.phone().locator("textarea").fill("/")
    expect(desk.phone().get_by_role("option")).to_contain_text(BAD)
    desk.page.locator(".chat-row", has_text="onerror").click()
    expect(desk.phone("staff").locator("h2")).to_contain_text("<img")
    unharmed(desk)


def test_what_the_bot_sends_stays_text(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    place = {"chat_id": stage.ids["sara"]}
    row = [{"text": BAD[:60], "callback_data": "x"}, {"text": "copy", "copy_text": {"text": BAD}}]
    shown = stage.bot("sendMessage", **place, text=BAD, reply_markup={"inline_keyboard": [row]})
    stage.bot("pinChatMessage", **place, message_id=shown["message_id"])
    board = {"keyboard": [[BAD[:60]]], "input_field_placeholder": BAD[:60]}
    stage.bot("sendMessage", **place, text=SCRIPT, reply_markup=board)
    desk = visit()
    expect(desk.phone().locator(".pins")).to_contain_text("<img")
    expect(desk.phone().locator(".reply-keys .key")).to_have_text(BAD[:60])
    desk.phone().locator(".inline-keys .key").first.click()
    query = stage.update("callback_query")["id"]
    stage.bot("answerCallbackQuery", callback_query_id=query, text=BAD, show_alert=True)
    expect(desk.page.get_by_role("dialog")).to_contain_text(BAD)
    unharmed(desk)
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Bot requests").click()
    desk.page.locator(".call summary").last.click()
    unharmed(desk)


def test_documents_are_saved_and_never_shown(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    for document in DOCUMENTS:
        stage.upload("sendDocument", {"document": document}, stage.ids["sara"])
    desk = visit()
    links = desk.phone().locator("a.card")
    expect(links).to_have_count(len(DOCUMENTS))
    for link in links.all():
        answer = stage.town.web.get(link.get_attribute("href") or "")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        with desk.page.expect_download():
            link.click(modifiers=["ControlOrMeta"])
        unharmed(desk)


def test_a_caption_and_a_contact_stay_text(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    sara = stage.ids["sara"]
    contact = {"phone_number": "+1555", "first_name": BAD[:64], "user_id": 5}
    stage.post(f"people/{sara}/chats/{sara}/contact", **contact)
    path = f"/api/people/{sara}/chats/{sara}/messages"
    files = {"document": ("a.txt", b"text", "text/plain")}
    assert stage.town.web.post(path, data={"caption": BAD + SCRIPT}, files=files).is_success
    desk = visit("fa")
    expect(desk.phone().locator(".contact")).to_contain_text(BAD[:64])
    expect(desk.bubbles().last.locator(".text")).to_have_text(BAD + SCRIPT)
    unharmed(desk)


def test_the_browser_itself_is_told_to_run_nothing_else(stage: Stage, visit: Visiting) -> None:
    policy = stage.town.web.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert not re.search(r"unsafe-|data:|\*", policy)
    desk = visit()
    desk.page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.taken = 7";
        document.body.append(script);
    }""")
    assert desk.page.evaluate("window.taken") is None
    assert "Content Security Policy" in " ".join(desk.faults)
    desk.faults.clear()
