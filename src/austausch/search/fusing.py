"""Words and meaning as one order: what search by meaning adds to the points that words have made.

Only here is decided what is asked of `meaning` and what being near is worth; `ranking` knows nothing of it.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from django.conf import settings

from austausch.search import analysis, meaning
from austausch.search.ranking import STATES, Ranking, Strengths
from austausch.search.snapshot import Places, Snapshot

# What being nearest in meaning is worth beside the best answer to the words, and by how much less near something is
# that gets a third (1/e) of it.
MEANING = 0.4
GAP = 0.025
MOST_ALIKE = 10
# Points from which on words count in full: where they found only traces, meaning says more.
FULL = 0.6


class Alike:
    """Entries that mean something like the question; none unless search by meaning is on.

    Who puts words in quotes wants these words and nothing like them.
    """

    def __init__(self, ranking: Ranking, snapshot: Snapshot, *, visible: int) -> None:
        self._ranking = ranking
        self._snapshot = snapshot
        self._visible = visible

    @property
    def places(self) -> Places:
        """Which entries these are, the nearest first."""
        return self._found[0]

    def worth(self, bit: int) -> float:
        """What an entry gains by what it means; 0 for one that is not among them."""
        places, worths = self._found
        return float(worths[places == bit].sum())

    def fused(self, points: Strengths) -> Strengths:
        """The points of words and meaning as one.

        What counts of meaning is how far something is from the nearest, not its rank: what is almost as near gains
        almost as much. Decision 0033 has the figures.
        """
        places, worths = self._found
        if not len(places):
            return points
        together = points / np.float32(max(float(points.max(initial=0)), FULL))
        together[places] += worths
        # So that cosines computed in another order on another machine give the same ranks.
        return np.round(together, 4)

    @cached_property
    def _found(self) -> tuple[Places, Strengths]:
        parts = self._ranking.question.parts
        if not parts or any(part.is_phrase for part in parts):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        near = meaning.nearest(_telling(self._ranking.question.plain), MOST_ALIKE, self._seen)
        scores = np.array([score for _key, score in near], dtype=np.float32)
        worths = np.float32(MEANING) * np.exp((scores - scores[:1]) / np.float32(GAP))
        return np.array([self._snapshot.bit_of[key] for key, _score in near], dtype=np.int64), worths

    def _seen(self, key: int) -> bool:
        bit = self._snapshot.bit_of.get(key)
        return bit is not None and bool(self._visible >> bit & 1)


def _telling(text: str) -> str:
    """The text without the state's own name, which says next to nothing where everything is about it."""
    own = STATES.get(settings.AUSTAUSCH_STATE, ())
    return " ".join(word for word in text.split() if analysis.fold(word) not in own) or text
