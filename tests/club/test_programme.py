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
    assert parse_programme(file.read_text()).tiers[0].points == 0


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
        (("per = 100_000", "per = 0"), "purchase.per: Input should be greater than 0"),
        (('currency = "IRT"', 'currency = "XXX"'), "currency must be one of IRT"),
        (('zone = "Asia/Tehran"', 'zone = "Tehran"'), "zone 'Tehran' is unknown"),
        (
            ("points_inviter = 5\npoints_friend = 5", "points_inviter = 0\npoints_friend = 0"),
            "nobody gets anything",
        ),
        (('"first_purchase"', '"never"'), "referral.reward_at: Input should be 'joined' or"),
        (("[visit]", "[visits]"), "visits: Extra inputs are not permitted"),
        (
            (
                "[birthday]                # A greeting, with points.\npoints = 5",
                "[birthday]\npoints = -1",
            ),
            "birthday.points: Input should be greater than or equal to 0",
        ),
        (("[profile]", "[profil]"), "profil: Extra inputs are not permitted"),
        (("[club]", "[club"), "the file is not TOML"),
    ],
)
def test_a_fault_is_named_with_its_place(change: tuple[str, str], said: str) -> None:
    assert change[0] in SHOP, "the example has what the test changes"
    with pytest.raises(ProgrammeFault) as refused:
        parse_programme(SHOP.replace(*change, 1))
    assert said in str(refused.value)


def test_tiers_climb_from_zero() -> None:
    first = SHOP.replace("points = 0\n", "points = 1\n", 1)
    with pytest.raises(ProgrammeFault, match="the first tier starts at points = 0"):
        parse_programme(first)
    second = SHOP.replace("points = 500\n", "points = 2000\n", 1)
    with pytest.raises(ProgrammeFault, match="more points than the one before"):
        parse_programme(second)
