"""Sets of information pages, each with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models

from austausch.core.policy import Action, policy
from austausch.languages import reading

if TYPE_CHECKING:
    from austausch.information.models import Information


class InformationQuerySet(models.QuerySet["Information"]):
    def with_parts(self) -> InformationQuerySet:
        """With versions and sources, in a fixed number of queries."""
        return self.prefetch_related("source_links", reading.prefetch())


def public_pages() -> InformationQuerySet:
    """What everybody reads."""
    from austausch.information.models import Information

    found: InformationQuerySet = policy.which(AnonymousUser(), Action.VIEW, Information.objects.all())  # type: ignore[assignment]
    return found
