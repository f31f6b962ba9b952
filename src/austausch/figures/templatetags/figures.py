"""Charts and tables of statistics, for every room's templates."""

from __future__ import annotations

from typing import Any

from django import template

from austausch.figures import times
from austausch.figures.models import Statistic
from austausch.figures.queries import public_statistics
from austausch.figures.tables import Table

register = template.Library()


@register.inclusion_tag("figures/_statistic.html")
def statistic(shown: Statistic | Table, level: int = 2, alone: bool = False, query: str = "") -> dict[str, Any]:
    """Chart, table, source and downloads of a statistic: `{% statistic found %}`; `level` is the heading's, `alone`
    says that it is the page's subject, `query` is added to the downloads.

    The page's block `styles` must link figures/figures.css.
    """
    return {
        "table": shown if isinstance(shown, Table) else Table.of(shown),
        "level": level,
        "alone": alone,
        "query": query,
    }


@register.simple_tag
def leading_statistic() -> Statistic | None:
    """The statistic that stands first, for the home page; None while there are none."""
    return public_statistics().first()


@register.filter
def time_words(time: int) -> str:
    """2023, Q1 2023 or March 2023."""
    return times.words(time)


@register.filter
def figure(number: Any, table: Table) -> str:
    """A figure of the table in the reader's language."""
    return table.write(number)
