"""What moves when an office becomes part of another: its checks. Whether the other one may check is decided anew."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from austausch.certificates.models import Check, CheckingOffice, OfficeKey, Watch
from austausch.people.mergers import moves
from austausch.people.models import Organisation, User


@moves
def move_checks(source: Organisation, target: Organisation, user: User) -> None:
    """Checks and watches go along; keys of programs end, and so does the permission of the one that ends."""
    Check.objects.filter(organisation=source).update(organisation=target)
    for row in Watch.objects.filter(organisation=source):
        row.organisation = target
        try:
            with transaction.atomic():
                row.save(update_fields=["organisation"])
        except IntegrityError:
            # Both watched it for the same case.
            Watch.objects.filter(pk=row.pk).delete()
    OfficeKey.objects.filter(organisation=source, revoked_at=None).update(revoked_at=timezone.now())
    OfficeKey.objects.filter(organisation=source).update(organisation=target)
    CheckingOffice.objects.filter(organisation=source).delete()
