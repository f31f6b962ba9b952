"""What is wrong, in words: a sentence and a remedy for each kind of problem. Row and field stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from austausch.certificates.reading import Kind
from austausch.certificates.reading.records import WARNINGS

Words = str | Promise
SAVE_AGAIN = _("Save it again in your program and upload it once more.")
LOOK = _("Correct it in the school's administration and export again.")
NOTHING_TO_DO = _("Nothing has to be done.")
# What the platform, not the file, is to blame for.
NOT_READ, NOT_ASKED, FILE_GONE, NOT_APPLIED = "not_read", "not_asked", "file_gone", "not_applied"
# Kind → sentence and remedy. Names in them: field, value, detail, and the parts of detail as a, b, c.
SENTENCES: dict[str, tuple[Words, Words]] = {
    Kind.UNKNOWN_TYPE: (_("Files of the type “%(value)s” cannot be read."), _("Use one of these: %(detail)s.")),
    Kind.EMPTY: (_("The file holds no pupils."), _("Export again, with all pupils of the school.")),
    Kind.TOO_LARGE: (_("The file is larger than %(detail)s MB."), _("Leave out columns that are not read.")),
    Kind.TOO_MANY_ROWS: (_("The file has more than %(detail)s rows."), _("Import each school by itself.")),
    Kind.TOO_MANY_COLUMNS: (_("The file has more than %(detail)s columns."), _("Delete what is not needed.")),
    Kind.UNREADABLE: (_("The file cannot be read: it is damaged or no file of this type. %(value)s"), SAVE_AGAIN),
    Kind.NOT_TEXT: (
        _("The file is no text in the chosen encoding (%(detail)s)."),
        _("Choose “find out”, or save the file as UTF-8."),
    ),
    Kind.MACROS: (_("The workbook holds macros."), _("Save it as .xlsx without macros.")),
    Kind.FORBIDDEN_COLUMN: (
        _("The file has the column “%(field)s”. Nothing about origin, language or religion is taken in."),
        _("Delete the column and upload the file again. Nothing of this file has been kept."),
    ),
    Kind.DOUBLE_COLUMN: (
        _("The columns “%(field)s” and “%(detail)s” mean the same."),
        _("Delete one of the two."),
    ),
    Kind.MISSING_COLUMN: (
        _("These columns are missing: %(field)s."),
        _("Add them; the template shows all columns."),
    ),
    Kind.OTHER_SCHOOL_FILE: (
        _("The file is of school %(value)s, not of school %(detail)s."),
        _("Upload the file of this school."),
    ),
    Kind.FORMULA: (_("The cell holds a formula: %(value)s"), _("Replace it by its value (paste as values).")),
    Kind.TOO_MANY_CELLS: (
        _("The row has more cells than the heading."),
        _("Look for a separator within a cell, and save the table again."),
    ),
    Kind.TOO_LONG: (_("The text is longer than %(detail)s characters."), _("Shorten it.")),
    Kind.CONTROL: (_("The cell holds a character that nobody sees."), _("Write the cell again.")),
    Kind.MISSING: (_("Nothing stands here."), LOOK),
    Kind.NOT_A_DATE: (_("“%(value)s” is no date."), _("Write it as day.month.year, such as 31.07.2033.")),
    Kind.NOT_A_STATUS: (
        _("“%(value)s” is no status."),
        _("Use the numbers of SchILD: 2 active, 3 on leave, 8 graduated, 9 left, 10 former."),
    ),
    Kind.NOT_YES_OR_NO: (_("“%(value)s” is neither yes nor no."), _("Write “ja” or “nein”.")),
    Kind.LETTER: (
        _("“%(value)s”: letter %(a)s, “%(b)s” (%(c)s), is none that German registers write (DIN 91379)."),
        _("Write it with Latin letters, as in the register of residents."),
    ),
    Kind.STATUS_NOT_YET: (_("The pupil does not attend the school yet (status %(value)s)."), NOTHING_TO_DO),
    Kind.EXTERNAL: (
        _("The pupil is external (status %(value)s). The pupil's own school certifies."),
        NOTHING_TO_DO,
    ),
    Kind.GUEST: (_("The pupil is a guest. The pupil's own school certifies."), NOTHING_TO_DO),
    Kind.MARKED_DUPLICATE: (_("The row is marked as a duplicate."), NOTHING_TO_DO),
    Kind.TWICE_IN_FILE: (
        _("Row %(detail)s is about the same pupil. None of the two is taken."),
        _("Delete the wrong one in the school's administration and export again."),
    ),
    Kind.OTHER_NUMBER: (
        _("A pupil with this name and birth date is here already, under another number."),
        _("Find out in the school's administration whether one pupil is there twice."),
    ),
    Kind.MATCHED_TWICE: (
        _("Row %(detail)s is about the same pupil who is here already."),
        _("Delete the wrong one in the school's administration and export again."),
    ),
    Kind.AGE: (
        _("Born on %(value)s, the pupil is %(a)s years old. At this type of school, %(b)s to %(c)s are plausible."),
        _("Check the birth date."),
    ),
    Kind.UNKNOWN_GRADE: (
        _("This type of school has no grade “%(value)s”."),
        _("Use one of these: %(detail)s."),
    ),
    Kind.END_BEFORE_BEGIN: (_("The end lies before the beginning (%(detail)s)."), LOOK),
    Kind.BEGIN_BEFORE_BIRTH: (_("The beginning lies before the birth date."), LOOK),
    Kind.IN_FUTURE: (_("The day %(value)s lies in the future."), LOOK),
    Kind.OTHER_SCHOOL: (
        _("The row is of school %(value)s, not of school %(detail)s."),
        _("Upload the file of this school only."),
    ),
    Kind.END_IS_OVER: (
        _("The pupil's time at the school ended on %(value)s, but the status says that the pupil attends."),
        LOOK,
    ),
    Kind.LEFT_BEFORE: (
        _("The pupil has left the school and is not known here."),
        _("Nothing has to be done. A certificate about the past needs beginning, last day and grade."),
    ),
    Kind.NAME_DAMAGED: (
        _("The name “%(value)s” looks damaged: %(reason)s"),
        _("No certificate is issued before somebody has confirmed or corrected it."),
    ),
    Kind.NO_INFORMATION: (
        _("The school's administration says: no information to third parties."),
        _("Give the certificate to the family only."),
    ),
    Kind.UNREAD_FIELDS: (_("These columns are not read: %(field)s."), NOTHING_TO_DO),
    "told": ("%(detail)s", ""),
    NOT_READ: (
        _("The file could not be read: the platform has begun %(detail)s times and was interrupted each time."),
        _("Nothing has changed. Upload the file again; if it happens again, tell the portal's operator."),
    ),
    NOT_ASKED: (
        _("The school's server could not be asked: the platform has begun %(detail)s times without an end."),
        _("Nothing has changed. Ask the server again; if it happens again, tell the portal's operator."),
    ),
    FILE_GONE: (
        _("The file was not read within a day, and has been deleted."),
        _("Nothing has changed. Upload the file again."),
    ),
    NOT_APPLIED: (
        _("The import could not be applied: the platform has begun %(detail)s times and was interrupted each time."),
        _("Nothing has changed. Apply it once more; if it happens again, tell the portal's operator."),
    ),
}  # fmt: skip
REASONS: dict[str, Words] = {
    "lost": _("a letter was replaced by a sign for “unknown”."),
    "split": _("a letter was split into several signs (UTF-8 read as another code page)."),
    "swapped": _("a letter looks like one of another code page."),
    "signs": _("it holds digits or signs that names do not have."),
}
NO_ANSWERS: dict[str, Words] = {
    "address": _("Its address is not usable; it must begin with https://."),
    "ca_file": _("The file with its certificate authority cannot be read."),
    "certificate": _("Its certificate is not signed by an authority that is known here."),
    "timeout": _("It took too long."),
    "connection": _("No connection could be made."),
    "rights": _("It refuses the user name, the password, or the right to read pupils."),
    "redirect": _("It leads to another address, which is not followed."),
    "size": _("Its answer is too large."),
    "form": _("Its answer has not the form that SVWS-Server documents."),
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
        place = ", ".join(
            filter(None, (gettext("row %(number)s") % {"number": self.row} if self.row else "", self.field))
        )
        return f"{place}: {self.sentence} {self.remedy}".strip(": ").rstrip()


def is_about_files(kind: str) -> bool:
    """Whether the remedy speaks of the file or of the school's administration: no help to whoever fills in a form."""
    _sentence, remedy = SENTENCES[kind]
    return remedy in {SAVE_AGAIN, LOOK, NOTHING_TO_DO} or kind in {Kind.OTHER_NUMBER, Kind.LEFT_BEFORE}


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
    reason = NO_ANSWERS.get(why) or gettext("It answered with an error (%(status)s).") % {"status": why}
    sentence = gettext("The school's SVWS-Server gave no usable answer. %(reason)s") % {"reason": reason}
    return sentence.replace("%", "%%"), gettext("Try again later, or upload an export. The portal's operator can help.")
