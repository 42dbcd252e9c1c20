"""A book of the version before holds and refunds comes through the migration in order."""

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import storage.migrations
from services.audit import Audit
from storage.db import Database
from storage.migrations import migrate
from templates.render import Reader, render
from tests.services.bookkeeping import PROGRAMME

MEMBER = (
    "INSERT INTO members (language, calendar, join_step, tier, points_earned, reach,"
    " referral_code, created_at) VALUES ('fa', 'jalali', 'done', 'member', 0, 'active', 'r_1', 0)"
)
WALLET = "INSERT INTO accounts (id, kind, member_id) VALUES (11, 1, 1)"
PURCHASE = (
    "INSERT INTO purchases (key, till, member_id, amount_minor, currency, genres, points, at,"
    " booked_at, undone_at, undone_by)"
    " VALUES ('update:1', 'staff', 1, 250000, 'IRT', '[]', 25, 1000, 1000, 2000, 7)"
)
MOVES = (
    "INSERT INTO transfers (key, source, target, points, reason, explanation, purchase_id, at)"
    " VALUES ('purchase:1:purchase_rate', 2, 11, 25, 'purchase', '{}', 1, 1000),"
    " ('undo:1', 11, 2, 25, 'undo', '{}', 1, 2000)"
)
LOT = (
    "INSERT INTO lots (member_id, transfer_id, points, remaining, active_from)"
    " VALUES (1, 1, 25, 0, 1000)"
)
USE = "INSERT INTO lot_uses (transfer_id, lot_id, points) VALUES (2, 1, 25)"
LETTER = (
    "INSERT INTO outbox (key, member_id, message, facts, letter_class, state, not_before,"
    " attempts, fence, flagged, created_at) VALUES ('undone:1', 1, 'letters/purchase_undone',"
    " '{\"points\": 25, \"balance\": 0}', 'transactional', 'pending', 0, 0, 0, 0, 0)"
)


def to_version_ten(connection: Connection) -> None:
    """A purchase that was undone, and the letter that tells of it."""
    config = Config()
    config.set_main_option("script_location", str(Path(storage.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0010_history")
    for statement in (MEMBER, WALLET, PURCHASE, MOVES, LOT, USE, LETTER):
        connection.exec_driver_sql(statement)


async def test_an_undone_purchase_is_a_refund_and_its_letter_can_be_read(database_url: str) -> None:
    db = Database(database_url)
    async with db.write() as tx:
        await tx.run_sync(to_version_ten)
    await migrate(db)
    async with db.read() as tx:
        refunds = (await tx.execute(text("SELECT points, taken, owed FROM refunds"))).all()
        stored = (await tx.execute(text("SELECT facts FROM outbox"))).scalar_one()
    report = await Audit(db, PROGRAMME).run()
    await db.close()
    assert [tuple(row) for row in refunds] == [(25, 25, 0)]
    assert report.faults == ()
    facts = json.loads(stored) if isinstance(stored, str) else stored
    assert (facts["owed"], facts["rewards"], facts["points"]) == (0, [], 25)
    amount, tier = PROGRAMME.typical_amount, PROGRAMME.tiers[0].name
    assert render("letters/purchase_undone", Reader("fa"), **facts, amount=amount, tier=tier)
