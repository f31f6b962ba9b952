"""The section `statistics` of catalogue files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Max
from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from austausch.catalogue.loading.bodies import note_change
from austausch.catalogue.loading.fields import Part, Several, day, line, may, must, wrong
from austausch.catalogue.loading.fields import number as decimal
from austausch.catalogue.loading.schema import amount, without_empty
from austausch.catalogue.loading.sections import Load, Plan, Scope, Section, register
from austausch.core import generation
from austausch.figures import revising, times
from austausch.figures.models import Statistic, Value


def _time(value: object) -> int:
    found = None if isinstance(value, bool) else times.read(str(value))
    if found is None:
        raise wrong(
            _("A year, quarter or month is expected."),
            _("Write for example 2023; a quarter as 2023-Q1, a month as 2023-03."),
        )
    return found


class Series(Part):
    name: Annotated[str, must(line(100))]
    values: Annotated[
        dict[Annotated[int, must(_time)], Annotated[Decimal, must(decimal(whole=13, decimals=3))]],
        Field(min_length=1, max_length=500),
    ]


class Table(Part):
    """A statistic: several named series over years."""

    title: Annotated[str, must(line(200))]
    unit: Annotated[str, must(line(60))]
    source: Annotated[str, must(line(300, empty=True))] = ""
    licence: Annotated[str, must(line(100, empty=True))] = ""
    retrieved_on: Annotated[dt.date | None, may(day)] = None
    note: Annotated[str, must(line(500, empty=True))] = ""
    is_population: bool = False
    series: Several[Series]

    @model_validator(mode="after")
    def times_of_one_kind_and_names_once(self) -> Table:
        if len({times.kind_of(time) for series in self.series for time in series.values}) > 1:
            raise wrong(_("A table holds years, quarters or months, not several of these."), _("Make several tables."))
        names = [series.name for series in self.series]
        if len(set(names)) < len(names):
            raise wrong(_("Two series have the same name."), _("Put their values into one series."))
        return self


@register
class Statistics(Section):
    """`statistics`: a list of tables, known by their titles. Tables that a file does not name are left alone."""

    key, order = "statistics", 40

    def plan(self, load: Load) -> Plan:
        plan = Plan()
        found = load.root["statistics"]
        if not isinstance(found, list):
            load.problem((self.key,), _("A list is expected."), _("Begin each table with “- title:”."))
            return plan
        current = {row.title: row for row in Statistic.objects.prefetch_related("values")}
        writes: dict[str, dict[str, Any]] = {}
        for index in range(len(found)):
            parsed = load.parse(Table, (self.key, index))
            if parsed is None:
                continue
            if parsed.title in writes:
                load.problem(
                    (self.key, index, "title"), _("Two tables have this title."), _("Give one of them another title.")
                )
                continue
            old = described(current[parsed.title]) if parsed.title in current else None
            said = {name: value for name, value in _said(parsed).items() if name in parsed.model_fields_set}
            wanted = _ordered({**(old or {}), **said})
            writes[parsed.title] = wanted
            note_change(plan, parsed.title, parsed.title, old, wanted)
        changed = {change.name for change in plan.changes}
        if changed:
            plan.apply = lambda: write([wanted for title, wanted in writes.items() if title in changed])
        return plan

    def export(self, scope: Scope) -> Any:
        return [described(row) for row in Statistic.objects.prefetch_related("values")]


def described(statistic: Statistic) -> dict[str, Any]:
    """A table as files hold it."""
    series: dict[str, dict[int | str, int | Decimal]] = {}
    for value in sorted(statistic.values.all(), key=lambda value: (value.series_position, value.series, value.year)):
        series.setdefault(value.series, {})[_written(value.year)] = amount(value.number)
    rows = [{"name": name, "values": values} for name, values in series.items()]
    found: dict[str, Any] = {"title": statistic.title, "unit": statistic.unit, "source": statistic.source}
    found |= {"licence": statistic.licence, "retrieved_on": statistic.retrieved_on, "note": statistic.note}
    found["is_population"] = statistic.is_population or None
    return _ordered({**found, "series": rows})


def _written(time: int) -> int | str:
    """As files hold it; a year stays a number."""
    return time if times.kind_of(time) is times.Kind.YEAR else times.written(time)


def _said(table: Table) -> dict[str, Any]:
    rows = [
        {"name": series.name, "values": {_written(time): amount(series.values[time]) for time in sorted(series.values)}}
        for series in table.series
    ]
    plain = {name: getattr(table, name) for name in Table.model_fields if name != "series"}
    plain["is_population"] = table.is_population or None
    return {**plain, "series": rows}


def _ordered(table: dict[str, Any]) -> dict[str, Any]:
    return without_empty({name: table[name] for name in Table.model_fields if name in table})


def write(tables: list[dict[str, Any]]) -> None:
    """Makes and changes tables; new ones come last."""
    last = Statistic.objects.aggregate(last=Max("position"))["last"]
    position = -1 if last is None else last
    for table in tables:
        statistic = Statistic.objects.filter(title=table["title"]).first()
        if statistic is None:
            position += 1
            statistic = Statistic(title=table["title"], position=position)
        statistic.unit, statistic.source, statistic.note = table["unit"], table.get("source", ""), table.get("note", "")
        statistic.licence, statistic.retrieved_on = table.get("licence", ""), table.get("retrieved_on")
        statistic.is_population = table.get("is_population", False)
        statistic.save()
        before = revising.figures_of(statistic)
        places = dict(statistic.values.exclude(place=None).values_list("series", "place"))
        statistic.values.all().delete()
        Value.objects.bulk_create(
            Value(
                statistic=statistic,
                series=row["name"],
                series_position=position_of_series,
                year=times.parsed(str(time)),
                number=number,
                place_id=places.get(row["name"]),
            )
            for position_of_series, row in enumerate(table.get("series", []))
            for time, number in row["values"].items()
        )
        revising.keep_older(statistic, before)
    generation.advance()
