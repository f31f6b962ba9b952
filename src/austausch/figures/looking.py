"""Ways to look at a statistic: some of its series, as an index, per 1,000 inhabitants. Pure: tables in, tables out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
    if table.series and all(series.population for series in table.series):
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
    return replace(table, series=series, shown_unit=_("Index, %(year)s = 100") % {"year": year})


def per_thousand(table: Table) -> Table:
    """Each figure of a place, divided by how many thousands live there."""
    series = [_divided(one, Decimal(one.population) / 1000) for one in table.series if one.population]
    unit = _("%(unit)s per 1,000 inhabitants") % {"unit": table.statistic.unit}
    return replace(table, series=series, shown_unit=unit)


def _divided(series: Series, by: Decimal) -> Series:
    values = {year: (number / by).quantize(ONE_PLACE, ROUND_HALF_UP) for year, number in series.values.items()}
    return replace(series, values=values)
