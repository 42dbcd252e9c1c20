"""Points that are set aside for a member: spent later, or given back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from club import ledger
from club.errors import KeyReused, NotOffered, PressExpired
from club.facts import Facts
from club.holds import HoldState
from club.ledger import Account, Grant, Reason, Transfer, account_id, wallet
from club.letters import Letter
from club.members import Member
from club.programme import Programme
from club.takebacks import Spent, come_back
from services.awards import balance
from services.expiring import live_on
from services.people import lock_member, name_of
from storage import holds as holds_store
from storage import ledger as ledger_store
from storage import members as members_store
from storage import outbox as outbox_store
from storage import staff as staff_store
from storage.db import Database
from storage.holds import Hold
from storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldShown:
    """A hold as it stands now, and what the member can spend beside it."""

    id: int
    number: str
    name: str
    points: int
    state: HoldState
    lost: int  # Of its points, those that had expired when it was given back.
    expires_at: datetime
    balance: int
    repeated: bool  # It stood so before.


class Holds:
    """What can be done with points that are set aside."""

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

    async def hold(self, who: str, points: int, *, by: int, key: str) -> HoldShown:
        """Set points aside; the member is told. The same key again changes nothing.

        Raises NotOffered, NotEnoughPoints, KeyReused and the refusals of find_member.
        """
        async with self._db.write() as tx:
            member = await lock_member(tx, self._vault, who)
            now = self._club_time()
            known = await holds_store.find_by_key(tx, key)
            if known is not None:
                if (known.member_id, known.points) != (member.id, points):
                    raise KeyReused(
                        receipt=None, member_number=member.number, at=known.at, amount=None
                    )
                return await self._shown(tx, member, known, repeated=True)
            if self._programme.spending is None:
                raise NotOffered()
            hold = await self._set_aside(tx, member, points, by, key, now)
            await staff_store.log(tx, by, "hold", {"hold_id": hold.id, "points": points}, now)
            shown = await self._shown(tx, member, hold, repeated=False)
            facts = {"points": points, "expires_at": hold.expires_at, "balance": shown.balance}
            await _write(tx, hold, "points_held", facts, now)
            return shown

    async def post(self, hold_id: int, *, by: int) -> HoldShown:
        """Spend what is set aside; the member is told. What is over already stays as it is.

        Too late it is given back instead. Raises PressExpired where there is no such hold.
        """
        return await self._end(hold_id, HoldState.POSTED, by)

    async def void(self, hold_id: int, *, by: int) -> HoldShown:
        """Give back what is set aside; the member is told. What is over already stays as it is.

        Raises PressExpired where there is no such hold.
        """
        return await self._end(hold_id, HoldState.VOIDED, by)

    async def _end(self, hold_id: int, wanted: HoldState, by: int) -> HoldShown:
        async with self._db.write() as tx:
            member, hold = await _lock(tx, hold_id)
            if hold.state is not HoldState.OPEN:
                return await self._shown(tx, member, hold, repeated=True)
            now = self._club_time()
            if hold.expires_at <= now:
                await give_back(tx, self._programme, hold, by=None, at=now)
            elif wanted is HoldState.VOIDED:
                await give_back(tx, self._programme, hold, by=by, at=now)
            else:
                await _post(tx, self._programme, hold, by, now)
            ended = await holds_store.find(tx, hold.id)
            assert ended is not None, "it was there"
            shown = await self._shown(tx, member, ended, repeated=False)
            facts = {"hold_id": hold.id, "lost": shown.lost}
            await staff_store.log(tx, by, f"hold_{ended.state.value}", facts, now)
            return shown

    async def _set_aside(
        self, tx: AsyncConnection, member: Member, points: int, by: int, key: str, now: datetime
    ) -> Hold:
        await ledger_store.open_account(tx, Account.HELD, member.id)
        spent = ledger.spend(
            member.id,
            await ledger_store.lots(tx, member.id),
            points,
            Account.HELD,
            Reason.HOLD,
            key=f"hold:{key}",
            at=now,
            explanation={},
        )
        return await holds_store.add(
            tx,
            key=key,
            member_id=member.id,
            transfer_id=await ledger_store.add_spend(tx, spent),
            points=points,
            made_by=by,
            at=now,
            expires_at=now + timedelta(hours=self._programme.holds.hours),
        )

    async def _shown(
        self, tx: AsyncConnection, member: Member, hold: Hold, *, repeated: bool
    ) -> HoldShown:
        lost = await ledger_store.find(tx, _lost_key(hold))
        return HoldShown(
            id=hold.id,
            number=member.number,
            name=await name_of(tx, self._vault, member),
            points=hold.points,
            state=hold.state,
            lost=lost.points if lost else 0,
            expires_at=hold.expires_at,
            balance=await balance(tx, member.id, self._club_time()),
            repeated=repeated,
        )


async def give_back(
    tx: AsyncConnection,
    programme: Programme,
    hold: Hold,
    *,
    by: int | None,
    at: datetime,
    told: bool = True,
) -> None:
    """Bring the points back into the very lots they came from; the member is told of it.

    Lots that have expired meanwhile get the grace of a refund; without one their points expire
    now. `by` None: no person did it. The member's row is locked by the caller.
    """
    uses = await ledger_store.uses_of(tx, hold.transfer_id)
    back = come_back(
        [
            Spent(lot_id=use.lot_id, points=use.points, own=True, expires_at=use.expires_at)
            for use in uses
        ],
        hold.points,
        programme.refunds.grace_days,
        at=at,
        zone=programme.zone,
    )
    held, key = account_id(Account.HELD, hold.member_id), _void_key(hold)
    if back.into_lots:
        points = sum(points for _, points in back.into_lots)
        move = _move(key, held, wallet(hold.member_id), points, Reason.VOID, at)
        await ledger_store.add_return(tx, move, back.into_lots)
    for number, anew in enumerate(back.regrants, 1):
        move = _move(f"{key}:{number}", held, wallet(hold.member_id), anew.points, Reason.VOID, at)
        grant = Grant(transfer=move, active_from=at, expires_at=anew.expires_at)
        await ledger_store.add_grant(tx, hold.member_id, grant)
    if lost := hold.points - back.points:
        gone = account_id(Account.EXPIRED)
        move = _move(_lost_key(hold), held, gone, lost, Reason.EXPIRY, at)
        await ledger_store.add_move(tx, move)
    await holds_store.end(tx, hold, HoldState.VOIDED, by, at)
    if told:
        left = await balance(tx, hold.member_id, at)
        facts = {"points": back.points, "lost": lost, "balance": left}
        await _write(tx, hold, "hold_voided", facts, at)


async def lapse(db: Database, programme: Programme, at: datetime) -> int:
    """Give back the holds whose time is over by then, each in a transaction; how many."""
    async with db.read() as tx:  # Without taking the one writer for nothing.
        waiting = await holds_store.over(tx, at)
    ended = 0
    for found in waiting:
        async with db.write() as tx:
            _, hold = await _lock(tx, found.id)
            if hold.state is HoldState.OPEN:
                await give_back(tx, programme, hold, by=None, at=at)
                ended += 1
    return ended


async def _lock(tx: AsyncConnection, hold_id: int) -> tuple[Member, Hold]:
    """The hold behind its member's lock; raises PressExpired where there is none."""
    found = await holds_store.find(tx, hold_id)
    if found is None:
        raise PressExpired()
    member = await members_store.lock(tx, found.member_id)
    hold = await holds_store.find(tx, hold_id)
    assert hold is not None, "holds are never deleted"
    return member, hold


