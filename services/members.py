"""Who is in front of us, whether we can reach them, and how they leave."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.errors import NotAMember, PressExpired
from club.facts import Json, encode_all
from club.ledger import Reason, Transfer
from club.members import JoinStep, Member, Reach
from club.programme import Programme
from services.birthdays import told
from services.leaving import forfeit, leave_key
from services.people import name_of
from storage import dialogues as dialogues_store
from storage import disputes as disputes_store
from storage import holds as holds_store
from storage import ladders as ladders_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import merges as merges_store
from storage import purchases as purchases_store
from storage import replies as replies_store
from storage import responses as responses_store
from storage import reviews as reviews_store
from storage.db import Database
from storage.holds import Hold
from storage.purchases import PurchaseRow
from storage.vault import Vault

LEAVE = "leave"
LEAVE_LIFE = timedelta(minutes=30)
COPY_MOVES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAsked:
    """What leaving would cost; the intent carries it out."""

    intent_id: int
    balance: int
    waiting: int
    held: int  # Set aside for a purchase.
    points_earned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft:
    """Points were forfeited, private data is gone."""

    points: int


class Members:
    """What concerns a member as such."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        programme: Programme,
        club_time: Callable[[], datetime],
        machine_time: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._vault = vault
        self._programme = programme
        self._club_time = club_time
        self._machine_time = machine_time

    async def who(self, user_id: int, *, in_private: bool) -> Member | None:
        """The member behind an account; who writes to us in private can be reached."""
        async with self._db.read() as tx:
            member = await members_store.find_by_chat(tx, user_id)
        if member is None or member.reach is Reach.ACTIVE or not in_private:
            return member
        await self.reach(user_id, Reach.ACTIVE)
        return member

    async def reach(self, user_id: int, reach: Reach) -> None:
        """Note whether the messenger lets us write to this account."""
        async with self._db.write() as tx:
            member = await members_store.find_by_chat(tx, user_id)
            if member is not None:
                at = self._machine_time()
                await members_store.change(tx, member.id, reach=reach, reach_at=at)

    async def private_copy(self, user_id: int) -> dict[str, Json]:
        """All that is kept of the member, as JSON for a file of their own."""
        async with self._db.read() as tx:
            member = await _find(tx, user_id)
            private = await members_store.private(tx, member.id)
            phone = private["phone"] if private else None
            birthday = await told(tx, self._vault, member.id)
            moves, _ = await ledger_store.moves(tx, member.id, COPY_MOVES, 0)
            purchases = await purchases_store.of_member(tx, member.id)
            answers = await replies_store.of_member(tx, member.id)
            own_code, friends_code = await members_store.codes(tx, member.id)
            return {
                "member_number": member.number,
                "account": member.chat_user_id,
                "reach": member.reach.value,
                "began_at": member.created_at.isoformat(),
                "referral_code": own_code,
                "referred_by_code": friends_code,
                "source": member.source,
                "customer_number_before": member.external_id,
                "merged_customers": [
                    {"source": source, "customer_number": name}
                    for source, name in await merges_store.names_of(tx, member.id)
                ],
                "name": await name_of(tx, self._vault, member),
                "phone": self._vault.open(phone) if phone else None,
                "language": member.language,
                "calendar": member.calendar,
                "agreed_at": member.agreed_at.isoformat() if member.agreed_at else None,
                "promotions": bool(member.promotions),
                "tier": member.tier,
                "points_earned": member.points_earned,
                "tier_changes": await _tier_changes(tx, member.id),
                "birthday": birthday.stored() if birthday else None,
                "reviews": [
                    {
                        "purchase": row.purchase_id,
                        "stars": row.stars,
                        "text": self._vault.open(row.text) if row.text else None,
                    }
                    for row in await reviews_store.of_member(tx, member.id)
                ],
                "likes": list(await members_store.tags(tx, member.id)),
                "moves": [_move(member, move) for move in moves],
                "said_wrong": await _disputes(tx, member.id),
                "set_aside": [_hold(hold) for hold in await holds_store.of_member(tx, member.id)],
                "purchases": [_purchase(row) for row in purchases],
                "survey_answers": [self._answer(row) for row in answers],
                "promotion_wishes": await _promotions(tx, member),
            }

    def _answer(self, row: RowMapping) -> Json:
        question = row["questions"][row["question"]]
        return {
            "at": row["given_at"].isoformat(),
            "survey": row["title"],
            "question": question["text"],
            "kind": question["kind"],
            "of": question["choices"],
            "chosen": [place + 1 for place in row["choices"]],
            "text": self._vault.open(row["text"]) if row["text"] else None,
        }

    async def ask_to_leave(self, user_id: int) -> LeaveAsked:
        """Show what leaving costs, and make the one button that does it."""
        async with self._db.write() as tx:
            member = await _find(tx, user_id)
            now = self._club_time()
            held = ledger.holdings(await ledger_store.lots(tx, member.id), now)
            ends = now + LEAVE_LIFE
            facts = {"member_id": member.id}
            intent_id = await dialogues_store.add_intent(tx, LEAVE, user_id, facts, ends)
            return LeaveAsked(
                intent_id=intent_id,
                balance=held.balance,
                waiting=held.waiting,
                held=sum(hold.points for hold in await holds_store.open_of(tx, member.id)),
                points_earned=member.points_earned,
            )

    async def leave(self, user_id: int, intent_id: int) -> MemberLeft:
        """Forfeit the points by a move in the book and delete private data. Once."""
        async with self._db.write() as tx:
            now = self._club_time()
            asked = await dialogues_store.find_intent(tx, intent_id, LEAVE, user_id, now)
            if asked is None:
                raise PressExpired()
            facts, used = asked
            member = await members_store.find_by_chat(tx, user_id)
            if member is None and used:
                gone = facts["member_id"]
                assert isinstance(gone, int), "as ask_to_leave wrote it"
                move = await ledger_store.find(tx, leave_key(gone))
                return MemberLeft(points=move.points if move else 0)
            if member is None or member.id != facts["member_id"]:
                raise PressExpired()  # They left and came back as somebody new.
            member = await members_store.lock(tx, member.id)
            points = await forfeit(tx, self._programme, member, now)
            await members_store.forget_private(tx, member.id)
            await replies_store.forget_words(tx, member.id)
            await members_store.change(
                tx,
                member.id,
                chat_user_id=None,
                left_at=now,
                promotions=False,
                promotions_a_week=None,
                quiet_start=None,
                quiet_until=None,
                referred_by_code=None,
                join_step=JoinStep.DONE,
            )
            await dialogues_store.use_intent(tx, intent_id, now)
            return MemberLeft(points=points)


