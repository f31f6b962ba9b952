"""Loading a catalogue file, in one transaction or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from austausch.catalogue.loading import bodies, entries, reading
from austausch.catalogue.loading.errors import CatalogueError
from austausch.catalogue.loading.explaining import unknown_key
from austausch.catalogue.loading.sections import Change, Load, all_sections

__all__ = ["CatalogueError", "Report", "bodies", "entries", "load"]


@dataclass
class Report:
    """What loading did or would do. `sections`: key → changes and the number of unchanged things; `notes`."""

    sections: dict[str, tuple[list[Change], int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        return sum(len(changes) for changes, _unchanged in self.sections.values())


def load(path: Path, *, apply: bool = False, overwrite_drafts: bool = False) -> Report:
    """Compares the file with the database and, if told to, writes it. Raises CatalogueError with all problems."""
    file = Load(path.name, reading.read(path), overwrite_drafts=overwrite_drafts)
    report = Report()
    with transaction.atomic():
        refuse_unknown_sections(file)
        plans = {section.key: section.plan(file) for section in all_sections() if section.key in file.root}
        if file.problems:
            raise CatalogueError(file.problems)
        for key, plan in plans.items():
            if apply:
                plan.apply()
            report.sections[key] = (plan.changes, plan.unchanged)
    report.notes = list(file.notes)
    return report


def refuse_unknown_sections(file: Load) -> None:
    known = [section.key for section in all_sections()]
    for key in file.root:
        if key not in known:
            message, remedy = unknown_key(key, known)
            file.problem((key,), message, remedy, value=None)
