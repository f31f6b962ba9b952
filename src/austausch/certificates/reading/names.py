"""Damage that a wrong code page has done to a name. It is detected, never mended: only the school knows the name.

Windows-1252 has no ș ț ş ğ ı ł č. What should be one of them arrives as a question mark, as a sign that stands for
"unknown", as two or three signs (UTF-8 read as Windows-1252), or as another letter that has its place in the other
code page. A name that looks right after all costs the school one click.
"""

from __future__ import annotations

import re
from enum import StrEnum

from austausch.certificates.reading import letters


class Damage(StrEnum):
    """Why a name is to be checked."""

    LOST = "lost"
    SPLIT = "split"
    SWAPPED = "swapped"
    SIGNS = "signs"


# What programs write for a letter their code page does not have, and C1 controls: bytes that mean nothing there.
_LOST = re.compile("[?¿\ufffd\x7f-\x9f\u2610\u25a1\u25a0\u2588\ufffc]")
# Letters of Windows-1250 and -1254 as Windows-1252 shows them. The first group stands in no name at all; þ and ð stand
# in Icelandic ones only; ý is common, but within a word after a consonant it is mostly a Turkish ı.
_NO_LETTERS = re.compile("[ºª³¹²¼½¾£¥¢¤§¬±µ¶¸÷×©®™°¦¨¯„“”‚†‡…‰‹›€ˆ˜]")
_TURKISH = re.compile("[þÞðÐ]|Ý|(?<=[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ])ý(?=[a-z])")
_CENTRAL = re.compile(r"iæ\b|è(?=[iu]æ)|[æ](?=[aou]?è)|\bÈ(?=[aeiou])|(?<=[a-z])[£¥Ý]")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_INNER_CAPITAL = re.compile(r"(?<=[a-zß-ÿ])[À-ÖØ-Þ]|(?<=[A-Za-zß-ÿ])[À-ÖØ-ÞŠŸŒŽ](?=[a-zß-ÿ])")


def damage(name: str) -> Damage | None:
    """What seems to have happened to a name; None: it looks as names look."""
    if _LOST.search(name):
        return Damage.LOST
    if _was_utf8(name):
        return Damage.SPLIT
    if _NO_LETTERS.search(name) or _TURKISH.search(name) or _CENTRAL.search(name) or _INNER_CAPITAL.search(name):
        return Damage.SWAPPED
    if letters.first_outside(name) is None and not letters.looks_like_a_name(name):
        return Damage.SIGNS
    return None


def _was_utf8(name: str) -> bool:
    """Whether some run of signs is what UTF-8 bytes look like in Windows-1252 or Latin-1: Ã¼, È™, Ä±, Å‚."""
    if name.isascii():
        return False
    data = bytearray()
    for sign in name:
        try:
            data += sign.encode("cp1252")
        except UnicodeEncodeError:
            # Bytes that Windows-1252 leaves undefined pass as they are; anything else ends a run.
            data += bytes([ord(sign)]) if ord(sign) < 256 else b" "
    return _UTF8.search(data) is not None
