"""A cache that all processes of one machine share, in an SQLite file: for counters and locks, not for pages.

Django's file cache loses counts when two processes write at once, and its database cache counts its rows at each
write. Here every operation is one statement, so counting and locking are exact. Installations on several machines
use Redis instead.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, cast

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_SWEEP_EVERY = 1000


class SQLiteCache(BaseCache):
    """`LOCATION` is the file. Values are pickled; whoever can write the file can already run this installation."""

    def __init__(self, location: str | Path, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = Path(location)
        self._local = threading.local()
        self._writes = 0

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        row = (self._key(key, version), _stored(value), self._expires(timeout))
        # An expired row counts as absent.
        changed = self._run(
            "INSERT INTO cache VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET value = excluded.value, expires = excluded.expires WHERE expires <= ?",
            (*row, time.time()),
        ).rowcount
        return changed > 0

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        row = self._run(
            "SELECT value FROM cache WHERE key = ? AND expires > ?", (self._key(key, version), time.time())
        ).fetchone()
        return default if row is None else _value(row[0])

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._run(
            "INSERT OR REPLACE INTO cache VALUES (?, ?, ?)",
            (self._key(key, version), _stored(value), self._expires(timeout)),
        )

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return (
            self._run(
                "UPDATE cache SET expires = ? WHERE key = ? AND expires > ?",
                (self._expires(timeout), self._key(key, version), time.time()),
            ).rowcount
            > 0
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._run("DELETE FROM cache WHERE key = ?", (self._key(key, version),)).rowcount > 0

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        row = self._run(
            "UPDATE cache SET value = value + ? WHERE key = ? AND expires > ? AND typeof(value) = 'integer'"
            " RETURNING value",
            (delta, self._key(key, version), time.time()),
        ).fetchone()
        if row is None:
            raise ValueError(f"Key {key!r} not found, or not a whole number")
        return int(row[0])

    def clear(self) -> None:
        self._run("DELETE FROM cache", ())

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _expires(self, timeout: Any) -> float:
        until = self.get_backend_timeout(timeout)
        return float("inf") if until is None else float(until)

    def _run(self, statement: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        connection = self._connection()
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            connection.execute("DELETE FROM cache WHERE expires <= ?", (time.time(),))
        return connection.execute(statement, values)

    def _connection(self) -> sqlite3.Connection:
        # A connection must not cross a fork, nor be used by two threads.
        if getattr(self._local, "process", None) != os.getpid():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=5, isolation_level=None)
            connection.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
                "CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value, expires REAL NOT NULL) WITHOUT ROWID;"
            )
            self._local.connection, self._local.process = connection, os.getpid()
        return cast(sqlite3.Connection, self._local.connection)


def _stored(value: Any) -> Any:
    """A whole number as one, so that `incr` can count it in the database; everything else pickled."""
    return value if type(value) is int and abs(value) < 2**62 else pickle.dumps(value)


def _value(stored: Any) -> Any:
    return pickle.loads(stored) if isinstance(stored, bytes) else stored  # noqa: S301
