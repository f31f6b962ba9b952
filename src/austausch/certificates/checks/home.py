"""What checking adds to the network's home page, for people of offices that check."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from austausch.certificates.models import Watch
from austausch.core import network, request_size
from austausch.core.policy import Action, policy

network.link(
    label=_("Check certificates"), name="certificates:office_checks", group=network.Group.CERTIFICATES, order=20
)
request_size.allow("/netz/pruefen/neu/", request_size.MOST_OF_EDITORS)
request_size.allow("/netz/pruefen/api/", request_size.MOST_OF_EDITORS, to_programs=True)


@network.section(order=15)
def changed(request: HttpRequest) -> network.Section | None:
    """Certificates presented to the user's offices whose status has changed and that nobody has noted yet."""
    rows = policy.which(request.user, Action.VIEW, Watch.objects.exclude(changed_at=None).filter(seen_at=None))
    count = rows.count()
    return network.Section("certificates/checking/_changed.html", {"changed_count": count}) if count else None
