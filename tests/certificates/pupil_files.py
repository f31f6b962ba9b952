"""Files of pupils for tests. Names are fictitious."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

HEAD = ("Nachname", "Vorname", "Geburtsdatum", "Status", "Jahrgang", "Klasse", "Aufnahmedatum")
# A pupil of a grammar school.
ADA = ("Muster", "Ada", "03.02.2014", "2", "07", "7a", "01.08.2024")
BEN = ("Beispiel", "Ben", "14.11.2013", "2", "07", "7b", "01.08.2024")


def dat(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD, encoding: str = "cp1252") -> bytes:
    return "\r\n".join("|".join(row) for row in (head, *rows)).encode(encoding)


def csv(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD, sign: str = ";", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(sign.join(row) for row in (head, *rows)).encode(encoding)


def xlsx(*rows: tuple[Any, ...], head: tuple[Any, ...] = HEAD) -> bytes:
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def svws_pupil(**changes: Any) -> dict[str, Any]:
    """A pupil as SVWS-Server answers."""
    return {
        "id": 4711,
        "nachname": "Muster",
        "vorname": "Ada",
        "alleVornamen": "Ada Luise",
        "geburtsdatum": "2014-02-03",
        "geburtsort": "Musterstadt",
        "strassenname": "Musterweg",
        "hausnummer": "5",
        "hausnummerZusatz": "a",
        "wohnortID": 9,
        "status": 2,
        "aufnahmedatum": "2024-08-01",
        "keineAuskunftAnDritte": False,
        "istDuplikat": False,
        "externeSchulNr": None,
        "jahrgang": "07",
        "idKlasse": 3,
        **changes,
    }


def with_change(row: tuple[str, ...], **changes: str) -> tuple[str, ...]:
    """The row with other cells, by heading."""
    return tuple(changes.get(name, cell) for name, cell in zip(HEAD, row, strict=True))
