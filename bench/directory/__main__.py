"""How fast the nearest counselling offices are found among 100,000 made-up ones, beside other ways of finding them.

`python -m bench.directory` makes the locations once, in a throw-away SQLite file and, where a server answers, in a
PostgreSQL database named `bench_directory`, and asks every way for the same 20 nearest of the same points, in turn:

- `grid`: the portal's own function (counselling/near.py) with Django, and its idea in plain SQL without
- `scan`: every row's distance, sorted by the database
- `rtree`: SQLite's R*Tree module, its window growing as ours does
- `gist`: PostgreSQL's own GiST index on points, nearest by `<->`, then measured on the sphere
- `PostGIS`: where the server has it, nearest by `<->` on geography

Each answer is checked against the scan's. What is printed are p50 and p95 in milliseconds and, for p95, how many times
the scan's it is: ratios travel, times do not.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

import psycopg

from bench import machine
from bench.databases import PostgreSQL, find_postgresql
from bench.directory import portal
from bench.directory.ways import gist, postgis, rtree, scan_postgresql, scan_sqlite
from bench.report import table

Point = tuple[float, float]
Row = tuple[int, float, float]
# Asked for (latitude, longitude), answers with primary keys, nearest first.
Way = Callable[[Point], list[int]]
WANTED = 20
# Around towns as offices lie, and a fifth anywhere: in the frame of North Rhine-Westphalia.
SOUTH, NORTH, WEST, EAST = 50.33, 52.53, 5.87, 9.46


def main() -> int:
    options = _options()
    chance = random.Random(options.seed)
    rows = list(_locations(chance, options.locations))
    queries = [(chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST)) for _ in range(options.queries)]
    server = find_postgresql()
    facts = machine.facts(server.version if isinstance(server, PostgreSQL) else None)
    if warning := machine.busy():
        facts["warning"] = warning
    facts |= {"locations": f"{len(rows):,}", "queries": str(len(queries)), "nearest": str(WANTED)}
    print("\n".join(table(("run", ""), list(facts.items()))))
    with tempfile.TemporaryDirectory(prefix="bench-directory-") as folder:
        ways, notes = _ways(Path(folder), rows, server)
        wrong = _report(ways, queries)
    print("\n".join(notes))
    if isinstance(server, PostgreSQL):
        server.drop("directory")
    return int(bool(wrong))


def _ways(folder: Path, rows: list[Row], server: PostgreSQL | str) -> tuple[dict[str, dict[str, Way]], list[str]]:
    """Database → name → way; the first of each is the scan the others are compared with. And what could not be."""
    plain = sqlite3.connect(folder / "plain.sqlite3")
    address = server.create("directory") if isinstance(server, PostgreSQL) else None
    ours = portal.prepare(folder, rows, address)
    ways = {
        "SQLite": {
            "scan": scan_sqlite(plain, rows),
            "rtree": rtree(plain, rows),
            "grid, without Django": portal.bare(plain, rows, "?"),
            "grid": ours["sqlite"],
        }
    }
    notes: list[str] = []
    if address is None:
        return ways, [f"PostgreSQL is not measured: {server}"]
    connection = psycopg.connect(address, autocommit=True)
    ways["PostgreSQL"] = {
        "scan": scan_postgresql(connection, rows),
        "gist": gist(connection),
        "grid, without Django": portal.bare(connection, rows, "%s"),
        "grid": ours["postgresql"],
    }
    try:
        ways["PostgreSQL"]["PostGIS"] = postgis(connection)
    except psycopg.Error as error:
        notes.append(f"PostGIS is not measured: {str(error).splitlines()[0]}")
    return ways, notes


def _report(ways: dict[str, dict[str, Way]], queries: list[Point]) -> list[str]:
    wrong: list[str] = []
    for database, named in ways.items():
        times: dict[str, list[float]] = {name: [] for name in named}
        for query in queries:
            answers = {}
            for name, way in named.items():
                began = time.perf_counter()
                answers[name] = way(query)
                times[name].append((time.perf_counter() - began) * 1000)
            wrong += [f"{database}, {name}, {query}" for name in answers if answers[name] != answers["scan"]]
        base = _percentile(times["scan"], 95)
        print(f"### {database}\n")
        lines = [
            (
                name,
                f"{_percentile(each, 50):.2f}",
                f"{_percentile(each, 95):.2f}",
                f"{base / _percentile(each, 95):.1f}×",
            )
            for name, each in times.items()
        ]
        print("\n".join(table(("way", "p50 ms", "p95 ms", "scan's p95 is so many times this"), lines)))
    print(f"Answers that differ from the scan's: {len(wrong)}")
    return wrong


def _locations(chance: random.Random, number: int) -> Iterator[Row]:
    towns = [(chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST)) for _ in range(380)]
    for key in range(1, number + 1):
        if chance.random() < 0.2:
            yield key, chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST)
        else:
            latitude, longitude = chance.choice(towns)
            yield key, latitude + chance.gauss(0, 0.02), longitude + chance.gauss(0, 0.03)


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--locations", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
