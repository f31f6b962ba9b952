"""How fast the protected network is: sign-in, lists under the policy, the line of copies, mails of saved searches.

`python -m bench.network` makes an installation with 200 organisations, 5,000 people, 10,000 entries, 20,000 adoptions
and 5,000 saved searches in a temporary folder, on SQLite and on PostgreSQL where a server answers, and prints each
figure beside what it is compared with, in the same run and as a ratio. `--quick`: a tenth of all that.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import machine, ours
from bench.databases import POSTGRESQL, SQLITE, PostgreSQL, find_postgresql
from bench.network.report import tables
from bench.pages import CATALOGUE
from bench.report import table
from bench.site import command

FULL = {"organisations": 200, "people": 5_000, "entries": 10_000, "adoptions": 20_000, "searches": 5_000, "rounds": 60}
QUICK = {"organisations": 40, "people": 500, "entries": 1_000, "adoptions": 2_000, "searches": 500, "rounds": 15}


def main() -> int:
    options = _options()
    sizes = QUICK if options.quick else FULL
    server = find_postgresql() if POSTGRESQL in options.databases else "not asked for"
    facts = machine.facts(server.version if isinstance(server, PostgreSQL) else None)
    if warning := machine.busy():
        facts["warning"] = warning
    if isinstance(server, str):
        facts[POSTGRESQL] = f"not measured: {server}"
    facts |= {name: f"{number:,}" for name, number in sizes.items()}
    found: dict[str, Any] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-network-")))
        for database in options.databases:
            url = None
            if database == POSTGRESQL:
                if not isinstance(server, PostgreSQL):
                    continue
                url = server.create("network")
                stack.callback(server.drop, "network")
            found[database] = _measured(database, folder / database.lower(), url, sizes)
    print("\n".join(table(("run", ""), list(facts.items()))))
    print("\n".join(tables(found)))
    return 0


def _measured(database: str, folder: Path, url: str | None, sizes: dict[str, int]) -> Any:
    folder.mkdir()
    began = time.monotonic()
    given = json.dumps({**sizes, "catalogue": str(CATALOGUE.resolve())})
    environment = {**ours.environment(folder, url), "BENCH_MEANING": "off"}
    answer = command(["-m", "bench.network.portal"], folder=ours.PROJECT, environment=environment, stdin=given)
    print(f"{database}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    return json.loads(answer)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.network", description=__doc__.split("\n", 1)[0])
    add = parser.add_argument
    add("--quick", action="store_true", help="a tenth of everything")
    add("--databases", nargs="+", choices=(SQLITE, POSTGRESQL), default=[SQLITE, POSTGRESQL])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
