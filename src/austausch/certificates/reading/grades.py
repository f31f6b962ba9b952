"""Grades as schools write them, by the codes of XSchule's list `jahrgangsstufe`."""

from __future__ import annotations

import re

# School type → the grades it has. Types are those of the model; one that is not here has all grades.
_UPPER = ("EF", "Q1", "Q2", "11", "12", "13")
_LOWER_SECONDARY = ("5", "6", "7", "8", "9", "10")
_BY_KIND: dict[str, tuple[str, ...]] = {
    "grundschule": ("1", "2", "3", "4"),
    "hauptschule": _LOWER_SECONDARY,
    "realschule": _LOWER_SECONDARY,
    "sekundarschule": _LOWER_SECONDARY,
    "gesamtschule": (*_LOWER_SECONDARY, *_UPPER),
    "gymnasium": (*_LOWER_SECONDARY, *_UPPER),
    "foerderschule": ("1", "2", "3", "4", *_LOWER_SECONDARY, *_UPPER),
    "waldorfschule": ("1", "2", "3", "4", *_LOWER_SECONDARY, *_UPPER),
    "berufskolleg": ("Y1", "Y2", "Y3", "Y4", "11", "12", "13"),
    "weiterbildungskolleg": ("Y1", "Y2", "Y3", "Y4", *_UPPER),
}
_ALL = ("1", "2", "3", "4", *_LOWER_SECONDARY, *_UPPER, "Y1", "Y2", "Y3", "Y4")
_CODES = {
    **{str(number): f"jahrgangsstufe_{number}" for number in range(1, 14)},
    "EF": "einfuehrungsphase",
    "Q1": "qualifikationsphase_1",
    "Q2": "qualifikationsphase_2",
    **{f"Y{number}": f"{number}_jahr" for number in range(1, 5)},
}
_SHORT = {long: short for short, long in _CODES.items()}
# The first two years of primary school, as SVWS-Server names them.
_SAME = {"E1": "1", "E2": "2"}


def code(grade: str, kind: str) -> str:
    """The code of a grade at a school of this type; "" where the type does not have it."""
    known = _BY_KIND.get(kind, _ALL)
    if grade in _SHORT:
        return grade if _SHORT[grade] in known else ""
    plain = re.sub(r"^(?:jahrgang(?:sstufe)?|klasse|stufe) *|\.$", "", grade.strip(), flags=re.IGNORECASE).upper()
    plain = plain.lstrip("0") or plain
    if found := re.fullmatch(r"([1-4])\.? ?(?:JAHR|AUSBILDUNGSJAHR)", plain):
        plain = f"Y{found[1]}"
    plain = _SAME.get(plain, plain)
    # Vocational schools count years of training: their grade 1 is a first year.
    if plain not in known and f"Y{plain}" in known:
        plain = f"Y{plain}"
    return _CODES[plain] if plain in known else ""


def known(kind: str) -> str:
    """The grades of a school type, for a message."""
    return ", ".join(grade.removeprefix("Y") for grade in dict.fromkeys(_BY_KIND.get(kind, _ALL)))
