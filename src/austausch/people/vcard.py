"""A contact as a file for address books."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from austausch.core.vcard import card, escaped
from austausch.people.models import Contact


def written(contact: Contact) -> bytes:
    """The card. Whether the reader may have it is asked before. No part of the name is guessed to be the family's."""
    return card(_lines(contact), changed_at=contact.changed_at)


def _lines(contact: Contact) -> Iterator[str]:
    yield f"KIND:{'individual' if contact.is_person else 'org'}"
    yield f"FN:{escaped(contact.name)}"
    yield f"ORG:{escaped(contact.organisation.name)}"
    if contact.role:
        yield f"TITLE:{escaped(contact.role)}"
    if contact.responsibility:
        yield f"ROLE:{escaped(contact.responsibility)}"
    if contact.phone:
        yield f"TEL;VALUE=uri;TYPE=work,voice:{contact.phone_url}"
    if contact.email:
        yield f"EMAIL;TYPE=work:{escaped(contact.email)}"
    if note := _note(contact):
        yield f"NOTE:{escaped(note)}"


def _note(contact: Contact) -> str:
    notes = [
        _("Office hours: %(hours)s") % {"hours": contact.office_hours} if contact.office_hours else "",
        _("You can speak: %(languages)s") % {"languages": contact.languages} if contact.languages else "",
    ]
    return "\n".join(note for note in notes if note)
