"""From bytes to a tree of plain values that remember where they stood. Nothing in a file is ever executed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from austausch.catalogue.loading.errors import CatalogueError, Problem
from austausch.catalogue.loading.limits import limits
from austausch.catalogue.loading.reading import json_file, table, workbook, yaml_file
from austausch.catalogue.loading.reading.tree import Map, ReadingError

Reader = Callable[[bytes], Map]
READERS: dict[str, Reader] = {
    ".yaml": yaml_file.read,
    ".yml": yaml_file.read,
    ".json": json_file.read,
    ".csv": table.read,
    ".xlsx": workbook.read,
}


def read(path: Path) -> Map:
    """The file's content: top-level section → value, of the types of `tree`. Raises CatalogueError."""
    try:
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            raise ReadingError(
                _("The file type is not known."),
                remedy=_("Use a name that ends in %(endings)s.") % {"endings": ", ".join(READERS)},
                value=path.suffix or path.name,
            )
        return reader(_content(path))
    except ReadingError as error:
        raise CatalogueError([Problem(path.name, error.where, "", error.value, error.message, error.remedy)]) from error


def _content(path: Path) -> bytes:
    largest = limits().bytes
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise ReadingError(
            _("The file cannot be read."), remedy=_("Check the path and that you may read the file.")
        ) from error
    if len(content) > largest:
        raise ReadingError(
            _("The file is larger than %(size)s MB.") % {"size": largest // 1024 // 1024},
            remedy=_("Split it into several files."),
        )
    return content
