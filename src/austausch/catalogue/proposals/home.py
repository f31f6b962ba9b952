"""What of proposals stands on the network's home page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.proposals.queries import to_decide
from austausch.core import network

SHOWN = 5

network.link(label=_("Proposals"), name="catalogue:proposals", group=network.Group.MEASURES, order=20)


@network.section(order=25)
def proposals(request: HttpRequest) -> network.Section | None:
    found = list(to_decide(request.user)[: SHOWN + 1])
    if not found:
        return None
    return network.Section(
        "catalogue/proposals/_waiting.html", {"proposals": found[:SHOWN], "more": len(found) > SHOWN}
    )
