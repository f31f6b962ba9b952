"""Words that are spelled almost like a given one: for typing errors and parts of words.

The engine proposes words of the vocabulary by their common trigrams; which of them are near is decided here, so that
all engines agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import OSA, Prefix

from austausch.search import analysis
from austausch.search.engines import engine

SHORTEST = 4
PROPOSED = 100
MOST = 6
# Letters that may differ, by the length of the word from which on they may.
ERRORS = ((12, 3), (8, 2), (5, 1), (4, 1))
# Words with the same beginning: überbelegt, Überbelegung.
COMMON_BEGINNING = 0.7
SHORTEST_BEGINNING = 6
# Of a word that only holds this one, or begins like it.
HOLDS = 0.6


@dataclass(frozen=True)
class Nearby:
    """A word like the one asked for: its `term`, as it is `shown`, and `likeness` from 0 to 1."""

    term: str
    shown: str
    likeness: float


def words(shown: str) -> list[Nearby]:
    """The nearest words of the vocabulary, the most alike first."""
    folded = analysis.fold(shown)
    if len(folded) < SHORTEST or not folded.isalpha():
        return []
    found = []
    for spelling in engine().near(folded, PROPOSED):
        likeness = _likeness(folded, spelling.folded)
        if likeness:
            found.append(Nearby(analysis.terms(spelling.folded)[0], spelling.shown, likeness))
    return sorted(found, key=lambda word: (-word.likeness, word.shown))[:MOST]


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    allowed = next(errors for length, errors in ERRORS if len(one) >= length)
    distance = OSA.distance(one, other, score_cutoff=allowed)
    if distance <= allowed:
        return 1.0 - distance / max(len(one), len(other))
    longest = max(len(one), len(other))
    common = int(Prefix.similarity(one, other))
    if one in other or (common >= SHORTEST_BEGINNING and common >= COMMON_BEGINNING * longest):
        return HOLDS * max(common, len(one) if one in other else 0) / longest
    return 0.0
