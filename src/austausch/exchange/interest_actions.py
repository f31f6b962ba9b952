"""One click brings two offices in touch, once both want it. Each action is one transaction with its mails.

The log names nobody: the portal team reads it, and could tell from it who is in touch with whom.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, policy
from austausch.exchange import limits, notices
from austausch.exchange.limits import ExchangeError
from austausch.exchange.models import Interest
from austausch.people.models import Membership
from austausch.people.policy import organisations_of

if TYPE_CHECKING:
    from austausch.catalogue.models import Entry
    from austausch.people.models import Organisation, User

State = Interest.State


@transaction.atomic
def express(entry: Entry, user: User, *, organisation: Organisation) -> Interest:
    """Tells the office that leads the entry that another one would like to talk. Raises ExchangeError."""
    policy.require(user, Action.VIEW, entry)
    policy.require(user, Action.CREATE, Interest)
    if organisation.pk not in organisations_of(user, Membership.Role.READER):
        raise PermissionDenied("Interest is that of an organisation in which one has a role.")
    if organisation.pk == entry.lead_id:
        raise ExchangeError(_("Your own organisation leads this measure."))
    limits.INTERESTS.require(Interest.objects.filter(from_user=user))
    before = Interest.objects.filter(entry=entry, from_organisation=organisation, to_organisation=entry.lead_id)
    if taken_back := before.taken_back().order_by("-ends_at").first():
        # Otherwise whoever was declined could withdraw and ask again, a mail to the whole office each time.
        raise ExchangeError(
            _("Your organisation has asked about this before. It can ask again from %(day)s on.")
            % {"day": date_format(timezone.localtime(taken_back.ends_at), "DATE_FORMAT")}
        )
    others = [one for one in notices.authors_of(entry.lead_id) if one.pk != user.pk]
    if not others:
        raise ExchangeError(
            _("Nobody of this office takes part in the network yet. Please write to the portal team instead.")
        )
    interest = Interest(entry=entry, from_organisation=organisation, from_user=user, to_organisation=entry.lead)
    try:
        with transaction.atomic():
            interest.save(force_insert=True)
    except IntegrityError as error:
        raise ExchangeError(_("Your organisation has already asked. Please wait for the answer.")) from error
    log(instance=interest, action="austausch.interest_expressed")
    notices.ask_for_exchange(interest, others)
    return interest


@transaction.atomic
def accept(interest: Interest, user: User) -> None:
    """Both now see each other's name, organisation and e-mail address. Raises PermissionDenied."""
    row = _locked(interest, user, Action.EDIT)
    row.state, row.accepted_by, row.accepted_at = State.ACCEPTED, user, timezone.now()
    row.save(update_fields=["state", "accepted_by", "accepted_at"])
    log(instance=row, action="austausch.interest_accepted")
    notices.tell_accepted(row)


@transaction.atomic
def decline(interest: Interest, user: User) -> None:
    """Nobody learns who declined; the asking office hears, when the time is over, that no contact came about."""
    row = _locked(interest, user, Action.EDIT)
    row.state = State.DECLINED
    row.save(update_fields=["state"])
    log(instance=row, action="austausch.interest_declined")


@transaction.atomic
def withdraw(interest: Interest, user: User) -> None:
    """Takes back what one has asked for or agreed to. From now on neither sees who the other is."""
    row = _locked(interest, user, Action.DELETE)
    row.state = State.WITHDRAWN
    row.save(update_fields=["state"])
    log(instance=row, action="austausch.interest_withdrawn")


def end_unanswered(now: dt.datetime | None = None) -> int:
    """Tells askers whose time is over. Safe to be killed anywhere, and to run twice at once."""
    now = now or timezone.now()
    ended = 0
    for key in list(Interest.objects.over(now).values_list("pk", flat=True)):
        with transaction.atomic():
            row = Interest.objects.over(now).select_for_update().filter(pk=key).first()
            if row is None:
                continue
            row.state = State.ENDED
            row.save(update_fields=["state"])
            notices.tell_ended(row)
            ended += 1
    return ended


def open_interest(entry: Entry, user: User) -> Interest | None:
    """The user's own, still undecided interest in the entry."""
    own = policy.which(user, Action.VIEW, Interest.objects.undecided().filter(entry=entry, from_user=user.pk))
    return own.first()


def _locked(interest: Interest, user: User, action: Action) -> Interest:
    row = Interest.objects.select_for_update().get(pk=interest.pk)
    policy.require(user, action, row)
    return row
