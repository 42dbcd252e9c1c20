"""Words on buttons."""

from datetime import UTC, datetime

import pytest

from club.money import Money
from templates.labels import label, worded
from templates.words import FSI, PDI


def test_a_label_speaks_both_languages() -> None:
    assert label("next", "fa") == "بعدی"
    assert label("next", "en") == "Next"


def test_facts_on_a_label_follow_the_language() -> None:
    facts = {"genre": "Sci-Fi", "count": 1_200, "amount": Money(1_250, "USD")}
    pattern = "{genre} {count} {amount}"
    assert worded(pattern, "fa", facts) == f"{FSI}Sci-Fi{PDI} ۱٬۲۰۰ ۱۲٫۵۰ دلار"
    assert worded(pattern, "en", facts) == "Sci-Fi 1,200 $12.50"


def test_a_name_keeps_its_braces() -> None:
    assert label("genre_on", "en", genre="{count}") == "✅ {count}"


@pytest.mark.parametrize(
    "facts", [{}, {"genre": True}, {"genre": datetime(2025, 1, 1, tzinfo=UTC)}]
)
def test_a_label_refuses_what_it_cannot_show(facts: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        label("chosen", "en", **facts)
