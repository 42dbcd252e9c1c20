"""A programme is read whole or refused with the place of every fault."""

from pathlib import Path

import pytest

from club.programme import ProgrammeFault, parse_programme

ROOT = Path(__file__).parents[2]
SHOP = (ROOT / "programme.toml").read_text()


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("examples/*-shop.toml")), ids=lambda file: file.stem
)
def test_the_examples_are_in_order(file: Path) -> None:
    assert parse_programme(file.read_text()).tiers[0].threshold == 0


def test_genres_are_found_in_any_spelling() -> None:
    programme = parse_programme(SHOP)
    for spelling in ("fantasy", "Fantasy", "فانتزی", " فانتزي "):
        found = programme.genre(spelling)
        assert found is not None, spelling
        assert found.key == "fantasy"
    assert programme.genre("cooking with gas") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("per = 100_000", "per = 0"), "rules[purchase].per: Input should be greater than 0"),
        (('currency = "IRT"', 'currency = "XXX"'), "currency must be one of IRT"),
        (('zone = "Asia/Tehran"', 'zone = "Tehran"'), "zone 'Tehran' is unknown"),
        (('on = "birthday"\npoints = 5', 'on = "birthday"\npoints = -1'), "rules[birthday].points"),
        (("[notices]", "[notice]"), 'notice: no such name here; did you mean "notices"?'),
        (("typical_amount =", "typical ="), 'club.typical: no such name here; did you mean "typ'),
        (("typical_amount =", "typical ="), "club.typical_amount: is missing; add it"),
        (('key = "novel"', 'key = "Novel"'), "genres[Novel].key: a key is at most 20 of a-z, 0-9"),
        (("[club]", "[club"), "the file is not TOML"),
    ],
)
def test_a_fault_is_named_with_its_place(change: tuple[str, str], said: str) -> None:
    assert change[0] in SHOP, "the example has what the test changes"
    with pytest.raises(ProgrammeFault) as refused:
        parse_programme(SHOP.replace(*change, 1))
    assert said in str(refused.value)


def test_tiers_climb_from_zero() -> None:
    first = SHOP.replace("from = 0\n", "from = 1\n", 1)
    with pytest.raises(ProgrammeFault, match="the first tier starts at from = 0"):
        parse_programme(first)
    second = SHOP.replace("from = 500\n", "from = 2000\n", 1)
    with pytest.raises(ProgrammeFault, match="than the one before it"):
        parse_programme(second)
