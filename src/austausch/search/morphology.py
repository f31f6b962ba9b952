"""The Hannover Tagger, a good deal faster: same model, same answers.

Most of its time goes into asking, letter by letter, how likely a segment is under tags that do not know it. Here each
segment is looked up once for all tags, and the likelihood of unknown ones is kept by their ending and length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from HanTa.HanoverTagger import EMPTY, END_UNKNOWN, START, UNKNOWN, HanoverTagger

State: TypeAlias = tuple[int, int]
Tags: TypeAlias = dict[int, float]
Row: TypeAlias = dict[State, float]
# A state, and the number of letters before it.
Origin: TypeAlias = tuple[State, int]
Before: TypeAlias = list[dict[State, Origin]]
# Tags that may follow, and how likely they do.
Steps: TypeAlias = Sequence[tuple[int, float]]

# As the tagger has them: so many states go on from each letter, and a word that is one unknown piece is unlikely.
KEPT = 3
MARGIN = 1
WHOLE = 4.6
LONGEST_ENDING = 4
LONGEST = 24
SHORT_WORD, SHORT_SEGMENT = 4, 2
MOST_ENDINGS = 50_000
_NONE: Tags = {}


class Morphology(HanoverTagger):
    """`analyze` answers what HanoverTagger's does."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self._known: dict[str, Tags] = defaultdict(dict)
        for tag, segments in self.LP_m_t.items():
            for segment, likely in segments.items():
                self._known[segment][tag] = likely
        unknown = [tag for tag in self.LP_hapax_t if tag in self.LP_s_t]
        # Likelihood of an unknown segment of each length, but for its ending.
        self._unknown = [
            {tag: self.Int_t + self.LP_hapax_t[tag] + self.LP_len_t[tag][length] for tag in unknown}
            for length in range(LONGEST + 1)
        ]
        self._of_ending = lru_cache(maxsize=MOST_ENDINGS)(self._ending)
        self._next: dict[State, list[tuple[int, float]]] = self.LP_trans_nonfinal
        self._next_unknown = {
            state: [(tag, likely) for tag, likely in followers if tag in self._unknown[0]]
            for state, followers in self._next.items()
        }

    def analyze_forward(self, word: str) -> list[tuple[int, float]]:
        """Kinds of word with their likelihood, the likeliest first."""
        row, _before = self._read(word, within=None, strict=self.strict)
        kinds: dict[int, float] = {}
        for (_last, tag), (likely, _state) in self._ends(row, None).items():
            kinds[-tag] = np.logaddexp(kinds[-tag], likely) if -tag in kinds else likely
        return sorted(kinds.items(), key=lambda pair: pair[1], reverse=True) or [(UNKNOWN, 0)]

    def analyze_viterbi(self, word: str, targetpos: int) -> list[tuple[int, int]]:
        """The likeliest pieces of a word of this kind: tag and end of each."""
        within = self.reachability.get(targetpos, frozenset())
        for strict in (True, False):
            row, before = self._read(word, within=within, strict=strict)
            if ends := self._ends(row, targetpos):
                break
        else:
            return [(UNKNOWN, len(word)), (END_UNKNOWN, len(word) + 1)]
        (_last, tag), (_likely, state) = max(ends.items(), key=lambda end: end[1][0])
        path, at = [(tag, len(word) + 1)], len(word)
        while at:
            path.append((state[1], at))
            state, at = before[at][state]
        return path[::-1]

    def _ends(self, row: Row, kind: int | None) -> dict[State, tuple[float, State]]:
        """How likely the word ends in each way, and after which state."""
        ends: dict[State, tuple[float, State]] = {}
        for state, likely in row.items():
            for tag, step in self.LP_trans_final.get(state, ()):
                if kind is None or tag == kind:
                    end = (state[1], tag)
                    if end not in ends or likely + step > ends[end][0]:
                        ends[end] = likely + step, state
        return ends

    def _read(self, word: str, *, within: Collection[int] | None, strict: bool) -> tuple[Row, Before]:
        """The states after the last letter, and for each letter from where its states were reached.

        `within`: only these tags; `strict`: only segments that the model knows.
        """
        rows: list[Row] = [{(EMPTY, START): 0.0}, *({} for _letter in word)]
        before: Before = [{} for _row in rows]
        for start in range(len(word)):
            for state, likely in _likeliest(rows[start]):
                steps = self._next.get(state, ())
                unknown = () if strict else self._next_unknown.get(state, ())
                if within is not None:
                    steps = [step for step in steps if step[0] in within]
                    unknown = [step for step in unknown if step[0] in within]
                if steps:
                    self._go_on(word, (state, start), likely, (steps, unknown), rows, before)
        return rows[-1], before

    def _go_on(
        self, word: str, origin: Origin, likely: float, steps: tuple[Steps, Steps], rows: list[Row], before: Before
    ) -> None:
        """Adds all states that one segment more leads to. `steps`: over segments that are known, and others."""
        (state, start), size = origin, len(word)
        for end in range(start + 1, size + 1):
            segment, length = word[start:end], end - start
            known = self._known.get(segment, _NONE)
            guessed = endings = _NONE
            # One or two letters are no unknown piece of a longer word.
            if steps[1] and (length > SHORT_SEGMENT or size < SHORT_WORD):
                guessed = self._unknown[min(length, LONGEST)]
                # An ending is shorter than what it ends.
                endings = self._of_ending(segment[1:][-LONGEST_ENDING:])
            row, back = rows[end], before[end]
            for tag, step in steps[0] if known else steps[1] if guessed else ():
                if tag in known:
                    here = known[tag]
                elif tag in guessed:
                    here = guessed[tag] + endings[tag] - (WHOLE if length == size else 0.0)
                else:
                    continue
                reached, worth = (state[1], tag), likely + step + here
                if reached not in row or worth > row[reached]:
                    row[reached] = worth
                    back[reached] = origin

    def _ending(self, ending: str) -> Tags:
        """How likely each tag ends an unknown segment so: by the longest ending that it knows."""
        found = {}
        for tag in self._unknown[0]:
            known = self.LP_s_t[tag]
            found[tag] = next(known[ending[at:]] for at in range(len(ending) + 1) if ending[at:] in known)
        return found


def _likeliest(row: Row) -> list[tuple[State, float]]:
    """Those from which one goes on."""
    if len(row) <= KEPT:
        return list(row.items())
    least = sorted(row.values(), reverse=True)[KEPT] - MARGIN
    return [(state, likely) for state, likely in row.items() if likely >= least]