async def _find(tx: AsyncConnection, user_id: int) -> Member:
    """Whoever we keep something of, joined or half-way; raises NotAMember for all others."""
    member = await members_store.find_by_chat(tx, user_id)
    if member is None:
        raise NotAMember()
    return member


async def _tier_changes(tx: AsyncConnection, member_id: int) -> list[Json]:
    return [
        {
            "at": change.at.isoformat(),
            "ladder": change.ladder,
            "from": change.tier_before,
            "to": change.tier_after,
            "reason": change.reason.value,
        }
        for change in await ladders_store.changes(tx, member_id, COPY_MOVES)
    ]


async def _promotions(tx: AsyncConnection, member: Member) -> Json:
    """What the member wishes of promotions, and did with them."""
    return {
        "a_week_at_most": member.promotions_a_week,
        "quiet_minutes": [member.quiet_start, member.quiet_until],
        "answered": [
            {"at": row["at"].isoformat(), "promotion": row["campaign_id"], "kind": row["kind"]}
            for row in await responses_store.of_member(tx, member.id)
        ],
    }


def _move(member: Member, move: Transfer) -> Json:
    hidden = {"amount"} if move.reason is Reason.REFERRAL else set()  # A friend's purchase.
    explanation = {name: fact for name, fact in move.explanation.items() if name not in hidden}
    return {
        "at": move.at.isoformat(),
        "points": move.points if move.target == ledger.wallet(member.id) else -move.points,
        "reason": move.reason.value,
        "rule": move.rule,
        "explanation": encode_all(explanation),
    }


async def _disputes(tx: AsyncConnection, member_id: int) -> list[Json]:
    return [
        {"at": row.at.isoformat(), "settled": row.settled_at is not None}
        for row in await disputes_store.of_member(tx, member_id)
    ]


def _hold(hold: Hold) -> Json:
    return {
        "at": hold.at.isoformat(),
        "points": hold.points,
        "state": hold.state.value,
        "ends_at": (hold.ended_at or hold.expires_at).isoformat(),
    }


def _purchase(row: PurchaseRow) -> Json:
    return {
        "at": row.at.isoformat(),
        "amount": row.amount.minor,
        "currency": row.amount.currency,
        "receipt": row.receipt,
        "discount": row.discount_minor,
        "shop": row.shop,
        "payment": row.payment,
        "lines": [dict(line) for line in row.lines or ()],
        "genres": list(row.genres),
        "undone": row.undone_at is not None,
    }
