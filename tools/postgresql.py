"""Prints the address of the PostgreSQL server to test on; fails quietly where there is none."""

from __future__ import annotations

import getpass
import os
import sys

import psycopg

CANDIDATES = ("postgresql://postgres@127.0.0.1:5432/postgres", f"postgresql:///postgres?user={getpass.getuser()}")


def main() -> int:
    wanted = os.environ.get("DATABASE_URL")
    for url in (wanted,) if wanted else CANDIDATES:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error as error:
            if wanted:
                print(f"DATABASE_URL does not answer: {error}", file=sys.stderr)
        else:
            print(url)
            return 0
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
