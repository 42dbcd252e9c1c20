"""A file with anything wrong in it imports nothing, and names what is wrong."""

from pathlib import Path

import pytest

from club.imports import BadFile
from club.members import number_of
from services.imports import run_import
from storage import members as members_store
from storage.db import Database
from tests.data.purchases import Shop
from tests.services.history_book import NOW, VAULT, bring, rows

FILM = Shop("film-shop")
HEADER = "receipt,customer,at,amount,phone,genres\n"
GOOD = "r-1,c-1,2018-01-01,1.00,+989121234567,Fantasy\n"
MORE = "r-2,c-2,2018-01-02,1.00,,\n"


async def faults_of(db: Database, folder: Path, content: str | bytes) -> list[str]:
    """What is said about the file."""
    path = folder / "purchases.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadFile) as refused:
        await bring(db, FILM, path)
    return [str(fault) for fault in refused.value.shown]


async def bring_text(db: Database, folder: Path, content: str) -> None:
    """Import a file that says this."""
    path = folder / "good.csv"
    path.write_text(content, encoding="utf-8")
    await bring(db, FILM, path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file: it is empty"),
        (HEADER, "the file: it holds no purchases"),
        ("receipt,customer\nr,c\n", "line 1: missing columns: 'at', 'amount'"),
        (HEADER.replace(",", ";"), "line 1: unknown columns"),
        ((HEADER + GOOD).encode() + b"r-2,\xff\n", "line 3: it is not UTF-8 text"),
        ((HEADER + GOOD).encode("utf-16"), "line 1: it is not UTF-8 text"),
        (b"PK\x03\x04\x14\x00\x00", "line 1: unknown columns"),
        (HEADER + GOOD + 'r-2,"c-2,2018-01-02,1.00,,\n', "line 3: the row is not CSV"),
        (HEADER + GOOD + f'r-2,"{"x" * 200_000}",,,,\n', "line 3: the row is not CSV"),
        (HEADER + GOOD + "r-2,c-2\n", "line 3: the row has 2 cells, the header 6"),
        (HEADER + "\n" + GOOD + "r-2,c-2,x,1,,\n", "line 4, at: 'x' is no day or moment"),
        (HEADER + GOOD + "r-1,c-1,2018-01-01,2.00,,\n", "line 3, amount: receipt r-1 stands in"),
        (HEADER + GOOD + "r-2,c-2,2018-01-02,1,09121234567,\n", "line 3, phone: the phone belongs"),
    ],
)
async def test_a_bad_file_is_one_clear_fault_and_changes_nothing(
    db: Database, tmp_path: Path, content: str | bytes, said: str
) -> None:
    (fault,) = await faults_of(db, tmp_path, content)
    assert fault.startswith(said)
    assert await rows(db, "SELECT count(*) FROM members") == [(0,)]


async def test_a_file_that_is_not_there_is_a_fault(db: Database, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(BadFile) as refused:
            await bring(db, FILM, path)
        assert "it cannot be read" in str(refused.value.shown[0])


async def test_every_bad_row_is_named(db: Database, tmp_path: Path) -> None:
    said = await faults_of(
        db, tmp_path, HEADER + "r,c,x,1,,\n" + GOOD + "r-2,c,2018-01-01,x,,Horor\n" + GOOD + "a,b\n"
    )
    assert [fault.split(":")[0] for fault in said] == [
        "line 2, at",
        "line 4, amount",
        "line 4, genres",
        "line 6",
    ]


async def test_a_bad_source_is_a_fault(db: Database, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        await run_import(
            db, VAULT, FILM.programme, lambda: NOW, tmp_path, "a:b", lambda done, total: None
        )
    assert "bad source 'a:b'" in str(refused.value.shown[0])


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("r-1,c-1,2018-01-01,2.00,,\n", "amount"),
        ("r-1,c-2,2018-01-01,1.00,,\n", "customer"),
        ("r-1,c-1,2018-01-03,1.00,,\n", "at"),
    ],
)
async def test_what_was_booked_is_named_when_a_receipt_says_otherwise(
    db: Database, tmp_path: Path, row: str, column: str
) -> None:
    await bring_text(db, tmp_path, HEADER + GOOD)
    (fault,) = await faults_of(db, tmp_path, HEADER + MORE + row)
    assert fault.startswith(f"line 3, {column}: receipt r-1 stands in the book with other facts: ")
    assert "customer c-1, 1.00 USD, 2018-01-01T12:00:00Z" in fault
    assert await rows(db, "SELECT count(*) FROM purchases") == [(1,)]


async def test_phones_are_sealed_and_find_their_customer(db: Database, tmp_path: Path) -> None:
    await bring_text(db, tmp_path, "\ufeff" + HEADER + GOOD + MORE)
    async with db.read() as tx:
        member = await members_store.find_by_phone(tx, VAULT.lookup_hash("+989121234567"))
        assert member is not None
        assert member.external_id == "c-1"
        private = await members_store.private(tx, member.id)
        assert private is not None
        assert VAULT.open(private["phone"]) == "+989121234567"


async def test_a_phone_of_another_member_is_a_fault(db: Database, tmp_path: Path) -> None:
    await bring_text(db, tmp_path, HEADER + GOOD)
    (fault,) = await faults_of(db, tmp_path, HEADER + "r-3,c-3,2018-01-01,1,09121234567,\n")
    ((member_id,),) = await rows(db, "SELECT id FROM members")
    assert isinstance(member_id, int)
    assert f"line 2, phone: the phone belongs to member {number_of(member_id)}" in fault


async def test_who_has_joined_tells_the_phone_in_the_chat(db: Database, tmp_path: Path) -> None:
    await bring_text(db, tmp_path, HEADER + MORE)
    async with db.write() as tx:
        await members_store.change(tx, 1, agreed_at=NOW)
    await bring_text(db, tmp_path, HEADER + "r-3,c-2,2018-01-01,1.00,09121234567,\n")
    assert await rows(db, "SELECT count(*) FROM private_data") == [(0,)]


async def test_nothing_more_is_kept_about_who_has_left(db: Database, tmp_path: Path) -> None:
    await bring_text(db, tmp_path, HEADER + GOOD + MORE)
    async with db.write() as tx:
        await members_store.change(tx, 1, left_at=NOW)
    path = tmp_path / "later.csv"
    path.write_text(HEADER + GOOD + MORE + "r-3,c-1,2018-01-03,1,,\nr-4,c-2,2018-01-03,1,,\n")
    done = await bring(db, FILM, path)
    assert (done.purchases, done.repeated, done.departed) == (1, 2, 1)
    assert await rows(db, "SELECT points_earned FROM members ORDER BY id") == [(10,), (20,)]
