"""What is printed at the top or bottom of every page: titles, dates and numbers that interrupt the sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# So many lines at the top and at the bottom may be repeated ones.
EDGE = 3
# A line that stands there on so many pages, and on this share of all, belongs to no sentence. Even and odd pages may
# have their own, and some pages have none.
FEWEST_PAGES = 3
SHARE = 0.25
LONGEST = 200
_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b")


def without_running_heads(pages: Sequence[str]) -> list[str]:
    """The pages without the lines that are repeated at their edges, whatever page number is in them.

    Of a short document nothing is taken: there, a repetition may be meant.
    """
    split = [page.splitlines() for page in pages]
    counted: Counter[str] = Counter()
    for lines in split:
        counted.update({_shape(lines[at]) for at in _edges(lines)})
    needed = max(FEWEST_PAGES, SHARE * len(pages))
    repeated = {shape for shape, times in counted.items() if shape and times >= needed}
    return ["\n".join(_kept(lines, repeated)) for lines in split]


def _edges(lines: Sequence[str]) -> list[int]:
    """Where the first and last lines stand that are not empty."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return sorted({*filled[:EDGE], *filled[-EDGE:]})


def _kept(lines: Sequence[str], repeated: set[str]) -> list[str]:
    """From each end only as far as the repeated lines go: what stands behind another line is text."""
    edges = _edges(lines)
    gone = set()
    for order in (edges, edges[::-1]):
        for at in order[:EDGE]:
            if _shape(lines[at]) not in repeated:
                break
            gone.add(at)
    # A page of nothing else is a page after all.
    return [line for at, line in enumerate(lines) if at not in gone or len(gone) == len(edges)]


def _shape(line: str) -> str:
    """What is the same on each page: “Seite 3 von 20” is “seite # von #”. Empty for what is too long to be one."""
    text = " ".join(line.casefold().split())
    return "" if len(text) > LONGEST else _NUMBERS.sub("#", text)
