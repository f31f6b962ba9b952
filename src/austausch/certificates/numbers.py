"""Numbers of certificates: school, school year, a running number and two check digits, so that typing errors show.

`900001-2627-000042-58`. The check digits are those of ISO 7064 (mod 97-10), as in an IBAN.
"""

from __future__ import annotations

import re

NUMBER = re.compile(r"([0-9]{6})-([0-9]{4})-([0-9]{6})-([0-9]{2})")
# How many a school can issue in a year before the running part is too short.
MOST = 999_999


def certificate_number(*, school: str, year: str, sequence: int) -> str:
    if not 1 <= sequence <= MOST:
        raise ValueError(f"{sequence} is no running number of a certificate.")
    digits = f"{school}{year}{sequence:06d}"
    return f"{school}-{year}-{sequence:06d}-{98 - int(digits) * 100 % 97:02d}"


def normalised(text: str) -> str | None:
    """The number somebody typed, in its one form; None where it is none, or its check digits do not agree."""
    digits = re.sub(r"[\s\-–./]", "", text)
    if not re.fullmatch(r"[0-9]{18}", digits) or int(digits) % 97 != 1:
        return None
    return f"{digits[:6]}-{digits[6:10]}-{digits[10:16]}-{digits[16:]}"
