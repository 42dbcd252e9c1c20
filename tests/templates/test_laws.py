"""Whatever people and staff write, the message that carries it stays whole."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from club.parts import Language
from templates.laws import MESSAGE_UNITS, broken
from templates.render import Reader, compose

SOURCE = (
    "<b>{{ name }}</b> سلام (VIP) {{ name }}\n"
    '{{ title }}: <a href="{{ url }}">{{ title }}</a> {{ code|code }} {{ text|verbatim }}!'
)
WRITTEN = st.text(
    alphabet="aZé1۲٬٫()[]سیأ\u200c@/#&<>.,:-\n😀\u2068\u2069\u202e\ufdd0\ufdd1\"' ;", max_size=60
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("messages")
    for language in ("fa", "en"):
        (made / language / "sample").mkdir(parents=True)
        (made / language / "sample" / "shown.html").write_text(SOURCE, encoding="utf-8")
    return made


@pytest.mark.parametrize("language", ["fa", "en"])
@settings(max_examples=200, deadline=None)
@given(name=WRITTEN, title=WRITTEN)
def test_hostile_facts_break_no_law(
    folder: Path, language: Language, name: str, title: str
) -> None:
    facts = {"name": name, "title": title, "code": name, "text": title, "url": "https://x.ir/?q=1"}
    message = compose(folder, "sample/shown", Reader(language), facts)
    faults = [str(fault) for fault in broken("here", message, language, MESSAGE_UNITS)]
    # A person's own long number is theirs; the house only promises its own.
    assert not [fault for fault in faults if "has no separators" not in fault]