async def _post(
    tx: AsyncConnection, programme: Programme, hold: Hold, by: int, now: datetime
) -> None:
    held, spent = account_id(Account.HELD, hold.member_id), account_id(Account.SPENT)
    move = _move(f"hold:{hold.id}:post", held, spent, hold.points, Reason.POST, now)
    await ledger_store.add_move(tx, move)
    await holds_store.end(tx, hold, HoldState.POSTED, by, now)
    await live_on(tx, programme, hold.member_id, "spend", at=now)
    facts = {"points": hold.points, "balance": await balance(tx, hold.member_id, now)}
    await _write(tx, hold, "hold_posted", facts, now)


async def _write(tx: AsyncConnection, hold: Hold, message: str, facts: Facts, at: datetime) -> None:
    letter = Letter(
        key=f"{message}:{hold.id}",
        member_id=hold.member_id,
        message=f"letters/{message}",
        facts=facts,
    )
    await outbox_store.add(tx, [letter], at)


def _void_key(hold: Hold) -> str:
    return f"hold:{hold.id}:void"


def _lost_key(hold: Hold) -> str:
    return f"{_void_key(hold)}:expired"


def _move(
    key: str, source: int, target: int, points: int, reason: Reason, at: datetime
) -> Transfer:
    return Transfer(key=key, source=source, target=target, points=points, reason=reason, at=at)
