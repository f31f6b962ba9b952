"""The named states of organisations and contacts, each filter once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from austausch.people.models import Contact, Organisation


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def existing(self) -> OrganisationQuerySet:
        """Not merged into another one."""
        return self.filter(merged_into__isnull=True, ended_on__isnull=True)

    def called(self, text: str) -> OrganisationQuerySet:
        """Whose present or former name, or key, contains each of these words."""
        from austausch.people.models import FormerName

        found = self
        for word in text.split()[:8]:
            former = FormerName.objects.filter(organisation=OuterRef("pk"), name__icontains=word)
            found = found.filter(Q(name__icontains=word) | Q(key__icontains=word) | Exists(former))
        return found

    def within(self, ags: str) -> OrganisationQuerySet:
        """Those of this place and of places in it."""
        return self.filter(place__ags__startswith=ags)


class ContactQuerySet(models.QuerySet["Contact"]):
    def called(self, text: str) -> ContactQuerySet:
        """In whose name, task, area or organisation each of these words stands. Languages are not looked at."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(role__icontains=word)
                | Q(responsibility__icontains=word)
                | Q(organisation__name__icontains=word)
            )
        return found

    def consent_ends_by(self, day: dt.date) -> ContactQuerySet:
        """People whose consent ends by this day or has ended."""
        from austausch.people.models import Contact

        return self.filter(kind=Contact.Kind.PERSON, consent_expires_on__lte=day)

    def offices(self) -> ContactQuerySet:
        from austausch.people.models import Contact

        return self.filter(kind=Contact.Kind.OFFICE)


def shown_with_consent(today: dt.date | None = None) -> Q:
    """What `Contact.may_be_shown` says, for the database."""
    from austausch.people.models import Contact

    today = today or timezone.localdate()
    consent = Q(consent_given_on__lte=today, consent_expires_on__gte=today)
    return Q(kind=Contact.Kind.OFFICE) | consent
