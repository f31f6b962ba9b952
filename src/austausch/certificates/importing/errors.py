"""Why an import cannot go on, said to the person who sits before it."""

from __future__ import annotations


class PupilImportError(Exception):
    """The message says what to do."""
