"""What is counted: the same figures for every search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log2
from statistics import mean

from bench.relevance.queries import Judged

FIRST = 10
HELPS = 2


@dataclass(frozen=True)
class Figures:
    """Means over some queries; `zero`: how many of the `count` found nothing at all."""

    ndcg: float
    mrr: float
    recall: float
    zero: int
    count: int


def figures(queries: Sequence[Judged], rankings: Mapping[str, Sequence[str]]) -> Figures:
    """`rankings`: slugs in the order found, by the query's text. There must be at least one query."""
    pairs = [(query.relevant, rankings[query.text]) for query in queries]
    return Figures(
        ndcg=mean(ndcg(*pair) for pair in pairs),
        mrr=mean(reciprocal_rank(*pair) for pair in pairs),
        recall=mean(recall(*pair) for pair in pairs),
        zero=sum(not found for _relevant, found in pairs),
        count=len(pairs),
    )


def ndcg(relevant: Mapping[str, int], found: Sequence[str]) -> float:
    """Gain of the first ten, each place worth less than the one before it, beside the best order there could be.

    A grade g gains 2^g - 1 (7, 3, 1): what is meant exactly counts more than several things worth a look.
    """
    return _gain(relevant.get(slug, 0) for slug in found) / _gain(sorted(relevant.values(), reverse=True))


def reciprocal_rank(relevant: Mapping[str, int], found: Sequence[str]) -> float:
    """1 divided by the place of the first among the first ten that clearly helps; 0 where there is none."""
    places = (place for place, slug in enumerate(found[:FIRST], 1) if relevant.get(slug, 0) >= HELPS)
    return 1 / next(places, float("inf"))


def recall(relevant: Mapping[str, int], found: Sequence[str]) -> float:
    """How much of what is relevant (or of the ten there is room for) is among the first ten."""
    return len(relevant.keys() & set(found[:FIRST])) / min(FIRST, len(relevant))


def _gain(grades: Iterable[int]) -> float:
    return sum(((1 << grade) - 1) / log2(place + 1) for place, grade in enumerate(islice(grades, FIRST), 1))
