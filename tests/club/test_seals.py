"""The chain names the row that is not as it was, and no other."""

import pytest

from club.seals import FIRST, Break, Chain, seal

MOVES = tuple(f"move {number}".encode() for number in range(1, 8))


def sealed() -> list[tuple[int, int, bytes, bytes | None]]:
    """Seven moves, numbered 10, 20, …, in a chain."""
    rows: list[tuple[int, int, bytes, bytes | None]] = []
    before = FIRST
    for position, move in enumerate(MOVES, start=1):
        before = seal(before, move)
        rows.append((position, position * 10, before, move))
    return rows


def broken(rows: list[tuple[int, int, bytes, bytes | None]]) -> dict[int, Break]:
    """Which moves the chain complains of."""
    chain = Chain()
    found = {row[1]: chain.follow(*row) for row in rows}
    return {transfer_id: fault for transfer_id, fault in found.items() if fault}


def with_move(position: int, move: bytes | None) -> tuple[int, int, bytes, bytes | None]:
    row = sealed()[position - 1]
    return (row[0], row[1], row[2], move)


def with_seal(position: int) -> tuple[int, int, bytes, bytes | None]:
    row = sealed()[position - 1]
    return (row[0], row[1], bytes([row[2][0] ^ 1]) + row[2][1:], row[3])


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ([], {}),
        ([with_move(1, b"move 0")], {10: Break.CHANGED}),
        ([with_move(3, b"move 4")], {30: Break.CHANGED}),
        ([with_move(7, b"")], {70: Break.CHANGED}),
        ([with_move(3, b"a"), with_move(4, b"b")], {30: Break.CHANGED, 40: Break.CHANGED}),
        ([with_move(3, None)], {30: Break.REMOVED}),
        ([with_move(3, None), with_move(4, None)], {30: Break.REMOVED, 40: Break.REMOVED}),
        ([with_seal(3)], {30: Break.CHANGED}),
        ([with_seal(3), with_seal(4)], {30: Break.CHANGED, 40: Break.CHANGED}),
        ([with_seal(7)], {70: Break.CHANGED}),
    ],
)
def test_a_break_is_named_where_it_is(
    changed: list[tuple[int, int, bytes, bytes | None]], found: dict[int, Break]
) -> None:
    instead = {row[0]: row for row in changed}
    assert broken([instead.get(row[0], row) for row in sealed()]) == found


@pytest.mark.parametrize("gone", range(1, 7))
def test_a_seal_that_is_gone_is_named_by_the_next(gone: int) -> None:
    rows = [row for row in sealed() if row[0] != gone]
    assert broken(rows) == {(gone + 1) * 10: Break.GAP}


def test_the_same_moves_in_another_order_are_another_chain() -> None:
    one, other = seal(seal(FIRST, b"a"), b"b"), seal(seal(FIRST, b"b"), b"a")
    assert one != other
