"""A statistic as a table: rows of years, columns of series, and what changed between first and last year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import formats

from austausch.figures.chart import Bar, Group, Layout, factor, layout
from austausch.figures.models import Statistic


@dataclass(frozen=True)
class Series:
    """One series with its figures by year, oldest first."""

    name: str
    values: dict[int, Decimal]


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
class Table:
    """A statistic with its figures, ready to show. A figure that is not there is None, never 0."""

    statistic: Statistic
    series: Sequence[Series]

    @classmethod
    def of(cls, statistic: Statistic) -> Table:
        names: dict[str, dict[int, Decimal]] = {}
        for value in sorted(
            statistic.values.all(), key=lambda value: (value.series_position, value.series, value.year)
        ):
            names.setdefault(value.series, {})[value.year] = value.number
        return cls(statistic, [Series(name, values) for name, values in names.items()])

    @cached_property
    def years(self) -> list[int]:
        return sorted({year for series in self.series for year in series.values})

    @property
    def rows(self) -> list[tuple[int, list[Decimal | None]]]:
        return [(year, [series.values.get(year) for series in self.series]) for year in self.years]

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
            Group(series.name, [Bar(str(year), number) for year, number in sorted(series.values.items())])
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
        "unit": statistic.unit,
        "source": statistic.stated_source,
        "note": statistic.note,
        "series": [
            {"name": series.name, "values": {str(year): _plain(number) for year, number in series.values.items()}}
            for series in table.series
        ],
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
