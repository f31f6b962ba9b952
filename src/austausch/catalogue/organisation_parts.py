"""What the catalogue says on an organisation's page in the network: its entries, drafts included where one may."""

from __future__ import annotations

from austausch.catalogue.models import Entry
from austausch.core.network import Section
from austausch.core.policy import Action, policy
from austausch.people.models import Organisation, User
from austausch.people.organisation_page import part

SHOWN = 20


@part
def entries(organisation: Organisation, user: User) -> Section | None:
    rows = policy.which(user, Action.VIEW, Entry.objects.filter(lead=organisation, archived_on__isnull=True))
    found = list(rows.order_by("-live", "title", "pk")[: SHOWN + 1])
    if not found:
        return None
    return Section("catalogue/_entries_of_organisation.html", {"entries": found[:SHOWN], "more": len(found) > SHOWN})
