"""Entries as rows: which column holds what, and how a list fits into a cell.

A list has one item per line. An item with several parts separates them with " | ", in the order of `PARTS`; empty
parts at the end are left out. A backslash before "|", a backslash or, among places, a comma means the sign itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

DASH = " – "

LISTS = (
    "partners", "starting_point", "goals", "procedure", "facts", "results", "lessons", "transferability",
    "places", "topics", "target_groups",
)  # fmt: skip
# Columns that together are one mapping of the entry.
GROUPS = {
    "period": {"period_from": "from", "period_to": "to", "open_end": "open_end"},
    "funding": {"funding_amount_eur": "amount_eur", "funding_per": "per"},
    "effort": {
        "effort_staff": "staff", "effort_cost": "cost", "effort_duration": "duration",
        "effort_town_size": "town_size",
    },
    "review": {"checked_on": "checked_on", "checked_by": "checked_by", "review_every_months": "every_months"},
}  # fmt: skip
# Lists of mappings: the parts of one item, in the order in which a cell holds them.
PARTS = {
    "legal_bases": ("title", "reference", "url"),
    "documents": ("title", "kind", "date", "valid_from", "valid_to", "slug"),
    "links": ("url", "title"),
    "offices": ("name", "place", "facts"),
    "actions": ("days", "places", "district"),
}
COLUMNS = (
    "slug", "title", "summary", "body", "partners", "approach", "kind", "level", "starting_point", "goals",
    "procedure", "facts", "results", "lessons", "transferability", "period_from", "period_to", "open_end", "place",
    "format", "actions", "funding_amount_eur", "funding_per", "effort_staff", "effort_cost", "effort_duration",
    "effort_town_size", "evidence", "legal_bases", "documents", "offices", "links", "places", "topics",
    "target_groups", "checked_on", "checked_by", "review_every_months", "archived", "draft",
)  # fmt: skip
_GROUP_OF = {column: (group, key) for group, keys in GROUPS.items() for column, key in keys.items()}


@dataclass(frozen=True)
class Target:
    """Where a column's value belongs in an entry: its path, and how to read the cell."""

    path: tuple[str, ...]
    read: Callable[[str], Any]


def target(column: str) -> Target:
    """Unknown columns keep their name, so that the schema refuses them like any unknown field."""
    if column in _GROUP_OF:
        return Target(_GROUP_OF[column], str)
    if column in LISTS:
        return Target((column,), items)
    if column in PARTS:
        return Target((column,), lambda cell: [_item(column, line) for line in items(cell)])
    return Target((column,), str)


def items(cell: str) -> list[str]:
    """The items of a cell: one per line, without empty lines."""
    return [line.strip() for line in re.split("\r\n?|\n", cell) if line.strip()]


def _item(column: str, line: str) -> dict[str, Any]:
    names = PARTS[column]
    parts = _split(line, "|")
    found: dict[str, Any] = {name: part for name, part in zip(names, parts, strict=False) if part}
    if len(parts) > len(names):
        # The schema refuses the surplus by this name, which says what is wrong.
        found[_("part %(number)s") % {"number": len(names) + 1}] = parts[len(names)]
    if column == "actions":
        first, _dash, last = re.sub(r"\s+[-–]\s+", DASH, found.pop("days", "")).partition(DASH)
        found = {"from": first, "to": last or first, **found}
        if "places" in found:
            found["places"] = [_plain(place) for place in _split(found["places"], ",")]
    return {name: _plain(part) if isinstance(part, str) else part for name, part in found.items()}


def _split(text: str, sign: str) -> list[str]:
    """The parts between the signs that no backslash takes back; backslashes stay."""
    parts = [""]
    for token in re.findall(r"\\.|.", text):
        if token == sign:
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def _plain(text: str) -> str:
    return re.sub(r"\\([|,\\])", r"\1", text)


def _escaped(text: str, signs: str) -> str:
    return re.sub(f"[{re.escape(signs)}]", lambda found: f"\\{found[0]}", text)


# ── The other way ───────────────────────────────────────────────────────────────────────────────────────────


def row(entry: dict[str, Any]) -> list[str]:
    """An entry in the form of files, as the cells of `COLUMNS`."""
    return [_cell(entry, column) for column in COLUMNS]


def _cell(entry: dict[str, Any], column: str) -> str:
    if column in _GROUP_OF:
        group, key = _GROUP_OF[column]
        return written(entry.get(group, {}).get(key))
    value = entry.get(column)
    if column in PARTS:
        return "\n".join(_line(column, item) for item in value or [])
    return "\n".join(value) if isinstance(value, list) else written(value)


def _line(column: str, item: Any) -> str:
    if isinstance(item, str):
        item = {PARTS[column][0]: item}
    if column == "actions":
        days = [written(item["from"]), written(item["to"])]
        places = ", ".join(_escaped(place, "|,\\") for place in item.get("places", []))
        item = {"days": DASH.join(dict.fromkeys(days)), "places": places, "district": item.get("district", "")}
    parts = [written(item.get(name)) for name in PARTS[column]]
    parts = [
        part if name == "places" else _escaped(part, "|\\") for name, part in zip(PARTS[column], parts, strict=True)
    ]
    while parts and not parts[-1]:
        parts.pop()
    return " | ".join(parts)


def written(value: object) -> str:
    """One value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
