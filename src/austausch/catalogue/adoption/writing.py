"""Writing decided values into an entry's latest version. What is published changes with its next publication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.adoption.fields import FIELDS, Value
from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User


@transaction.atomic
def write(entry: Entry, user: User, values: Mapping[str, Value]) -> None:
    """Writes these fields (names in `FIELDS`) as the user's work. Raises RefusedError if the entry is locked or the
    values do not fit, PermissionDenied if the user may not edit it."""
    row = Entry.objects.select_for_update().get(pk=entry.pk)
    policy.require(user, Action.EDIT, row)
    lock = row.get_lock()
    if lock and lock.for_user(user):
        raise RefusedError(_("Your entry is locked: %(reason)s") % {"reason": lock.get_locked_by(user)})
    version = row.get_latest_revision_as_object()
    for name, value in values.items():
        FIELDS[name].write(version, value)
    try:
        version.full_clean()
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
    if not row.live:
        version.save()
    version.save_revision(user=user, log_action=True)
