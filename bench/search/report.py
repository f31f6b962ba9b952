"""The figures of one run as tables in Markdown, and whether the aims are met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.report import table
from bench.search.timing import SHARES

# By the name of a search: what was measured. Those with "cold" are ours.
Found = Mapping[str, Mapping[str, Any]]
KINDS = {
    "cold": "search with facets and marks, words new",
    "warm": "search with facets and marks, words remembered",
    "typing": "suggestions, each letter",
    "and": "25 hits, all words",
    "or": "25 hits, any word",
}


@dataclass(frozen=True)
class Target:
    """What ours must stay below: `kind` of KINDS, in milliseconds at p95."""

    name: str
    kind: str
    most: float


@dataclass(frozen=True)
class Verdict:
    """A target on one database, and what was measured."""

    search: str
    target: Target
    took: float

    @property
    def met(self) -> bool:
        return self.took < self.target.most

    def __str__(self) -> str:
        verdict = "met" if self.met else "**missed**"
        aim = f"p95 of {self.target.name} below {self.target.most:.0f} ms"
        return f"- {self.search}: {aim}: {self.took:.1f} ms – {verdict}"


AIMS = (Target("a search", "cold", 60.0), Target("suggestions", "typing", 15.0))


def tables(found: Found) -> Iterator[str]:
    """Times with their ratio to ours on the same database, and what each index costs."""
    yield (
        "Milliseconds, of ours for each query the median of its rounds, and then the p95 of all single times; last, "
        "how long others take at p95 beside ours with words new:\n"
    )
    head = ("search", "what", *(f"p{share}" for share in SHARES), "p95 of all", "beside ours")
    yield from table(head, list(_times(found)))
    yield from table(("search", "entries indexed per second", "index", "memory"), list(_costs(found)))
    for name, of in found.items():
        if "cold" in of:
            memory = of["memory"]
            yield (
                f"{name}: snapshot made in {of['snapshot']:.2f} s and {memory['snapshot'] - memory['before']:.0f} MB; "
                f"{of['found']} of {of['queries']} queries found something, on average {of['hits']:,.0f} entries.\n"
            )


def aims(found: Found) -> Iterator[Verdict]:
    for name, of in found.items():
        for target in AIMS:
            if target.kind in of:
                yield Verdict(name, target, of[target.kind]["p95"])


def slowest(found: Found) -> Iterator[str]:
    """The queries that took longest. Judged ones are never among them."""
    for name, of in found.items():
        for kind, some in of.get("slowest", {}).items():
            yield f"{name}, {KINDS[kind]}:"
            yield from (f"- {took:.0f} ms: {text}" for took, text in some)
            yield ""


def _times(found: Found) -> Iterator[tuple[str, ...]]:
    for name, of in found.items():
        for kind in KINDS:
            if kind in of:
                times = [f"{of[kind][f'p{share}']:.1f}" for share in SHARES]
                ratios = [
                    _beside(of[kind]["p95"], ours["cold"]["p95"], other)
                    for other, ours in found.items()
                    if "cold" in ours and "cold" not in of and _same_database(name, other)
                ]
                asked = f"{of[kind]['asked']} asked" if "asked" in of[kind] else ""
                if of[kind].get("stopped"):
                    asked += ", the last one stopped before it was answered"
                every = f"{of[kind]['every']['p95']:.1f}" if "every" in of[kind] else times[1]
                yield name, KINDS[kind], *times, every, "; ".join(filter(None, (*ratios, asked)))


def _beside(theirs: float, ours: float, name: str) -> str:
    return f"{theirs / ours:,.0f}× {name}" if theirs >= ours else f"1/{ours / theirs:.0f} of {name}"


def _same_database(name: str, other: str) -> bool:
    return "," not in name or name.rsplit(",", 1)[1] == other.rsplit(",", 1)[1]


def _costs(found: Found) -> Iterator[tuple[str, ...]]:
    for name, of in found.items():
        entries = of.get("indexed") or of["entries"]
        memory = of["memory"]
        resident = memory["end"] if isinstance(memory, dict) else memory
        yield name, f"{entries / of['seconds']:,.0f}", f"{of['megabytes']:,.0f} MB", f"{resident:,.0f} MB"
