"""What is kept: the place where one reads, what one was writing, and the pace of a long chat."""

from playwright.sync_api import Locator, expect

from tests.sandbox.desk import PATIENCE_MS, Stage, Visit, Visiting

pytest_plugins = ("tests.sandbox.visits",)

MANY = 1_000
MOST_NODES = 8_000
LONG_FRAME_MS = 120
SCROLL = """async node => {
    const late = [];
    let before = performance.now();
    let steps = 0;
    while (node.scrollTop > 0) {
        node.scrollTop = Math.max(0, node.scrollTop - 700);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        if (now - before > MS) late.push(Math.round(now - before));
        before = now;
        steps += 1;
        if (node.querySelector(".line .text").textContent === "line 0") continue;
        const vain = now + PATIENCE_MS; // Older ones are on their way.
        while (node.scrollTop === 0 && performance.now() < vain)
            await new Promise((done) => setTimeout(done, 20));
        before = performance.now();
    }
    return { late, steps };
}"""

KEPT = """id => Object.values(JSON.parse(localStorage["bashgah.scrolls"] ?? "{}"))
    .some((place) => place.id === id)"""


def fill(stage: Stage, count: int) -> None:
    """Many messages of all lengths in Sara's chat."""
    stage.says("sara", "line 0")
    for n in range(1, count):
        words = f"line {n} سلام " + "کتاب " * (n % 60)
        stage.bot("sendMessage", chat_id=stage.ids["sara"], text=words)
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="the last one")


def topmost(visit: Visit) -> str:
    """The first line that can be seen."""
    find = """node => [...node.querySelectorAll(".line")].find((line) =>
        line.getBoundingClientRect().bottom > node.getBoundingClientRect().top).dataset.id"""
    return str(log(visit).evaluate(find))


def height_of(visit: Visit, name: str) -> float:
    line = visit.phone().locator(f'[data-id="{name}"]')
    return float(line.evaluate("node => node.getBoundingClientRect().top"))


def log(visit: Visit) -> Locator:
    return visit.phone().locator(".log")


def test_a_thousand_messages_stay_smooth(stage: Stage, visit: Visiting) -> None:
    fill(stage, MANY)
    desk = visit()
    expect(desk.bubbles().last).to_contain_text("the last one")
    expect(desk.bubbles().last).to_be_in_viewport()
    assert desk.bubbles().count() <= 100, "what is far up is brought when somebody goes there"
    scroll = SCROLL.replace("PATIENCE_MS", str(PATIENCE_MS)).replace("MS", str(LONG_FRAME_MS))
    told = log(desk).evaluate(scroll)
    expect(desk.bubbles().first.locator(".text")).to_have_text("line 0")
    assert desk.bubbles().count() == MANY + 1
    assert len(told["late"]) <= told["steps"] // 10, told
    shown = desk.bubbles().first.evaluate("node => getComputedStyle(node).contentVisibility")
    assert shown == "auto", "what is not seen is not laid out"
    desk.phone().locator(".latest").click()
    stage.bot("sendMessage", chat_id=stage.ids["sara"], text="one more")
    expect(desk.bubbles().last).to_contain_text("one more")
    expect(desk.bubbles()).to_have_count(200)
    assert desk.page.locator("*").count() < MOST_NODES


def test_older_messages_come_without_a_jump(stage: Stage, visit: Visiting) -> None:
    fill(stage, 300)
    desk = visit()
    expect(desk.bubbles().last).to_be_in_viewport()
    held = desk.bubbles().nth(12)
    name = held.get_attribute("data-id")
    before = log(desk).evaluate(f"""async (node) => {{
        const line = node.querySelector('[data-id="{name}"]');
        line.scrollIntoView({{ block: "start" }});
        await new Promise(requestAnimationFrame);
        return line.getBoundingClientRect().top;
    }}""")
    expect(desk.bubbles().nth(100)).to_be_attached()
    assert abs(height_of(desk, str(name)) - before) <= 2


def test_a_reload_keeps_the_place_and_the_draft(stage: Stage, visit: Visiting) -> None:
    fill(stage, 300)
    desk = visit()
    expect(desk.bubbles().last).to_be_in_viewport()
    for _ in range(6):
        log(desk).evaluate("node => { node.scrollTop -= 900; }")
        desk.page.wait_for_timeout(120)
    desk.phone().locator("textarea").fill("نیمه‌کاره")
    at = topmost(desk)
    height = height_of(desk, at)
    desk.page.wait_for_function(KEPT, arg=int(at), timeout=PATIENCE_MS)
    desk.page.reload()
    expect(desk.phone().locator("textarea")).to_have_value("نیمه‌کاره")
    expect(desk.phone().locator(f'[data-id="{at}"]')).to_be_in_viewport()
    assert abs(height_of(desk, at) - height) <= 2
    expect(desk.phone().locator(".latest")).to_be_visible()
    desk.choose("Daniel")
    expect(desk.phone().locator("textarea")).to_have_count(0)
    desk.choose("سارا")
    expect(desk.phone().locator("textarea")).to_have_value("نیمه‌کاره")


def test_who_reads_the_end_stays_there_while_much_comes(stage: Stage, visit: Visiting) -> None:
    stage.says("sara", "/start")
    desk = visit()
    for n in range(60):
        words = f"{n} " + "کتاب‌فروشی " * (n % 40)
        stage.bot("sendMessage", chat_id=stage.ids["sara"], text=words)
    expect(desk.bubbles()).to_have_count(61)
    expect(desk.bubbles().last).to_be_in_viewport()
    expect(desk.phone().locator(".latest")).to_be_hidden()
