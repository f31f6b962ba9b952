"""What an import would do: each row of the file beside what is already here. Reads the database, changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from austausch.certificates.importing import retention
from austausch.certificates.importing.portions import SIZE, portions
from austausch.certificates.models import ImportBatch, ImportRow, Pupil, School
from austausch.certificates.queries import GONE
from austausch.certificates.reading import Kind, Problem, PupilRecord, Reading, Status
from austausch.certificates.reading.rules import Judged, SchoolFacts, judge

Outcome = ImportRow.Outcome
# Field of a pupil → field of a record, and the columns of a file that speak of it (none: all files do).
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "family_name": ("family_name", ()),
    "first_names": ("first_names", ()),
    "call_name": ("call_name", ("first_names",)),
    "birth_date": ("birth_date", ()),
    "birth_place": ("birth_place", ("birth_place",)),
    "street": ("street", ("street",)),
    "house_number": ("house_number", ("street", "house_number")),
    "postal_code": ("postal_code", ("postal_code",)),
    "town": ("town", ("town",)),
    "class_name": ("class_name", ("class_name",)),
    "status": ("status", ()),
    "attending_since": ("attending_since", ()),
    "expected_end": ("expected_end", ("expected_end", "expected_year")),
    "ended_on": ("left_on", ("left_on",)),
    "no_information_to_third_parties": ("no_information", ("no_information",)),
}
# What a row may say of a pupil, besides.
OWN = ("grade", "source_key", "name_doubt", "name_in_source")
DAYS = {"birth_date", "attending_since", "expected_end", "ended_on"}
COMPARED = (*FIELDS, *OWN)


def plan(batch: ImportBatch, reading: Reading, *, today: dt.date) -> Iterator[ImportRow]:
    """One row for each of the file and for each pupil who is missing in it, not saved. The file must not be refused.

    Pupils are fetched in portions, because a file may hold those of a whole city.
    """
    school = batch.school
    facts = SchoolFacts(number=school.number, kind=school.kind, today=today)
    planner = _Planner(batch, reading, _Known(school), today)
    yield from planner.rows(judge(reading.records, facts))
    yield from planner.unreadable()
    if batch.complete:
        yield from planner.missing()


def values_of(pupil: Pupil) -> dict[str, Any]:
    """What a row compares and remembers, as JSON holds it."""
    return {name: _plain(getattr(pupil, name)) for name in COMPARED}


def parsed(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a row as the model takes them."""
    return {name: dt.date.fromisoformat(value) if name in DAYS and value else value for name, value in values.items()}


class _Known:
    """The pupils of the school, by everything a file may know them by: keys only."""

    def __init__(self, school: School) -> None:
        self.pupils = Pupil.objects.filter(school=school)
        self.by_key: dict[str, int] = {}
        self.by_name: dict[str, tuple[int, ...]] = {}
        self.numbered: set[int] = set()
        columns = ("pk", "source_key", "family_name", "first_names", "name_in_source", "birth_date")
        rows = self.pupils.order_by("pk").values_list(*columns)
        last = 0
        while some := list(rows.filter(pk__gt=last)[:SIZE]):
            last = some[-1][0]
            for row in some:
                self.remember(*row)

    def remember(self, pk: int, key: str, family_name: str, first_names: str, in_source: str, born: dt.date) -> None:
        self.by_key[key] = pk
        if not key.startswith("name "):
            self.numbered.add(pk)
        # As keys: two spellings of one name are not two pupils.
        for named in {_name_key(name, born) for name in (f"{family_name}|{first_names}", in_source) if name}:
            self.by_name[named] = (*self.by_name.get(named, ()), pk)

    def find(self, record: PupilRecord) -> tuple[int, bool]:
        """The key of the pupil a record is about (0: nobody here), and whether that is certain."""
        if found := self.by_key.get(source_key(record)):
            return found, True
        same = self.by_name.get(_name_key(f"{record.family_name}|{record.first_names}", record.birth_date), ())
        other = [pk for pk in same if record.source_id and pk in self.numbered]
        # Two numbers for one name and birth date: two children, or one twice. Only the school can say.
        if other or len(same) > 1:
            return (other or same)[0], False
        return (same[0] if same else 0), True


