"""Files for address books: vCard 4.0, RFC 6350. What stands on a card, and who may have it, is for the rooms to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

CONTENT_TYPE = "text/vcard; charset=utf-8"
LONGEST_LINE = 75


def card(lines: Iterable[str], *, changed_at: dt.datetime) -> bytes:
    """A card of these lines, whose texts are `escaped`, without beginning and end."""
    whole = ["BEGIN:VCARD", "VERSION:4.0", *lines, f"REV:{changed_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}", "END:VCARD"]
    return "".join(map(folded, whole)).encode()


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
