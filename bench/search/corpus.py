"""Generated German texts, as many as wanted, and what people look for in them.

Words are as frequent as in real texts: the n-th most frequent word is about 1/n as frequent as the first (Zipf). First
come words that say nothing by themselves, then the words of the catalogue, by their own frequency, then nouns of a
newspaper and compounds of two of them. No text makes sense; how long it takes to find one does not depend on that.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from austausch.search.analysis import STOP_WORDS
from bench.relevance.noise import newspaper_nouns
from bench.relevance.queries import load
from bench.words import sentences

SEED = 20_260_109
TYPES = 40_000
SHORTEST, LONGEST = 60, 150
TITLE = (3, 7)
SENTENCE = 12
CHUNK = 2_000
# Which words people look for, by rank of frequency.
COMMON, MIDDLE, RARE = (200, 1_000), (1_000, 8_000), (15_000, TYPES)
EACH = 25
_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")


@dataclass(frozen=True)
class Generated:
    """One text. `number` counts from 1."""

    number: int
    title: str
    summary: str
    points: tuple[str, ...]

    @property
    def body(self) -> str:
        return " ".join((self.summary, *self.points))


def vocabulary(catalogue: Path) -> list[str]:
    """All words, the most frequent first; TYPES of them."""
    chance = random.Random(SEED)
    silent = [word for word in STOP_WORDS.split() if word.isalpha()]
    chance.shuffle(silent)
    own = Counter(word for text in sentences(catalogue) for word in _WORD.findall(text))
    telling = [word for word, _count in own.most_common() if word.lower() not in silent]
    nouns = newspaper_nouns()
    chance.shuffle(nouns)
    words = dict.fromkeys((*silent, *_mixed(telling, nouns)))
    while len(words) < TYPES:
        first, second = chance.choice(nouns), chance.choice(nouns)
        words[first + _link(first) + second.lower()] = None
    return list(words)


def texts(words: Sequence[str], count: int) -> Iterator[Generated]:
    """As many texts; the same words and count give the same texts."""
    chance = np.random.default_rng(SEED)
    ranks = np.arange(1, len(words) + 1) + 2.0
    upto = np.cumsum(1 / ranks)
    upto /= upto[-1]
    telling = upto[sum(word.islower() for word in words[:200])]
    for start in range(0, count, CHUNK):
        size = min(CHUNK, count - start)
        lengths = chance.integers(SHORTEST, LONGEST + 1, size)
        in_title = chance.integers(TITLE[0], TITLE[1] + 1, size)
        drawn = np.searchsorted(upto, chance.random(int(lengths.sum())))
        # A title has hardly a word that says nothing.
        of_titles = np.searchsorted(upto, telling + chance.random(int(in_title.sum())) * (1 - telling))
        bodies, titles = np.split(drawn, np.cumsum(lengths)), np.split(of_titles, np.cumsum(in_title))
        for at in range(size):
            body = [words[place] for place in bodies[at]]
            title = " ".join(words[place] for place in titles[at])
            spoken = [" ".join(body[first : first + SENTENCE]) + "." for first in range(0, len(body), SENTENCE)]
            yield Generated(start + at + 1, title, " ".join(spoken[:2]), tuple(spoken[2:]))


def queries(words: Sequence[str], most: int) -> list[str]:
    """What people look for: the judged queries, words of every frequency, alone and by twos, and mistyped ones."""
    chance = random.Random(SEED + 1)
    found = [query.text for query in load()]
    for first, end in (COMMON, MIDDLE, RARE):
        some = [word for word in words[first:end] if len(word) > 4]
        found += chance.sample(some, EACH)
        found += [" ".join(chance.sample(some, 2)) for _ in range(EACH)]
        found += [_slip(word, chance) for word in chance.sample(some, EACH)]
    chance.shuffle(found)
    return list(dict.fromkeys(found))[:most]


def _mixed(telling: Sequence[str], nouns: Sequence[str]) -> Iterator[str]:
    """Both in their order, by turns, so that neither is only frequent or only rare."""
    for at in range(max(len(telling), len(nouns))):
        yield from (*telling[at : at + 1], *nouns[at : at + 1])


def _link(noun: str) -> str:
    return "s" if noun.endswith(("ung", "heit", "keit", "schaft", "tion", "tät")) else ""


def _slip(word: str, chance: random.Random) -> str:
    """The word with two neighbouring letters swapped."""
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
