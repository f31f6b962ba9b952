"""What changes about an office beside what its form holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, is_portal_team, policy
from austausch.counselling.models import Office, Precision
from austausch.people.models import Membership, Organisation
from austausch.people.policy import organisations_of
from austausch.places import postcodes

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.people.models import User


class OfficeError(ValueError):
    """The office cannot be changed like this; the message says what to do."""


def position(office: Office) -> None:
    """Sets where the office lies, from the best that is known: coordinates, postcode, municipality; not saved.

    Of protected accommodation nothing is known, and nothing is worked out.
    """
    known = office.latitude is not None and office.longitude is not None
    if office.is_protected:
        office.latitude = office.longitude = None
        office.precision = Precision.NONE
    elif known and office.precision in {Precision.NONE, Precision.EXACT}:
        office.precision = Precision.EXACT
    else:
        office.latitude, office.longitude, office.precision = _worked_out(office)


def _worked_out(office: Office) -> tuple[float | None, float | None, str]:
    if office.postcode and (found := postcodes.position(office.postcode)):
        return found.latitude, found.longitude, Precision.POSTCODE
    place = office.place
    if place is not None and place.latitude is not None and place.kind in {place.Kind.CITY, place.Kind.MUNICIPALITY}:
        return place.latitude, place.longitude, Precision.MUNICIPALITY
    return None, None, Precision.NONE


def assure(*, office: Office, user: User) -> None:
    """Somebody who keeps the office says that all of it is right, today. Raises PermissionDenied or OfficeError."""
    with transaction.atomic():
        kept = Office.objects.select_for_update().get(pk=office.pk)
        policy.require(user, Action.EDIT, kept)
        if kept.state == "ended":
            raise OfficeError(_("This office no longer exists; there is nothing to assure."))
        kept.assured_on, kept.assured_by = timezone.localdate(), _on_behalf_of(kept, user)
        kept.save(update_fields=["assured_on", "assured_by", "changed_at"])
        log(instance=kept, action="austausch.office_assured", user=user)


def _on_behalf_of(office: Office, user: User) -> str:
    """The organisation or the portal, never a person: that stands in the log."""
    if is_portal_team(user) and office.owner_id not in organisations_of(user, Membership.Role.AUTHOR):
        return settings.AUSTAUSCH_NAME
    return str(Organisation.objects.get(pk=office.owner_id))


def may_show(user: Actor, owner: Organisation | None) -> bool:
    """Whether the user may decide that the public sees what this organisation keeps."""
    if is_portal_team(user):
        return True
    return owner is not None and owner.pk in organisations_of(user, Membership.Role.PUBLISHER)
