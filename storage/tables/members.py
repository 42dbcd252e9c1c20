"""Members, their private data, what they like, and the one-time links of old customers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from club.members import JoinStep, Reach
from storage.tables.columns import METADATA, Moment, identity, one_of, word

MEMBERS = Table(
    "members",
    METADATA,
    identity(),
    Column("chat_user_id", BigInteger, unique=True),
    word("language"),
    word("calendar"),
    word("join_step"),
    Column("agreed_at", Moment),
    Column("promotions", Boolean(create_constraint=True, name="promotions_flag")),
    word("tier"),
    Column("points_earned", BigInteger, nullable=False),
    word("reach"),
    Column("reach_at", Moment),
    Column("profile_at", Moment),
    Column("left_at", Moment),
    Column("referral_code", Text, nullable=False, unique=True),
    Column("referred_by_code", Text),
    Column("source", Text),
    Column("external_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("visited_on", Integer),  # The number of a local day.
    Column("streak", Integer, nullable=False, server_default="0"),
    # Their own wishes for promotions; NULL: as the club has it.
    Column("promotions_a_week", Integer),
    Column("quiet_start", Integer),  # Minutes since local midnight.
    Column("quiet_until", Integer),
    Index("ix_members_referred_by_code", "referred_by_code"),
    UniqueConstraint("source", "external_id"),
    CheckConstraint("points_earned >= 0", name="points_earned_not_negative"),
    CheckConstraint("language IN ('fa', 'en')", name="language_known"),
    CheckConstraint("calendar IN ('jalali', 'gregorian')", name="calendar_known"),
    CheckConstraint("promotions_a_week BETWEEN 1 AND 21", name="promotions_a_week_known"),
    CheckConstraint("quiet_start BETWEEN 0 AND 1439", name="quiet_start_in_day"),
    CheckConstraint("quiet_until BETWEEN 0 AND 1439", name="quiet_until_in_day"),
    CheckConstraint("(quiet_start IS NULL) = (quiet_until IS NULL)", name="quiet_has_two_ends"),
    CheckConstraint("left_at IS NULL OR chat_user_id IS NULL", name="left_without_chat"),
    one_of("join_step", JoinStep),
    one_of("reach", Reach),
    sqlite_autoincrement=True,  # A number is never given twice.
)

PRIVATE = Table(
    "private_data",
    METADATA,
    identity(),
    Column("member_id", ForeignKey("members.id"), unique=True),
    Column("staff_id", ForeignKey("staff.user_id"), unique=True),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("phone_hash", LargeBinary, unique=True),
    Column("birthday", LargeBinary),
    CheckConstraint("(member_id IS NULL) <> (staff_id IS NULL)", name="one_person"),
)

TAGS = Table(
    "tags",
    METADATA,
    Column("tag", Text, primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("purchase_id", BigInteger),  # The purchase that brought it; NULL: the member chose it.
    Index("ix_tags_member_id", "member_id"),
    sqlite_with_rowid=False,
)

LINKS = Table(
    "join_links",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_join_links_member_id", "member_id"),
)
