"""A statistic as a table: rows of years, columns of series, and what changed between first and last year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from austausch.figures import times
from austausch.figures.chart import Bar, Group, Layout, factor, layout
from austausch.figures.models import Statistic


@dataclass(frozen=True)
class Series:
    """One series with its figures by time (see `times`), oldest first.

    Of a place that people live in: `population`, how many by the place data, and `populations`, how many in which year
    by a statistic of the portal.
    """

    name: str
    values: dict[int, Decimal]
    population: int | None = None
    populations: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """From the first to the last year of a series; `times` is None where a factor would say nothing."""

    series: str
    first_year: int
    first: Decimal
    last_year: int
    last: Decimal
    times: Decimal | None


@dataclass(frozen=True)
class Revised:
    """What a figure was until it was replaced; `now` is what it is, None if it was taken back."""

    series: str
    year: int
    number: Decimal
    now: Decimal | None
    replaced_at: dt.datetime


@dataclass(frozen=True)
class Inhabitants:
    """How many live where: key of a place → year → number; `source` of these numbers, in words."""

    by_place: Mapping[str, Mapping[int, Decimal]]
    source: str = ""


@dataclass(frozen=True)
class Table:
    """A statistic with its figures, ready to show. A figure that is not there is None, never 0.

    `shown_unit`: where the figures were computed from the statistic's, what they are in; `basis`: what else they were
    computed with, in words. `inhabitants`: where the numbers of inhabitants by year are from.
    """

    statistic: Statistic
    series: Sequence[Series]
    shown_unit: str = ""
    basis: tuple[str, ...] = ()
    inhabitants: str = ""

    @classmethod
    def of(cls, statistic: Statistic, inhabitants: Inhabitants | None = None) -> Table:
        """`inhabitants`: of places by year, where somebody may look at it per 1,000 of them."""
        names: dict[str, dict[int, Decimal]] = {}
        population: dict[str, int | None] = {}
        places: dict[str, str] = {}
        for value in sorted(
            statistic.values.all(), key=lambda value: (value.series_position, value.series, value.year)
        ):
            names.setdefault(value.series, {})[value.year] = value.number
            population.setdefault(value.series, value.place.population if value.place else None)
            places.setdefault(value.series, value.place_id or "")
        by_place = inhabitants.by_place if inhabitants else {}
        series = [
            Series(name, values, population[name], by_place.get(places[name], {})) for name, values in names.items()
        ]
        return cls(statistic, series, inhabitants=inhabitants.source if inhabitants else "")

    def only(self, names: Sequence[str]) -> Table:
        """The series with these names, in their own order."""
        return replace(self, series=[series for series in self.series if series.name in names])

    @property
    def unit(self) -> str:
        return self.shown_unit or self.statistic.unit

    @cached_property
    def revised(self) -> list[Revised]:
        """What figures were before they were revised, latest revision first; only of the statistic's own figures."""
        if self.shown_unit:
            return []
        shown = {series.name: series.values for series in self.series}
        rows = [row for row in self.statistic.older_values.all() if row.series in shown]
        rows.sort(key=lambda row: (-row.replaced_at.timestamp(), row.series, row.year))
        return [
            Revised(row.series, row.year, row.number, shown[row.series].get(row.year), row.replaced_at) for row in rows
        ]

    @cached_property
    def revised_cells(self) -> set[tuple[str, int]]:
        return {(row.series, row.year) for row in self.revised}

    @cached_property
    def years(self) -> list[int]:
        return sorted({year for series in self.series for year in series.values})

    @property
    def time_heading(self) -> str:
        """What the table calls its times."""
        words = {times.Kind.YEAR: _("Year"), times.Kind.QUARTER: _("Quarter"), times.Kind.MONTH: _("Month")}
        return words[times.kind_of(self.years[0])] if self.years else words[times.Kind.YEAR]

    @property
    def rows(self) -> list[tuple[int, list[tuple[Decimal | None, bool]]]]:
        """Each year with its figures, and whether each was revised."""
        return [
            (year, [(series.values.get(year), (series.name, year) in self.revised_cells) for series in self.series])
            for year in self.years
        ]

    @property
    def places(self) -> int:
        """Decimal places that the figures have, 0 to 3."""
        numbers = [number for series in self.series for number in series.values.values()]
        return max((_places(number) for number in numbers), default=0)

    @property
    def changes(self) -> list[Change]:
        found = []
        for series in self.series:
            years = sorted(series.values)
            if len(years) > 1:
                first, last = years[0], years[-1]
                old, new = series.values[first], series.values[last]
                found.append(Change(series.name, first, old, last, new, factor(old, new)))
        return found

    @property
    def chart(self) -> Layout | None:
        """The drawn chart in the reader's language; None without figures."""
        if not self.years:
            return None
        groups = [
            Group(
                series.name,
                [Bar(times.short(year), number, times.words(year)) for year, number in sorted(series.values.items())],
            )
            for series in self.series
        ]
        return layout(groups, write=self.write)

    def write(self, amount: Decimal) -> str:
        return str(formats.number_format(amount, decimal_pos=_places(amount), use_l10n=True, force_grouping=True))


def as_json(table: Table) -> dict[str, Any]:
    """The statistic for machines: the same shape as in a catalogue file. Whole numbers stay whole."""
    statistic = table.statistic
    return {
        "title": statistic.title,
        "unit": table.unit,
        "source": statistic.stated_source,
        "licence": statistic.licence,
        "retrieved_on": statistic.retrieved_on.isoformat() if statistic.retrieved_on else None,
        "note": statistic.note,
        "basis": list(table.basis),
        "series": [
            {
                "name": series.name,
                "values": {times.written(year): _plain(number) for year, number in series.values.items()},
            }
            for series in table.series
        ],
        "revised": [
            {
                "series": row.series,
                "year": times.year_of(row.year),
                "time": times.written(row.year),
                "value": _plain(row.number),
                "replaced_on": timezone.localdate(row.replaced_at).isoformat(),
            }
            for row in table.revised
        ],
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
