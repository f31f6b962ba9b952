"""Which column of a table is which field. Names as SVWS-Server, SchILD-NRW and people in schools write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from austausch.certificates.reading.records import FileError, Kind, Limits
from austausch.core.forbidden_columns import is_forbidden, plain

# Field of a record → headings; the first is the one of our template.
HEADINGS: dict[str, tuple[str, ...]] = {
    "family_name": ("Nachname", "Familienname", "Name", "nachname", "familyName", "Surname", "Last name"),
    "first_names": ("Vornamen", "alleVornamen", "alle Vornamen", "firstNames", "First names"),
    "first_name": ("Vorname", "Rufname", "firstName", "First name"),
    "birth_date": ("Geburtsdatum", "geboren am", "Geb.-Datum", "birthDate", "Date of birth"),
    "status": ("Status", "Schülerstatus"),
    "grade": ("Jahrgang", "Jahrgangsstufe", "Klassenstufe", "grade"),
    "class_name": ("Klasse", "Klassenbezeichnung", "class"),
    "attending_since": ("Aufnahmedatum", "besucht die Schule seit", "Eintritt", "attendingSince"),
    "expected_end": ("Voraussichtliches Ende", "voraussichtlich bis", "Entlassdatum voraussichtlich", "expectedEnd"),
    "expected_year": ("jahrVoraussichtlicheEntlassung", "Voraussichtliches Entlassjahr"),
    "left_on": ("Entlassdatum", "Austritt", "Abgangsdatum", "leftOn"),
    "birth_place": ("Geburtsort", "birthPlace"),
    "street": ("Straße", "strassenname", "Straßenname", "Anschrift", "street"),
    "house_number": ("Hausnummer",),
    "house_number_addition": ("hausnummerZusatz",),
    "postal_code": ("PLZ", "Postleitzahl", "postalCode"),
    "town": ("Ort", "Wohnort", "town"),
    "source_id": ("Schülernummer", "Schüler-ID", "id", "Interne ID-Nummer"),
    "school_number": ("Schulnummer", "schulNr", "schoolNumber"),
    "home_school": ("Stammschule", "Nr. Stammschule", "externeSchulNr", "LS Schulnr. extern"),
    "is_guest": ("Gastschüler", "Gast", "guest"),
    "is_duplicate": ("istDuplikat", "Duplikat"),
    "no_information": ("keineAuskunftAnDritte", "Keine Auskunft an Dritte"),
}
REQUIRED = ("family_name", "birth_date", "status", "grade", "attending_since")
_FIELDS = {plain(name): field for field, names in HEADINGS.items() for name in names}


@dataclass(frozen=True)
class Heading:
    """`fields`: for each column its field, "" for one that is not read. `names`: as in the file."""

    names: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        return tuple(name for name, field in zip(self.names, self.fields, strict=True) if not field and name)

    def name_of(self, field: str) -> str:
        """What the file calls the field."""
        return self.names[self.fields.index(field)] if field in self.fields else HEADINGS[field][0]


def field_of(name: str) -> str:
    """The field a column holds, or "". Raises FileError for a column that no file may have."""
    if is_forbidden(name):
        raise FileError(Kind.FORBIDDEN_COLUMN, field=name.strip()[:60])
    return _FIELDS.get(plain(name), "")


def heading(cells: Sequence[str], limits: Limits, required: Sequence[str] = REQUIRED) -> Heading:
    """What the first row says. Raises FileError."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise FileError(Kind.TOO_MANY_COLUMNS, detail=limits.columns)
    fields = [field_of(name) for name in names]
    for position, field in enumerate(fields):
        if field and field in fields[:position]:
            raise FileError(Kind.DOUBLE_COLUMN, field=names[position], detail=names[fields.index(field)])
    missing = [HEADINGS[field][0] for field in required if field not in fields]
    if "first_names" not in fields and "first_name" not in fields:
        missing.insert(1 if "family_name" not in fields else 0, HEADINGS["first_name"][0])
    if missing:
        raise FileError(Kind.MISSING_COLUMN, field=", ".join(missing))
    return Heading(tuple(names), tuple(fields))
