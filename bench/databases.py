"""Throw-away databases: a file per site on SQLite, a database named `bench_…` per site on PostgreSQL."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg

SQLITE = "SQLite"
POSTGRESQL = "PostgreSQL"
_PREFIX = "bench_"


@dataclass(frozen=True)
class PostgreSQL:
    """A server on which databases may be made. `url` is the address of a database that exists."""

    url: str
    version: str

    def create(self, name: str) -> str:
        """Makes an empty database, replacing one that an ended run has left; its address."""
        self.drop(name)
        self._execute(f"CREATE DATABASE \"{_PREFIX}{name}\" ENCODING 'UTF8' TEMPLATE template0")
        return self.address(name)

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{_PREFIX}{name}" WITH (FORCE)')

    def analyse(self, name: str) -> None:
        """Takes the statistics now that autovacuum would take within minutes."""
        with psycopg.connect(self.address(name), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def address(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{_PREFIX}{name}"))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


def find_postgresql() -> PostgreSQL | str:
    """The server of DATABASE_URL or the local one; otherwise a sentence that says why there is none."""
    wanted = os.environ.get("DATABASE_URL")
    local = ("postgresql://postgres@127.0.0.1:5432/postgres", f"postgresql:///postgres?user={getpass.getuser()}")
    for url in (wanted,) if wanted else local:
        try:
            with psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
                row = connection.execute("SHOW server_version").fetchone()
                assert row is not None
                return PostgreSQL(url, str(row[0]).split()[0])
        except psycopg.Error as error:
            if wanted:
                return f"DATABASE_URL does not answer: {error}"
    return "no local server answers; set DATABASE_URL to measure on another one"
