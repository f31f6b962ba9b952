"""A long import in portions, so that it needs neither its size in memory nor a statement of that length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

SIZE: Final = 500
T = TypeVar("T")


def portions(items: Iterable[T]) -> Iterator[list[T]]:
    """Lists of `SIZE`, the last one shorter."""
    left = iter(items)
    while some := list(islice(left, SIZE)):
        yield some
