"""Shops with files of past purchases: two that a seed makes, and real ones of the same shapes.

Where the environment names a folder in BASHGAH_DATA, the real files in it are shops too.
"""

import csv
import io
import os
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from club.programme import Programme, parse_programme

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = ("cd-shop", "film-shop")
ROWS = 1_500  # More than one batch.
GENRES = (
    *("Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "IMAX", "Musical", "Mystery", "Romance", "Sci-Fi"),
    *("Thriller", "War", "Western"),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A programme and where its purchases are read from; no path: the seed makes them."""

    kind: str
    path: Path | None = None

    @property
    def programme(self) -> Programme:
        """The shop's rules."""
        return parse_programme((EXAMPLES / f"{self.kind}.toml").read_text(encoding="utf-8"))

    def file(self, folder: Path, rows: int = ROWS) -> Path:
        """Its file; one that the seed makes goes into the folder."""
        if self.path is not None:
            return self.path
        made = folder / f"{self.kind}-purchases.csv"
        made.write_text(generate(self.kind, rows), encoding="utf-8")
        return made

    def __str__(self) -> str:
        return f"{'real' if self.path else 'made'}-{self.kind}"


def _shops() -> tuple[Shop, ...]:
    made = [Shop(kind) for kind in KINDS]
    folder = os.environ.get("BASHGAH_DATA")
    real = [Shop(kind, Path(folder) / f"{kind}-purchases.csv") for kind in KINDS if folder]
    return (*made, *real)


SHOPS = _shops()


def generate(kind: str, rows: int, seed: int = 1997) -> str:
    """A file of that many purchases; the same seed makes the same file."""
    dice = random.Random(f"{kind} {seed}")
    make = {"cd-shop": _cd_rows, "film-shop": _film_rows}[kind](dice, rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, make[0].keys())
    writer.writeheader()
    writer.writerows(make)
    return text.getvalue()


def cells(path: Path) -> list[dict[str, str]]:
    """The rows of a file, read without any code of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cd_rows(dice: random.Random, rows: int) -> list[dict[str, str]]:
    """Days and dollars, customer by customer as shops export them; a few amounts are 0."""
    made: list[dict[str, str]] = []
    customer = 0
    while len(made) < rows:
        customer += 1
        day = date(1997, 1, 1) + timedelta(days=dice.randrange(84))
        for _ in range(min(1 + int(dice.expovariate(0.5)), rows - len(made))):
            cents = 0 if dice.random() < 0.02 else 500 + int(dice.expovariate(1 / 3_000))
            made.append(
                {
                    "receipt": f"cd-{len(made) + 1:06}",
                    "customer": f"cd-{customer:05}",
                    "at": day.isoformat(),
                    "items": str(dice.randint(1, 6)),
                    "amount": f"{cents / 100:.2f}",
                }
            )
            day += timedelta(days=dice.choice((0, 3, 20, 70)))
    return made


def _film_rows(dice: random.Random, rows: int) -> list[dict[str, str]]:
    """Moments, titles and genres in order of time; some films have no genre."""
    films = [
        (
            f'The {number}th "Film", Part {dice.randint(1, 9)}',
            dice.sample(GENRES, dice.randint(0, 5)),
        )
        for number in range(200)
    ]
    at = datetime(1996, 4, 12, 15, 19, tzinfo=UTC)
    step = timedelta(days=22 * 365) / rows
    made = []
    for number in range(rows):
        title, genres = dice.choice(films)
        made.append(
            {
                "receipt": f"film-{number + 1:06}",
                # The first ones buy most.
                "customer": f"film-{1 + int(max(rows // 50, 1) * dice.random() ** 2)}",
                "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "title": title,
                "genres": "|".join(genres),
                "amount": "1.00",
            }
        )
        at += step * dice.choice((0, 0, 3))
    return made
