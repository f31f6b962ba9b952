"""How fast the nearest counselling offices are found among 100,000 made-up ones, beside other ways of finding them.

`python -m bench.directory` makes the locations once, in a throw-away SQLite file and, where a server answers, in a
PostgreSQL database named `bench_directory`, and asks every way for the same 20 nearest of the same points, in turn:

- `portal`: the portal's own function (counselling/near.py), through Django
- `bands`: what it does on SQLite, in bare SQL
- `scan`: every row's distance, sorted by the database
- `rtree`: SQLite's R*Tree module, its window doubling until it holds enough
- `gist`: PostgreSQL's own GiST index on points, nearest by `<->`, then measured on the sphere
- `PostGIS`: where the server has it, nearest by `<->` on geography

All but the first are bare SQL, without what Django takes for making a query and rows of it. Each answer is checked
against the scan's. What is printed are p50 and p95 in milliseconds of CPU time, the database server's included, and of
the clock; every query counts with the best of its rounds. Ratios are of p95 of CPU time: ratios travel, times do not.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import psycopg

from bench import machine
from bench.databases import PostgreSQL, find_postgresql
from bench.directory import cpu, portal
from bench.directory.ways import bands, gist, postgis, rtree, scan_postgresql, scan_sqlite
from bench.report import table

Point = tuple[float, float]
Row = tuple[int, float, float]
# Asked for (latitude, longitude), answers with primary keys, nearest first.
Way = Callable[[Point], list[int]]
WANTED = 20
# Around towns as offices lie, and a fifth anywhere: in the frame of North Rhine-Westphalia.
SOUTH, NORTH, WEST, EAST = 50.33, 52.53, 5.87, 9.46


@dataclass(frozen=True)
class Measured:
    """A way, and the clock that tells the CPU time of what it does."""

    way: Way
    clock: cpu.Clock


def main() -> int:
    options = _options()
    chance = random.Random(options.seed)
    rows = list(_locations(chance, options.locations))
    queries = [(chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST)) for _ in range(options.queries)]
    server = find_postgresql()
    facts = machine.facts(server.version if isinstance(server, PostgreSQL) else None)
    if warning := machine.busy():
        facts["warning"] = warning
    facts |= {"locations": f"{len(rows):,}", "queries": f"{len(queries)} × {options.rounds}", "nearest": str(WANTED)}
    print("\n".join(table(("run", ""), list(facts.items()))))
    with tempfile.TemporaryDirectory(prefix="bench-directory-") as folder:
        ways, notes = _ways(Path(folder), rows, server)
        wrong = _report(ways, queries, options.rounds)
    print("\n".join(notes))
    if isinstance(server, PostgreSQL):
        server.drop("directory")
    return int(bool(wrong))


def _ways(folder: Path, rows: list[Row], server: PostgreSQL | str) -> tuple[dict[str, dict[str, Measured]], list[str]]:
    """Database → name → way; the first of each is the scan the others are compared with. And what could not be."""
    plain = sqlite3.connect(folder / "plain.sqlite3")
    address = server.create("directory") if isinstance(server, PostgreSQL) else None
    ours = portal.prepare(folder, rows, address)
    sqlite = {
        "scan": scan_sqlite(plain, rows),
        "rtree": rtree(plain, rows),
        "bands": bands(plain, rows),
        "portal": ours["sqlite"],
    }
    ways = {"SQLite": {name: Measured(way, cpu.own) for name, way in sqlite.items()}}
    notes: list[str] = []
    if address is None:
        return ways, [f"PostgreSQL is not measured: {server}"]
    connection = psycopg.connect(address, autocommit=True)
    served = {"scan": scan_postgresql(connection, rows), "gist": gist(connection)}
    try:
        served["PostGIS"] = postgis(connection)
    except psycopg.Error as error:
        notes.append(f"PostGIS is not measured: {str(error).splitlines()[0]}")
    clocks = cpu.with_backend(connection), cpu.with_backend(portal.server_connection())
    if None in clocks:
        notes.append("The database server's CPU time could not be read: PostgreSQL's figures are this process's only.")
    ways["PostgreSQL"] = {name: Measured(way, clocks[0] or cpu.own) for name, way in served.items()}
    ways["PostgreSQL"]["portal"] = Measured(ours["postgresql"], clocks[1] or cpu.own)
    return ways, notes


def _report(ways: dict[str, dict[str, Measured]], queries: list[Point], rounds: int) -> list[str]:
    wrong: list[str] = []
    for database, named in ways.items():
        work: dict[str, list[float]] = defaultdict(list)
        waited: dict[str, list[float]] = defaultdict(list)
        for query in queries:
            answers = {}
            for name, measured in named.items():
                answers[name], spent, passed = _asked(measured, query, 1 if name == "scan" else rounds)
                work[name].append(spent)
                waited[name].append(passed)
            wrong += [f"{database}, {name}, {query}" for name in answers if answers[name] != answers["scan"]]
        print(f"### {database}\n")
        base = _percentile(work["scan"], 95)
        lines = [
            (
                name,
                *(f"{_percentile(times, percent):.2f}" for times in (work[name], waited[name]) for percent in (50, 95)),
                f"{base / _percentile(work[name], 95):.0f}×",
            )
            for name in named
        ]
        head = (
            "way",
            "CPU p50 ms",
            "CPU p95 ms",
            "clock p50 ms",
            "clock p95 ms",
            "scan's CPU p95 is so many times this",
        )
        print("\n".join(table(head, lines)))
    print(f"Answers that differ from the scan's: {len(wrong)}")
    return wrong


def _asked(measured: Measured, query: Point, rounds: int) -> tuple[list[int], float, float]:
    """The answer, and milliseconds of CPU and of the clock, each the least of the rounds."""
    spent, passed, answer = [], [], []
    for _ in range(rounds):
        worked, began = measured.clock(), time.perf_counter()
        answer = measured.way(query)
        passed.append((time.perf_counter() - began) * 1000)
        spent.append(measured.clock() - worked)
    return answer, min(spent), min(passed)


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
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
