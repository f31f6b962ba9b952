"""What people do with others' entries. Each action asks the policy, checks, writes and logs in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.adoption import changes
from austausch.catalogue.adoption.fields import ALWAYS, FIELDS, values
from austausch.catalogue.adoption.writing import write
from austausch.catalogue.models import RESERVED_ADDRESSES, Adoption, Decision, Entry
from austausch.core.policy import Action, is_portal_team, policy
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.people.models import Contact, Organisation, User

Choice = Decision.Choice
LONGEST_SLUG = 100


class AdoptionError(RefusedError):
    """The entry cannot be taken over, or the change not be decided, for a reason that a person can act on."""


@transaction.atomic
def take_over(source: Entry, organisation: Organisation, user: User) -> Adoption:
    """Notes that the organisation does this as it is described."""
    return _adopt(source, organisation, user, taken=tuple(FIELDS))


@transaction.atomic
def adapt(source: Entry, organisation: Organisation, user: User, fields: Iterable[str]) -> Adoption:
    """Makes a draft of the organisation's own with these fields of the source (names in `FIELDS`).

    Title, kind and approach always come along. Everything else of the draft is empty. Raises AdoptionError.
    """
    wanted = {*fields, *ALWAYS}
    taken = tuple(name for name in FIELDS if name in wanted)
    adoption = _adopt(source, organisation, user, taken=taken)
    copy = Entry(lead=organisation, slug=_free_slug(source, organisation), live=False)
    for name in taken:
        FIELDS[name].write(copy, adoption.then[name])
    copy.save()
    copy.save_revision(user=user)
    log(instance=copy, action="austausch.adapt", user=user, data={"source": source.title})
    adoption.copy = copy
    adoption.save(update_fields=["copy"])
    return adoption


def _adopt(source: Entry, organisation: Organisation, user: User, *, taken: tuple[str, ...]) -> Adoption:
    visible = policy.which(user, Action.VIEW, Entry.objects.published())
    source = visible.select_for_update(of=("self",)).get(pk=source.pk)
    if organisation.pk not in organisations_of(user, Membership.Role.AUTHOR) and not is_portal_team(user):
        raise PermissionDenied("Only authors take over for their organisation.")
    if source.lead_id == organisation.pk:
        raise AdoptionError(_("This is your own entry. Others can take it over from you."))
    if Adoption.objects.going_on().filter(source=source, organisation=organisation).exists():
        raise AdoptionError(_("%(organisation)s has already taken this over.") % {"organisation": organisation})
    origin = Adoption.objects.filter(copy=source).first()
    adoption = Adoption(
        source=source,
        root_id=origin.root_id if origin else source.pk,
        organisation=organisation,
        fields=list(taken),
        then=values(source),
        source_published_at=source.last_published_at,
        made_by=user,
    )
    adoption.told_digest = changes.digest(adoption, source)
    adoption.save()
    return adoption


@transaction.atomic
def decide(adoption: Adoption, user: User, field: str, choice: str, *, seen: str, reason: str = "") -> Decision:
    """Takes one changed field of the source over, keeps the own one, or dismisses the change with a reason.

    `seen` is the digest of the source's value that the person saw: if it has changed again meanwhile, nothing is
    decided and AdoptionError says so.
    """
    adoption = _own(adoption, user, Action.EDIT)
    change = next((change for change in changes.of(adoption) if change.field.name == field), None)
    if change is None:
        raise AdoptionError(_("There is no change of this field to decide about any more."))
    if change.seen != seen:
        raise AdoptionError(_("The source has changed again meanwhile. Please look at it once more."))
    if choice == Choice.TAKEN and adoption.copy is None:
        raise AdoptionError(_("There is no copy of your own to write it into."))
    decision = Decision(
        adoption=adoption,
        field=field,
        choice=choice,
        reason=" ".join(reason.split())[:500],
        before=change.then,
        source_value=change.now,
        decided_by=user,
    )
    if choice == Choice.TAKEN and adoption.copy is not None:
        decision.own_before = change.own
        _write_copy(adoption.copy, user, field, change.now)
    decision.full_clean(exclude=["before", "source_value", "own_before", "undone_at"])
    decision.save()
    _set_then(adoption, field, change.now)
    return decision


@transaction.atomic
def undo(decision: Decision, user: User) -> None:
    """Takes a decision back: the change is open again, and what it replaced in the own copy stands there again.

    Raises AdoptionError if somebody has edited the field or decided about it since.
    """
    adoption = _own(decision.adoption, user, Action.EDIT)
    latest = adoption.decisions.filter(field=decision.field, undone_at=None).first()
    if latest is None or latest.pk != decision.pk:
        raise AdoptionError(_("Something newer was decided about this field; take that back first."))
    if latest.choice == Choice.TAKEN and adoption.copy is not None:
        version = adoption.copy.get_latest_revision_as_object()
        if FIELDS[latest.field].read(version) != latest.source_value:
            raise AdoptionError(_("The field was edited since. Please change it in the entry itself."))
        _write_copy(adoption.copy, user, latest.field, latest.own_before)
    _set_then(adoption, latest.field, latest.before)
    latest.undone_at = timezone.now()
    latest.save(update_fields=["undone_at"])


@transaction.atomic
def confirm(
    adoption: Adoption,
    user: User,
    *,
    contact: Contact | None = None,
    effort: str = "",
    results: str = "",
    failures: str = "",
) -> None:
    """Says publicly that it is done here, with a short report. A second time replaces the report."""
    adoption = _own(adoption, user, Action.PUBLISH)
    if contact is not None and contact.organisation_id != adoption.organisation_id:
        raise AdoptionError(_("The contact must belong to %(organisation)s.") % {"organisation": adoption.organisation})
    adoption.contact = contact
    adoption.effort, adoption.results, adoption.failures = effort.strip(), results.strip(), failures.strip()
    adoption.confirmed_on = adoption.confirmed_on or timezone.localdate()
    adoption.confirmed_by = user
    texts = {"effort", "results", "failures"}
    adoption.clean_fields(exclude={field.name for field in Adoption._meta.fields} - texts)
    adoption.save()
    _log(adoption, "austausch.confirm", user)


@transaction.atomic
def end(adoption: Adoption, user: User, reason: str) -> None:
    """Notes that it is no longer done. The own entry stays; it can be taken over anew later."""
    adoption = _own(adoption, user, Action.PUBLISH)
    adoption.ended_on = timezone.localdate()
    adoption.end_reason = " ".join(reason.split())[:500]
    adoption.save(update_fields=["ended_on", "end_reason"])
    _log(adoption, "austausch.end", user)


def _own(adoption: Adoption, user: User, action: Action) -> Adoption:
    """The row under lock, after asking the policy."""
    rows = Adoption.objects.select_for_update(of=("self",)).select_related("source", "copy", "organisation")
    row = rows.get(pk=adoption.pk)
    policy.require(user, action, row)
    if row.ended_on:
        raise AdoptionError(_("This has ended. Take it over anew to go on."))
    return row


def _log(adoption: Adoption, action: str, user: User) -> None:
    """In the source's history, which its editors read: only what is public anyway."""
    log(instance=adoption.source, action=action, user=user, data={"organisation": str(adoption.organisation)})


def _set_then(adoption: Adoption, field: str, value: object) -> None:
    adoption.then = {**adoption.then, field: value}
    adoption.open_changes = len(changes.of(adoption))
    adoption.save(update_fields=["then", "open_changes"])


def _write_copy(copy: Entry, user: User, field: str, value: object) -> None:
    try:
        write(copy, user, {field: value})
    except RefusedError as error:
        raise AdoptionError(str(error)) from error


def _free_slug(source: Entry, organisation: Organisation) -> str:
    ending = f"-{slugify(organisation.key)}"
    beginning = source.slug[: LONGEST_SLUG - len(ending)].rstrip("-")
    number, slug = 1, f"{beginning}{ending}"
    while slug in RESERVED_ADDRESSES or Entry.objects.filter(slug=slug).exists():
        number += 1
        more = f"{ending}-{number}"
        slug = f"{source.slug[: LONGEST_SLUG - len(more)].rstrip('-')}{more}"
    return slug
