"""Which ages are plausible at which type of school: one table for what comes in and for what goes out."""

from __future__ import annotations

import datetime as dt

# School type → youngest and oldest age. Wide, because children are put back, skip and repeat; a pupil of primary
# school who is thirty is a mistake in the birth date or a forgery.
_BY_KIND: dict[str, tuple[int, int]] = {
    "grundschule": (4, 13),
    "hauptschule": (8, 20),
    "realschule": (8, 20),
    "sekundarschule": (8, 20),
    "gesamtschule": (8, 23),
    "gymnasium": (8, 23),
    "foerderschule": (4, 26),
    "waldorfschule": (4, 23),
    "berufskolleg": (13, 70),
    "weiterbildungskolleg": (15, 80),
}
ANY = (4, 80)


def plausible(kind: str) -> tuple[int, int]:
    """Youngest and oldest at this type of school."""
    return _BY_KIND.get(kind, ANY)


def age_on(birth: dt.date, day: dt.date) -> int:
    """Whole years. Who was born on 29 February has a birthday on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
