"""How values of a profile stand in a seal: the types of TR-03171 profiles as bytes, and back."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum

from vdseal.errors import ProfileError

Value = str | bytes | bool | int | date | datetime


class FieldType(StrEnum):
    """The types of TR-03171 profiles."""

    TEXT = "UTF8String"
    DATE = "DATE"
    DATE_TIME = "DATE-TIME"
    INTEGER = "INTEGER"
    BOOLEAN = "BOOLEAN"
    BYTES = "OCTET_STRING"


# Characters that show nothing or reorder what stands beside them: control, soft hyphen, zero width, direction, tags.
# Written out because a Unicode category means other characters in every version; browsers must agree.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def encode_value(name: str, kind: FieldType, value: Value) -> bytes:
    """A value as the bytes behind its tag (TR-03171)."""
    match kind:
        case FieldType.TEXT if isinstance(value, str):
            return _encode_text(name, value)
        case FieldType.DATE_TIME if isinstance(value, datetime):
            return int(value.strftime("%m%d%Y%H%M%S")).to_bytes(6, "big")
        case FieldType.DATE if isinstance(value, date) and not isinstance(value, datetime):
            return f"{value:%Y%m%d}".rjust(8, "0").encode("ascii")
        case FieldType.BOOLEAN if isinstance(value, bool):
            return b"\xff" if value else b"\x00"
        case FieldType.INTEGER if isinstance(value, int) and not isinstance(value, bool):
            return value.to_bytes(((value if value >= 0 else ~value).bit_length() + 8) // 8, "big", signed=True)
        case FieldType.BYTES if isinstance(value, bytes):
            return value
    raise ProfileError(f"The value of {name} is not of type {kind.value}: {type(value).__name__}.")


def decode_value(name: str, kind: FieldType, data: bytes) -> Value:
    """The inverse of `encode_value`; other ways of writing the same value are refused (TR-03171)."""
    match kind:
        case FieldType.TEXT:
            return _decode_text(name, data)
        case FieldType.DATE:
            return decode_day(name, data)
        case FieldType.DATE_TIME:
            return _decode_moment(name, data)
        case FieldType.BOOLEAN:
            if data not in (b"\x00", b"\xff"):
                raise ProfileError(f"{name} is neither true nor false.")
            return data == b"\xff"
        case FieldType.INTEGER:
            return _decode_integer(name, data)
        case FieldType.BYTES:
            return data


def decode_day(name: str, data: bytes) -> date:
    """Eight digits YYYYMMDD (TR-03171)."""
    if len(data) != 8 or not all(0x30 <= byte <= 0x39 for byte in data):
        raise ProfileError(f"{name} is no date of the form YYYYMMDD.")
    try:
        return date(int(data[:4]), int(data[4:6]), int(data[6:]))
    except ValueError:
        raise ProfileError(f"{name} is a date that no calendar has: {data.decode('ascii')}.") from None


def check_text(name: str, text: str) -> str:
    """Text shows every character it has: none is invisible or changes direction (`docs/formats.md`, Values)."""
    if found := _INVISIBLE.search(text):
        raise ProfileError(f"{name} holds the invisible character U+{ord(found[0]):04X}; remove it.")
    return text


def _encode_text(name: str, value: str) -> bytes:
    check_text(name, value)
    if value != value.strip():
        raise ProfileError(f"{name} begins or ends with a space; remove it.")
    if not unicodedata.is_normalized("NFC", value):
        raise ProfileError(
            f"{name} is not in Unicode form NFC; normalise it, so that every reader finds the same bytes."
        )
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        raise ProfileError(f"{name} holds half a character; enter it again.") from None


def _decode_text(name: str, data: bytes) -> str:
    try:
        return check_text(name, data.decode("utf-8"))
    except UnicodeDecodeError:
        raise ProfileError(f"{name} is no UTF-8.") from None


def _decode_integer(name: str, data: bytes) -> int:
    value = int.from_bytes(data, "big", signed=True)
    if not 1 <= len(data) <= 8 or encode_value(name, FieldType.INTEGER, value) != data:
        raise ProfileError(f"{name} is no whole number in the shortest form.")
    return value


def _decode_moment(name: str, data: bytes) -> datetime:
    digits = f"{int.from_bytes(data, 'big'):014d}"
    if len(data) != 6 or len(digits) != 14:
        raise ProfileError(f"{name} is no date and time.")
    month, day, year, hour, minute, second = (
        int(digits[start:end]) for start, end in ((0, 2), (2, 4), (4, 8), (8, 10), (10, 12), (12, 14))
    )
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise ProfileError(f"{name} is a date and time that no calendar has.") from None
