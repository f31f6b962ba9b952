"""Mails about proposals. They say that there is something and lead there; what was written stays in the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from austausch.core import outbox
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, User

if TYPE_CHECKING:
    from austausch.catalogue.models import Proposal

PROPOSED = outbox.Category(key="proposed", label=_("Changes that others propose for your measures"))
DECIDED = outbox.Category(key="proposal-decided", label=_("Decisions about your proposals"))


def tell_owners(proposal: Proposal) -> None:
    """Authors of the body that leads the entry; without any, the portal team, which may decide instead."""
    members = User.objects.filter(
        is_active=True,
        memberships__organisation=proposal.entry.lead_id,
        memberships__role__gte=Membership.Role.AUTHOR,
    ).distinct()
    owners = list(members.order_by("pk")) or list(User.objects.filter(is_active=True, is_superuser=True).order_by("pk"))
    for user in owners:
        if user.pk != proposal.author_id and policy.may(user, Action.EDIT, proposal):
            _post(proposal, PROPOSED, user, f"proposed:{proposal.pk}:{user.pk}", "proposed.txt")


def tell_author(proposal: Proposal) -> None:
    if proposal.author is not None and proposal.settled_at is not None:
        key = f"proposal-decided:{proposal.pk}:{proposal.settled_at.isoformat()}"
        _post(proposal, DECIDED, proposal.author, key, "proposal_decided.txt")


def _post(proposal: Proposal, category: outbox.Category, user: User, key: str, template: str) -> None:
    outbox.post(
        category=category,
        key=key,
        to=user,
        template=f"catalogue/mails/{template}",
        context={
            "proposal": proposal,
            "changes": list(proposal.changes.all()),
            "address": outbox.address("catalogue:proposal", proposal.pk),
        },
        about=proposal,
    )
