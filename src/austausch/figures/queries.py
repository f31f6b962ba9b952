"""Statistics as the public sees them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from austausch.core.policy import Action, policy
from austausch.figures.models import Statistic


def public_statistics() -> QuerySet[Statistic]:
    """All statistics with their figures, in a constant number of queries.

    Not asked for a user: the pages are the same for all.
    """
    rows = Statistic.objects.prefetch_related("values__place", "older_values")
    return policy.which(AnonymousUser(), Action.VIEW, rows)
