"""The Hannover Tagger, a good deal faster: same model, same answers.

Most of its time goes into asking, letter by letter, how likely a segment is under tags that do not know it. Here each
segment is looked up once for all tags, and the likelihood of unknown ones is kept by their ending and length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
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
# Tags that may follow, how likely they do, and the state that is reached so.
Steps: TypeAlias = Sequence[tuple[int, float, State]]

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
        self._next: dict[State, tuple[Steps, Steps]] = {}

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
            if not rows[start]:
                continue
            segments = [
                (known, guessed, endings, rows[end], before[end])
                for end, known, guessed, endings in self._segments(word, start, strict=strict)
            ]
            for state, likely in _likeliest(rows[start]):
                every, unknown = self._steps(state)
                if within is not None:
                    every = [step for step in every if step[0] in within]
                    unknown = [step for step in unknown if step[0] in within]
                origin = (state, start)
                for known, guessed, endings, row, back in segments:
                    for tag, step, reached in every if known else unknown:
                        if tag in known:
                            worth = likely + step + known[tag]
                        elif tag in guessed:
                            worth = likely + step + (guessed[tag] + endings[tag])
                        else:
                            continue
                        if reached not in row or worth > row[reached]:
                            row[reached] = worth
                            back[reached] = origin
        return rows[-1], before

    def _segments(self, word: str, start: int, *, strict: bool) -> Iterator[tuple[int, Tags, Tags, Tags]]:
        """The segments that begin there and may be one: end, how likely tags are that know it, and, in two parts to be
        added up, those that do not."""
        size = len(word)
        for end in range(start + 1, size + 1):
            segment, length = word[start:end], end - start
            known = self._known.get(segment, _NONE)
            # One or two letters are no unknown piece of a longer word.
            if not strict and (length > SHORT_SEGMENT or size < SHORT_WORD):
                # An ending is shorter than what it ends.
                guessed, endings = self._unknown[min(length, LONGEST)], self._of_ending(segment[1:][-LONGEST_ENDING:])
                if length == size:
                    guessed = {tag: here + endings[tag] - WHOLE for tag, here in guessed.items()}
                    endings = dict.fromkeys(guessed, 0.0)
                yield end, known, guessed, endings
            elif known:
                yield end, known, _NONE, _NONE

    def _steps(self, state: State) -> tuple[Steps, Steps]:
        """What may follow, over any segment and over one that no tag knows; worked out when it is first asked for."""
        found = self._next.get(state)
        if found is None:
            every = [(tag, likely, (state[1], tag)) for tag, likely in self.LP_trans_nonfinal.get(state, ())]
            found = self._next[state] = every, [step for step in every if step[0] in self._unknown[0]]
        return found

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
