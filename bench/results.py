"""Figures of one run: collected window by window, summed up as medians."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.driver import Window, percentile
from bench.server import Memory
from bench.site import Site


@dataclass
class Figure:
    """One page of one site on one database."""

    database: str
    site: Site
    page: str
    windows: list[Window] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self._median(lambda window: window.per_second)

    @property
    def scatter(self) -> float:
        """How far the windows lie apart, as a part of their median."""
        speeds = [window.per_second for window in self.windows]
        return (max(speeds) - min(speeds)) / median(speeds)

    @property
    def kilobytes(self) -> float:
        return self._median(lambda window: window.bytes_per_answer) / 1024

    @property
    def driver_share(self) -> float:
        return self._median(lambda window: window.driver_share)

    def latency(self, share: float) -> float:
        return self._median(lambda window: percentile(window.latencies, share))

    def _median(self, value: Callable[[Window], float]) -> float:
        return median(value(window) for window in self.windows)

    def as_json(self) -> dict[str, Any]:
        return {
            "database": self.database,
            "site": self.site.name,
            "page_cache": self.site.page_cache,
            "page": self.page,
            "addresses": len(self.site.pages[self.page]),
            "per_second": round(self.per_second, 1),
            "per_second_of_each_window": [round(window.per_second, 1) for window in self.windows],
            "requests": sum(window.requests for window in self.windows),
            "p50_ms": round(self.latency(0.50), 2),
            "p95_ms": round(self.latency(0.95), 2),
            "p99_ms": round(self.latency(0.99), 2),
            "body_bytes": round(self.kilobytes * 1024),
            "driver_share_of_a_core": round(self.driver_share, 3),
        }


@dataclass
class Results:
    """Everything one run has measured. `memory` and `found` are by database and label of the site."""

    facts: dict[str, str]
    settings: dict[str, Any]
    figures: list[Figure] = field(default_factory=list)
    memory: dict[str, dict[str, list[Memory]]] = field(default_factory=dict)
    # How many of the queries brought at least one result.
    found: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def databases(self) -> list[str]:
        return list(dict.fromkeys(figure.database for figure in self.figures))

    def figure(self, database: str, label: str, page: str) -> Figure | None:
        wanted = (database, label, page)
        return next((f for f in self.figures if (f.database, f.site.label, f.page) == wanted), None)

    def labels(self, database: str) -> list[str]:
        return list(dict.fromkeys(figure.site.label for figure in self.figures if figure.database == database))

    def as_json(self) -> dict[str, Any]:
        return {
            "facts": self.facts,
            "settings": self.settings,
            "figures": [figure.as_json() for figure in self.figures],
            "memory_kb_per_worker": {
                database: {label: [vars(worker) for worker in workers] for label, workers in sites.items()}
                for database, sites in self.memory.items()
            },
            "queries_with_a_result": self.found,
        }
