"""台账.db: everything that happened in a season, one SQLite file. Rows are added, never changed nor taken away."""

from __future__ import annotations

import contextlib
import getpass
import platform
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.errors import ToolkitError
from toolkit.findings import fault

SCHEMA_VERSION = "1"

_TABLES = {
    "season": "name TEXT, value TEXT",
    "arrival": "sha256 TEXT, path TEXT, size INTEGER, sender TEXT, sent_at TEXT, source TEXT, message_id TEXT, name TEXT",
    "version": (
        "code TEXT, number INTEGER, sha256 TEXT, body TEXT, form TEXT, year INTEGER, round INTEGER, checksum TEXT,"
        " trust TEXT, figures TEXT"
    ),
    "judgement": "sha256 TEXT, digest TEXT, verdict TEXT, errors INTEGER, warnings INTEGER, explained INTEGER",
    "finding": (
        "judgement INTEGER, code TEXT, severity TEXT, rule TEXT, items TEXT, sheet TEXT, cell TEXT, message TEXT,"
        " remedy TEXT, expected TEXT, found TEXT, explained TEXT"
    ),
    "explanation": "code TEXT, sha256 TEXT, rule TEXT, items TEXT, fingerprint TEXT, text TEXT",
    "decision": "code TEXT, kind TEXT, value TEXT, reason TEXT",
    "reply": "code TEXT, kind TEXT, sha256 TEXT, round INTEGER, file TEXT, reply_sha256 TEXT",
    "message": "key TEXT, code TEXT, state TEXT, detail TEXT",
    "state": "subject TEXT, key TEXT, state TEXT, code TEXT, reason TEXT",
    "accepted": "code TEXT, sha256 TEXT, number INTEGER, as_of TEXT",
    "oddity": "sha256 TEXT, name TEXT, sender TEXT, sent_at TEXT, source TEXT, message_id TEXT, code TEXT, about TEXT",
}
"""Every table also has ``id``, ``who`` and ``at``: who ran the command that added the row, and when."""


class Ledger:
    """An open ledger; everything added since the last ``commit`` is written at once or not at all."""

    def __init__(self, path: Path, *, shared: bool = False, now: Callable[[], datetime] | None = None) -> None:
        self.path = path
        self.who = whoever()
        self._now = now or (lambda: datetime.now().astimezone())
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        except sqlite3.Error as error:
            raise _broken(path, error) from error
        try:
            self._db.row_factory = sqlite3.Row
            self._known()
            # On a share the files of the write-ahead log cannot be relied on; the rollback journal can.
            self._db.execute(f"PRAGMA journal_mode={'DELETE' if shared else 'WAL'}").fetchone()
            self._db.execute("PRAGMA synchronous=FULL")
            self._made()
        except BaseException as error:
            self._db.close()
            if isinstance(error, sqlite3.Error):
                raise _broken(path, error) from error
            raise

    def _known(self) -> None:
        """Refuse what is no ledger, or one of a newer toolkit, before anything in it is changed."""
        tables = {row["name"] for row in self._execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        version = self.value("season", "value", name="schema") if "season" in tables else None
        if version is None and tables:
            raise fault("LEDGER_FOREIGN", path=self.path)
        if version not in (None, SCHEMA_VERSION):
            raise fault("LEDGER_VERSION", path=self.path, version=version, known=SCHEMA_VERSION)

    def _made(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for table, columns in _TABLES.items():
            self._db.execute(
                f"CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, who TEXT, at TEXT, {columns}) STRICT"
            )
            for verb in ("UPDATE", "DELETE"):
                self._db.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '台账只增不改'); END"
                )
        if self.value("season", "value", name="schema") is None:
            self.add("season", name="schema", value=SCHEMA_VERSION)
        self._db.execute("COMMIT")

    def now(self) -> str:
        """Return the time as rows state it."""
        return self._now().isoformat(timespec="seconds")

    def add(self, table: str, **values: Any) -> int:
        """Add a row and return its number; outside ``transaction`` it is on disk before this returns."""
        row = {"who": self.who, "at": self.now(), **values}
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        cursor = self._execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))
        return int(cursor.lastrowid or 0)

    def rows(self, table: str, **where: Any) -> list[sqlite3.Row]:
        """Return the rows whose columns have these values, the oldest first."""
        conditions = " AND ".join(f"{name} IS ?" for name in where) or "1"
        return self._execute(f"SELECT * FROM {table} WHERE {conditions} ORDER BY id", tuple(where.values())).fetchall()

    def last(self, table: str, **where: Any) -> sqlite3.Row | None:
        """Return the newest row whose columns have these values."""
        rows = self.rows(table, **where)
        return rows[-1] if rows else None

    def value(self, table: str, column: str, **where: Any) -> Any:
        """Return a column of the newest row whose columns have these values, None when there is none."""
        row = self.last(table, **where)
        return None if row is None else row[column]

    def newest(self, table: str, *key: str) -> dict[Any, sqlite3.Row]:
        """Return the newest row for every value of the key columns."""
        return {row[key[0]] if len(key) == 1 else tuple(row[name] for name in key): row for row in self.rows(table)}

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all rows added inside at once, or none when it is left by a fault or the machine stops."""
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._execute("ROLLBACK")
            raise
        self._execute("COMMIT")

    def dump(self) -> str:
        """Return everything in the ledger as SQL text."""
        return "\n".join(self._db.iterdump())

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error


def whoever() -> str:
    """Return who runs this command, and on which machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "?"
    return f"{user}@{platform.node()}"


def _broken(path: Path, error: sqlite3.Error) -> ToolkitError:
    return fault("LEDGER_UNUSABLE", path=path, why=error)
