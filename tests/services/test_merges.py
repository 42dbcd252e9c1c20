"""A customer from before the club goes into a member once, by moves, and nothing is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from club.debts import debt, owe
from club.errors import PhoneTaken, PressExpired
from club.holds import HoldState
from club.ledger import Account, account_id
from club.members import Member
from club.misreadings import BadCode
from club.money import Money
from club.programme import Programme
from club.spending import Spending
from club.staff import Role
from services.audit import Audit
from services.holds import Holds
from services.imports import ImportDone, run_import
from services.joining import Joining
from services.members import Members
from services.merges import CustomerDeclined, CustomerMerged, Merges
from services.profile import Profile
from services.purchases import PurchaseRecorded, Purchases
from services.recognition import MERGE_LIFE, CustomerRecognised
from services.refunds import Refunds
from storage import ledger as ledger_store
from storage import members as members_store
from storage.db import Database
from tests.services.bookkeeping import PROGRAMME, Bookkeeper
from tests.services.history_book import SOURCE, VAULT, rows

NOW = datetime(2025, 10, 4, 12, 0, tzinfo=UTC)
PHONE = "+989121234567"
FILE = f"""receipt,customer,at,amount,phone
r-1,c-1,2024-08-01,9000000,{PHONE}
r-2,c-1,2025-01-01,400000,{PHONE}
r-3,c-1,2025-09-01,300000,{PHONE}
r-4,c-2,2025-09-01,100000,
"""
OPEN, EARNED = 70, 970  # The first purchase has expired by now.


class Shop:
    """A shop with a past, and members of today."""

    def __init__(self, db: Database, folder: Path, programme: Programme = PROGRAMME) -> None:
        self.now = NOW
        self.programme = programme
        self._db, self._file = db, folder / "past.csv"
        self.merges = Merges(db, VAULT, programme, self.time)
        self.profile = Profile(db, VAULT, programme, self.time)
        self.joining = Joining(db, VAULT, programme, self.time)
        self.keeper = Bookkeeper(db)

    def time(self) -> datetime:
        return self.now

    async def imports(self, text: str = FILE) -> ImportDone:
        self._file.write_text(text)
        return await run_import(
            self._db, VAULT, self.programme, self.time, self._file, SOURCE, lambda *_: None
        )

    async def member(self, points: int = 50) -> Member:
        """Somebody who has joined, with points of their own."""
        member_id = await self.keeper.join(NOW - timedelta(days=10))
        await self.keeper.give(member_id, points, NOW - timedelta(days=10))
        return await self.keeper.member(member_id)

    async def shares(self, member: Member, phone: str = PHONE) -> CustomerRecognised:
        """The member proves the phone, and is asked."""
        asked = await self.profile.share_phone(user(member), phone, user(member))
        assert isinstance(asked, CustomerRecognised)
        return asked

    async def customer(self, name: str = "c-1") -> Member:
        async with self._db.read() as tx:
            (found,) = await members_store.find_by_external_id(tx, name)
            return found

    async def in_order(self) -> None:
        assert (await Audit(self._db, self.programme).run()).faults == ()


def user(member: Member) -> int:
    assert member.chat_user_id is not None
    return member.chat_user_id


@pytest.fixture
async def shop(db: Database, tmp_path: Path) -> Shop:
    made = Shop(db, tmp_path)
    await made.imports()
    return made


async def lots(db: Database, member_id: int) -> list[tuple[object, ...]]:
    return await rows(
        db,
        "SELECT remaining, active_from, expires_at FROM lots WHERE remaining > 0"
        f" AND member_id = {member_id} ORDER BY expires_at",
    )


async def test_the_card_shows_both_and_the_merge_keeps_every_lot(shop: Shop, db: Database) -> None:
    member, customer = await shop.member(), await shop.customer()
    own, old = await lots(db, member.id), await lots(db, customer.id)
    asked = await shop.shares(member)
    assert (asked.points, asked.balance) == (OPEN, 50)
    done = await shop.merges.answer(user(member), asked.intent_id, mine=True)
    assert isinstance(done, CustomerMerged)
    assert (done.points, done.balance) == (OPEN, OPEN + 50)
    assert (await shop.keeper.member(member.id)).points_earned == EARNED + 50
    assert done.tier == PROGRAMME.tier("silver").name
    assert sorted(await lots(db, member.id), key=str) == sorted([*own, *old[1:]], key=str)
    assert await lots(db, customer.id) == old[:1], "what has expired is booked where it was"
    closed = await shop.customer()
    assert (closed.points_earned, closed.tier, closed.left_at) == (0, "member", NOW)
    assert await rows(db, f"SELECT count(*) FROM purchases WHERE member_id = {member.id}") == [(3,)]
    copy = await Members(db, VAULT, PROGRAMME, shop.time, shop.time).private_copy(user(member))
    assert copy["merged_customers"] == [{"source": SOURCE, "customer_number": "c-1"}]
    await shop.in_order()


async def test_what_is_set_aside_comes_along_and_what_is_owed_too(shop: Shop, db: Database) -> None:
    member, customer = await shop.member(), await shop.customer()
    spends = PROGRAMME.model_copy(update={"spending": Spending(worth=1_000)})
    holds = Holds(db, VAULT, spends, shop.time)
    held = await holds.hold(customer.number, 60, by=1, key="u:1")
    async with db.write() as tx:
        await ledger_store.open_account(tx, Account.DEBT, customer.id)
        owed = owe(customer.id, 12, key="owed", at=NOW, explanation={})
        await ledger_store.add_move(tx, owed)
    asked = await shop.shares(member)
    done = await shop.merges.answer(user(member), asked.intent_id, mine=True)
    assert isinstance(done, CustomerMerged)
    assert (done.points, done.balance) == (OPEN, OPEN + 50)
    assert (await holds.post(held.id, by=1)).state is HoldState.VOIDED
    async with db.read() as tx:
        for account, points in (
            (debt(member.id), -12),
            (debt(customer.id), 0),
            (account_id(Account.HELD, customer.id), 0),
        ):
            assert await ledger_store.standing(tx, account) == points
    await shop.in_order()


async def test_pressed_again_or_at_once_it_is_done_once(shop: Shop, db: Database) -> None:
    member = await shop.member()
    first, second = await shop.shares(member), await shop.shares(member)
    presses = [(first, True), (first, True), (second, True), (first, False)]
    done = await asyncio.gather(
        *(
            shop.merges.answer(user(member), asked.intent_id, mine=mine)
            for asked, mine in presses[:3]
        )
    )
    done.append(await shop.merges.answer(user(member), first.intent_id, mine=False))
    assert {type(one) for one in done} == {CustomerMerged}
    assert {one.balance for one in done if isinstance(one, CustomerMerged)} == {OPEN + 50}
    assert await rows(db, "SELECT count(*) FROM transfers WHERE reason = 'merge'") == [(2,)]
    await shop.in_order()


async def test_the_file_stays_the_same_after_a_merge(shop: Shop, db: Database) -> None:
    member = await shop.member()
    asked = await shop.shares(member)
    await shop.merges.answer(user(member), asked.intent_id, mine=True)
    again = await shop.imports()
    assert (again.purchases, again.repeated, again.departed) == (0, 4, 0)
    more = await shop.imports(FILE + f"r-5,c-1,2025-10-01,200000,{PHONE}\n")
    assert (more.purchases, more.members_new, more.points) == (1, 0, 20)
    assert (await shop.keeper.member(member.id)).points_earned == EARNED + 50 + 20
    await shop.in_order()


async def test_not_me_takes_the_phone_and_nothing_else(shop: Shop, db: Database) -> None:
    async with db.write() as tx:
        await tx.exec_driver_sql("INSERT INTO club (name, value) VALUES ('staff_chat_id', '-5')")
    member = await shop.member()
    asked = await shop.shares(member)
    for mine in (False, False, True):
        done = await shop.merges.answer(user(member), asked.intent_id, mine=mine)
        assert isinstance(done, CustomerDeclined)
    told = await rows(db, "SELECT chat_id, message FROM outbox WHERE chat_id IS NOT NULL")
    assert told == [(-5, "letters/customer_declined")]
    kept = await shop.profile.share_phone(user(member), PHONE, user(member))
    assert not isinstance(kept, CustomerRecognised), "it is their own phone now"
    other = await shop.member()
    with pytest.raises(PhoneTaken):
        await shop.profile.share_phone(user(other), PHONE, user(other))
    assert len(await lots(db, (await shop.customer()).id)) == 3
    await shop.in_order()


async def test_a_card_is_the_persons_own_and_ends(shop: Shop) -> None:
    member, other = await shop.member(), await shop.member()
    asked = await shop.shares(member)
    with pytest.raises(PressExpired):
        await shop.merges.answer(user(other), asked.intent_id, mine=True)
    theirs = await shop.shares(other)
    await shop.merges.answer(user(other), theirs.intent_id, mine=True)
    with pytest.raises(PressExpired):
        await shop.merges.answer(user(member), asked.intent_id, mine=True)
    with pytest.raises(PhoneTaken):
        await shop.profile.share_phone(user(member), PHONE, user(member))
    shop.now += MERGE_LIFE
    with pytest.raises(PressExpired):
        await shop.merges.answer(user(other), theirs.intent_id, mine=True)


@pytest.mark.parametrize("mine", [True, False])
async def test_a_member_who_opens_a_link_is_asked(shop: Shop, mine: bool) -> None:
    member = await shop.member()
    link = await shop.joining.make_link("c-2", by=1)
    asked = await shop.joining.begin(user(member), "Sara", "fa", link.code)
    assert isinstance(asked, CustomerRecognised)
    assert (asked.points, asked.balance) == (10, 50)
    await shop.merges.answer(user(member), asked.intent_id, mine=mine)
    assert (await shop.customer("c-2")).chat_user_id is None
    assert (await shop.keeper.member(member.id)).points_earned == (60 if mine else 50)
    with pytest.raises(BadCode):
        await shop.joining.begin(9_999, "Nima", "fa", link.code)
    await shop.in_order()


@pytest.mark.parametrize("mine", [True, False])
async def test_a_member_whose_phone_a_later_file_tells_is_asked_once(
    shop: Shop, db: Database, mine: bool
) -> None:
    member = await shop.member()
    phone = "+989350000000"
    await shop.profile.share_phone(user(member), phone, user(member))
    later = FILE + f"r-9,c-9,2025-09-01,200000,{phone}\n"
    assert (await shop.imports(later)).members_new == 1
    assert (await shop.imports(later)).purchases == 0
    asked = "SELECT member_id FROM outbox WHERE message = 'letters/recognised'"
    assert await rows(db, asked) == [(member.id,)]
    ((intent_id,),) = await rows(db, "SELECT id FROM intents")
    assert isinstance(intent_id, int)
    await shop.merges.answer(user(member), intent_id, mine=mine)
    assert (await shop.keeper.member(member.id)).points_earned == (70 if mine else 50)
    assert (await shop.imports(later)).repeated == 5
    assert await rows(db, asked) == [(member.id,)]
    await shop.in_order()


async def test_a_purchase_taken_back_after_a_merge_takes_its_own_points(
    shop: Shop, db: Database
) -> None:
    member, customer = await shop.member(), await shop.customer()
    purchases = Purchases(db, VAULT, PROGRAMME, shop.time)
    bought = await purchases.record(
        customer.number, Money(200_000, "IRT"), (), "R-1", by=1, update_id=1
    )
    assert isinstance(bought, PurchaseRecorded)
    asked = await shop.shares(member)
    await shop.merges.answer(user(member), asked.intent_id, mine=True)
    refunds = Refunds(db, VAULT, PROGRAMME, shop.time)
    undone = await refunds.undo(bought.purchase_id, by=1, role=Role.OWNER)
    assert (undone.number, undone.points, undone.balance) == (member.number, 20, OPEN + 50)
    left = f"""SELECT sum(remaining) FROM lots JOIN transfers t ON t.id = transfer_id
        WHERE purchase_id = {bought.purchase_id}"""
    assert await rows(db, left) == [(0,)]
    await shop.in_order()
