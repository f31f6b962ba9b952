"""How fast the portal's pages are, beside a stock Wagtail site served the same way in the same run.

`python -m bench.pages` builds both sites in a temporary folder, on SQLite and on PostgreSQL where a server answers,
serves them with the same gunicorn settings, asks each for the same kinds of pages in turn, and prints tables. What
is measured and what it says is in docs/benchmarks.md. Nothing leaves 127.0.0.1 and nothing is left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import machine, ours, stock
from bench.databases import POSTGRESQL, SQLITE, PostgreSQL, find_postgresql
from bench.driver import Load, Request, get
from bench.report import markdown
from bench.results import Figure, Results
from bench.server import THREADS, WORKERS, memory_of_workers, serving
from bench.site import PAGES, Site
from bench.words import sentences

CATALOGUE = ours.PROJECT / "content" / "nrw" / "catalogue.yaml"
FIRST_PORT = 8118
# Each worker process has a page cache of its own; after this many rounds hardly a page is missing in one of them.
ROUNDS_TO_FILL_CACHES = 6


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    postgresql = find_postgresql() if POSTGRESQL in options.databases else "not asked for"
    results = Results(
        facts=machine.facts(postgresql.version if isinstance(postgresql, PostgreSQL) else None),
        settings={
            "server": f"gunicorn, {WORKERS} processes of {THREADS} threads (gthread), preloaded, DEBUG off",
            "connections": options.connections,
            "windows": f"{options.repetitions} of {options.seconds} s per page and site, in turn; medians",
            "queries": options.queries,
            "stock pages": stock.PAGES,
        },
    )
    if warning := machine.busy():
        _say(f"Warning: {warning}")
        results.facts["warning"] = warning
    for database in options.databases:
        if database == POSTGRESQL and not isinstance(postgresql, PostgreSQL):
            _say(f"PostgreSQL: not measured, {postgresql}")
            results.facts["PostgreSQL"] = f"not measured: {postgresql}"
            continue
        with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
            server = postgresql if database == POSTGRESQL and isinstance(postgresql, PostgreSQL) else None
            _measure(database, Path(folder), server=server, options=options, results=results)
    print(markdown(results))
    if options.json:
        options.json.write_text(json.dumps(results.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _measure(
    database: str, folder: Path, *, server: PostgreSQL | None, options: argparse.Namespace, results: Results
) -> None:
    with ExitStack() as stack:
        sites = list(_sites(database, folder, server=server, options=options, stack=stack))
        loads: dict[tuple[str, str], Load] = {}
        processes = {}
        results.memory[database], results.found[database] = {}, {}
        for number, site in enumerate(sites):
            port = FIRST_PORT + number
            log = folder / f"server-{port}.log"
            processes[site.label] = stack.enter_context(
                serving(site.application, port, folder=site.folder, environment=site.environment, log=log)
            )
            for page, requests in site.pages.items():
                load = loads[site.label, page] = Load(port, requests, options.connections)
                rounds = ROUNDS_TO_FILL_CACHES if site.page_cache else 1
                with _step(f"{database}: {site.label}: every address of {page} ({len(requests)}), {rounds} times"):
                    load.every_page(rounds)
            if search := site.pages.get("search"):
                results.found[database][site.label] = _found(port, search)
        figures = {(site.label, page): Figure(database, site, page) for site in sites for page in site.pages}
        for repetition in range(options.repetitions):
            with _step(f"{database}: repetition {repetition + 1} of {options.repetitions}"):
                for page in PAGES:
                    # Forwards, then backwards: nobody always comes after the same neighbour.
                    for site in sites if repetition % 2 == 0 else reversed(sites):
                        if (key := (site.label, page)) in loads:
                            figures[key].windows.append(loads[key].run(options.seconds))
        results.figures += figures.values()
        for label, process in processes.items():
            results.memory[database][label] = memory_of_workers(process)


def _sites(
    database: str, folder: Path, *, server: PostgreSQL | None, options: argparse.Namespace, stack: ExitStack
) -> Iterator[Site]:
    texts = sentences(options.catalogue)

    def address(name: str) -> str | None:
        if server is None:
            return None
        stack.callback(server.drop, name)
        return server.create(name)

    url = address("stock")
    with _step(f"{database}: making the stock site with {stock.PAGES} pages"):
        settings = ours.databases(folder / "stock-data", url)
        built = stock.build(folder / "stock", databases=settings, texts=texts, query_count=options.queries)
    if server:
        server.analyse("stock")
    yield from built
    for entries in options.entries:
        name = f"portal_{entries}"
        url = address(name)
        with _step(f"{database}: making the portal with {entries} entries"):
            built = ours.build(
                folder / name,
                catalogue=options.catalogue,
                entries=entries,
                database_url=url,
                query_count=options.queries,
                texts=texts,
            )
        if server:
            server.analyse(name)
        yield from built
    yield Site(
        "ceiling", "bench.ceiling:application", ours.PROJECT, dict(os.environ), {"home": (Request("/", "ceiling"),)}
    )


def _found(port: int, requests: Sequence[Request]) -> int:
    """For how many of the queries a result is shown; stock and portal say it each in their own way."""
    nothing, something = b"No results found", b' entry-card"'
    bodies = [get(port, request.path).body for request in requests]
    return sum(something in body or (nothing not in body and b"template-searchresults" in body) for body in bodies)


@contextmanager
def _step(text: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    _say(f"{text}: {time.monotonic() - began:.1f} s")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.split("\n", 1)[0])
    add = parser.add_argument
    add("--catalogue", type=Path, default=CATALOGUE, help="the real entries (default: %(default)s)")
    add("--databases", nargs="+", choices=(SQLITE, POSTGRESQL), default=[SQLITE, POSTGRESQL])
    add("--entries", nargs="*", type=int, default=[32, 10_000], help="sizes of the portal (default: 32 10000)")
    add("--seconds", type=float, default=2.0, help="length of a window (default: %(default)s)")
    add("--repetitions", type=int, default=5, help="windows per page and site (default: %(default)s)")
    add("--connections", type=int, default=4, help="connections at the same time (default: %(default)s)")
    add("--queries", type=int, default=300, help="distinct searches (default: %(default)s)")
    add("--json", type=Path, help="also write every figure to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
