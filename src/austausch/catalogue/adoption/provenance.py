"""What an entry's page says about where the entry comes from and who else does the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from austausch.catalogue.models import Adoption, Entry
from austausch.core.policy import Action, policy
from austausch.people.models import Contact, Organisation

if TYPE_CHECKING:
    from austausch.core.policy import Actor

MUNICIPAL = {Organisation.Kind.MUNICIPALITY, Organisation.Kind.DISTRICT}


@dataclass(frozen=True)
class Adopter:
    """One confirmed adoption. `contact` only if the reader may see it; `entry` only if its copy is published."""

    adoption: Adoption
    contact: Contact | None
    entry: Entry | None


@dataclass(frozen=True)
class Provenance:
    """`origin`, the adoption that made this entry; `source`, where it came from, if the reader may see that; and
    `adopters`, who confirmed that they do the same."""

    origin: Adoption | None
    source: Entry | None
    adopters: list[Adopter]

    @property
    def municipalities(self) -> int:
        """How many towns and districts have taken it over."""
        return sum(adopter.adoption.organisation.kind in MUNICIPAL for adopter in self.adopters)

    @property
    def others(self) -> int:
        return len(self.adopters) - self.municipalities


def provenance(entry: Entry, user: Actor) -> Provenance:
    """In a constant number of queries. For a preview of an entry that is not saved: nothing."""
    if entry.pk is None:
        return Provenance(None, None, [])
    origin = Adoption.objects.with_list_parts().filter(copy=entry.pk).first()
    rows = Adoption.objects.confirmed().filter(source=entry.pk).select_related("organisation", "contact", "copy")
    confirmed = list(policy.which(user, Action.VIEW, rows.order_by("organisation__name")))
    given = [row.contact_id for row in confirmed if row.contact_id]
    contacts = set(policy.which(user, Action.VIEW, Contact.objects.filter(pk__in=given)).values_list("pk", flat=True))
    adopters = [
        Adopter(
            row,
            contact=row.contact if row.contact_id in contacts else None,
            entry=row.copy if row.copy and row.copy.live else None,
        )
        for row in confirmed
    ]
    source = origin.source if origin and policy.may(user, Action.VIEW, origin.source) else None
    return Provenance(origin, source, adopters)
