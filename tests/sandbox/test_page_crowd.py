"""A town of many people: who is found in the list, in which order, and by which name."""

from playwright.sync_api import Locator, expect

from tests.sandbox.desk import PHONE, WIDE, Stage, Visit, Visiting

pytest_plugins = ("tests.sandbox.visits",)

CROWD = 300
MOST_SHOWN = 60
GUEST = {"language_code": "en"}
ISOLATED = "\u2068{}\u2069"
ONLY_MARKS = "\u200f\u0301\u3164"


def crowd(stage: Stage, count: int = CROWD) -> list[int]:
    """The ids of many customers, who stand in the list behind those of the seed."""
    return [stage.post("people", **GUEST, first_name=f"Guest {n:03}")["id"] for n in range(count)]


def row(desk: Visit, name: str) -> Locator:
    return desk.page.locator(f'.rail .person[title="{name}"]')


def test_whoever_is_chosen_stays_in_the_list(stage: Stage, visit: Visiting) -> None:
    crowd(stage)
    desk = visit()
    search = desk.page.get_by_role("searchbox")
    search.fill("guest 250")
    row(desk, "Guest 250").click()
    search.fill("")
    expect(desk.page.locator(".circle.customer .person")).to_have_count(MOST_SHOWN)
    expect(row(desk, "Guest 250")).to_be_in_viewport()
    expect(desk.phone().locator(".you")).to_contain_text("Guest 250")
    desk.page.reload()
    expect(desk.phone().locator(".you")).to_contain_text("Guest 250")
    expect(row(desk, "Guest 250")).to_be_in_viewport()


def test_a_new_person_is_seen_among_many(stage: Stage, visit: Visiting) -> None:
    crowd(stage)
    desk = visit()
    desk.page.get_by_role("button", name="New person").click()
    desk.page.get_by_role("dialog").get_by_label("Name").fill("Zoe")
    desk.page.keyboard.press("Enter")
    expect(desk.phone().locator(".you")).to_contain_text("Zoe")
    expect(row(desk, "Zoe")).to_be_in_viewport()
    row(desk, "Daniel").click()
    expect(desk.phone().locator(".you")).to_contain_text("Daniel")
    expect(row(desk, "Zoe")).to_be_attached()


def test_what_is_unread_comes_first_then_what_is_new(stage: Stage, visit: Visiting) -> None:
    ids = crowd(stage)
    for n in (280, 290):
        stage.town.says(ids[n], "hello")
    stage.bot("sendMessage", chat_id=ids[280], text="news for you")
    desk = visit()
    names = desk.page.locator(".circle.customer .person b")
    expect(names.first).to_have_text("Guest 280")
    expect(row(desk, "Guest 280").locator(".unread")).to_have_text("1")
    expect(row(desk, "Guest 280")).to_contain_text("news for you")
    expect(row(desk, "Guest 280").locator("time")).to_be_visible()
    stage.bot("sendMessage", chat_id=ids[290], text="and for you")
    expect(row(desk, "Guest 290").locator(".unread")).to_have_text("1")
    expect(row(desk, "سارا")).to_contain_text("Customer")
    expect(row(desk, "Daniel")).to_contain_text("No messages yet.")


def test_staff_are_reached_past_all_customers(stage: Stage, visit: Visiting) -> None:
    crowd(stage, MOST_SHOWN)
    desk = visit("fa", PHONE, has_touch=True)
    desk.page.locator(".top-bar > button").click()
    expect(row(desk, "مریم")).to_be_in_viewport()
    expect(row(desk, "مریم")).to_contain_text("صاحب فروشگاه")
    desk.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    expect(row(desk, "مریم")).to_be_in_viewport(ratio=0.99)


def test_members_are_told_apart_in_both_directions(stage: Stage, visit: Visiting) -> None:
    upside_down = stage.post("people", **GUEST, first_name="\u202eAda\u2069")["id"]
    members = {"owner": stage.ids["sara"], "members": [upside_down]}
    stage.post("groups", title="Readers", with_bot=True, **members)
    desk = visit("en")
    desk.page.locator(".chat-row", has_text="Readers").click()
    about = desk.phone().locator(".pane-head .pane-words p").first
    for comma in (", ", "، "):
        expect(about).to_contain_text(ISOLATED.format("سارا"))
        expect(about).to_contain_text(ISOLATED.format("Ada"))
        expect(about).to_contain_text("\u2069" + comma + "\u2068")
        desk.page.locator(".feet button").first.click()


def test_a_name_of_marks_only_shows_as_its_id(stage: Stage, visit: Visiting) -> None:
    desk = visit()
    told = desk.page.evaluate(
        """async (name) => {
            const { nameOf } = await import("/page/service.js");
            return [nameOf({ id: 7, first_name: name }), nameOf({ id: 7, first_name: `${name}A` })];
        }""",
        ONLY_MARKS,
    )
    assert told == ["7", ONLY_MARKS + "A"]
