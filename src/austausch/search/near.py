"""Words that are spelled almost like a given one: for typing errors and parts of words.

The engine proposes words of the vocabulary by their common trigrams; which of them are near is decided here, so that
all engines agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA, Prefix
from rapidfuzz.process import cdist

from austausch.search import analysis, synonyms
from austausch.search.engines import engine

SHORTEST = 4
PROPOSED = 100
# Of the vocabulary, and of the synonyms: a new synonym must not take the place of a word that stands somewhere.
MOST = 6
# Letters that may differ, by the length of the word from which on they may.
ERRORS = ((20, 5), (16, 4), (12, 3), (8, 2), (4, 1))
# Words with the same beginning: überbelegt, Überbelegung.
COMMON_BEGINNING = 0.7
SHORTEST_BEGINNING = 6
# Of a word that only holds this one, is held by it, or begins like it. Short ones stand in others by chance: “Sport” in
# “Transport”, “Haft” in “Patenschaft”.
HOLDS = 0.6
SHORTEST_HELD = 6
SHORTEST_BEGUN = 5


@dataclass(frozen=True)
class Nearby:
    """A word like the one asked for: `folded`, its `term`, as it is `shown`, and `likeness` from 0 to 1; `curated`,
    whether it is a word of a synonym rather than of an entry."""

    folded: str
    term: str
    shown: str
    likeness: float
    curated: bool


def words(shown: str) -> list[Nearby]:
    """The nearest words of the vocabulary, the most alike first."""
    folded = analysis.fold(shown)
    if not SHORTEST <= len(folded) <= analysis.LONGEST_TERM or not folded.isalpha():
        return []
    curated = synonyms.spellings()
    vocabulary = {spelling.folded: spelling.shown for spelling in engine().near(folded, PROPOSED)}
    known = vocabulary | curated
    allowed = next(errors for length, errors in ERRORS if len(folded) >= length)
    # All at once, and a closer look only at those that may be alike at all: there are thousands of synonyms.
    others = list(known)
    distances = cdist([folded], others, scorer=OSA.distance, score_cutoff=allowed)[0]
    alike: dict[str, int | None] = {others[at]: int(distances[at]) for at in np.flatnonzero(distances <= allowed)}
    for other in _overlapping(folded, known):
        alike.setdefault(other, None)
    found = [
        Nearby(other, analysis.terms(other)[0], known[other], likeness, other in curated)
        for other, distance in alike.items()
        if (likeness := _likeness(folded, other, distance))
    ]
    found.sort(key=lambda word: (-word.likeness, word.shown))
    held = [word for word in found if word.folded in vocabulary][:MOST]
    said = [word for word in found if word.folded not in vocabulary][:MOST]
    return sorted(held + said, key=lambda word: (-word.likeness, word.shown))


def _overlapping(folded: str, known: Mapping[str, str]) -> Iterator[str]:
    """Those of the words that begin like this one, hold it, or are held by it."""
    lines = "\n" + "\n".join(known) + "\n"
    for piece in ("\n" + folded[:SHORTEST_BEGINNING], folded):
        at = lines.find(piece)
        while at >= 0:
            end = lines.index("\n", at + 1)
            yield lines[lines.rindex("\n", 0, at + 1) + 1 : end]
            at = lines.find(piece, end)
    for start in range(len(folded)):
        for end in range(start + SHORTEST_HELD, len(folded) + 1):
            if (piece := folded[start:end]) in known:
                yield piece


def _likeness(one: str, other: str, distance: int | None) -> float:
    """`distance`: by how many letters they differ, if by no more than they may."""
    longest = max(len(one), len(other))
    if distance is not None:
        return 1.0 - distance / longest
    if one[:SHORTEST_BEGINNING] != other[:SHORTEST_BEGINNING]:
        return _held(one, other, longest)
    common = int(Prefix.similarity(one, other))
    if common >= max(SHORTEST_BEGINNING, COMMON_BEGINNING * longest):
        return HOLDS * common / longest
    return _held(one, other, longest)


def _held(one: str, other: str, longest: int) -> float:
    least = SHORTEST_BEGUN if other.startswith(one) else SHORTEST_HELD
    if (len(one) >= least and one in other) or (len(other) >= SHORTEST_HELD and other in one):
        return HOLDS * min(len(one), len(other)) / longest
    return 0.0
