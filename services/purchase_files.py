"""Reading files of past purchases, off the event loop."""

import asyncio
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from club.imports import BadFile, Fault, PurchaseLine
from club.programme import Programme
from club.purchase_rows import BadHeader, Sheet, read_header, read_row

CHUNK_ROWS = 2_000
MAX_ROWS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseFile:
    """What a file tells, and what is wrong in it."""

    lines: list[PurchaseLine]
    faults: list[Fault]


async def read_purchases(path: Path, programme: Programme, now: datetime) -> PurchaseFile:
    """Every row of the file; raises BadFile for what is no file of purchases at all."""
    lines: list[PurchaseLine] = []
    faults: list[Fault] = []
    chunks = _chunks(path, programme, now)
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        lines += chunk.lines
        faults += chunk.faults
        if len(lines) + len(faults) > MAX_ROWS:
            raise _bad_file(f"it has more than {MAX_ROWS} rows", "split it by date")
    if not lines and not faults:
        raise _bad_file("it holds no purchases", "give it a row for each purchase")
    return PurchaseFile(lines=lines, faults=faults)


def _chunks(path: Path, programme: Programme, now: datetime) -> Iterator[PurchaseFile]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = next(rows, None)
            if header is None:
                raise _bad_file("it is empty", "give it a header and a row for each purchase")
            sheet = read_header(header, programme, now)
            while (chunk := _chunk(rows, sheet)) is not None:
                yield chunk
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise _bad_file(f"it cannot be read ({reason})", "give the path of a CSV file") from error
    except UnicodeDecodeError as error:
        line = _undecodable_line(path)
        raise _bad_file("it is not UTF-8 text", "save it as CSV in UTF-8", line) from error
    except BadHeader as error:
        raise BadFile([error.fault]) from error


def _chunk(rows: Iterator[list[str]], sheet: Sheet) -> PurchaseFile | None:
    """The next rows; None at the end of the file."""
    chunk = PurchaseFile(lines=[], faults=[])
    for _ in range(CHUNK_ROWS):
        line = rows.line_num + 1  # type: ignore[attr-defined]  # A row may stretch over lines.
        try:
            cells = next(rows, None)
        except csv.Error as error:
            remedy = "mend its quotes: a text in double quotes ends with one, and doubles its own"
            raise _bad_file(f"the row is not CSV ({error})", remedy, line) from error
        if cells is None:
            return chunk if chunk.lines or chunk.faults else None
        if cells:  # A blank line says nothing.
            read = read_row(sheet, line, cells)
            if isinstance(read, PurchaseLine):
                chunk.lines.append(read)
            else:
                chunk.faults.extend(read)
    return chunk


def _undecodable_line(path: Path) -> int:
    """The first line that is not UTF-8; 0 where none can be named."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 0


def _bad_file(reason: str, remedy: str, line: int = 0) -> BadFile:
    return BadFile([Fault(line=line, column=None, reason=reason, remedy=remedy)])
