"""The values of a facet and the sets of their entries, kept small and quickly counted.

Most values of most facets have few entries: ten thousand places with a bit for each of a hundred thousand entries would
take more than 100 MB in each worker process, and counting them a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


# Facets with so few values keep their sets: counting what two sets have in common takes microseconds.
FEW = 64


class Values(Mapping[str, int]):
    """Value → the set of its entries as a number with their bits, made when it is asked for."""

    def __init__(self, members: Mapping[str, Sequence[int]]) -> None:
        """`members`: for each value the bits of its entries, one at least."""
        lengths = [len(bits) for bits in members.values()]
        self._ends = dict(zip(members, np.cumsum(lengths).tolist(), strict=True))
        self._lengths = dict(zip(members, lengths, strict=True))
        self._starts = np.cumsum([0, *lengths])[:-1]
        self._bits = np.fromiter(chain.from_iterable(members.values()), dtype=np.int32, count=sum(lengths))

    def __getitem__(self, value: str) -> int:
        end = self._ends[value]
        return set_of(self._bits[end - self._lengths[value] : end])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ends)

    def __len__(self) -> int:
        return len(self._ends)

    def __contains__(self, value: object) -> bool:
        return value in self._ends

    def numbers(self, within: Flags) -> npt.NDArray[np.int64]:
        """How many of a set's entries have each value, in the order of the values; the set as marks of all entries."""
        if not self._ends:
            return np.empty(0, dtype=np.int64)
        if len(self) <= FEW:
            words = _words(np.packbits(within, bitorder="little").tobytes(), self._sets.shape[1])
            counts: npt.NDArray[np.int64] = np.bitwise_count(self._sets & words).sum(axis=1, dtype=np.int64)
            return counts
        # All bits are within; that they need not be checked halves the time.
        marked = within.view(np.uint8).take(self._bits, mode="clip")
        return np.add.reduceat(marked, self._starts, dtype=np.int32).astype(np.int64)

    @cached_property
    def _sets(self) -> npt.NDArray[np.uint64]:
        """A row of bits for each value."""
        width = int(self._bits.max()) // 64 + 1
        return np.stack([_words(self[value].to_bytes(width * 8, "little"), width) for value in self])

    def pairs(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """The number of a value, in the order in which they are iterated, and the bit of an entry that has it."""
        return np.repeat(np.arange(len(self._lengths)), np.array([*self._lengths.values()], dtype=np.int64)), self._bits

    def having(self) -> int:
        """The set of the entries that have any value."""
        return set_of(self._bits)


NONE = Values({})


def _words(packed: bytes, count: int) -> npt.NDArray[np.uint64]:
    """The first so many words of 64 bits."""
    return np.frombuffer(packed[: count * 8].ljust(count * 8, b"\0"), dtype="<u8")


def set_of(bits: npt.NDArray[np.integer]) -> int:
    """The number with these bits set. Made of flags: setting bits one by one would copy the number each time."""
    if not len(bits):
        return 0
    flags = np.zeros(int(bits.max()) + 1, dtype=np.bool_)
    flags[bits] = True
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
