"""What the room adds to the network: a page in its navigation for those concerned, a part of its home."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models import Alarm, IssueBatch
from austausch.core import network
from austausch.core.policy import Action, policy

MOST = 5

network.link(label=_("School certificates"), name="certificates:schools", group=network.Group.CERTIFICATES, order=10)


@network.section(order=40)
def certificates(request: HttpRequest) -> network.Section | None:
    """Batches that wait for this person's decision, and alarms."""
    rows = IssueBatch.objects.undecided().select_related("school")
    waiting = policy.which(request.user, Action.PUBLISH, rows).order_by("made_at")[:MOST]
    alarms = policy.which(request.user, Action.VIEW, Alarm.objects.open()).count()
    if not waiting and not alarms:
        return None
    return network.Section("certificates/home/_certificates.html", {"waiting": waiting, "alarms": alarms})
