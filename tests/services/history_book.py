"""What stands in the book after an import, told by plain SQL and without row numbers."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from services.imports import ImportDone, run_import
from storage.db import Database
from storage.vault import Vault
from tests.data.purchases import Shop

NOW = datetime(2018, 9, 23, 12, tzinfo=UTC)
DATA_KEY = "A" * 43
VAULT = Vault(DATA_KEY)
SOURCE = "shop"
Rows = list[tuple[object, ...]]

BOOK = {
    "members": """
        SELECT m.source, m.external_id, m.points_earned, m.tier, m.reach, m.join_step, m.language,
            m.calendar, m.chat_user_id, m.agreed_at, m.promotions, a.kind, p.phone_hash
        FROM members m LEFT JOIN accounts a ON a.member_id = m.id
        LEFT JOIN private_data p ON p.member_id = m.id""",
    "purchases": """
        SELECT p.receipt, p.key, p.till, m.external_id, p.amount_minor, p.currency, p.title,
            p.items, CAST(p.genres AS TEXT), p.points, p.booked_by, p.at
        FROM purchases p JOIN members m ON m.id = p.member_id""",
    "moves": """
        SELECT p.receipt, t.source, m.external_id, t.points, t.reason, CAST(t.explanation AS TEXT),
            t.at, l.points, l.remaining, l.active_from, l.expires_at, l.member_id = m.id
        FROM transfers t JOIN accounts a ON a.id = t.target JOIN members m ON m.id = a.member_id
        JOIN purchases p ON p.id = t.purchase_id
            AND t.key = 'purchase:' || p.id || '\\:purchase'
        JOIN lots l ON l.transfer_id = t.id""",
    "tags": """
        SELECT t.tag, m.external_id, p.receipt FROM tags t JOIN members m ON m.id = t.member_id
        JOIN purchases p ON p.id = t.purchase_id""",
    "counts": """
        SELECT (SELECT count(*) FROM members), (SELECT count(*) FROM accounts),
            (SELECT count(*) FROM purchases), (SELECT count(*) FROM transfers),
            (SELECT count(*) FROM lots), (SELECT count(*) FROM lot_uses),
            (SELECT count(*) FROM tags), (SELECT count(*) FROM outbox),
            (SELECT count(*) FROM private_data)""",
}

WRONG_SUMS = """
    SELECT m.id FROM members m
    LEFT JOIN (SELECT target, sum(points) AS points FROM transfers GROUP BY target) moved
        ON moved.target = m.id * 10 + 1
    LEFT JOIN (SELECT member_id, sum(remaining) AS points FROM lots GROUP BY member_id) held
        ON held.member_id = m.id
    LEFT JOIN (SELECT member_id, sum(points) AS points FROM purchases GROUP BY member_id) bought
        ON bought.member_id = m.id
    WHERE m.points_earned <> coalesce(moved.points, 0)
        OR m.points_earned <> coalesce(held.points, 0)
        OR m.points_earned <> coalesce(bought.points, 0)"""
"""Members whose points earned are not what was moved to them, lies in their lots, was bought."""


async def rows(db: Database, statement: str) -> Rows:
    """What a plain SELECT gives."""
    async with db.read() as tx:
        return [tuple(row) for row in await tx.execute(text(statement))]


async def book(db: Database) -> dict[str, Rows]:
    """All that stands in the book, each part sorted by its first two columns."""
    return {
        name: sorted(await rows(db, statement), key=lambda row: (str(row[0]), str(row[1])))
        for name, statement in BOOK.items()
    }


async def bring(db: Database, shop: Shop, path: Path) -> ImportDone:
    """Import the file as the shop's past."""
    return await run_import(
        db, VAULT, shop.programme, lambda: NOW, path, SOURCE, lambda done, total: None
    )
