"""What SVWS-Server answers, as its REST interface documents it: saved to a file, or fetched by `svws_client`.

A file is a list of pupils, or `{"schule": {…}, "schueler": […], "klassen": […], "orte": […]}`. A server's answers hold
much more than a certificate needs, also what nobody may select people by; nothing of that gets further than the
parser. A file that somebody made by hand is refused instead, because whoever made it can leave it out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from austausch.certificates.reading import building, columns, encodings
from austausch.certificates.reading.records import FileError, Kind, Limits, Problem, Problems, PupilRecord, Reading

# Names in SVWS-Server's answers that are read. `idKlasse` and `wohnortID` point at what the other lists hold.
_PUPIL = (
    "id", "nachname", "vorname", "alleVornamen", "geburtsdatum", "geburtsort", "strassenname", "hausnummer",
    "hausnummerZusatz", "wohnortID", "status", "aufnahmedatum", "keineAuskunftAnDritte", "istDuplikat",
    "externeSchulNr", "jahrVoraussichtlicheEntlassung", "jahrgang", "idKlasse", "klasse", "entlassdatum",
)  # fmt: skip
_OTHERS = ("schulNr", "idSchuljahresabschnitt", "kuerzel", "plz", "ortsname")
KEPT = frozenset((*_PUPIL, *_OTHERS, "schule", "schueler", "klassen", "orte"))


@dataclass(frozen=True)
class Answers:
    """What was answered, parsed. `schools`: the master data of the school, or nothing."""

    pupils: Sequence[Mapping[str, Any]]
    school: Mapping[str, Any]
    classes: Sequence[Mapping[str, Any]] = ()
    towns: Sequence[Mapping[str, Any]] = ()


def read_json(content: bytes, limits: Limits, encoding: str = "") -> Reading:
    """Raises FileError. JSON is UTF-8; `encoding` is not used."""
    data = parsed(content)
    if isinstance(data, list):
        answers = Answers(_objects(data), {})
    elif isinstance(data, dict) and "schueler" in data:
        school = data.get("schule")
        answers = Answers(
            _objects(data["schueler"]),
            school if isinstance(school, dict) else {},
            _objects(data.get("klassen") or []),
            _objects(data.get("orte") or []),
        )
    else:
        raise FileError(Kind.MISSING_COLUMN, field="schueler")
    return reading(answers, limits)


def parsed(content: bytes, *, kept: frozenset[str] | None = None) -> Any:
    """The JSON value. `kept`: names that are read, all others vanish while parsing. Raises FileError."""
    if kept is None and content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise FileError(Kind.NOT_TEXT, detail="utf-16")
    text, _used = encodings.decoded(content, "utf-8")

    def chosen(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in pairs if kept is None or name in kept}

    try:
        return json.loads(text, object_pairs_hook=chosen, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FileError(
            Kind.UNREADABLE, value=getattr(error, "msg", ""), detail=getattr(error, "lineno", "")
        ) from error


def reading(answers: Answers, limits: Limits) -> Reading:
    """Raises FileError where the answers as a whole are not usable."""
    if len(answers.pupils) > limits.rows:
        raise FileError(Kind.TOO_MANY_ROWS, detail=limits.rows)
    if not answers.pupils:
        raise FileError(Kind.EMPTY)
    unread = _look_at_names(answers.pupils, limits)
    classes = {entry.get("id"): entry.get("kuerzel") for entry in answers.classes if _is_id(entry.get("id"))}
    towns = {entry.get("id"): entry for entry in answers.towns if _is_id(entry.get("id"))}
    number = str(answers.school.get("schulNr") or "")
    problems, found = Problems(limits), list[PupilRecord]()
    for row, pupil in enumerate(answers.pupils, 1):
        cells = _cells(row, pupil, classes, towns, number, problems)
        record = None if cells is None else building.record(row, cells, problems, _NAMES.__getitem__)
        if record is not None:
            found.append(record)
    warnings = [Problem(Kind.UNREAD_FIELDS, field=", ".join(unread)[:300])] if unread else []
    fields = {columns.field_of(name) for pupil in answers.pupils for name in pupil if name in KEPT}
    fields |= {"class_name"} if classes else set()
    fields |= {"postal_code", "town"} if towns else set()
    return Reading(
        tuple(found),
        (*problems.found, *warnings),
        school_number=number,
        encoding="utf-8",
        fields=frozenset(fields),
    )


# Field → its name in SVWS-Server's answers, for messages.
_NAMES = {field: next((name for name in names if name in KEPT), names[0]) for field, names in columns.HEADINGS.items()}


def _cells(
    row: int,
    pupil: Mapping[str, Any],
    classes: Mapping[Any, Any],
    towns: Mapping[Any, Mapping[str, Any]],
    number: str,
    problems: Problems,
) -> dict[str, object] | None:
    """Field → value; None where the pupil's values cannot be trusted, and a problem says why."""
    cells: dict[str, object] = {}
    for name, value in pupil.items():
        if name not in KEPT or name in {"idKlasse", "wohnortID"}:
            continue
        if wrong := _wrong(value, problems.limits):
            problems.add(wrong, row=row, field=name, value=value, detail=problems.limits.cell)
            return None
        if field := columns.field_of(name):
            cells[field] = value
    town = towns.get(_as_id(pupil.get("wohnortID")), {})
    for field, value in (
        ("class_name", classes.get(_as_id(pupil.get("idKlasse")))),
        ("postal_code", town.get("plz")),
        ("town", town.get("ortsname")),
        ("school_number", number),
    ):
        if value and not cells.get(field) and not _wrong(value, problems.limits):
            cells[field] = value
    return cells


def _look_at_names(pupils: Sequence[Mapping[str, Any]], limits: Limits) -> list[str]:
    """The names that are not read. Raises FileError for one that no file may have."""
    names = list(dict.fromkeys(name for pupil in pupils for name in pupil))
    if len(names) > limits.columns:
        raise FileError(Kind.TOO_MANY_COLUMNS, detail=limits.columns)
    unread = [name for name in names if not columns.field_of(name) and name not in KEPT]
    return [re.sub(r"[^\w .-]", "�", name)[:60] for name in unread]


def _wrong(value: object, limits: Limits) -> Kind | None:
    if isinstance(value, (list, dict)):
        return Kind.TOO_MANY_CELLS
    text = str(value)
    if len(text) > limits.cell:
        return Kind.TOO_LONG
    return Kind.CONTROL if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]", text) else None


def _objects(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise FileError(Kind.UNREADABLE)
    return value


def _is_id(value: object) -> bool:
    return isinstance(value, (int, str))


def _as_id(value: object) -> object:
    return value if _is_id(value) else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no value.")
