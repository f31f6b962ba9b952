"""The one analyser: documents and queries go through it, so that what is written one way is found the other way.

A text becomes terms: words of letters and digits, folded (case, umlauts and their transliterations, ß, accents) and
reduced to their stem. `terms` is for documents, `analyse` for what somebody typed. Whatever the text, neither fails,
and a term never holds anything but letters and digits, so that no term can be an engine's syntax.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

LONGEST_QUERY = 300
MOST_PARTS = 12
LONGEST_TERM = 60
SHORTEST_PREFIX = 3

_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r"[\"„“”«»]([^\"„“”«»]*)[\"„“”«»]")
# "ue" after a vowel or q is no umlaut: neue, Quelle.
_TRANSLITERATED = re.compile(r"ae|oe|(?<![aeiouq])ue")
_UMLAUT = {"ae": "a", "oe": "o", "ue": "u"}
# The stemmer keeps its state in itself, so threads take turns; the cache makes that rare.
_STEMMER = snowballstemmer.stemmer("german")
_TURN = threading.Lock()

STOP_WORDS = (
    "ab als am an and auch auf aus bei beim bis by das dass dem den der des die dies diese diesem diesen dieser durch "
    "ein eine einem einen einer eines er es for from für gibt haben hat ich ihr im in ist kann man mein mit nach nicht "
    "noch nur oder of on or sein sich sie sind so the to über um und uns unser unter vom von vor was welche welcher "
    "wenn wer werden wie wir wird with wo zu zum zur zwischen"
)


@dataclass(frozen=True)
class Part:
    """One thing a query asks for: a word or a phrase.

    Fields: `terms` (several for a phrase, in order), `prefix` (what the word begins with, for the one still being
    typed; else empty).
    """

    terms: tuple[str, ...]
    prefix: str = ""


def terms(text: str) -> list[str]:
    """All terms of a text, in order, repeated ones repeated."""
    return [_term(word) for word in _words(text)]


def analyse(text: str) -> tuple[Part, ...]:
    """What a query asks for: phrases in quotes, then words; each once, at most MOST_PARTS.

    The last word also stands for words that begin with it, unless it is in quotes. Words that say nothing ("und")
    are left out where others remain. Empty for a text without letters and digits.
    """
    text = text[:LONGEST_QUERY]
    phrases = [Part(tuple(found)) for match in _QUOTED.finditer(text) if (found := terms(match[1]))]
    rest = _QUOTED.sub(" \x00 ", text)
    words = list(_words(rest))
    typing = words[-1] if words and not rest.rstrip().endswith("\x00") else ""
    telling = [word for word in words if word not in _STOP]
    kept = telling or ([] if phrases else words)
    parts = dict.fromkeys(phrases)
    for word in kept:
        prefix = word if word == typing and len(word) >= SHORTEST_PREFIX else ""
        parts.setdefault(Part((_term(word),), prefix))
    return tuple(parts)[:MOST_PARTS]


def fold(text: str) -> str:
    """Case, umlauts, ß and accents made equal: “Fälschung”, “Faelschung” and “FALSCHUNG” are the same."""
    text = text.casefold()
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        # Again, because a compatibility form may hide a capital letter.
        text = "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
    return _TRANSLITERATED.sub(lambda match: _UMLAUT[match[0]], text)


def _words(text: str) -> list[str]:
    # One letter alone is noise, one digit alone may be the number of a paragraph.
    return [word[:LONGEST_TERM] for word in _WORD.findall(fold(text)) if len(word) > 1 or word.isdigit()]


@lru_cache(maxsize=200_000)
def _term(word: str) -> str:
    with _TURN:
        return str(_STEMMER.stemWord(word)) or word


_STOP = frozenset(fold(STOP_WORDS).split())
