"""The figures of one run as tables in Markdown. A query held out is never named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.relevance.measures import FIRST, Figures, figures, ndcg
from bench.relevance.plain import Rankings
from bench.relevance.queries import HELD_OUT, TUNING, Judged
from bench.report import table

# By the name of a search.
Found = Mapping[str, Rankings]


@dataclass(frozen=True)
class Aim:
    """Something that must hold. `said` is the figure; `met` is None where it was not measured."""

    name: str
    said: str
    met: bool | None

    def __str__(self) -> str:
        verdict = {True: "met", False: "**missed**", None: "not measured"}[self.met]
        return f"- {self.name}: {self.said} – {verdict}"


def blocks(queries: Sequence[Judged], half: str) -> Iterator[tuple[str, list[Judged]]]:
    """What is reported on, each with its heading. `half`: TUNING, HELD_OUT, or anything else for both."""
    wanted = [half] if half in {TUNING, HELD_OUT} else [TUNING, HELD_OUT]
    if len(wanted) > 1:
        yield "all queries", list(queries)
    for name in wanted:
        yield name, [query for query in queries if query.half == name]


def tables(title: str, queries: Sequence[Judged], found: Found) -> Iterator[str]:
    """All figures for these queries: of each search, and of each search and kind."""
    yield f"### {title} ({len(queries)})\n"
    rows = []
    for name, rankings in found.items():
        of = figures(queries, rankings)
        rows.append((name, f"{of.ndcg:.3f}", f"{of.mrr:.3f}", f"{of.recall:.3f}", str(of.zero)))
    yield from table(("search", f"nDCG@{FIRST}", f"MRR@{FIRST}", f"recall@{FIRST}", "zero hits"), rows)
    yield f"nDCG@{FIRST} / MRR@{FIRST} / recall@{FIRST} / zero hits by kind:\n"
    yield from table(("kind", *found), (_by_kind(kind, queries, found) for kind in _kinds(queries)))


def noise_table(title: str, queries: Sequence[Judged], *, quiet: Found, noisy: Found, count: int) -> Iterator[str]:
    """What each search loses when other texts stand beside ours."""
    yield f"### {title}, among {count:,} other texts\n"
    rows = []
    for name, rankings in noisy.items():
        before, after = figures(queries, quiet[name]), figures(queries, rankings)
        lost = f"{before.ndcg - after.ndcg:.3f}"
        rows.append((name, f"{before.ndcg:.3f}", f"{after.ndcg:.3f}", lost, f"{after.mrr:.3f}", str(after.zero)))
    head = ("search", f"nDCG@{FIRST} without", "with", "lost", f"MRR@{FIRST} with", "zero hits with")
    yield from table(head, rows)


def misses(queries: Sequence[Judged], rankings: Rankings, *, below: float) -> Iterator[str]:
    """Queries for tuning that are answered badly, worst first: what was expected, and what came."""
    asked = [query for query in queries if query.half == TUNING]
    rated = sorted((ndcg(query.relevant, rankings[query.text]), query.kind, query.text, query) for query in asked)
    for value, kind, text, query in rated:
        if value >= below:
            return
        yield f"{value:.2f} {kind}: {text}"
        best = sorted(query.relevant.items(), key=lambda pair: -pair[1])
        yield "    expected: " + ", ".join(f"{slug} {grade}" for slug, grade in best)
        got = (f"{slug} {query.relevant.get(slug, 0) or '–'}" for slug in rankings[text][:FIRST])
        yield "    got:      " + (", ".join(got) or "nothing")


def differing(queries: Sequence[Judged], one: Rankings, other: Rankings) -> list[Judged]:
    """The queries whose first ten are not the same, or not in the same order."""
    return [query for query in queries if one[query.text][:FIRST] != other[query.text][:FIRST]]


def _kinds(queries: Sequence[Judged]) -> list[str]:
    return list(dict.fromkeys(query.kind for query in queries))


def _by_kind(kind: str, queries: Sequence[Judged], found: Found) -> list[str]:
    of_kind = [query for query in queries if query.kind == kind]
    return [f"{kind} ({len(of_kind)})", *(_cell(figures(of_kind, rankings)) for rankings in found.values())]


def _cell(of: Figures) -> str:
    return f"{of.ndcg:.2f} / {of.mrr:.2f} / {of.recall:.2f} / {of.zero}"
