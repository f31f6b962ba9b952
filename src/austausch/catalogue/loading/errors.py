"""What can be wrong with a file, said so that the person who wrote it can mend it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Fields: `file`; `where` in it ("line 12", "row 3, column kind", may be empty); `path` of the field
    ("entries[2].kind"); `value` as found; `message` what is wrong; `remedy` what to do.
    """

    file: str
    where: str
    path: str
    value: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.where) if part)
        field = f"{self.path}: " if self.path else ""
        found = _(" Found: %(value)s.") % {"value": self.value} if self.value else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{place}: {field}{self.message}{found}{remedy}"


class CatalogueError(ValueError):
    """The file was not loaded; nothing has changed. `problems`: all of them, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        problems = sorted(problems, key=lambda problem: int((re.findall("[0-9]+", problem.where) or [0])[0]))
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)


def shown(value: object) -> str:
    """A value from the file for a message: short, on one line, in quotes if it is text."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join("".join(sign if sign.isprintable() else "�" for sign in text).split())
    text = text if len(text) <= 80 else f"{text[:77]}…"
    return quoted(text) if isinstance(value, str) else text


def quoted(text: str) -> str:
    """The text in the quotation marks of the active language."""
    return _("“%(text)s”") % {"text": text}
