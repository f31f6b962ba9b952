"""Objects of PDF as Python values, and back (ISO 32000-1, 7.3). Numbers and strings stay as they were written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from vdseal.errors import PdfError

_DEEPEST: Final = 100
# Possessive: what was once taken for a comment is never tried as several, or a row of % would take for ever.
_TOKEN: Final = re.compile(
    rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+)*+"
    rb"(?:(?P<ref>(?P<number>\d{1,10})[\0\t\n\f\r ]+(?P<generation>\d{1,5})"
    rb"[\0\t\n\f\r ]+R(?![^\0\t\n\f\r \]\[<>()/%]))"
    rb"|(?P<name>/[^\0\t\n\f\r \]\[<>(){}/%]*)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|(?P<hex><[0-9A-Fa-f\0\t\n\f\r ]*>)"
    rb"|(?P<text>\()"
    rb"|(?P<word>[^\0\t\n\f\r \]\[<>(){}/%]+))"
)
_TEXT_PART: Final = re.compile(rb"[^()\\]*(?:\\.[^()\\]*)*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to an indirect object (ISO 32000-1, 7.3.10)."""

    number: int
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """A number, string, boolean or null, as it stands in the file (ISO 32000-1, 7.3)."""

    data: bytes


class Name(str):
    """A name with its slash, escapes untouched (ISO 32000-1, 7.3.5)."""

    __slots__ = ()


Dictionary = dict[str, Any]


def parse(data: bytes, position: int) -> tuple[Any, int]:
    """The object at a position, and where it ends (ISO 32000-1, 7.3)."""
    return _parse(data, position, 0)


def write(value: Any) -> bytes:
    """An object as it is written to a file (ISO 32000-1, 7.3)."""
    if isinstance(value, dict):
        return b"<<" + b"".join(key.encode("latin-1") + b" " + write(each) for key, each in value.items()) + b">>"
    if isinstance(value, list):
        return b"[" + b" ".join(write(each) for each in value) + b"]"
    if isinstance(value, Ref):
        return b"%d %d R" % (value.number, value.generation)
    if isinstance(value, Raw):
        return value.data
    if isinstance(value, Name):
        return value.encode("latin-1")
    if isinstance(value, int):
        return b"%d" % value
    raise PdfError(f"{type(value).__name__} is no object of PDF.")


def text(value: str) -> Raw:
    """A text string in UTF-16 (ISO 32000-1, 7.9.2.2); as hexadecimal digits nothing in it can end it early."""
    try:
        return Raw(b"<feff" + value.encode("utf-16-be").hex().encode("ascii") + b">")
    except UnicodeEncodeError:
        raise PdfError("A text for the PDF holds half a character; enter it again.") from None


def integer(value: Any, what: str) -> int:
    """A whole number that is not negative (ISO 32000-1, 7.3.3)."""
    if isinstance(value, int):
        return value
    if isinstance(value, Raw) and value.data.isdigit() and len(value.data) < 16:
        return int(value.data)
    raise PdfError(f"{what} is no whole number.")


def _parse(data: bytes, position: int, depth: int) -> tuple[Any, int]:
    match = _TOKEN.match(data, position)
    if match is None or depth > _DEEPEST:
        raise PdfError(f"The PDF cannot be read at byte {position}.")
    kind, end = match.lastgroup, match.end()
    if match["ref"]:
        return Ref(int(match["number"]), int(match["generation"])), end
    if kind == "name":
        return Name(match["name"].decode("latin-1")), end
    if kind in ("hex", "word"):
        return Raw(match[kind]), end
    if kind == "text":
        end = _end_of_text(data, end)
        return Raw(data[match.start("text") : end]), end
    if match["open"] == b"[":
        return _array(data, end, depth)
    if match["open"] == b"<<":
        return _dictionary(data, end, depth)
    raise PdfError(f"The PDF cannot be read at byte {position}.")


def _array(data: bytes, position: int, depth: int) -> tuple[list[Any], int]:
    values: list[Any] = []
    while not (end := _closes(data, position, b"]")):
        value, position = _parse(data, position, depth + 1)
        values.append(value)
    return values, end


def _dictionary(data: bytes, position: int, depth: int) -> tuple[Dictionary, int]:
    values: Dictionary = {}
    while not (end := _closes(data, position, b">>")):
        key, position = _parse(data, position, depth + 1)
        if not isinstance(key, Name):
            raise PdfError(f"The PDF has a dictionary without names at byte {position}.")
        values[str(key)], position = _parse(data, position, depth + 1)
    return values, end


def _closes(data: bytes, position: int, bracket: bytes) -> int:
    match = _TOKEN.match(data, position)
    return match.end() if match is not None and match["close"] == bracket else 0


def _end_of_text(data: bytes, position: int) -> int:
    level = 1
    while level:
        match = _TEXT_PART.match(data, position)
        end = match.end() if match else position
        bracket = data[end : end + 1]
        if bracket not in (b"(", b")"):
            raise PdfError("A text in the PDF does not end.")
        level += 1 if bracket == b"(" else -1
        position = end + 1
    return position
