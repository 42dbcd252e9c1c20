"""Messages: facts in, one reader's text out."""

from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from jinja2 import UndefinedError

from club.money import Money
from club.parts import Language
from templates.render import Reader, compose, plain
from templates.words import FSI, PDI

FA, EN = Reader("fa"), Reader("en", "gregorian")


def said(folder: Path, reader: Reader, source: str, /, **facts: object) -> str:
    """The source as a message of this reader; isolates as brackets, verbatim as braces."""
    file = folder / reader.language / "sample" / "shown.html"
    file.parent.mkdir(parents=True)
    file.write_text(dedent(source), encoding="utf-8")
    message = compose(folder, "sample/shown", reader, facts)
    return message.translate(str.maketrans(f"{FSI}{PDI}\ufdd0\ufdd1", "[]{}"))


def test_facts_reach_persian_in_its_digits_and_directions(tmp_path: Path) -> None:
    source = """\
        <b>{{ name }}</b> عزیز، {{ points|points(signed=true) }} برای {{ amount|money }}.
        {{ title }}؛ {{ genres|listed }}
        {{ at|date }}؛ {{ at|datetime }}؛ {{ count|counted("خرید") }} از {{ count|number }}
        """
    message = said(
        tmp_path,
        FA,
        source,
        name="Sara 7",
        points=1_200,
        amount=Money(12_000_000, "IRT"),
        title="Toy Story (1995)",
        genres=("تاریخ", "Sci-Fi"),
        at=datetime(2025, 10, 4, 11, tzinfo=UTC),
        count=3,
    )
    assert message.replace("\u200e", "") == (
        "<b>[Sara ۷]</b> عزیز، +۱٬۲۰۰ امتیاز برای ۱۲٬۰۰۰٬۰۰۰ تومان.\n"
        "[Toy Story (۱۹۹۵)]؛ تاریخ، [Sci-Fi]\n"
        "۱۲ مهر ۱۴۰۴؛ ۱۲ مهر ۱۴۰۴، ساعت ۱۴:۳۰؛ ۳ خرید از ۳"
    )


def test_names_are_isolated_in_english_too(tmp_path: Path) -> None:
    source = "{{ name }} has {{ points|points }} since {{ at|date }}"
    facts = {"name": "سارا", "points": 1_200, "at": datetime(2025, 10, 4, tzinfo=UTC)}
    assert said(tmp_path, EN, source, **facts) == "[سارا] has 1,200 points since 4 Oct 2025"


def test_codes_and_links_keep_their_figures(tmp_path: Path) -> None:
    source = 'کد {{ code|code }} در <a href="{{ url }}">{{ title }}</a> یا {{ url }}'
    facts = {"code": "AB-۱۲", "url": "https://x.ir/?a=1&b=2", "title": "Se7en"}
    assert said(tmp_path, FA, source, **facts) == (
        'کد [<code>AB-12</code>] در [<a href="https://x.ir/?a=1&amp;b=2">Se7en</a>]'
        " یا [https://x.ir/?a=1&amp;b=2]"
    )


@pytest.mark.parametrize("language", ["fa", "en"])
def test_what_staff_wrote_stays_as_it_is(tmp_path: Path, language: Language) -> None:
    written = "Sale 20% <b>& ۲۰ تخفیف"
    message = said(tmp_path, Reader(language), "{{ text|verbatim }}", text=written)
    assert message == "{Sale 20% &lt;b&gt;&amp; ۲۰ تخفیف}"


@pytest.mark.parametrize("reader", [FA, EN])
def test_a_hostile_name_changes_nothing_around_it(tmp_path: Path, reader: Reader) -> None:
    hostile = "</b><a href='x'>\u202e&amp;\ufdd0{{ 1 }}\u2069 \"é"
    message = said(tmp_path, reader, "<b>{{ name }}</b>", name=hostile)
    assert message.count("<") == 2, "only our own tags are tags"
    assert plain(message).strip("[]") == (
        "</b><a href='x'>&amp;{{ ۱ }} \"é" if reader is FA else "</b><a href='x'>&amp;{{ 1 }} \"é"
    )


def test_the_text_is_tidy(tmp_path: Path) -> None:
    source = "\n  \nfirst  \n{% if false %}\nx\n{% endif %}\n\n\n\nlast\n\n"
    assert said(tmp_path, EN, source) == "first\n\nlast"


def test_a_missing_fact_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="points"):
        said(tmp_path, EN, "{{ points }}")


@pytest.mark.parametrize("fact", [12, None, Money(1, "USD"), datetime(2025, 1, 1, tzinfo=UTC)])
def test_a_figure_without_a_filter_is_an_error(tmp_path: Path, fact: object) -> None:
    with pytest.raises(TypeError, match="without a filter"):
        said(tmp_path, EN, "{{ points }}", points=fact)


def test_a_message_may_include_a_shared_piece(tmp_path: Path) -> None:
    shared = tmp_path / "en" / "shared" / "sign.html"
    shared.parent.mkdir(parents=True)
    shared.write_text("{{ name }}'s club", encoding="utf-8")
    assert said(tmp_path, EN, '{% include "shared/sign.html" %}', name="Ali") == "Ali's club"
