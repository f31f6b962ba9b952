"""What is wrong, in words: a sentence and a remedy for each kind of problem. Row and field stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from austausch.certificates.reading import Kind
from austausch.certificates.reading.records import WARNINGS

Words = str | Promise
SAVE_AGAIN = _lazy("Save it again in your program and upload it once more.")
LOOK = _lazy("Correct it in the school's administration and export again.")
NOTHING_TO_DO = _lazy("Nothing has to be done.")
# Kind → sentence and remedy. Names in them: field, value, detail, and the parts of detail as a, b, c.
SENTENCES: dict[str, tuple[Words, Words]] = {
    Kind.UNKNOWN_TYPE: (_lazy("Files of the type “%(value)s” cannot be read."), _lazy("Use one of these: %(detail)s.")),
    Kind.EMPTY: (_lazy("The file holds no pupils."), _lazy("Export again, with all pupils of the school.")),
    Kind.TOO_LARGE: (_lazy("The file is larger than %(detail)s MB."), _lazy("Leave out columns that are not read.")),
    Kind.TOO_MANY_ROWS: (_lazy("The file has more than %(detail)s rows."), _lazy("Import each school by itself.")),
    Kind.TOO_MANY_COLUMNS: (_lazy("The file has more than %(detail)s columns."), _lazy("Delete what is not needed.")),
    Kind.UNREADABLE: (_lazy("The file cannot be read: it is damaged or no file of this type. %(value)s"), SAVE_AGAIN),
    Kind.NOT_TEXT: (
        _lazy("The file is no text in the chosen encoding (%(detail)s)."),
        _lazy("Choose “find out”, or save the file as UTF-8."),
    ),
    Kind.MACROS: (_lazy("The workbook holds macros."), _lazy("Save it as .xlsx without macros.")),
    Kind.FORBIDDEN_COLUMN: (
        _lazy("The file has the column “%(field)s”. Nothing about origin, language or religion is taken in."),
        _lazy("Delete the column and upload the file again. Nothing of this file has been kept."),
    ),
    Kind.DOUBLE_COLUMN: (
        _lazy("The columns “%(field)s” and “%(detail)s” mean the same."),
        _lazy("Delete one of the two."),
    ),
    Kind.MISSING_COLUMN: (
        _lazy("These columns are missing: %(field)s."),
        _lazy("Add them; the template shows all columns."),
    ),
    Kind.OTHER_SCHOOL_FILE: (
        _lazy("The file is of school %(value)s, not of school %(detail)s."),
        _lazy("Upload the file of this school."),
    ),
    Kind.FORMULA: (_lazy("The cell holds a formula: %(value)s"), _lazy("Replace it by its value (paste as values).")),
    Kind.TOO_MANY_CELLS: (
        _lazy("The row has more cells than the heading."),
        _lazy("Look for a separator within a cell, and save the table again."),
    ),
    Kind.TOO_LONG: (_lazy("The text is longer than %(detail)s characters."), _lazy("Shorten it.")),
    Kind.CONTROL: (_lazy("The cell holds a character that nobody sees."), _lazy("Write the cell again.")),
    Kind.MISSING: (_lazy("Nothing stands here."), LOOK),
    Kind.NOT_A_DATE: (_lazy("“%(value)s” is no date."), _lazy("Write it as day.month.year, such as 31.07.2033.")),
    Kind.NOT_A_STATUS: (
        _lazy("“%(value)s” is no status."),
        _lazy("Use the numbers of SchILD: 2 active, 3 on leave, 8 graduated, 9 left, 10 former."),
    ),
    Kind.NOT_YES_OR_NO: (_lazy("“%(value)s” is neither yes nor no."), _lazy("Write “ja” or “nein”.")),
    Kind.LETTER: (
        _lazy("“%(value)s”: letter %(a)s, “%(b)s” (%(c)s), is none that German registers write (DIN 91379)."),
        _lazy("Write it with Latin letters, as in the register of residents."),
    ),
    Kind.STATUS_NOT_YET: (_lazy("The pupil does not attend the school yet (status %(value)s)."), NOTHING_TO_DO),
    Kind.EXTERNAL: (
        _lazy("The pupil is external (status %(value)s). The pupil's own school certifies."),
        NOTHING_TO_DO,
    ),
    Kind.GUEST: (_lazy("The pupil is a guest. The pupil's own school certifies."), NOTHING_TO_DO),
    Kind.MARKED_DUPLICATE: (_lazy("The row is marked as a duplicate."), NOTHING_TO_DO),
    Kind.TWICE_IN_FILE: (
        _lazy("Row %(detail)s is about the same pupil. None of the two is taken."),
        _lazy("Delete the wrong one in the school's administration and export again."),
    ),
    Kind.OTHER_NUMBER: (
        _lazy("A pupil with this name and birth date is here already, under another number."),
        _lazy("Find out in the school's administration whether one pupil is there twice."),
    ),
    Kind.MATCHED_TWICE: (
        _lazy("Row %(detail)s is about the same pupil who is here already."),
        _lazy("Delete the wrong one in the school's administration and export again."),
    ),
    Kind.AGE: (
        _lazy("Born on %(value)s, the pupil is %(a)s years old. At this type of school, %(b)s to %(c)s are plausible."),
        _lazy("Check the birth date."),
    ),
    Kind.UNKNOWN_GRADE: (
        _lazy("This type of school has no grade “%(value)s”."),
        _lazy("Use one of these: %(detail)s."),
    ),
    Kind.END_BEFORE_BEGIN: (_lazy("The end lies before the beginning (%(detail)s)."), LOOK),
    Kind.BEGIN_BEFORE_BIRTH: (_lazy("The beginning lies before the birth date."), LOOK),
    Kind.IN_FUTURE: (_lazy("The day %(value)s lies in the future."), LOOK),
    Kind.OTHER_SCHOOL: (
        _lazy("The row is of school %(value)s, not of school %(detail)s."),
        _lazy("Upload the file of this school only."),
    ),
    Kind.END_IS_OVER: (
        _lazy("The pupil's time at the school ended on %(value)s, but the status says that the pupil attends."),
        LOOK,
    ),
    Kind.LEFT_BEFORE: (
        _lazy("The pupil has left the school and is not known here."),
        _lazy("Nothing has to be done. A certificate about the past needs beginning, last day and grade."),
    ),
    Kind.NAME_DAMAGED: (
        _lazy("The name “%(value)s” looks damaged: %(reason)s"),
        _lazy("No certificate is issued before somebody has confirmed or corrected it."),
    ),
    Kind.NO_INFORMATION: (
        _lazy("The school's administration says: no information to third parties."),
        _lazy("Give the certificate to the family only."),
    ),
    Kind.UNREAD_FIELDS: (_lazy("These columns are not read: %(field)s."), NOTHING_TO_DO),
    "told": (_lazy("%(detail)s"), ""),
}  # fmt: skip
REASONS: dict[str, Words] = {
    "lost": _lazy("a letter was replaced by a sign for “unknown”."),
    "split": _lazy("a letter was split into several signs (UTF-8 read as another code page)."),
    "swapped": _lazy("a letter looks like one of another code page."),
    "signs": _lazy("it holds digits or signs that names do not have."),
}
NO_ANSWERS: dict[str, Words] = {
    "address": _lazy("Its address is not usable; it must begin with https://."),
    "ca_file": _lazy("The file with its certificate authority cannot be read."),
    "certificate": _lazy("Its certificate is not signed by an authority that is known here."),
    "timeout": _lazy("It took too long."),
    "connection": _lazy("No connection could be made."),
    "rights": _lazy("It refuses the user name, the password, or the right to read pupils."),
    "redirect": _lazy("It leads to another address, which is not followed."),
    "size": _lazy("Its answer is too large."),
    "form": _lazy("Its answer has not the form that SVWS-Server documents."),
}


@dataclass(frozen=True)
class Told:
    """A problem in words."""

    row: int
    field: str
    sentence: str
    remedy: str
    is_warning: bool

    def __str__(self) -> str:
        place = ", ".join(filter(None, (_("row %(number)s") % {"number": self.row} if self.row else "", self.field)))
        return f"{place}: {self.sentence} {self.remedy}".strip(": ").rstrip()


def told(problem: Mapping[str, Any]) -> Told:
    """A problem as a row or an import keeps it, in the language of whoever reads it."""
    kind, detail = str(problem["kind"]), str(problem.get("detail", ""))
    if kind == Kind.NO_ANSWER:
        sentence, remedy = _no_answer(detail)
    else:
        sentence, remedy = map(str, SENTENCES[kind])
    parts = dict(zip("abc", [*detail.split(" "), "", "", ""], strict=False))
    values = {
        **parts,
        "field": problem.get("field", ""),
        "value": problem.get("value", ""),
        "detail": detail,
        "reason": str(REASONS.get(detail, "")),
    }
    field = str(problem.get("field", "")) if problem.get("row") else ""
    return Told(int(problem.get("row", 0)), field, (sentence % values).strip(), remedy % values, kind in WARNINGS)


def _no_answer(why: str) -> tuple[str, str]:
    reason = NO_ANSWERS.get(why) or _("It answered with an error (%(status)s).") % {"status": why}
    sentence = _("The school's SVWS-Server gave no usable answer. %(reason)s") % {"reason": reason}
    return sentence.replace("%", "%%"), _("Try again later, or upload an export. The portal's operator can help.")
