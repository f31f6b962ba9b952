"""What changes an information page. Checks, writes and logs in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, policy
from austausch.information.models import Information
from austausch.information.texts import PARTS, name_of, named_fields, sections_of
from austausch.languages import kinds
from austausch.languages.kinds import Texts
from austausch.languages.plain import plain, too_long

if TYPE_CHECKING:
    from austausch.people.models import User


class InformationError(Exception):
    """The page cannot be changed like this; the message says what to do. `fields`: name → message."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


@transaction.atomic
def change(*, page: Information, texts: Texts, user: User, seen: str) -> None:
    """Writes the German text anew. `seen`: the fingerprint of what the writer had before them.

    Versions in other languages are outdated by that without anything being written to them.
    """
    row = Information.objects.select_for_update().get(pk=page.pk)
    policy.require(user, Action.EDIT, row)
    if kinds.fingerprint(kinds.german(row)) != seen:
        raise InformationError(_("Somebody else has changed the page meanwhile. Open it anew."))
    known = {field.name: field for field in named_fields(len(row.sections) + 1)}
    said = {name: plain(field, texts.get(name, "")) for name, field in known.items()}
    problems = {name: message for name, field in known.items() if (message := too_long(field, said[name]))}
    problems |= {name: _("This must not be empty.") for name in ("title", "summary") if not said[name]}
    numbers = range(len(row.sections) + 1)
    kept = [number for number in numbers if any(said[name_of(number, part)] for part in PARTS)]
    problems |= {
        heading: _("This must not be empty.") for number in kept if not said[heading := name_of(number, "heading")]
    }
    if not kept:
        raise InformationError(_("A page needs at least one section."))
    if problems:
        raise InformationError(_("Please mend the marked fields."), problems)
    row.title, row.summary, row.sections = str(said["title"]), str(said["summary"]), sections_of(said)
    row.loaded = ""
    row.full_clean()
    row.save()
    _renumber(row, kept)
    log(instance=row, action="austausch.information_changed", user=user)


def _renumber(page: Information, kept: list[int]) -> None:
    """Sources follow their sections; those of a section that is gone are forgotten, but not those of the page."""
    for link in page.source_links.filter(section__isnull=False):
        if link.section not in kept:
            link.delete()
        elif kept.index(link.section) != link.section:
            link.section = kept.index(link.section)
            link.save(update_fields=["section"])
