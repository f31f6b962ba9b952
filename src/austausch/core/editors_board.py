"""The board on the first page of the editors' side: what waits, from every room, and on top what a day can hold.

Rooms register shelves, because the core knows none of them: a function that gets the request and says what waits for
this user, counted and with the first rows, out of what the policy gives; or None where the shelf is not for this user.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from wagtail.admin.ui.components import Component

# What the board puts on top, and how many rows of each shelf it shows below.
TODAY = 7
ROWS = 5


@dataclass(frozen=True)
class Row:
    """One thing to do: what it is called, where it is done, one line about it, and since when it waits."""

    label: str
    url: str
    note: str = ""
    since: dt.date | None = None


@dataclass(frozen=True)
class Shelf:
    """What waits of one sort. `rows`: the first ones, at least TODAY where there are as many, the most urgent first;
    `count`: of all; `url`: where all are; `calls`: whether somebody has to act, so that it may stand on top."""

    title: str | Promise
    empty: str | Promise
    count: int
    rows: Sequence[Row]
    url: str
    calls: bool = True

    @property
    def shown(self) -> Sequence[Row]:
        return self.rows[:ROWS]


# What a room has waiting for this user; None: not for this user.
MakeShelf = Callable[[HttpRequest], Shelf | None]
_shelves: list[tuple[int, MakeShelf]] = []


def shelf(*, order: int) -> Callable[[MakeShelf], MakeShelf]:
    """Adds a shelf to the board; a decorator. Of two that call, the one with the lower `order` comes first."""

    def register(make: MakeShelf) -> MakeShelf:
        _shelves.append((order, make))
        return make

    return register


def shelves(request: HttpRequest) -> list[Shelf]:
    made = (make(request) for _order, make in sorted(_shelves, key=lambda item: item[0]))
    return [one for one in made if one is not None]


def today(found: Sequence[Shelf]) -> list[tuple[Shelf, Row]]:
    """What to begin with: the first of each shelf that calls, then the second of each, until a day is full.

    In turn, so that a hundred entries that are due do not hide the one question that somebody waits for.
    """
    return list(_in_turn([one for one in found if one.calls]))[:TODAY]


def _in_turn(found: Sequence[Shelf]) -> Iterator[tuple[Shelf, Row]]:
    for rank in zip_longest(*(one.rows[:TODAY] for one in found)):
        for one, row in zip(found, rank, strict=True):
            if row is not None:
                yield one, row


class Board(Component):
    """The panel of the first page."""

    name = "board"
    order = 10
    template_name = "core/admin/board.html"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        found = shelves(self.request)
        first = today(found)
        waiting = sum(one.count for one in found if one.calls)
        return {"shelves": found, "today": first, "more": waiting - len(first)}
