"""Ways to look at a statistic: some of its series, as an index, per 1,000 inhabitants. Pure: tables in, tables out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.figures import times
from austausch.figures.tables import Series, Table

VALUES, INDEX, PER_THOUSAND = "", "index", "je1000"
LABELS: dict[str, Promise] = {
    VALUES: gettext_lazy("Figures"),
    INDEX: gettext_lazy("Index"),
    PER_THOUSAND: gettext_lazy("Per 1,000 inhabitants"),
}
ONE_PLACE = Decimal("0.1")
MOST_SERIES = 500


@dataclass(frozen=True)
class Look:
    """What an address asks for: `view`, and the names of `series`; none: all of them."""

    view: str = VALUES
    series: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: QueryDict, table: Table) -> Look:
        names = {series.name for series in table.series}
        wanted = tuple(name for name in params.getlist("reihe")[:MOST_SERIES] if name in names)
        view = params.get("ansicht", "")
        return cls(view if view in possible(table) else VALUES, wanted)

    def at(self, table: Table) -> Table:
        shown = table.only(self.series) if self.series else table
        if self.view == INDEX:
            return indexed(shown)
        if self.view == PER_THOUSAND:
            return per_thousand(shown)
        return shown


def possible(table: Table) -> list[str]:
    """The views that say something about this table."""
    found = [VALUES]
    if base_year(table) is not None and len(table.years) > 1:
        found.append(INDEX)
    same = _counted_of_all(table)
    divisible = all(series.population or series.values.keys() <= same for series in table.series)
    if table.series and divisible and not table.statistic.is_population:
        found.append(PER_THOUSAND)
    return found


def base_year(table: Table) -> int | None:
    """The first year of which every series has a positive figure."""
    for year in table.years:
        if all(series.values.get(year, Decimal(0)) > 0 for series in table.series):
            return year
    return None


def indexed(table: Table) -> Table:
    """Each series with its base year as 100. A table without a common base year is given back as it is."""
    year = base_year(table)
    if year is None:
        return table
    series = [_divided(one, one.values[year] / 100) for one in table.series]
    return replace(table, series=series, shown_unit=_("Index, %(year)s = 100") % {"year": times.words(year)})


def per_thousand(table: Table) -> Table:
    """Each figure of a place, divided by how many thousands live there.

    By those of the same year, where they are known of every place that has a figure then: in one row all figures are
    divided in the same way. Otherwise by those of the place data, which are of one year only.
    """
    same = _counted_of_all(table)
    series = [_per_thousand(one, same) for one in table.series]
    unit = _("%(unit)s per 1,000 inhabitants") % {"unit": table.statistic.unit}
    return replace(table, series=series, shown_unit=unit, basis=tuple(_basis(table, same)))


def _counted(series: Series, time: int) -> bool:
    return time not in series.values or times.year_of(time) in series.populations


def _counted_of_all(table: Table) -> set[int]:
    """The times in whose year the inhabitants of every place with a figure were counted."""
    return {time for time in table.years if all(_counted(series, time) for series in table.series)}


def _per_thousand(series: Series, same: set[int]) -> Series:
    fixed = Decimal(series.population or 0)
    found = {}
    for time, number in series.values.items():
        people = series.populations[times.year_of(time)] if time in same else fixed
        if people:
            found[time] = (number * 1000 / people).quantize(ONE_PLACE, ROUND_HALF_UP)
    return replace(series, values=found)


def _basis(table: Table, same: set[int]) -> Iterator[str]:
    others = [time for time in table.years if time not in same]
    if same:
        values = {"times": _listed(sorted(same)), "source": table.inhabitants or _("not stated")}
        yield _("%(times)s: per 1,000 inhabitants of the same year (%(source)s).") % values
    if others:
        yield _(
            "%(times)s: inhabitants of districts and district-free cities on 31 December 2018, of municipalities as "
            "GeoNames has them; the same number for each of these times."
        ) % {"times": _listed(others)}


def _listed(found: list[int]) -> str:
    return ", ".join(times.words(time) for time in found)


def _divided(series: Series, by: Decimal) -> Series:
    values = {year: (number / by).quantize(ONE_PLACE, ROUND_HALF_UP) for year, number in series.values.items()}
    return replace(series, values=values)
