"""Every message and label of the house keeps the laws, and each law can be broken."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import club
from club.errors import ClubError
from templates.check import label_faults, message_faults, messages, refusal_faults
from templates.facts import FACTS, by_name
from templates.laws import broken, limit_of
from templates.render import FOLDER
from templates.words import LANGUAGES


def refusals() -> set[str]:
    """The code of every refusal that the club knows."""
    for module in pkgutil.walk_packages(club.__path__, "club."):
        importlib.import_module(module.name)
    found, waiting = set[str](), [ClubError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("club."):
                found.add(kind.code)
    return found


def test_every_message_keeps_the_laws() -> None:
    faults = message_faults()
    assert not faults, "\n".join(map(str, faults))


def test_every_label_keeps_the_laws() -> None:
    faults = label_faults()
    assert not faults, "\n".join(map(str, faults))


def test_every_refusal_has_words() -> None:
    faults = refusal_faults(refusals())
    assert not faults, "\n".join(map(str, faults))


def test_words_for_refusals_that_do_not_exist_are_taken_away() -> None:
    for language in LANGUAGES:
        told = {name for name in messages(FOLDER, language) if name.startswith("errors/")}
        assert told <= {f"errors/{code}" for code in refusals()}


def test_a_fact_is_not_hidden_by_what_mappings_can_do() -> None:
    assert not FACTS.keys() & set(dir(dict)), "row.items would be a method"


def test_a_fact_has_one_meaning() -> None:
    with pytest.raises(AssertionError, match="points has a meaning already"):
        by_name((FACTS["points"], FACTS["points"]))


GOOD = {"fa": "{{ points|points }} برای شما", "en": "{{ points|points }} for you"}


def plant(folder: Path, fa: str | None, en: str | None, name: str = "sample/shown") -> None:
    for language, source in (("fa", fa), ("en", en)):
        if source is not None:
            file = folder / language / f"{name}.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source, encoding="utf-8")


def test_a_good_message_has_no_faults(tmp_path: Path) -> None:
    plant(tmp_path, GOOD["fa"], GOOD["en"])
    assert message_faults(tmp_path) == []


@pytest.mark.parametrize(
    ("fa", "en", "fault"),
    [
        (GOOD["fa"], None, "does not exist"),
        ("برای شما", GOOD["en"], "only one language says points"),
        ("{{ points }} برای شما", GOOD["en"], "prints {{ points }}"),
        ("{{ points|number }} برای شما", GOOD["en"], "prints {{ points|number }}"),
        (GOOD["fa"], "{% if not points %}{{ points }}{% endif %}x", "prints {{ points }}"),
        (GOOD["fa"], "{{ 'x' if points else points }}", "prints {{ points }}"),
        (GOOD["fa"], GOOD["en"] + "{{ wish }}", "“wish” is no fact"),
        (GOOD["fa"], GOOD["en"] + "{{ points.wish }}", "“wish” is no fact"),
        (GOOD["fa"], GOOD["en"] + "{{ points|shout }}", "No filter named 'shout'"),
        (GOOD["fa"], GOOD["en"] + "{% if %}", "Expected an expression"),
        (GOOD["fa"], GOOD["en"] + '{% include "shared/no.html" %}', "includes shared/no.html"),
        (GOOD["fa"], GOOD["en"] + '{% include "sh" ~ points %}', "computes what it includes"),
        (GOOD["fa"], GOOD["en"] + "{{ points + 1 }}", "cannot be rendered: 121 is printed without"),
        (GOOD["fa"], "{% if points > 999 %}{{ points|points }}{% endif %}", "says nothing"),
        (GOOD["fa"], GOOD["en"] + "x" * 4096, "4096 are allowed"),
        (GOOD["fa"], GOOD["en"] + "<b>x", "<b> is never closed"),
        (GOOD["fa"], GOOD["en"] + "<b><i>x</b></i>", "closes what is not open"),
        (GOOD["fa"], GOOD["en"] + "<p>x</p>", "<p> is no tag"),
        (GOOD["fa"], GOOD["en"] + '<b class="x">x</b>', "not allowed"),
        (GOOD["fa"], GOOD["en"] + "<code>a&nbsp;b</code>", "&nbsp; is unknown"),
        (GOOD["fa"], GOOD["en"] + " 1 < 2", "has a bare <"),
        (GOOD["fa"], GOOD["en"] + "<b>x</b>" * 101, "101 entities"),
        (GOOD["fa"], GOOD["en"] + " since 12345", "“12345” has no separators"),
        (GOOD["fa"] + " از ۱۲۳۴۵", GOOD["en"], "“۱۲۳۴۵” has no separators"),
        (GOOD["fa"] + " از ۳۰۰۰", GOOD["en"], "“۳۰۰۰” has no separators"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, fa: str, en: str | None, fault: str) -> None:
    plant(tmp_path, fa, en)
    found = [str(found) for found in message_faults(tmp_path)]
    assert any(fault in line for line in found), found


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("از 12 خرید", "digits that are not Persian"),
        ("سطح VIP", "is not isolated"),
        ("سطح \u2068\u2068VIP\u2069\u2069", "isolates twice"),
        ("سطح \u2068VIP\nو", "never ends its isolate"),
        ("سطح VIP\u2069", "not isolated"),
    ],
)
def test_the_law_finds_what_render_would_have_let_through(message: str, fault: str) -> None:
    assert any(fault in str(found) for found in broken("here", message, "fa", 4096))


@pytest.mark.parametrize(
    "message",
    [
        "از ۱۲ خرید در ۱۴۰۴ و \u2068Toy Story (۱۹۹۵)\u2069",
        "کد \u2068<code>12345</code>\u2069 و \u2068@ali_77\u2069",
        "\ufdd0Staff wrote 12345\ufdd1",
        "<pre>python 3</pre>",
    ],
)
def test_the_law_lets_right_things_pass(message: str) -> None:
    assert list(broken("here", message, "fa", 4096)) == []


@pytest.mark.parametrize(
    ("name", "length", "good"),
    [
        ("sample/shown", 4096, True),
        ("sample/shown", 4097, False),
        ("sample/card_caption", 1024, True),
        ("sample/card_caption", 1025, False),
        ("sample/saved_toast", 200, True),
        ("sample/saved_toast", 201, False),
    ],
)
def test_the_name_tells_how_long_a_message_may_be(name: str, length: int, good: bool) -> None:
    assert (list(broken("here", "x" * length, "en", limit_of(name))) == []) is good


def test_a_toast_has_no_tags() -> None:
    found = list(broken("here", "<b>x</b>", "en", limit_of("sample/saved_toast")))
    assert "has tags" in str(found[0])


def test_an_emoji_counts_twice_as_the_messenger_counts() -> None:
    assert list(broken("here", "😀" * 100, "en", 200)) == []
    assert "202 units long" in str(next(broken("here", "😀" * 101, "en", 200)))


def test_a_missing_next_tier_must_be_asked_for(tmp_path: Path) -> None:
    plant(tmp_path, "{{ next_tier }} بعدی", "{{ next_tier }} next")
    assert "sparsest" in str(message_faults(tmp_path)[0])


def test_rows_carry_facts_under_their_own_names(tmp_path: Path) -> None:
    walk = "{% for move in moves %}\n{{ move.at|date }}: {{ move.points|points }}\n{% endfor %}\n."
    plant(tmp_path, walk, walk)
    assert message_faults(tmp_path) == []
    plant(tmp_path, walk.replace("|points", ""), walk, "sample/bare")
    assert "prints {{ points }}" in str(message_faults(tmp_path)[0])


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ('fa = "بله"', "needs fa and en"),
        ('fa = "{count} بار"\nen = "x"', "different facts"),
        ('fa = "{wish}"\nen = "{wish}"', "“wish” is no fact"),
        (f'fa = "بله"\nen = "{"x" * 65}"', "en is 65 units long"),
        ('fa = ""\nen = "x"', "fa is 0 units long"),
    ],
)
def test_each_fault_of_a_label_is_found(tmp_path: Path, toml: str, fault: str) -> None:
    file = tmp_path / "labels.toml"
    file.write_text(f"[key]\n{toml}\n", encoding="utf-8")
    assert fault in str(label_faults(file)[0])


def test_a_refusal_without_words_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "نه", "No", "errors/known")
    found = [str(fault) for fault in refusal_faults({"known", "silent"}, tmp_path)]
    assert [line.partition(":")[0] for line in found] == [
        "fa/errors/silent.html",
        "en/errors/silent.html",
    ]
