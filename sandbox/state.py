"""The sandbox's memory on disk: one SQLite file, written before anything is answered."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]
MessageRow = tuple[int, int, int, int, str | None, int, int]

CHECKPOINT_PAGES = 10_000  # Seldom: a checkpoint waits for the disk.

SCHEMA = """
CREATE TABLE IF NOT EXISTS things (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
    place INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
    fixed INTEGER NOT NULL, body TEXT, thread_id INTEGER NOT NULL DEFAULT 0,
    club_offset_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (chat_id, message_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    file_id TEXT PRIMARY KEY, file_path TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    mime_type TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    content BLOB NOT NULL
);
"""
LATER_COLUMNS = {  # What files of the first form lack.
    "things": ("place",),
    "messages": ("thread_id", "club_offset_ms"),
}


class StateInUse(Exception):
    """Another sandbox works on this state file."""


class StateBroken(Exception):
    """Nothing can be kept in this file; the text says why."""


def encode(body: object) -> str:
    """The compact JSON that is stored and answered."""
    try:
        return orjson.dumps(body).decode()
    except TypeError:  # Half a letter, or a number of many digits: rare, and slower.
        told = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return told.encode("utf-8", "replace").decode()


class Commit:
    """One commit that several requests wait for."""

    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.fault: Exception | None = None


class Journal:
    """Changes are collected while requests run and committed together before they are answered.

    A killed process loses only what nobody was told; a power cut may lose the last moments.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.2)
        except OSError as error:
            raise StateBroken(f"{error.strerror}: {error.filename}") from error
        except sqlite3.Error as error:
            raise StateBroken(str(error)) from error
        try:
            # One process a file: the lock falls with the process, however it ends.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            self._db.executescript(SCHEMA)
            self._add_columns()
            self._db.execute("BEGIN IMMEDIATE")
            if fresh:
                for table in ("things", "messages", "files"):
                    self._db.execute(f"DELETE FROM {table}")  # noqa: S608  # Our own names.
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._db.close()
            busy = error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            raise (StateInUse if busy else StateBroken)(str(error)) from error
        ((self._place,),) = self._db.execute("SELECT coalesce(max(place), 0) FROM things")
        self._things: dict[tuple[str, str], object | None] = {}
        self._messages: dict[tuple[int, int], MessageRow] = {}
        self._files: list[tuple[str, str, str, str, int, int, bytes]] = []
        self._commit: Commit | None = None

    def _add_columns(self) -> None:
        """Let a file of the first form take what is remembered now."""
        for table, names in LATER_COLUMNS.items():
            known = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}
            for name in names:
                if name not in known:
                    column = f"{name} INTEGER NOT NULL DEFAULT 0"
                    self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")

    def put(self, kind: str, key: object, body: object | None) -> None:
        """Keep a thing under its key; None forgets it."""
        self._things[kind, str(key)] = body

    def put_message(self, row: MessageRow) -> None:
        """Keep a message; a body of None remembers only that its number was used."""
        self._messages[row[0], row[1]] = row

    def put_file(self, row: tuple[str, str, str, str, int, int, bytes]) -> None:
        self._files.append(row)

    def things(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Everything kept of this kind, in the order in which it first came."""
        rows = self.select("SELECT key, body FROM things WHERE kind = ? ORDER BY place, key", kind)
        return ((key, json.loads(body)) for key, body in rows)

    def select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows that include what was put a moment ago."""
        self.flush()
        return self._db.execute(query, values).fetchall()

    async def kept(self) -> None:
        """Return when all changes so far are on disk; requests that wait share a commit."""
        if self._commit is None:
            if not (self._things or self._messages or self._files):
                return
            self._commit = Commit()
            asyncio.get_running_loop().call_soon(self._commit_all, self._commit)
        commit = self._commit
        await commit.done.wait()
        if commit.fault:
            raise commit.fault

    def _commit_all(self, commit: "Commit") -> None:
        self._commit = None
        try:
            self.flush()
        except Exception as error:  # Whoever waits for the commit must hear of it.
            commit.fault = error
        commit.done.set()

    def flush(self) -> None:
        """Write what is waiting in one transaction; after an error it waits on."""
        if not (self._things or self._messages or self._files):
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._write_things()
            self._db.executemany(
                "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)",
                self._messages.values(),
            )
            self._db.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", self._files)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._things.clear()
        self._messages.clear()
        self._files.clear()

    def _write_things(self) -> None:
        self._db.executemany(
            "INSERT INTO things VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
            [
                (kind, key, encode(body), self._place + step)
                for step, ((kind, key), body) in enumerate(self._things.items(), 1)
                if body is not None
            ],
        )
        self._db.executemany(
            "DELETE FROM things WHERE kind = ? AND key = ?",
            [name for name, body in self._things.items() if body is None],
        )
        self._place += len(self._things)

    def close(self) -> None:
        self.flush()
        self._db.close()
