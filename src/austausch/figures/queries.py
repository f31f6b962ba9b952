"""Statistics as the public sees them."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from austausch.core.policy import Action, policy
from austausch.figures.models import Statistic
from austausch.figures.tables import Inhabitants
from austausch.figures.times import year_of


def public_statistics() -> QuerySet[Statistic]:
    """All statistics with their figures, in a constant number of queries.

    Not asked for a user: the pages are the same for all.
    """
    rows = Statistic.objects.prefetch_related("values__place", "older_values")
    return policy.which(AnonymousUser(), Action.VIEW, rows)


def inhabitants() -> Inhabitants:
    """How many live where in which year, by the statistics that count this; of two the one that stands first."""
    found: dict[str, dict[int, Decimal]] = {}
    sources: list[str] = []
    counts = policy.which(AnonymousUser(), Action.VIEW, Statistic.objects.filter(is_population=True))
    for statistic in counts.order_by("-position", "-title").prefetch_related("values"):
        yearly = [value for value in statistic.values.all() if value.place_id and value.year == year_of(value.year)]
        for value in yearly:
            if value.number > 0:
                found.setdefault(value.place_id, {})[value.year] = value.number
        if yearly:
            sources.insert(0, ": ".join(filter(None, (statistic.title, statistic.stated_source))))
    return Inhabitants(found, "; ".join(sources))
