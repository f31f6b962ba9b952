"""What waits for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from austausch.catalogue.models import Proposal
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.core.policy import Actor


def to_decide(user: Actor) -> QuerySet[Proposal]:
    """Open proposals that the user may decide about, the oldest first."""
    rows = Proposal.objects.filter(settled_at=None, withdrawn_at=None).select_related("entry", "organisation")
    return policy.which(user, Action.EDIT, rows).order_by("made_at", "pk")
