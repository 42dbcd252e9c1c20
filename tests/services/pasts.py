"""Made purchases and programmes for imports that ask who buys, and all that comes of them."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from club.imports import PurchaseLine
from club.money import Money
from club.programme import Programme, parse_programme
from storage.db import Database
from tests.services.history_book import Rows, rows

DEFAULT = (Path(__file__).parents[2] / "programme.toml").read_text(encoding="utf-8")
NAMES = tuple(f"reader-{number}" for number in range(12))
GENRES = ("novel", "poetry", "history", "crime", "comics")

INTRICATE = """
[waiting]
days = 3
[[rules]]
key = "regular-novels"
name = { fa = "رمان", en = "Novels" }
on = "purchase"
points = 4
when = { tags = ["vip"], with = { genres = ["novel"] } }
limits = [{ of = "member", per = "week", times = 1 }, { of = "member", per = "month", points = 6 }]
[[rules]]
key = "poets"
name = { fa = "شاعران", en = "Poets" }
on = "purchase"
points = 1
when = { tags = ["poetry"], fields = { language = "en" } }
limits = [{ of = "member", per = "ever", times = 9 }]
[[rules]]
key = "silver-and-gold"
name = { fa = "نقره و طلا", en = "Silver and gold" }
on = "purchase"
times = 1.3
rounding = "nearest"
when = { tiers = ["silver", "gold"] }
[[rules]]
key = "spree"
name = { fa = "پرخرید", en = "Spree" }
on = "mission"
goal = { amount = 900_000 }
within = { days = 20 }
recurring = true
points = 15
when = { tags = ["history"], amount_from = 50_000 }
limits = [{ of = "member", per = "month", times = 1 }]
[[rules]]
key = "many-genres"
name = { fa = "گوناگون", en = "Many genres" }
on = "mission"
goal = { genres = 4 }
within = "season"
recurring = false
points = 40
"""
SHARED = """
[[rules]]
key = "rush"
name = { fa = "شتاب", en = "Rush" }
on = "purchase"
points = 3
limits = [{ of = "all", per = "month", points = 40 }, { of = "all", per = "day", times = 1 }]
[[rules]]
key = "pair"
name = { fa = "جفت", en = "Pair" }
on = "mission"
goal = { purchases = 2 }
within = "week"
recurring = true
points = 5
limits = [{ of = "all", per = "ever", points = 102 }]
"""
LADDERS = """
[[ladders]]
key = "quarter"
name = { fa = "فصل", en = "Quarter" }
measure = "points"
over = { days = 90 }
[[ladders.tiers]]
key = "calm"
name = { fa = "آرام", en = "Calm" }
from = 0
[[ladders.tiers]]
key = "keen"
name = { fa = "پرشور", en = "Keen" }
from = 150
multiplier = 1.5
tags = ["keen"]
[[ladders.tiers]]
key = "eager"
name = { fa = "مشتاق", en = "Eager" }
from = 300
"""


def programmes() -> dict[str, Programme]:
    """The club's own, and others that ask for more."""
    lives_on = DEFAULT.replace(
        'model = "age"\nmonths = 12',
        'model = "inactivity"\nmonths = 2\nextended_by = ["purchase"]',
    )
    assert lives_on != DEFAULT
    lives_on = lives_on.replace("at_once = true\n", "")
    ever = DEFAULT.replace('over = "year"\ndemotion = "period_end"\ngrace_days = 14\n', "")
    ever = ever.replace('demotion = "period_end"\n', "").replace("warn_days = 30\n", "")
    assert ever != DEFAULT
    return {
        "default": parse_programme(DEFAULT),
        "intricate": parse_programme(lives_on + INTRICATE + LADDERS),  # Its points wait.
        "shared": parse_programme(ever + SHARED),
    }


def made_purchases(count: int, seed: int = 1405) -> list[PurchaseLine]:
    """Some ten months of purchases of the same few readers, by time; the same seed, the same."""
    dice = random.Random(seed)
    at = datetime(2017, 10, 2, 6, 30, 0, 123_456, tzinfo=UTC)
    lines = []
    for number in range(count):
        at += timedelta(hours=dice.choice((0, 1, 7, 20, 20, 40)))
        discount = dice.choice((None, None, None, Money(20_000, "IRT")))
        lines.append(
            PurchaseLine(
                line=number + 2,
                receipt=f"r-{number:04}",
                customer=NAMES[int(len(NAMES) * dice.random() ** 2)],
                at=at,
                amount=Money(dice.choice((0, 90_000, 250_000, 480_000, 730_000)), "IRT"),
                genres=tuple(dice.sample(GENRES, dice.randint(0, 3))),
                title=f"Book {number}",
                items=dice.randint(1, 3),
                discount=discount,
                shop=dice.choice((None, "north", "school")),
                payment=dice.choice((None, "online")),
            )
        )
    return lines


OUTCOME = {
    "members": "SELECT external_id, points_earned, tier FROM members ORDER BY 1",
    "purchases": """
        SELECT p.receipt, p.key, p.till, m.external_id, p.amount_minor, p.currency, p.title,
            p.items, CAST(p.genres AS TEXT), p.points, p.at, p.booked_at, p.discount_minor,
            p.shop, p.payment, CAST(p.lines AS TEXT), p.points_spent
        FROM purchases p JOIN members m ON m.id = p.member_id ORDER BY p.receipt""",
    "moves": """
        SELECT m.external_id, p.receipt, t.rule, t.points, t.reason, t.source,
            CAST(t.explanation AS TEXT), t.at, l.points, l.remaining, l.active_from, l.expires_at,
            t.key = 'purchase\\:' || p.id || '\\:' || t.rule,
            t.key = 'mission\\:' || m.id || '\\:' || p.id || '\\:' || t.rule
        FROM transfers t JOIN lots l ON l.transfer_id = t.id JOIN members m ON m.id = l.member_id
        LEFT JOIN purchases p ON p.id = t.purchase_id ORDER BY 1, t.at, 2, 3, t.reason""",
    "sums": "SELECT source, reason, rule, count(*), sum(points) FROM transfers WHERE source < 10"
    " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    "tags": """
        SELECT m.external_id, t.tag, p.receipt FROM tags t JOIN members m ON m.id = t.member_id
        LEFT JOIN purchases p ON p.id = t.purchase_id ORDER BY 1, 2""",
    "standings": """
        SELECT s.ladder, m.external_id, s.tier, s.floor, s.since, s.falls_at, s.warned_at
        FROM standings s JOIN members m ON m.id = s.member_id ORDER BY 1, 2""",
    "changes": """
        SELECT m.external_id, c.at, c.ladder, c.tier_before, c.tier_after, c.reason,
            CAST(c.explanation AS TEXT)
        FROM tier_changes c JOIN members m ON m.id = c.member_id ORDER BY 1, c.id""",
    "budgets": "SELECT rule, period, times, points FROM budgets WHERE times > 0 ORDER BY 1, 2",
    "letters": """
        SELECT m.external_id, o.message, CAST(o.facts AS TEXT)
        FROM outbox o JOIN members m ON m.id = o.member_id ORDER BY 1, o.id""",
}


async def outcome(db: Database) -> dict[str, Rows]:
    """All that came of purchases, without row numbers."""
    return {name: await rows(db, statement) for name, statement in OUTCOME.items()}
