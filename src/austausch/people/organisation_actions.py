"""What the portal team does to organisations: names, hierarchy, mergers. Each asks, checks, writes and logs at once.

Nothing that was printed stops leading somewhere: a former name finds the organisation, and the key of one that was
merged leads to the one that goes on.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core import generation
from austausch.core.policy import Action, policy
from austausch.people import mergers
from austausch.people.models import (
    Contact,
    EmailDomain,
    FormerName,
    Invitation,
    Membership,
    Organisation,
    Registration,
)

if TYPE_CHECKING:
    from austausch.people.models import User

Role = Membership.Role


class OrganisationError(Exception):
    """The change is not possible; the message says why."""


@transaction.atomic
def rename(organisation: Organisation, user: User, *, name: str, on: dt.date) -> None:
    """Gives a new name as of a day and keeps the former one. Raises OrganisationError."""
    row = _locked(organisation, user)
    name = " ".join(name.split())
    if not name or name == row.name:
        raise OrganisationError(_("Please give the new name."))
    if Organisation.objects.filter(name=name).exclude(pk=row.pk).exists():
        raise OrganisationError(_("Another organisation has this name."))
    if on > timezone.localdate():
        raise OrganisationError(_("The day of the change is still to come. Rename it then."))
    keep_former_name(row, on)
    data = {"from": row.name, "to": name, "on": on.isoformat()}
    row.name = name
    row.full_clean()
    row.save(update_fields=["name"])
    log(instance=row, action="austausch.renamed", user=user, data=data)


def keep_former_name(organisation: Organisation, until: dt.date) -> None:
    """Notes the present name as the former one. Raises OrganisationError for a day before the last change."""
    last = organisation.former_names.order_by("-used_until").first()
    if last is not None and last.used_until > until:
        raise OrganisationError(_("It was renamed after that day already."))
    since = None if last is None else last.used_until
    FormerName.objects.create(organisation=organisation, name=organisation.name, used_from=since, used_until=until)


@transaction.atomic
def place_under(organisation: Organisation, user: User, *, parent: Organisation | None) -> None:
    """Puts an organisation below another, or below none. Raises OrganisationError where that would be a circle."""
    rows = _all_locked()
    row = rows[organisation.pk]
    _require(row, user)
    if parent is not None:
        _require_existing(rows[parent.pk])
        if row.pk in _and_above(rows, rows[parent.pk]):
            raise OrganisationError(_("That would put the organisation below itself."))
    before, row.parent = row.parent_id, parent
    row.save(update_fields=["parent"])
    data = {"from": rows[before].key if before else None, "to": parent.key if parent else None}
    log(instance=row, action="austausch.placed", user=user, data=data)


@transaction.atomic
def merge(organisation: Organisation, user: User, *, into: Organisation, on: dt.date) -> None:
    """Ends an organisation, whose work another does from then on. Raises OrganisationError.

    What lives moves: entries, documents, contacts, members, what was taken over and asked, and bodies below it. Members
    keep their role, the higher one where they had two; administrators come as publishers where the other has
    administrators of its own, who decide themselves whom they trust with that. What is history stays: key, names, log.
    """
    rows = _all_locked()
    source, target = rows[organisation.pk], rows[into.pk]
    _require(source, user)
    _require_existing(target)
    if source.pk == target.pk:
        raise OrganisationError(_("An organisation cannot be merged into itself."))
    if on > timezone.localdate():
        raise OrganisationError(_("The day of the merger is still to come. Merge them then."))
    _move_bodies_below(rows, source, target)
    _move_members(source, target)
    for model in (Contact, EmailDomain, Registration, Invitation):
        model._default_manager.filter(organisation=source).update(organisation=target)
    mergers.move_everything(source, target, user)
    # One step always leads to the present.
    Organisation.objects.filter(merged_into=source).update(merged_into=target)
    Organisation.objects.filter(pk=source.pk).update(merged_into=target, ended_on=on, parent=None)
    generation.advance()
    log(instance=source, action="austausch.merged", user=user, data={"into": target.key, "on": on.isoformat()})
    log(instance=target, action="austausch.took_over", user=user, data={"from": source.key, "on": on.isoformat()})


def _move_bodies_below(rows: dict[int, Organisation], source: Organisation, target: Organisation) -> None:
    if source.pk in _and_above(rows, target):
        # The one that goes on stood below: it takes the place of the one that ends.
        Organisation.objects.filter(pk=target.pk).update(parent=source.parent_id)
    Organisation.objects.filter(parent=source).exclude(pk=target.pk).update(parent=target)


def _move_members(source: Organisation, target: Organisation) -> None:
    roles = Membership.objects.filter(organisation=target).aggregate(
        administrators=Count("pk", filter=Q(role=Role.ADMINISTRATOR))
    )
    highest = Role.PUBLISHER if roles["administrators"] else Role.ADMINISTRATOR
    there = {member.user_id: member for member in Membership.objects.filter(organisation=target)}
    for member in Membership.objects.filter(organisation=source):
        role = min(Role(member.role), highest)
        known = there.get(member.user_id)
        if known is None:
            Membership.objects.filter(pk=member.pk).update(organisation=target, role=role)
            continue
        if known.role < role:
            Membership.objects.filter(pk=known.pk).update(role=role)
        member.delete()


def _locked(organisation: Organisation, user: User) -> Organisation:
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    _require(row, user)
    return row


def _all_locked() -> dict[int, Organisation]:
    """All rows: two moves at once, each of which is none, could make a circle."""
    return {row.pk: row for row in Organisation.objects.select_for_update().order_by("pk")}


def _require(organisation: Organisation, user: User) -> None:
    policy.require(user, Action.EDIT, organisation)
    _require_existing(organisation)


def _require_existing(organisation: Organisation) -> None:
    if organisation.ended_on is not None:
        raise OrganisationError(_("“%(name)s” does not exist any more.") % {"name": organisation.name})


def _and_above(rows: dict[int, Organisation], organisation: Organisation) -> set[int]:
    """The organisation and all above it."""
    found: set[int] = set()
    at: int | None = organisation.pk
    while at is not None and at not in found:
        found.add(at)
        at = rows[at].parent_id
    return found
