"""What purchases earn, and where that leads on the ladder."""

from pathlib import Path
from typing import Literal

import pytest

from club.earning import awards_for
from club.money import Money
from club.programme import parse_programme
from club.tiers import standing

PROGRAMME = parse_programme((Path(__file__).parents[2] / "programme.toml").read_text())


@pytest.mark.parametrize(
    ("minor", "rounding", "points"),
    [
        (100_000, "down", 10),
        (99_999, "down", 9),
        (9_999, "down", 0),
        (250_000, "down", 25),
        (99_999, "up", 10),
        (100_001, "up", 11),
        (95_000, "nearest", 10),
        (94_999, "nearest", 9),
        (0, "up", 0),
    ],
)
def test_a_purchase_earns(
    minor: int, rounding: Literal["down", "up", "nearest"], points: int
) -> None:
    rate = PROGRAMME.purchase.model_copy(update={"rounding": rounding})
    programme = PROGRAMME.model_copy(update={"purchase": rate})
    awards = awards_for(Money(minor, "IRT"), programme)
    assert sum(award.points for award in awards) == points
    assert all(award.explanation == {"amount": Money(minor, "IRT")} for award in awards)


@pytest.mark.parametrize(
    ("earned", "tier", "missing"),
    [(0, 0, 500), (499, 0, 1), (500, 1, 500), (999, 1, 1), (1000, 2, 0), (50_000, 2, 0)],
)
def test_points_earned_lead_up_the_ladder(earned: int, tier: int, missing: int) -> None:
    stands = standing(earned, PROGRAMME)
    assert (PROGRAMME.tiers.index(stands.tier), stands.missing_points) == (tier, missing)
