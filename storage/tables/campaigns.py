"""Campaigns: one message for many, from draft to its final count."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from club.campaigns import CampaignState, Stop
from club.letters import ENDS
from storage.tables.columns import METADATA, Moment, identity, one_of, word

_ENDS = tuple(end.value for end in ENDS)  # How many of its letters came to which.

CAMPAIGNS = Table(
    "campaigns",
    METADATA,
    identity(),
    word("state"),
    Column("audience", JSON, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("ended_at", Moment),
    Column("version", Integer, nullable=False),  # Of the draft: what is sent is what was shown.
    Column("text_fa", LargeBinary),  # Encrypted: staff may name people in it.
    Column("text_en", LargeBinary),
    Column("picture", Text),  # The messenger's name for the file.
    Column("link_label", Text),
    Column("link_url", Text),
    Column("starts_at", Moment),  # Club time; NULL: when it is sent off.
    Column("card_id", BigInteger),  # The message that shows how far it is; NULL: nothing to edit.
    Column("press_label", Text),  # The words of a button that members may press.
    Column("submitted_by", BigInteger),
    Column("approved_by", BigInteger),
    Column("started_at", Moment),
    Column("expires_at", Moment),  # What has not left by then is missed.
    Column("stopped_for", Text),  # Why it is paused.
    Column("insisted_by", BigInteger),  # Who let it go on after it had stopped by itself.
    *(Column(end, Integer, nullable=False, server_default="0") for end in _ENDS),
    one_of("state", CampaignState),
    one_of("stopped_for", Stop),
    CheckConstraint(f"{' + '.join(_ENDS)} <= letters", name="no_more_ends_than_letters"),
    Index(
        "ix_campaigns_scheduled",
        "starts_at",
        sqlite_where=text("state = 'scheduled'"),
        postgresql_where=text("state = 'scheduled'"),
    ),
    Index(
        "ix_campaigns_running",
        "id",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
)

RESPONSES = Table(
    "campaign_responses",
    METADATA,
    Column("campaign_id", ForeignKey("campaigns.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    CheckConstraint("kind IN ('press', 'opt_out')", name="kind_known"),
    Index("ix_campaign_responses_member_id", "member_id"),
)
"""What members did with a promotion, each once."""
