"""How fast our search is among many entries, beside stock modelsearch and tantivy with the same texts and queries.

`python -m bench.search` makes installations with 100,000 generated entries in a temporary folder, on SQLite and on
PostgreSQL where a server answers, measures one search after the other, and prints tables. docs/benchmarks.md says how
to read them. Ends with 1 when an aim is missed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import machine, ours
from bench.databases import POSTGRESQL, SQLITE, PostgreSQL, find_postgresql
from bench.pages import CATALOGUE
from bench.report import table
from bench.search.report import AIMS, aims, slowest, tables
from bench.site import command

OTHERS = ("stock", "tantivy")


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    server = find_postgresql() if POSTGRESQL in options.databases else "not asked for"
    facts = machine.facts(server.version if isinstance(server, PostgreSQL) else None)
    if warning := machine.busy():
        facts["warning"] = warning
    if isinstance(server, str):
        facts[POSTGRESQL] = f"not measured: {server}"
    facts["entries"] = f"{options.entries:,}"
    databases = [name for name in options.databases if name == SQLITE or isinstance(server, PostgreSQL)]
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-search-")))
        for database in databases:
            on = server if database == POSTGRESQL and isinstance(server, PostgreSQL) else None
            found |= dict(_measured(database, folder.resolve(), on, options, stack))
        if "tantivy" in options.beside and not options.profile:
            given = _given(options) | {"which": "tantivy", "folder": str(folder.resolve() / "tantivy")}
            found["tantivy"] = _run("tantivy", "others", ours.environment(folder.resolve() / "stock", None), given)
    print("\n".join(table(("run", ""), list(facts.items()))))
    if options.profile:
        return 0
    print("\n".join(tables(found)))
    if options.slowest:
        print("\n".join(slowest(found)))
    verdicts = list(aims(found))
    print("\n".join(["### aims", "", *map(str, verdicts)]))
    return int(any(not verdict.met for verdict in verdicts))


def _measured(
    database: str, folder: Path, server: PostgreSQL | None, options: argparse.Namespace, stack: ExitStack
) -> Iterator[tuple[str, Any]]:
    """What was measured on a database, with the search's name: ours, and stock modelsearch."""
    name = f"search_{options.entries}"
    kept = options.folder is not None
    data = folder / f"{database.lower()}-{options.entries}"
    marker = data / "built.json"
    url = None
    if server:
        url = server.address(name)
        if not marker.exists():
            url = server.create(name)
        if not kept:
            stack.callback(server.drop, name)
    data.mkdir(parents=True, exist_ok=True)
    environment = {**ours.environment(data, url), "BENCH_MEANING": "off"}
    if marker.exists() and not options.rebuild:
        built = json.loads(marker.read_text())
    else:
        built = _run(f"{database}: making and indexing", "portal", environment, {**_given(options), "do": "build"})
        marker.write_text(json.dumps(built))
    if options.profile:
        profile = _run(f"{database}: profile", "portal", environment, {**_given(options), "do": "profile"})
        for kind, texts in profile.items():
            (options.profile / f"{database.lower()}-{kind}.txt").write_text("\n".join(texts))
        return
    asked = _run(f"{database}: asking", "portal", environment, {**_given(options), "do": "ask"})
    yield f"ours, {database}", built | asked
    if "stock" in options.beside:
        yield f"stock modelsearch, {database}", _stock(database, folder, server, options, stack)


def _stock(
    database: str, folder: Path, server: PostgreSQL | None, options: argparse.Namespace, stack: ExitStack
) -> Any:
    settings: Mapping[str, Any]
    if server:
        stack.callback(server.drop, "search_stock")
        settings = ours.databases(folder / "stock", server.create("search_stock"))
    else:
        file = folder / "stock.sqlite3"
        file.unlink(missing_ok=True)
        settings = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}}
    environment = {
        **ours.environment(folder / "stock", None),
        "DJANGO_SETTINGS_MODULE": "bench.relevance.stock.settings",
        "BENCH_DATABASES": json.dumps(settings, default=str),
    }
    return _run(f"{database}: stock modelsearch", "others", environment, {**_given(options), "which": "stock"})


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {"catalogue": str(options.catalogue.resolve()), "entries": options.entries, "queries": options.queries}


def _run(name: str, module: str, environment: Mapping[str, str], given: Mapping[str, Any]) -> Any:
    began = time.monotonic()
    arguments = ["-m", f"bench.search.{module}"]
    answer = command(arguments, folder=ours.PROJECT, environment=environment, stdin=json.dumps(given))
    print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    return json.loads(answer)


def _options() -> argparse.Namespace:
    aimed = ", ".join(f"{aim.name} below {aim.most:.0f} ms" for aim in AIMS)
    parser = argparse.ArgumentParser(
        prog="python -m bench.search", description=f"{__doc__.split(chr(10), 1)[0]} Aims: {aimed}."
    )
    add = parser.add_argument
    add("--entries", type=int, default=100_000, help="how many to generate (default: %(default)s)")
    add("--queries", type=int, default=400, help="how many to ask at most (default: %(default)s)")
    add("--databases", nargs="+", choices=(SQLITE, POSTGRESQL), default=[SQLITE, POSTGRESQL])
    add("--beside", nargs="*", choices=OTHERS, default=list(OTHERS), help="which other searches (default: both)")
    add("--slowest", action="store_true", help="also print the queries that took longest")
    add("--profile", type=Path, metavar="DIR", help="write where the time goes to files in DIR, and measure nothing")
    add("--folder", type=Path, help="keep the installations here (and on PostgreSQL), and use them again")
    add("--rebuild", action="store_true", help="with --folder: make the index anew")
    add("--catalogue", type=Path, default=CATALOGUE, help="the real entries (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
