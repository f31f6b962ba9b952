"""A contact as a file for address books: vCard 4.0, RFC 6350."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from austausch.people.models import Contact

CONTENT_TYPE = "text/vcard; charset=utf-8"
LONGEST_LINE = 75


def written(contact: Contact) -> bytes:
    """The card. Whether the reader may have it is asked before. No part of the name is guessed to be the family's."""
    return "".join(folded(line) for line in _lines(contact)).encode()


def _lines(contact: Contact) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
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
    yield f"REV:{contact.changed_at:%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _note(contact: Contact) -> str:
    notes = [
        _("Office hours: %(hours)s") % {"hours": contact.office_hours} if contact.office_hours else "",
        _("You can speak: %(languages)s") % {"languages": contact.languages} if contact.languages else "",
    ]
    return "\n".join(note for note in notes if note)


def escaped(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    return plain.replace(",", "\\,").replace(";", "\\;").replace("\n", "\\n")


def folded(line: str) -> str:
    """Lines of at most 75 octets; a character of several octets is not torn apart."""
    parts, size = [""], 0
    for character in line:
        length = len(character.encode())
        if size + length > LONGEST_LINE:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += length
    return "\r\n".join(parts) + "\r\n"
