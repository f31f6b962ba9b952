"""Reads CSV: one entry per row, columns as in `columns`. Also what rows of a workbook become."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from austausch.catalogue.loading import columns
from austausch.catalogue.loading.limits import limits
from austausch.catalogue.loading.reading.tree import Budget, Map, ReadingError, Seq, as_text, duplicate

Cells = Sequence[str]


def read(content: bytes) -> Map:
    """The rows as the section “entries”. Raises ReadingError."""
    text = as_text(content)
    # A whole cell is read before its length can be looked at, so the reader itself gets the limit.
    before = csv.field_size_limit(limits().cell_characters)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text), strict=True)
    try:
        return tree(((number, [unguarded(cell) for cell in cells]) for number, cells in enumerate(reader, 1)))
    except csv.Error as error:
        raise ReadingError(
            _("This is not valid CSV: %(problem)s.") % {"problem": error},
            remedy=_("Save the table again as CSV with UTF-8 encoding."),
            where=_("line %(number)s") % {"number": reader.line_num},
        ) from error
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str) -> str:
    heading = text.lstrip().partition("\n")[0]
    return max(";,\t", key=heading.count)


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that `guarded` puts before what a spreadsheet would take for a formula."""
    return cell[1:] if re.match(r"'+[=+\-@]", cell) else cell


def guarded(cell: str) -> str:
    """The cell, so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) else cell


def tree(rows: Iterable[tuple[int, Cells]]) -> Map:
    """Numbered rows, the first of them the heading, as the section “entries”."""
    budget, root, entries = Budget(), Map(), Seq()
    heading: list[str] | None = None
    for number, cells in rows:
        place = _("row %(number)s") % {"number": number}
        if heading is None:
            heading = _heading(cells, place)
        elif any(cell.strip() for cell in cells):
            budget.spend(place)
            entries.add(_entry(heading, cells, number, budget), place)
    if heading is None:
        raise ReadingError(
            _("The file is empty."), remedy=_("Give it a heading with at least: %(columns)s.") % {"columns": _NEEDED}
        )
    root.add("entries", entries, _("row %(number)s") % {"number": 1})
    return root


_NEEDED = "slug, title, body, approach, kind"


def _heading(cells: Cells, place: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > limits().columns:
        raise ReadingError(_("The table has too many columns."), remedy=_("Delete empty columns."), where=place)
    for position, name in enumerate(names):
        if not name:
            raise ReadingError(
                _("Column %(number)s has no heading.") % {"number": position + 1},
                remedy=_("Name the column or delete it."),
                where=place,
            )
        if name in names[:position]:
            raise duplicate(name, place)
    return names


def _entry(heading: list[str], cells: Cells, number: int, budget: Budget) -> Map:
    if any(cell.strip() for cell in cells[len(heading) :]):
        raise ReadingError(
            _("The row has more cells than the heading."),
            remedy=_("Put cells that hold the separator in double quotes."),
            where=_("row %(number)s") % {"number": number},
        )
    entry = Map()
    for position, name in enumerate(heading):
        cell = cells[position] if position < len(cells) else ""
        place = _("row %(number)s, column %(column)s") % {"number": number, "column": name}
        budget.spend(place)
        _put(entry, columns.target(name), cell.strip(), place)
    return entry


def _put(entry: Map, target: columns.Target, cell: str, place: str) -> None:
    value: Any = target.read(cell)
    if isinstance(value, list):
        value = _placed(value, place)
    *groups, key = target.path
    for group in groups:
        if group not in entry:
            entry.add(group, Map(), place)
        entry = entry[group]  # type: ignore[assignment]
        if cell == "":
            # An empty cell of a group is the absence of that part; an empty group is the absence of the whole.
            return
    entry.add(key, value if value != "" or key in _ALWAYS else None, place)


_ALWAYS = {"slug", "title", "body", "approach", "kind"}


def _placed(values: list[Any], place: str) -> Seq:
    placed = Seq()
    for value in values:
        if isinstance(value, dict):
            part = Map()
            for key, text in value.items():
                part.add(key, text, place)
            placed.add(part, place)
        else:
            placed.add(value, place)
    return placed
