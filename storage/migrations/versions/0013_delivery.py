"""Campaigns with a life and counters, the pace as a row, wishes for promotions."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.checks import add_check, know_words, leave_out
from storage.tables.columns import Moment

revision = "0013_delivery"
down_revision = "0012_ladders"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ENDS = ("sent", "unreachable", "failed", "unknown", "expired", "skipped")
STATES = (
    *("draft", "previewed", "submitted", "scheduled", "running", "paused"),
    *("done", "cancelled", "missed"),
)
WAITS = "state = 'pending'"
OF_CAMPAIGN = "campaign_id IS NOT NULL"
OF_NONE = "campaign_id IS NULL"


def upgrade() -> None:
    """Make the tables and columns; campaigns that ran before are counted."""
    _outbox()
    _campaigns()
    _responses()
    _members()
    _pace()


def _outbox() -> None:
    op.drop_index("ix_outbox_pending", "outbox")
    op.drop_index("ix_outbox_in_hand", "outbox")
    op.drop_index("ix_outbox_campaign_id", "outbox")
    know_words("outbox", "state", ("pending", "claimed", "sending", *ENDS))
    leave_out("outbox", "key")
    add_check("outbox", "single", "key IS NOT NULL OR campaign_id IS NOT NULL")
    op.execute(
        "UPDATE outbox SET state = 'skipped'"
        " WHERE state = 'failed' AND fault = 'wants no promotions'"
    )
    of_member = ["campaign_id", "member_id"]
    _index("ix_outbox_campaign_member", of_member, OF_CAMPAIGN, unique=True)
    by_class = ["letter_class", "not_before", "id"]
    _index("ix_outbox_due", by_class, f"{OF_NONE} AND {WAITS}")
    due = ["campaign_id", "not_before", "id"]
    _index("ix_outbox_campaign_due", due, f"{OF_CAMPAIGN} AND {WAITS}")
    _index("ix_outbox_member_due", ["member_id"], f"{OF_NONE} AND {WAITS}")
    _index("ix_outbox_in_hand", ["lease_until"], "state IN ('claimed', 'sending')")
    open_to_groups = "chat_id IS NOT NULL AND state IN ('pending', 'claimed', 'sending')"
    _index("ix_outbox_group", ["chat_id"], open_to_groups)
    had = f"{OF_CAMPAIGN} AND state IN ('sent', 'unknown')"
    _index("ix_outbox_had", ["member_id", "ended_at"], had)
    op.execute("ALTER TABLE outbox ADD COLUMN closed_at BIGINT")
    trouble = "state IN ('failed', 'unknown') AND closed_at IS NULL"
    _index("ix_outbox_trouble", ["state", "campaign_id"], trouble)


def _index(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        "outbox",
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _campaigns() -> None:
    know_words("campaigns", "state", STATES)
    for definition in (
        "press_label TEXT",
        "submitted_by BIGINT",
        "approved_by BIGINT",
        "started_at BIGINT",
        "expires_at BIGINT",
        "stopped_for TEXT CONSTRAINT ck_campaigns_stopped_for_known"
        " CHECK (stopped_for IN ('staff', 'blocked', 'failed'))",
        "insisted_by BIGINT",
        *(f"{end} INTEGER NOT NULL DEFAULT 0" for end in ENDS),
    ):
        op.execute(f"ALTER TABLE campaigns ADD COLUMN {definition}")
    for end in ENDS:
        ended = f"outbox.campaign_id = campaigns.id AND outbox.state = '{end}'"
        op.execute(f"UPDATE campaigns SET {end} = (SELECT count(*) FROM outbox WHERE {ended})")  # noqa: S608 (our own words)
    op.execute(
        "UPDATE campaigns SET started_at = (SELECT min(outbox.created_at) FROM outbox"
        " WHERE outbox.campaign_id = campaigns.id)"
    )
    add_check("campaigns", "no_more_ends_than_letters", f"{' + '.join(ENDS)} <= letters")
    condition = sa.text("state = 'running'")
    op.create_index(
        "ix_campaigns_running",
        "campaigns",
        ["id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _responses() -> None:
    op.create_table(
        "campaign_responses",
        sa.Column("campaign_id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", NUMBER, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('press', 'opt_out')", name=op.f("ck_campaign_responses_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_responses_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_campaign_responses_member_id")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "kind", "member_id", name=op.f("pk_campaign_responses")
        ),
    )
    op.create_index("ix_campaign_responses_member_id", "campaign_responses", ["member_id"])


def _members() -> None:
    for definition in (
        "promotions_a_week INTEGER CONSTRAINT ck_members_promotions_a_week_known"
        " CHECK (promotions_a_week BETWEEN 1 AND 21)",
        "quiet_start INTEGER CONSTRAINT ck_members_quiet_start_in_day"
        " CHECK (quiet_start BETWEEN 0 AND 1439)",
        "quiet_until INTEGER CONSTRAINT ck_members_quiet_until_in_day"
        " CHECK (quiet_until BETWEEN 0 AND 1439)",
    ):
        op.execute(f"ALTER TABLE members ADD COLUMN {definition}")
    add_check("members", "quiet_has_two_ends", "(quiet_start IS NULL) = (quiet_until IS NULL)")


def _pace() -> None:
    op.create_table(
        "pace",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("next_us", "letters_us", "spare_us")
        ),
        *(
            sa.Column(name, Moment(), nullable=True)
            for name in ("halted_since", "halted_until", "recovers_from")
        ),
        sa.Column("permille", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_pace_one_row")),
        sa.CheckConstraint("permille BETWEEN 1 AND 1000", name=op.f("ck_pace_permille_of_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pace")),
    )
    op.execute(
        "INSERT INTO pace (id, next_us, letters_us, spare_us, halted_until, permille)"
        " SELECT 1, 0, 0, 0,"
        " (SELECT CAST(value AS BIGINT) FROM club WHERE name = 'halt_until_ms'), 1000"
    )
    op.execute("DELETE FROM club WHERE name = 'halt_until_ms'")
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
