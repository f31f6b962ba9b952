"""What people do with proposals. Each action asks the policy, checks, writes, tells and logs in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.catalogue.actions import RefusedError
from austausch.catalogue.adoption.changes import digest_of
from austausch.catalogue.adoption.fields import FIELDS, Value, values
from austausch.catalogue.adoption.writing import write
from austausch.catalogue.models import Entry, Proposal, ProposedChange
from austausch.catalogue.proposals import notices
from austausch.core.policy import Action, is_portal_team, policy
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

State = ProposedChange.State
MOST_IN_AN_HOUR = 10
HOUR = dt.timedelta(hours=1)


class ProposalError(RefusedError):
    """It cannot be proposed or decided; the message says why and what to do."""


@transaction.atomic
def propose(
    entry: Entry, user: User, *, organisation: Organisation, wanted: Mapping[str, Value], reason: str
) -> Proposal:
    """Proposes these values (names in `FIELDS`) for a published entry of another organisation. Raises ProposalError."""
    visible = policy.which(user, Action.VIEW, Entry.objects.published())
    entry = visible.select_for_update(of=("self",)).get(pk=entry.pk)
    policy.require(user, Action.CREATE, Proposal)
    if organisation.pk not in organisations_of(user, Membership.Role.READER) and not is_portal_team(user):
        raise PermissionDenied("A proposal is that of an organisation in which one has a role.")
    if entry.lead_id == organisation.pk:
        raise ProposalError(_("This is an entry of your own organisation. Please edit it there."))
    said = values(entry)
    changed = {name: value for name, value in wanted.items() if name in FIELDS and value != said[name]}
    if not changed:
        raise ProposalError(_("Nothing of it differs from what the entry says."))
    if not reason.strip():
        raise ProposalError(_("Say why you propose this."))
    if Proposal.objects.filter(author=user, made_at__gt=timezone.now() - HOUR).count() >= MOST_IN_AN_HOUR:
        raise ProposalError(
            _("That is %(amount)s within an hour. Please try again later.") % {"amount": MOST_IN_AN_HOUR}
        )
    proposal = Proposal(entry=entry, organisation=organisation, author=user, reason=reason.strip())
    proposal.clean_fields()
    try:
        with transaction.atomic():
            proposal.save()
    except IntegrityError as error:
        raise ProposalError(
            _("A proposal of yours for this entry is still open. Withdraw it first, or wait for the decision.")
        ) from error
    ProposedChange.objects.bulk_create(
        ProposedChange(proposal=proposal, field=name, before=said[name], value=changed[name])
        for name in FIELDS
        if name in changed
    )
    notices.tell_owners(proposal)
    return proposal


@transaction.atomic
def accept(change: ProposedChange, user: User, *, seen: str) -> None:
    """Writes the proposed value into the entry's latest version.

    `seen` is the digest of what the person saw there: if it says something else by now, nothing is written and
    ProposalError says so.
    """
    change = _open(change, user)
    now = present(change)
    if digest_of(now) != seen:
        raise ProposalError(_("The entry has changed meanwhile. Please look at it once more."))
    if now != change.value:
        try:
            write(change.proposal.entry, user, {change.field: change.value})
        except RefusedError as error:
            raise ProposalError(str(error)) from error
    change.own_before = now
    _decide(change, user, State.ACCEPTED, "")


@transaction.atomic
def decline(change: ProposedChange, user: User, reason: str) -> None:
    """Leaves the field as it is. Raises ProposalError without a reason: somebody has taken the trouble to propose."""
    change = _open(change, user)
    if not reason.strip():
        raise ProposalError(_("Say why the change is declined."))
    _decide(change, user, State.DECLINED, " ".join(reason.split())[:500])


@transaction.atomic
def reopen(change: ProposedChange, user: User) -> None:
    """Takes a decision back; an accepted value is replaced by what it replaced, unless it was edited since."""
    change = _locked(change, user)
    if change.state == State.OPEN or change.proposal.withdrawn_at:
        raise ProposalError(_("There is no decision about it that could be taken back."))
    if change.state == State.ACCEPTED:
        if present(change) != change.value:
            raise ProposalError(_("The field was edited since. Please change it in the entry itself."))
        if change.own_before != change.value:
            try:
                write(change.proposal.entry, user, {change.field: change.own_before})
            except RefusedError as error:
                raise ProposalError(str(error)) from error
    change.state, change.reason, change.own_before = State.OPEN, "", None
    change.decided_at = change.decided_by = None
    change.save()
    proposal = change.proposal
    others = Proposal.objects.filter(entry=proposal.entry, author=proposal.author, settled_at=None, withdrawn_at=None)
    if proposal.settled_at and proposal.author and others.exists():
        raise ProposalError(_("The same person has proposed something newer for this entry; decide about that."))
    proposal.settled_at = None
    proposal.save(update_fields=["settled_at"])


@transaction.atomic
def withdraw(proposal: Proposal, user: User) -> None:
    """Takes a proposal back that is not settled. What was accepted of it stays."""
    row = Proposal.objects.select_for_update().get(pk=proposal.pk)
    policy.require(user, Action.DELETE, row)
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])


def present(change: ProposedChange) -> Value:
    """What the entry's latest version says in this field."""
    return FIELDS[change.field].read(change.proposal.entry.get_latest_revision_as_object())


def _decide(change: ProposedChange, user: User, state: ProposedChange.State, reason: str) -> None:
    change.state, change.reason = state, reason
    change.decided_at, change.decided_by = timezone.now(), user
    change.save()
    proposal = change.proposal
    if not proposal.changes.filter(state=State.OPEN).exists():
        proposal.settled_at = timezone.now()
        proposal.save(update_fields=["settled_at"])
        log(instance=proposal.entry, action="austausch.proposal", user=user)
        notices.tell_author(proposal)


def _open(change: ProposedChange, user: User) -> ProposedChange:
    row = _locked(change, user)
    if row.proposal.withdrawn_at:
        raise ProposalError(_("Whoever proposed it has taken it back."))
    if row.state != State.OPEN:
        raise ProposalError(_("Somebody has already decided about it."))
    return row


def _locked(change: ProposedChange, user: User) -> ProposedChange:
    """The row, with its proposal under lock, after asking the policy."""
    Proposal.objects.select_for_update().get(pk=change.proposal_id)
    row = ProposedChange.objects.select_related("proposal__entry", "proposal__author").get(pk=change.pk)
    policy.require(user, Action.EDIT, row.proposal)
    return row
