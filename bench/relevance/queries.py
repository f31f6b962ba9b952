"""The judged queries, and which of them are set aside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("queries.yaml")
TUNING = "tuning"
HELD_OUT = "held out"


@dataclass(frozen=True)
class Judged:
    """What somebody types, and how much each entry (by slug) helps with it; an entry that is not named does not."""

    text: str
    kind: str
    relevant: Mapping[str, int]
    half: str


def load(file: Path = FILE) -> list[Judged]:
    """All queries, in the file's order. A query added later may move others of its kind to the other half."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["queries"]
    halves = _halves([(row["kind"], row["query"]) for row in rows])
    return [Judged(row["query"], row["kind"], row["relevant"], halves[row["query"]]) for row in rows]


def _halves(queries: list[tuple[str, str]]) -> dict[str, str]:
    """Within each kind in the order of a hash, by turns: nobody's choice, and the same whenever the file is read."""
    by_kind: dict[str, list[str]] = {}
    for kind, text in queries:
        by_kind.setdefault(kind, []).append(text)
    halves = {}
    for texts in by_kind.values():
        for place, text in enumerate(sorted(texts, key=lambda text: hashlib.sha256(text.encode()).hexdigest())):
            halves[text] = (TUNING, HELD_OUT)[place % 2]
    return halves
