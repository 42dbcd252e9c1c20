"""The finer things of a chat: ticks, quotes, albums, pins, topics, typing, viewer, drawer."""

import io
import json
import re

from PIL import Image
from playwright.sync_api import Locator, expect

from tests.sandbox.desk import PHONE, Stage, Visiting

pytest_plugins = ("tests.sandbox.visits",)

FOCUSED = "node => node === document.activeElement"


def picture(colour: str) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(drawn, "PNG")
    return drawn.getvalue()


def sends_album(stage: Stage, chat: int, *colours: str) -> None:
    media = [{"type": "photo", "media": f"attach://{colour}"} for colour in colours]
    media[0]["caption"] = "Autumn books"
    files = {colour: (f"{colour}.png", picture(colour), "image/png") for colour in colours}
    url = f"/bot{stage.town.token}/sendMediaGroup"
    facts = {"chat_id": chat, "media": json.dumps(media)}
    answer = stage.town.web.post(url, data=facts, files=files)
    assert answer.is_success, answer.text


def has_focus(node: Locator) -> bool:
    return bool(node.evaluate(FOCUSED))


def test_ticks_tell_what_the_bot_has_fetched(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit()
    desk.write("hello")
    ticks = desk.phone().locator(".line.mine").last.locator(".ticks")
    expect(ticks).to_have_attribute("aria-label", "Sent")
    stage.update("message")
    stage.update("message")
    stage.bot("getUpdates", offset=-1)
    expect(ticks).to_have_attribute("aria-label", "Sent")
    stage.bot("getUpdates", offset=stage.bot("getUpdates")[-1]["update_id"] + 1)
    expect(ticks).to_have_attribute("aria-label", "Fetched by the bot")


def test_privacy_keeps_chatter_from_the_bot_and_the_ticks_say_so(
    stage: Stage, visit: Visiting
) -> None:
    desk = visit()
    desk.write("tea, anybody?", "staff")
    desk.write("/today", "staff")
    stage.bot("getUpdates", offset=stage.bot("getUpdates")[-1]["update_id"] + 1)
    ticks = desk.phone("staff").locator(".line.mine .ticks")
    expect(ticks.last).to_have_attribute("aria-label", "Fetched by the bot")
    expect(ticks.first).to_have_attribute("aria-label", "Sent")


def test_a_quote_leads_to_its_message_however_far_up(stage: Stage, visit: Visiting) -> None:
    sara = stage.ids["sara"]
    first = stage.says("sara", "the very first")["message_id"]
    for n in range(200):
        stage.says("sara", f"line {n}")
    stage.bot("sendMessage", chat_id=sara, text="about", reply_parameters={"message_id": first})
    desk = visit()
    expect(desk.bubbles().first).not_to_contain_text("the very first")
    desk.bubbles().last.locator(".quote").click()
    target = desk.phone().locator(f'[data-id="{first}"]')
    expect(target).to_be_in_viewport()
    assert has_focus(target)


def test_an_album_is_one_bubble_and_the_viewer_goes_through_it(
    stage: Stage, visit: Visiting
) -> None:
    stage.says("sara", "/start")
    sends_album(stage, stage.ids["sara"], "red", "green", "blue")
    desk = visit()
    expect(desk.bubbles()).to_have_count(2)
    album = desk.bubbles().last
    expect(album.locator(".album .photo")).to_have_count(3)
    expect(album.locator(".text")).to_have_text("Autumn books")
    second = album.locator(".photo").nth(1)
    second.click()
    dialogue = desk.page.get_by_role("dialog")
    expect(dialogue.locator(".viewer-count")).to_have_text("2 / 3")
    desk.page.keyboard.press("ArrowRight")
    expect(dialogue.locator(".viewer-count")).to_have_text("3 / 3")
    desk.page.keyboard.press("ArrowLeft")
    desk.page.keyboard.press("ArrowLeft")
    expect(dialogue.locator(".viewer-caption")).to_have_text("Autumn books")
    desk.page.keyboard.press("Escape")
    expect(dialogue).to_have_count(0)
    assert has_focus(second), "who looked at a picture goes on from there"


def test_what_is_pinned_stands_over_the_chat(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    sara = stage.ids["sara"]
    pinned = stage.bot("sendMessage", chat_id=sara, text="Open until eight")["message_id"]
    for n in range(30):
        stage.says("sara", f"line {n}")
    desk = visit()
    bar = desk.phone().locator(".pins")
    expect(bar).to_be_hidden()
    stage.bot("pinChatMessage", chat_id=sara, message_id=pinned)
    expect(bar).to_contain_text("Open until eight")
    bar.click()
    expect(desk.phone().locator(f'[data-id="{pinned}"]')).to_be_in_viewport()
    stage.bot("unpinChatMessage", chat_id=sara)
    expect(bar).to_be_hidden()


def test_topics_part_the_staff_group(stage: Stage, visit: Visiting) -> None:
    stage.says("maryam", "before the topics", stage.staff_chat)
    desk = visit("en")
    desk.choose("مریم")
    staff = desk.phone("staff")
    staff.get_by_role("button", name="More actions").click()
    desk.page.get_by_role("menuitem", name="Turn on topics").click()
    expect(staff.get_by_role("tab")).to_have_text(["General"])
    staff.get_by_role("button", name="More actions").click()
    desk.page.get_by_role("menuitem", name="New topic").click()
    desk.page.get_by_role("dialog").get_by_label("Name").fill("صندوق <b>")
    desk.page.keyboard.press("Enter")
    till = staff.get_by_role("tab", name="صندوق <b>")
    till.click()
    expect(till).to_have_attribute("aria-selected", "true")
    desk.write("/purchase 100016 250000", "staff")
    expect(desk.bubbles("staff").last).to_contain_text("/purchase")
    asked = stage.update("message")
    while asked.get("text") is None:
        asked = stage.update("message")
    assert asked["is_topic_message"] is True
    desk.page.reload()
    expect(till).to_have_attribute("aria-selected", "true")
    expect(desk.bubbles("staff").last).to_contain_text("/purchase")
    till.press("Home")
    desk.page.keyboard.press("Enter")
    expect(desk.bubbles("staff").filter(has_text="/purchase")).to_have_count(0)
    thread = asked["message_thread_id"]
    place = {"chat_id": asked["chat"]["id"], "message_thread_id": thread}
    stage.bot("sendMessage", **place, text="25 points")
    expect(till.get_by_role("img", name="New messages")).to_be_visible()
    expect(desk.bubbles("staff").filter(has_text="25 points")).to_have_count(0)


def test_one_sees_the_bot_typing(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit("fa")
    stage.bot("sendChatAction", chat_id=stage.ids["sara"], action="typing")
    typing = desk.phone().locator(".typing")
    expect(typing).to_have_text("در حال نوشتن…")
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="There")
    expect(typing).to_be_hidden()


def test_two_quick_taps_are_one(stage: Stage, visit: Visiting) -> None:
    desk = visit("fa", PHONE, has_touch=True)
    desk.phone().get_by_role("button", name="شروع", exact=True).dblclick()
    row = [{"text": "خرید", "callback_data": "buy"}]
    place = {"chat_id": stage.ids["sara"]}
    stage.bot("sendMessage", **place, text="?", reply_markup={"inline_keyboard": [row]})
    desk.phone().get_by_role("button", name="خرید").dblclick()
    board = {"keyboard": [["کارت من"]], "resize_keyboard": True}
    stage.update("callback_query")
    stage.bot("sendMessage", **place, text="منو", reply_markup=board)
    desk.phone().locator(".reply-keys .key").click()
    expect(desk.phone().locator(".line.mine").last).to_contain_text("کارت من")
    texts = desk.phone().locator(".line.mine .text").all_inner_texts()
    assert texts == ["/start", "کارت من"]
    queued = [update for update in stage.bot("getUpdates") if "callback_query" in update]
    assert len(queued) <= 1


def test_the_drawer_shows_requests_and_answers(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit()
    desk.page.get_by_role("button", name="Bot requests").click()
    drawer = desk.page.get_by_role("region", name="Bot requests")
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="<img src=x> 25")
    refused = stage.town.call("sendMessage", chat_id=stage.ids["daniel"], text="hi")
    assert not refused["ok"]
    rows = drawer.locator(".call")
    expect(rows.last).to_contain_text("403")
    expect(rows.last.locator("time")).to_have_attribute("title", re.compile("this machine"))
    expect(drawer.get_by_role("heading")).to_contain_text("this machine’s time")
    shown = rows.filter(has_text="<img src=x> 25")
    shown.locator("summary").click()
    expect(shown.locator("pre").first).to_contain_text('"text": "<img src=x> 25"')
    expect(drawer.locator(".figures")).to_contain_text("refused1")
    desk.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert has_focus(desk.page.get_by_role("button", name="Bot requests"))
