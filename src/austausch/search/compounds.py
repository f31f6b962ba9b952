"""Parts of German compounds: “Kindergeldbetrug” holds “Kindergeld”, “Geldbetrug”, “Kind”, “Geld” and “Betrug”.

The Hannover Tagger (HanTa) knows the morphemes. What it takes for stems become pieces, linking letters and endings
belong to the piece before them, and every run of pieces shorter than the word is a part.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from typing import Any, TypeAlias

SHORTEST = 7
LONGEST = 60
SHORTEST_PART = 3
# More pieces than this are no German word.
MOST_PIECES = 6
STEMS = ("NN", "ADJ", "VV", "NE", "ADV", "CARD", "FM", "NNA", "NNI")
LINK = "FUGE"
# To be raised with every change of what `split` answers; what was kept before is then worked out anew.
VERSION = f"1 {version('HanTa')}"
# A word with its parts takes up to a kilobyte.
MOST_REMEMBERED = 20_000

Parts: TypeAlias = tuple[tuple[str, int, int], ...]

_TURN = threading.Lock()


def split(word: str) -> Parts:
    """The parts of a word as (part, first piece, piece after the last), longest first; empty if it is no compound.

    `word` is in lower case, with umlauts as they are spelled and without ß (see `analysis`). Never fails.
    Takes milliseconds unless it is remembered; `word_parts` brings back what was worked out before.
    """
    if not _may_be_compound(word):
        return ()
    found = _remembered.get(word)
    if found is None:
        found = _parts(word)
        remember(word, found)
    return found


def remember(word: str, parts: Parts) -> None:
    """Has `split` answer so."""
    # Threads may each add one more, which does no harm.
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[word] = parts


def not_remembered(words: Iterable[str]) -> set[str]:
    """Those of the words that `split` would have to take apart."""
    return {word for word in words if _may_be_compound(word) and word not in _remembered}


def forget() -> None:
    """Lets go of all that is remembered."""
    _remembered.clear()


_remembered: dict[str, Parts] = {}


def _may_be_compound(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha()


def _parts(word: str) -> Parts:
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
    from austausch.search.morphology import Morphology

    return Morphology("morphmodel_ger.pgz")
