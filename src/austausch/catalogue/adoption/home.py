"""What of taking over stands on the network's home page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import Adoption
from austausch.core import network
from austausch.core.policy import Action, policy

SHOWN = 5

network.link(label=_("Taken over"), name="catalogue:adoptions", group=network.Group.MEASURES, order=10)


@network.section(order=30)
def changed_sources(request: HttpRequest) -> network.Section | None:
    rows = Adoption.objects.going_on().filter(open_changes__gt=0).with_list_parts().order_by("-open_changes", "pk")
    waiting = policy.which(request.user, Action.EDIT, rows)
    shown = list(waiting[: SHOWN + 1])
    if not shown:
        return None
    context = {"adoptions": shown[:SHOWN], "more": len(shown) > SHOWN}
    return network.Section("catalogue/adoption/_waiting.html", context)
