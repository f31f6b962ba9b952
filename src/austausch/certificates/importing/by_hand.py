"""One pupil entered by hand: read, judged and compared like the row of a file, and issued for with four eyes only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import journal, years
from austausch.certificates.importing import applying, naming, planning, wording
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import ImportBatch, ImportRow, IssueLog, Pupil, SchoolRole
from austausch.certificates.policy import schools_of
from austausch.certificates.reading import Limits, Problem, Reading, building
from austausch.certificates.reading.columns import HEADINGS
from austausch.certificates.reading.records import Problems
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.certificates.models import School
    from austausch.people.models import User

# What a form asks for, by the names of a file's fields.
FIELDS = (
    "family_name", "first_names", "first_name", "birth_date", "birth_place", "street", "house_number", "postal_code",
    "town", "status", "grade", "class_name", "attending_since", "expected_end", "left_on", "no_information",
)  # fmt: skip
NAMES = ("family_name", "first_names", "first_name")
_FIELD_OF = {names[0]: field for field, names in HEADINGS.items()}


class NotEnteredError(PupilImportError):
    """What is wrong, by field: sentences that say what to do."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        super().__init__(" ".join(sentence for sentences in problems.values() for sentence in sentences))
        self.problems = problems


def enter(school: School, user: User, cells: Mapping[str, object]) -> Pupil:
    """Takes one pupil in. `cells`: by the names of `FIELDS`. Raises NotEnteredError, PermissionDenied."""
    policy.require(user, Action.CREATE, Pupil)
    if school.pk not in schools_of(user, SchoolRole.Role.OFFICE):
        raise PupilImportError(_("Only the school's own people import its pupils."))
    batch = ImportBatch(school=school, school_year=years.current(timezone.localdate()), complete=False)
    row = _planned(batch, cells)
    values = {**applying.columns(batch, row.values), "import_batch": None}
    try:
        with transaction.atomic():
            pupil = Pupil.objects.create(school=school, **values)
            line = journal.Line(IssueLog.Action.IMPORTED, purpose="by hand", data={"pupil": pupil.pk})
            journal.write(school, user, line)
    except IntegrityError as error:
        # Somebody else was quicker with the same name and birth date.
        raise _already_here() from error
    return pupil


def _planned(batch: ImportBatch, cells: Mapping[str, object]) -> ImportRow:
    """As an import would take it. Raises NotEnteredError for all that is wrong."""
    problems = Problems(Limits())
    record = building.record(1, cells, problems)
    wrong = _told(problems.found)
    for name in NAMES:
        try:
            naming.require_writable(str(cells.get(name) or ""))
        except PupilImportError as error:
            wrong.setdefault(name, []).append(str(error))
    if wrong or record is None:
        raise NotEnteredError(wrong)
    reading = Reading(records=(record,), fields=frozenset(FIELDS))
    (row,) = planning.plan(batch, reading, today=timezone.localdate())
    if row.outcome == ImportRow.Outcome.REFUSED:
        raise NotEnteredError(_told([Problem(**problem) for problem in row.problems]))
    if row.outcome != ImportRow.Outcome.NEW:
        raise _already_here()
    return row


def _told(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """The sentences of the import by field, and the remedy where it is about more than a file."""
    said: dict[str, list[str]] = defaultdict(list)
    for problem in problems:
        if not problem.is_warning:
            told = wording.told(asdict(problem))
            remedy = "" if wording.is_about_files(str(problem.kind)) else told.remedy
            said[_FIELD_OF.get(problem.field, "")].append(f"{told.sentence} {remedy}".strip())
    return dict(said)


def _already_here() -> NotEnteredError:
    return NotEnteredError({"family_name": [_("A pupil with this name and birth date is here already.")]})


def initial(school: School) -> dict[str, Any]:
    """What a form begins with."""
    return {"status": str(int(Pupil.Status.ACTIVE)), "town": school.town}
