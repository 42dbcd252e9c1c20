"""Who leaves forfeits by moves: what is open, what waits, what is set aside; debts are forgiven."""

from datetime import timedelta

from club import ledger
from club.debts import owe
from club.ledger import Account, Reason
from storage import ledger as ledger_store
from storage.db import Database
from tests.services.desk import CASHIER, RULES, START, Desk, user


async def test_all_that_lives_is_forfeited_and_the_debt_forgiven(db: Database) -> None:
    desk = Desk(db)
    sara = await desk.member(30, 50)
    await desk.holds.hold(sara.number, 60, by=CASHIER, key="u:1")
    async with db.write() as tx:
        waits = ledger.grant(
            sara.id,
            7,
            Reason.ADJUST,
            RULES,
            key="waits",
            at=START,
            explanation={},
            active_from=START + timedelta(days=5),
        )
        await ledger_store.add_grant(tx, sara.id, waits)
        await ledger_store.open_account(tx, Account.DEBT, sara.id)
        debt = owe(sara.id, 12, key="owed", at=START, explanation={})
        await ledger_store.add_move(tx, debt)
    asked = await desk.members.ask_to_leave(user(sara))
    assert (asked.balance, asked.waiting, asked.held) == (20, 7, 60)
    left = await desk.members.leave(user(sara), asked.intent_id)
    assert left.points == 87
    for kind in (Account.WALLET, Account.HELD, Account.DEBT):
        assert await desk.stands(kind, sara) == 0
    assert await desk.stands(Account.FORFEITED) == 87
    assert await desk.letters("hold_voided") == 0
    assert (await desk.members.leave(user(sara), asked.intent_id)).points == 87
    desk.now += timedelta(days=2)
    await desk.ticks.run_due()
    await desk.in_order()
