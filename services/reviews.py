"""Reviews of purchases: once each, seen by staff, with the programme's points."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from club.errors import AlreadyReviewed, NothingToReview, NotOffered
from club.facts import Sealed
from club.letters import Letter
from club.members import Member
from club.money import Money
from club.programme import Programme
from club.reviews import REVIEW_WINDOW, Review, is_open, tidy_text
from services.awards import balance
from services.earning import earn
from services.profile import find_joined, lock_joined
from services.updates import STAFF_CHAT
from storage import club as club_store
from storage import moves as moves_store
from storage import outbox as outbox_store
from storage import purchases as purchases_store
from storage import reviews as reviews_store
from storage.db import Database
from storage.purchases import PurchaseRow
from storage.reviews import ReviewRow
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """The purchase that can be reviewed, and what that brings."""

    purchase_id: int
    amount: Money
    at: datetime
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewKept:
    """A review that stands; `repeated`: it stood there before."""

    stars: int
    points: int
    balance: int
    repeated: bool


class Reviews:
    """What can be done with reviews."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time

    async def ask(self, user_id: int, purchase_id: int | None = None) -> ReviewAsked:
        """What can be reviewed: that purchase, or else the latest that waits for it.

        Raises NotOffered, NotAMember, NothingToReview, AlreadyReviewed.
        """
        self._must_be_offered()
        async with self._db.read() as tx:
            member = await find_joined(tx, user_id)
            if purchase_id is None:
                since = self._club_time() - REVIEW_WINDOW
                purchase_id = await reviews_store.newest_open(tx, member.id, since)
            purchase = await self._open(tx, member, purchase_id)
            if await reviews_store.find(tx, purchase.id):
                raise AlreadyReviewed()
            return ReviewAsked(
                purchase_id=purchase.id,
                amount=purchase.amount,
                at=purchase.at,
                points=self._programme.brings("review"),
            )

    async def keep(self, user_id: int, purchase_id: int, stars: int, text: str) -> ReviewKept:
        """Keep a review, give its points and tell staff. The same again changes nothing.

        Raises AlreadyReviewed when something else was said before, TooLong and what ask() raises.
        """
        self._must_be_offered()
        words = tidy_text(text)
        async with self._db.write() as tx:
            member = await lock_joined(tx, user_id)
            now = self._club_time()
            purchase = await self._open(tx, member, purchase_id)
            review = Review(purchase_id=purchase.id, stars=stars, text=words, at=now)
            known = await reviews_store.find(tx, purchase.id)
            if known is None:
                points = await self._book(tx, member, purchase, review)
            elif (known.stars, self._words(known)) != (stars, words):
                raise AlreadyReviewed()
            else:
                rules = self._programme.rules_on("review")
                keys = [f"{_key(purchase.id)}:{rule.key}" for rule in rules]
                points = await moves_store.points_under(tx, keys) or 0
            return ReviewKept(
                stars=stars,
                points=points,
                balance=await balance(tx, member.id, now),
                repeated=known is not None,
            )

    async def _book(
        self,
        tx: AsyncConnection,
        member: Member,
        purchase: PurchaseRow,
        review: Review,
    ) -> int:
        """Keep the review and tell staff; the points that it brings."""
        sealed = self._vault.seal(review.text) if review.text else None
        row = ReviewRow(
            purchase_id=purchase.id,
            member_id=member.id,
            stars=review.stars,
            text=sealed,
            at=review.at,
        )
        added = await reviews_store.add(tx, row)
        assert added, "only its member reviews a purchase, and their row is locked"
        key = _key(purchase.id)
        earned = await earn(tx, self._programme, member, "review", key=key, at=review.at)
        staff_chat_id = await club_store.get(tx, STAFF_CHAT)
        if staff_chat_id is not None:
            letter = Letter(
                key=reviews_store.letter_key(purchase.id),
                message="staff/review",
                chat_id=int(staff_chat_id),
                facts={
                    "member_number": member.number,
                    "amount": purchase.amount,
                    "at": purchase.at,
                    "stars": review.stars,
                    "review": Sealed(sealed) if sealed else None,
                },
            )
            await outbox_store.add(tx, [letter], review.at)
        return earned.points

    async def _open(
        self, tx: AsyncConnection, member: Member, purchase_id: int | None
    ) -> PurchaseRow:
        """The member's own purchase, where it counts and is not too old."""
        purchase = None if purchase_id is None else await purchases_store.find(tx, purchase_id)
        if (
            purchase is None
            or purchase.member_id != member.id
            or purchase.undone_at is not None
            or not is_open(purchase.at, self._club_time())
        ):
            raise NothingToReview()
        return purchase

    def _must_be_offered(self) -> None:
        if not self._programme.offers("review"):
            raise NotOffered()

    def _words(self, row: ReviewRow) -> str | None:
        return self._vault.open(row.text) if row.text else None


def _key(purchase_id: int) -> str:
    """What a review brings, it brings once a purchase."""
    return f"review:{purchase_id}"
