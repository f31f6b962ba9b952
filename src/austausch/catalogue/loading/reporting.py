"""What loading does, in lines for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from austausch.catalogue.loading.columns import written
from austausch.catalogue.loading.loader import Report
from austausch.catalogue.loading.sections import Change

LONGEST = 160


def lines(report: Report) -> Iterator[str]:
    """The difference section by section: what is new, what changes from what to what, how much stays."""
    for key, (changes, unchanged) in report.sections.items():
        new = sum(not change.fields for change in changes)
        counts = {"section": key, "new": new, "changed": len(changes) - new, "unchanged": unchanged}
        yield _("%(section)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged") % counts
        for change in changes:
            yield from _change(change)
    if "entries" in report.sections:
        yield _("Entries that the file does not name stay as they are.")
    yield from (_("Note: %(note)s") % {"note": note} for note in report.notes)


def _change(change: Change) -> Iterator[str]:
    title = f" – {change.title}" if change.title != change.name else ""
    yield f"  {'~' if change.fields else '+'} {change.name}{title}"
    for name, old, new in change.fields:
        if isinstance(old, list) and isinstance(new, list):
            yield from _list(name, old, new)
        else:
            yield f"      {name}: {text(old)} → {text(new)}"


def _list(name: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    """Only the items that come or go; all of them where just the order differs."""
    gone, come = [item for item in old if item not in new], [item for item in new if item not in old]
    if not gone and not come:
        yield f"      {name}: {text(old)} → {text(new)}"
    yield from (f"      {name}: − {text(item)}" for item in gone)
    yield from (f"      {name}: + {text(item)}" for item in come)


def text(value: Any) -> str:
    """A value in one short line; a dash for nothing."""
    if value is None or value == []:
        return "–"
    if isinstance(value, dict):
        found = ", ".join(f"{key} {text(part)}" for key, part in value.items())
    elif isinstance(value, list):
        found = "; ".join(text(part) for part in value)
    else:
        found = value.isoformat() if isinstance(value, dt.date) else written(value)
    found = " ".join(found.split())
    return found if len(found) <= LONGEST else f"{found[: LONGEST - 1]}…"
