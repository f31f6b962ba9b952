"""Changing figures without losing what they were: one place for files, the import and the editors' side."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from austausch.figures.models import OlderValue, Statistic, Value

# Series and time → how much; see `times`.
Figures = dict[tuple[str, int], Decimal]


def figures_of(statistic: Statistic) -> Figures:
    rows = Value.objects.filter(statistic=statistic).values_list("series", "year", "number")
    return {(series, year): number for series, year, number in rows}


def keep_older(statistic: Statistic, before: Figures) -> int:
    """Keeps what stood there before and is now another number, or gone; within the caller's transaction.

    Returns how many figures were revised.
    """
    now = figures_of(statistic)
    older = [
        OlderValue(statistic=statistic, series=series, year=year, number=number)
        for (series, year), number in before.items()
        if now.get((series, year)) != number
    ]
    OlderValue.objects.bulk_create(older)
    return len(older)


def put(statistic: Statistic, values: Iterable[Value]) -> int:
    """Puts these values in the place of those with the same series and year; others stay. Returns how many were
    revised. Within the caller's transaction."""
    before = figures_of(statistic)
    known = {(value.series, value.year): value for value in Value.objects.filter(statistic=statistic)}
    new, changed = [], []
    for value in values:
        old = known.get((value.series, value.year))
        if old is None:
            value.statistic = statistic
            new.append(value)
        else:
            old.number, old.place = value.number, value.place or old.place
            changed.append(old)
    Value.objects.bulk_create(new)
    Value.objects.bulk_update(changed, ["number", "place"])
    return keep_older(statistic, before)
