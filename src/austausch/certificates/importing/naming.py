"""Names that look damaged: a person confirms or corrects each. Nothing is ever proposed; only the school knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import journal
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import IssueLog, Pupil
from austausch.certificates.reading import letters
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

LONGEST = 120
CHANGED = ("family_name", "first_names", "call_name", "name_doubt", "name_in_source", "changed_at")


@transaction.atomic
def settle(pupil: Pupil, user: User, *, family_name: str, first_names: str, call_name: str = "") -> None:
    """Says how the pupil is called; with the names as they are, confirms them. Raises PupilImportError."""
    row = Pupil.objects.select_for_update().select_related("school").get(pk=pupil.pk)
    policy.require(user, Action.EDIT, row)
    if not row.name_doubt:
        raise PupilImportError(_("Somebody has checked this name already."))
    names = [letters.composed(name) for name in (family_name, first_names, call_name)]
    if not names[0] or not names[1]:
        raise PupilImportError(_("Please give the family name and the first names."))
    for name in names:
        require_writable(name)
    corrected = [row.family_name, row.first_names, row.call_name] != names
    if not row.name_in_source:
        row.name_in_source = f"{row.family_name}|{row.first_names}"[:250]
    row.family_name, row.first_names, row.call_name = names
    row.name_doubt, row.changed_at = "", timezone.now()
    if corrected:
        # What was changed by hand is issued with four eyes only.
        row.import_batch = None
    row.save(update_fields=[*CHANGED, "import_batch"])
    line = journal.Line(IssueLog.Action.IMPORTED, purpose="name", data={"corrected" if corrected else "confirmed": 1})
    journal.write(row.school, user, line)


def require_writable(name: str) -> None:
    """Raises PupilImportError for letters that no German register writes."""
    if len(name) > LONGEST:
        raise PupilImportError(_("A name has at most %(count)s characters.") % {"count": LONGEST})
    if "?" in name or "\ufffd" in name:
        raise PupilImportError(_("The name still holds a question mark in place of a letter. Please write the letter."))
    if outside := letters.first_outside(name):
        raise PupilImportError(
            _("Letter %(position)s, “%(letter)s”, is none of DIN 91379. Write the name as registers do.")
            % {"position": outside[0], "letter": outside[1]}
        )
