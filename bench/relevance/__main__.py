"""How well our search finds what people mean, beside what an average developer or the database alone would give.

`python -m bench.relevance` makes installations in a temporary folder, on SQLite and on PostgreSQL where a server
answers, asks every search the judged queries of queries.yaml, and prints tables. docs/benchmarks.md says how to read
them. Ends with 1 when an aim is missed. Queries held out are never printed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import machine
from bench.databases import POSTGRESQL, SQLITE, PostgreSQL, find_postgresql
from bench.pages import CATALOGUE
from bench.relevance.measures import FIRST, figures
from bench.relevance.queries import HELD_OUT, TUNING, Judged, load
from bench.relevance.report import Aim, Found, blocks, differing, misses, noise_table, tables
from bench.relevance.searches import GROUPS, OURS_POSTGRESQL, OURS_SQLITE, OURS_VECTORS, Searches
from bench.report import table

# On the half held out.
AT_LEAST = {OURS_SQLITE: 0.90, OURS_POSTGRESQL: 0.90, OURS_VECTORS: 0.95}
LOST_AT_MOST = 0.05
HALVES = {"tuning": TUNING, "held-out": HELD_OUT, "both": ""}


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    queries = load()
    server = find_postgresql() if POSTGRESQL in options.databases else "not asked for"
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-relevance-")))
        searches = Searches(
            folder=folder.resolve(),
            server=server if isinstance(server, PostgreSQL) else None,
            with_sqlite=SQLITE in options.databases,
            groups=options.only,
            catalogue=options.catalogue.resolve(),
            queries=[query.text for query in queries],
            stack=stack,
        )
        facts = machine.facts(server.version if isinstance(server, PostgreSQL) else None)
        if isinstance(server, str):
            facts[POSTGRESQL] = f"not measured: {server}"
        quiet = searches.run(noise=0)
        noisy = searches.run(noise=options.noise) if options.noise else {}
        facts.update(searches.absent)
    print("\n".join(_report(queries, quiet, noisy, options=options, facts=facts)))
    aims = [] if options.half == "tuning" else list(_aims(queries, quiet, noisy, options.noise))
    print("\n".join(["### aims", "", *map(str, aims)] if aims else []))
    return int(any(aim.met is False for aim in aims))


def _report(
    queries: Sequence[Judged], quiet: Found, noisy: Found, *, options: argparse.Namespace, facts: dict[str, str]
) -> Iterator[str]:
    yield from table(("run", ""), list(facts.items()))
    half = HALVES[options.half]
    for title, chosen in blocks(queries, half):
        yield from tables(title, chosen, quiet)
    if noisy:
        for title, chosen in blocks(queries, half):
            yield from noise_table(title, chosen, quiet=quiet, noisy=noisy, count=options.noise)
    yield from _order(queries, quiet)
    if options.show is not None and half != HELD_OUT:
        for name in (OURS_SQLITE, OURS_VECTORS):
            if name in quiet:
                yield f"### {name}: queries for tuning below {options.show}\n"
                yield from misses(queries, quiet[name], below=options.show)
                yield ""


def _order(queries: Sequence[Judged], found: Found) -> Iterator[str]:
    if OURS_SQLITE not in found or OURS_POSTGRESQL not in found:
        return
    different = differing(queries, found[OURS_SQLITE], found[OURS_POSTGRESQL])
    named = [query.text for query in different if query.half == TUNING]
    yield f"### first {FIRST} on SQLite and on PostgreSQL\n"
    yield f"Different for {len(different)} of {len(queries)} queries, of which held out: {len(different) - len(named)}."
    yield from (f"- {text}" for text in named)
    yield ""


def _aims(queries: Sequence[Judged], quiet: Found, noisy: Found, noise: int) -> Iterator[Aim]:
    aside = [query for query in queries if query.half == HELD_OUT]
    for name, least in AT_LEAST.items():
        ndcg = figures(aside, quiet[name]).ndcg if name in quiet else None
        aim = f"{name}: nDCG@{FIRST} held out at least {least:.2f}"
        yield Aim(aim, "–" if ndcg is None else f"{ndcg:.3f}", None if ndcg is None else ndcg >= least)
    for name in AT_LEAST:
        zero = figures(aside, quiet[name]).zero if name in quiet else None
        yield Aim(
            f"{name}: zero hits held out none", "–" if zero is None else str(zero), None if zero is None else zero == 0
        )
    for name in AT_LEAST:
        lost = figures(aside, quiet[name]).ndcg - figures(aside, noisy[name]).ndcg if name in noisy else None
        aim = f"{name}: nDCG@{FIRST} held out loses at most {LOST_AT_MOST} among {noise or 3000:,} other texts"
        yield Aim(aim, "–" if lost is None else f"{lost:.3f}", None if lost is None else lost <= LOST_AT_MOST)
    same = "same order on SQLite and PostgreSQL, both halves"
    if OURS_SQLITE in quiet and OURS_POSTGRESQL in quiet:
        count = len(differing(queries, quiet[OURS_SQLITE], quiet[OURS_POSTGRESQL]))
        yield Aim(same, f"{count} queries differ", count == 0)
    else:
        yield Aim(same, "–", None)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance", description=__doc__.split("\n", 1)[0])
    add = parser.add_argument
    add("--half", choices=list(HALVES), default="both", help="which queries to report on (default: %(default)s)")
    add(
        "--show",
        nargs="?",
        type=float,
        const=0.9,
        metavar="BELOW",
        help="also print the queries for tuning with an nDCG below this (default: 0.9)",
    )
    add("--noise", type=int, default=0, metavar="TEXTS", help="repeat it among so many other texts, such as 3000")
    add("--databases", nargs="+", choices=(SQLITE, POSTGRESQL), default=[SQLITE, POSTGRESQL])
    add("--only", nargs="+", choices=GROUPS, default=list(GROUPS), help="leave out the other searches")
    add("--folder", type=Path, help="keep the installation on SQLite here, and use it again (not with --noise)")
    add("--catalogue", type=Path, default=CATALOGUE, help="the judged entries (default: %(default)s)")
    options = parser.parse_args()
    if options.folder and options.noise:
        parser.error("--folder and --noise do not go together: the noise would stay")
    return options


if __name__ == "__main__":
    sys.exit(main())
