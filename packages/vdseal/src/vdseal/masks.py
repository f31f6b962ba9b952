"""Which mask a QR code gets (ISO/IEC 18004, 7.8.3): the one with the fewest penalty points.

Asked of the library that draws the code, the choice takes five times as long as the drawing. Here a symbol is one whole
number, a bit for each module, row by row, so that all modules are looked at at once.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import and_, or_
from typing import Final, NamedTuple

# Points for a run of five modules of one colour, for a block of four, for what looks like a finder pattern, and for
# each twentieth by which the dark ones are more or less than half (ISO/IEC 18004, table 11).
_RUN: Final = 3
_BLOCK: Final = 3
_FINDER: Final = 40
_BALANCE: Final = 10
# Dark and light in the ratio 1:1:3:1:1, and how many light modules stand before or after it.
_PATTERN: Final = (True, False, True, True, True, False, True)
_LIGHT: Final = 4


class _Columns(NamedTuple):
    """For squares of one size: a bit for each module, those with one to the right, and those with so many columns on
    either side."""

    every: int
    inner: int
    after: tuple[int, ...]
    before: tuple[int, ...]


def penalty(symbol: int, size: int) -> int:
    """The points of a symbol of `size` × `size` modules (ISO/IEC 18004, 7.8.3.1); around it all is light."""
    columns = _columns(size)
    along = ~(symbol ^ symbol >> 1) & columns.inner
    down = ~(symbol ^ symbol >> size) & columns.every >> size
    blocks = along & along >> size & down
    dark = symbol.bit_count()
    finders = _finders(symbol, 1, columns) + _finders(symbol, size, columns)
    unbalanced = abs(2 * dark - size * size) * 10 // (size * size)
    runs = _runs(along, 1) + _runs(down, size)
    return runs + _BLOCK * blocks.bit_count() + _FINDER * finders + _BALANCE * unbalanced


def _runs(alike: int, step: int) -> int:
    """`alike`: modules of the colour of the next one."""
    five = reduce(and_, (alike >> step * at for at in range(4)))
    # Each module beyond the fifth begins one more five, and is one more point.
    first = five & ~(five << step)
    return five.bit_count() + (_RUN - 1) * first.bit_count()


def _finders(symbol: int, step: int, columns: _Columns) -> int:
    light = ~symbol
    found = reduce(and_, ((symbol if dark else light) >> step * at for at, dark in enumerate(_PATTERN)))
    length = len(_PATTERN)
    before = reduce(or_, (symbol << step * at & columns.before[at if step == 1 else 0] for at in range(1, _LIGHT + 1)))
    behind = range(length, length + _LIGHT)
    after = reduce(or_, (symbol >> step * at & columns.after[at if step == 1 else 0] for at in behind))
    # Where a row or column ends before the pattern does, it would go on in the next one.
    whole = columns.after[length - 1] if step == 1 else columns.every >> step * (length - 1)
    return (found & whole & ~(before & after)).bit_count()


@lru_cache(maxsize=40)
def _columns(size: int) -> _Columns:
    def those(columns: range) -> int:
        row = sum(1 << column for column in columns)
        return sum(row << size * at for at in range(size))

    reach = range(len(_PATTERN) + _LIGHT)
    return _Columns(
        every=(1 << size * size) - 1,
        inner=those(range(size - 1)),
        after=tuple(those(range(size - distance)) for distance in reach),
        before=tuple(those(range(distance, size)) for distance in reach),
    )
