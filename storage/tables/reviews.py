"""What members say about their purchases, once about each."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table

from storage.tables.columns import METADATA, Moment

REVIEWS = Table(
    "reviews",
    METADATA,
    # The key: a purchase is reviewed once.
    Column("purchase_id", ForeignKey("purchases.id"), primary_key=True, autoincrement=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("stars", Integer, nullable=False),
    Column("text", LargeBinary),  # Encrypted; NULL: stars alone, or the member has left.
    Column("at", Moment, nullable=False),
    CheckConstraint("stars BETWEEN 1 AND 5", name="stars_known"),
    Index("ix_reviews_member_id", "member_id"),
)
