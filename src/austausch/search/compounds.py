"""Parts of German compounds: “Kindergeldbetrug” holds “Kindergeld”, “Geldbetrug”, “Kind”, “Geld” and “Betrug”.

The Hannover Tagger (HanTa) knows the morphemes. What it takes for stems become pieces, linking letters and endings
belong to the piece before them, and every run of pieces shorter than the word is a part.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

SHORTEST = 7
LONGEST = 60
SHORTEST_PART = 3
# More pieces than this are no German word.
MOST_PIECES = 6
STEMS = ("NN", "ADJ", "VV", "NE", "ADV", "CARD", "FM", "NNA", "NNI")
LINK = "FUGE"

_TURN = threading.Lock()


def split(word: str) -> tuple[tuple[str, int, int], ...]:
    """The parts of a word as (part, first piece, piece after the last), longest first; empty if it is no compound.

    `word` is in lower case, with umlauts as they are spelled and without ß (see `analysis`). Never fails.
    Takes milliseconds; `analysis.pieces` remembers the answers.
    """
    if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
        return ()
    pieces = _pieces(word)
    count = len(pieces)
    if not 1 < count <= MOST_PIECES:
        return ()
    found = []
    for length in range(count - 1, 0, -1):
        for first in range(count - length + 1):
            last = first + length - 1
            part = word[pieces[first][0] : pieces[last][1]]
            if len(part) >= SHORTEST_PART:
                found.append((part, first, last + 1))
    return tuple(found)


def _pieces(word: str) -> list[tuple[int, int]]:
    """Beginning and end of each piece; linking letters after it are in neither."""
    with _TURN:
        _lemma, morphemes, _kind = _tagger().analyze(word[0].upper() + word[1:], taglevel=3)
    if sum(len(morpheme) for morpheme, _tag in morphemes) != len(word):
        return []
    pieces: list[tuple[int, int]] = []
    start = at = 0
    for morpheme, tag in morphemes:
        begin, at = at, at + len(morpheme)
        if tag.startswith(STEMS):
            pieces.append((start, at))
            start = at
        elif pieces and start == begin:
            # A linking letter ends its piece, any other ending is part of it.
            if not tag.startswith(LINK):
                pieces[-1] = (pieces[-1][0], at)
            start = at
    return pieces


@cache
def _tagger() -> Any:
    # Half a second and 50 MB, so only once somebody searches or publishes.
    from HanTa.HanoverTagger import HanoverTagger

    return HanoverTagger("morphmodel_ger.pgz")
