"""What of versions stands in the network and on the editors' board."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.core import network
from austausch.core.editors_board import TODAY, Row, Shelf, shelf
from austausch.core.policy import Action, policy
from austausch.languages import listing
from austausch.languages.models import Version

network.link(label=gettext_lazy("Other languages"), name="languages:versions", group=network.Group.MEASURES, order=60)


@shelf(order=65)
def outdated(request: HttpRequest) -> Shelf | None:
    """Versions whose German has changed since."""
    if not policy.may(request.user, Action.EDIT, Version):
        return None
    found = listing.outdated(request.user)
    return Shelf(
        title=gettext_lazy("Texts in other languages that are out of date"),
        empty=gettext_lazy("No text in another language is out of date."),
        count=len(found),
        rows=[_row(one) for one in found[:TODAY]],
        url=f"{reverse('languages:versions')}?art=veraltet",
    )


def _row(one: listing.Known) -> Row:
    seen = date_format(one.version.source_seen_on)
    label = f"{one.source} ({one.version.tongue.name})"
    return Row(label, one.url, _("compared with the German on %(day)s") % {"day": seen})