class _Planner:
    """Goes through a file's rows and notes which pupils it has met."""

    def __init__(self, batch: ImportBatch, reading: Reading, known: _Known, today: dt.date) -> None:
        self.batch, self.reading, self.known, self.today = batch, reading, known, today
        self.met: dict[int, int] = {}

    def rows(self, judged: Iterable[Judged]) -> Iterator[ImportRow]:
        for some in portions(judged):
            found = [self.known.find(one.record) for one in some]
            pupils = self.known.pupils.in_bulk([pk for pk, _certain in found if pk])
            for one, (pk, certain) in zip(some, found, strict=True):
                yield self.met_with(one, pupils.get(pk), certain=certain)

    def met_with(self, one: Judged, pupil: Pupil | None, *, certain: bool) -> ImportRow:
        problems = list(one.problems)
        if not certain:
            problems.append(_problem(one.record, Kind.OTHER_NUMBER))
        elif pupil is not None and pupil.pk in self.met and not one.is_refused:
            problems.append(_problem(one.record, Kind.MATCHED_TWICE, self.met[pupil.pk]))
        if pupil is not None:
            self.met.setdefault(pupil.pk, one.record.row)
        return self.row(one, pupil, problems)

    def row(self, one: Judged, pupil: Pupil | None, problems: list[Problem]) -> ImportRow:
        values = self.values(one, pupil)
        if not any(not problem.is_warning for problem in problems) and (wrong := self.unusable(one, pupil, values)):
            problems.append(wrong)
        if any(not problem.is_warning for problem in problems):
            # What was refused is kept as far as its sentence needs it.
            named = {name: values[name] for name in ("family_name", "first_names")}
            return self.made(one.record.row, Outcome.REFUSED, pupil, problems, named)
        if pupil is None:
            return self.made(one.record.row, Outcome.NEW, None, problems, values)
        before = values_of(pupil)
        if one.record.status.has_left and not pupil.has_left:
            return self.made(one.record.row, Outcome.DEPARTED, pupil, problems, values, before)
        same = all(values[name] == before[name] for name in COMPARED)
        return self.made(one.record.row, Outcome.SAME if same else Outcome.CHANGED, pupil, problems, values, before)

    def unusable(self, one: Judged, pupil: Pupil | None, values: dict[str, Any]) -> Problem | None:
        """What only shows beside what is here: days that do not fit each other, and leavers nobody knows here.

        Those come in only for a certificate in the past tense, and while their retention would last.
        """
        record, since = one.record, values["attending_since"] or ""
        for name in ("expected_end", "ended_on"):
            if values[name] and values[name] < since:
                return _problem(record, Kind.END_BEFORE_BEGIN, since)
        if since and since <= values["birth_date"]:
            return _problem(record, Kind.BEGIN_BEFORE_BIRTH, since)
        if pupil is not None or not record.status.has_left:
            return None
        if record.left_on is None or record.attending_since is None or not one.grade:
            return _problem(record, Kind.LEFT_BEFORE)
        ends = retention.end(status=record.status, ended_on=record.left_on, year_ends=self.batch.school_year.ends_on)
        return _problem(record, Kind.LEFT_BEFORE) if ends < self.today else None

    def values(self, one: Judged, pupil: Pupil | None) -> dict[str, Any]:
        """What the pupil has according to the file; of what the file does not speak, what it has here."""
        record, values = one.record, {} if pupil is None else values_of(pupil)
        for name, (source, columns) in FIELDS.items():
            found = _plain(getattr(record, source))
            if pupil is None or not columns or (self.reading.fields & set(columns)):
                values[name] = found if found is not None or name in {"expected_end", "ended_on"} else values.get(name)
        if not record.status.has_left:
            values["ended_on"] = None
        values["grade"] = one.grade or (pupil.grade if pupil else "")
        values["source_key"] = source_key(record) if pupil is None or record.source_id else pupil.source_key
        in_source = f"{record.family_name}|{record.first_names}"
        values["name_doubt"], values["name_in_source"] = one.name_doubt, ""
        if pupil is not None and pupil.name_in_source == in_source:
            # Somebody has said how this name is written; the administration still has it as it was then.
            values.update(
                family_name=pupil.family_name,
                first_names=pupil.first_names,
                call_name=pupil.call_name,
                name_doubt="",
                name_in_source=in_source,
            )
        return values

    def unreadable(self) -> Iterator[ImportRow]:
        by_row: dict[int, list[Problem]] = defaultdict(list)
        for problem in self.reading.problems:
            if problem.row:
                by_row[problem.row].append(problem)
        for number, problems in by_row.items():
            yield self.made(number, Outcome.REFUSED, None, problems, {})

    def missing(self) -> Iterator[ImportRow]:
        """Pupils of the school whom a complete file does not have."""
        keys = self.known.pupils.exclude(status__in=GONE).values_list("pk", flat=True)
        for some in portions(pk for pk in keys if pk not in self.met):
            pupils = self.known.pupils.in_bulk(some)
            for pupil in (pupils[pk] for pk in some if pk in pupils):
                before = values_of(pupil)
                values = {**before, "status": int(Status.LEFT), "ended_on": None}
                yield self.made(0, Outcome.DEPARTED, pupil, [], values, before)

    def made(
        self,
        number: int,
        outcome: ImportRow.Outcome,
        pupil: Pupil | None,
        problems: Sequence[Problem],
        values: dict[str, Any],
        before: dict[str, Any] | None = None,
    ) -> ImportRow:
        return ImportRow(
            batch=self.batch,
            number=number,
            outcome=outcome,
            pupil=pupil,
            problems=[asdict(problem) for problem in problems],
            values=values,
            before=before or {},
        )


def source_key(record: PupilRecord) -> str:
    """By what the school's administration knows the pupil. SchILD has no number: there it is name and birth date."""
    if record.source_id:
        return f"id {record.source_id}"
    return _name_key(f"{record.family_name}|{record.first_names}", record.birth_date)


def _name_key(names: str, birth_date: dt.date) -> str:
    """A digest, so that the key of a row says nothing about a person."""
    text = "|".join((*(" ".join(name.split()).casefold() for name in names.split("|")), birth_date.isoformat()))
    return f"name {hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _problem(record: PupilRecord, kind: Kind, detail: object = "") -> Problem:
    return Problem(kind, record.row, "Nachname", "", str(detail))


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
