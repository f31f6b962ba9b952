"""What a school's people do: ask for certificates, allow or refuse what a colleague asks for, issue anew.

Where every pupil of a batch stands in the school's last applied import, unchanged since, the import has been looked at
by a person and the batch begins at once. Everything else waits for a second person of the school, and one of the two
is of its management.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import journal, rules, tasks, watch, years
from austausch.certificates.errors import CertificateError, QuotaError
from austausch.certificates.models import (
    Alarm,
    Certificate,
    ImportBatch,
    IssueBatch,
    IssueLog,
    Pupil,
    School,
    SchoolYear,
)
from austausch.certificates.policy import may_call_run, schools_of
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

Scope, State = IssueBatch.Scope, IssueBatch.State
LONGEST_VALIDITY: Final = dt.timedelta(days=366)


def ask(
    school: School,
    user: User,
    *,
    scope: IssueBatch.Scope | str,
    pupils: Sequence[Pupil],
    purpose: str,
    valid_until: dt.date | None = None,
    class_name: str = "",
    replaces: Certificate | None = None,
) -> IssueBatch:
    """Asks for certificates for these pupils. Raises CertificateError, PermissionDenied, ValidationError."""
    try:
        return _ask(
            school,
            user,
            scope=Scope(scope),
            pupils=pupils,
            purpose=purpose,
            valid_until=valid_until,
            class_name=class_name,
            replaces=replaces,
        )
    except QuotaError as error:
        watch.raise_alarm(school, Alarm.Kind.QUOTA, str(error))
        raise


@transaction.atomic
def allow(batch: IssueBatch, user: User) -> None:
    """A second person lets a batch begin. Raises CertificateError, PermissionDenied."""
    row = _undecided(batch, user)
    row.state, row.decided_by, row.decided_at = State.QUEUED, user, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    journal.write(row.school, user, journal.Line(IssueLog.Action.ALLOWED, purpose=row.purpose, data={"batch": row.pk}))
    tasks.begin(row)


@transaction.atomic
def refuse(batch: IssueBatch, user: User, *, reason: str) -> None:
    """A second person says no. No number has been given, so none is missing."""
    row = _undecided(batch, user)
    if not reason.strip():
        raise CertificateError(_("Please give a reason."))
    row.state, row.decided_by, row.decided_at, row.refusal = State.REFUSED, user, timezone.now(), reason.strip()
    row.full_clean(validate_unique=False, validate_constraints=False)
    row.save(update_fields=["state", "decided_by", "decided_at", "refusal"])
    journal.write(row.school, user, journal.Line(IssueLog.Action.REFUSED, purpose=row.purpose, data={"batch": row.pk}))


@transaction.atomic
def go_on(batch: IssueBatch, user: User) -> None:
    """Lets a batch that has stopped go on, once what stopped it is mended."""
    policy.require(user, Action.EDIT, batch)
    row = IssueBatch.objects.select_for_update().get(pk=batch.pk)
    if row.state != State.STOPPED:
        raise CertificateError(_("This batch has not stopped."))
    row.state, row.problem = State.QUEUED, ""
    row.save(update_fields=["state", "problem"])
    tasks.begin(row)


def reissue(certificate: Certificate, user: User, *, purpose: str, valid_until: dt.date | None = None) -> IssueBatch:
    """Asks for a new certificate in place of this one, which is revoked as soon as the new one is out."""
    policy.require(user, Action.EDIT, certificate)
    if certificate.pupil is None:
        raise CertificateError(_("The pupil’s data have been deleted, so nothing can be issued anew."))
    if certificate.state == Certificate.State.RESERVED:
        raise CertificateError(_("This certificate is not finished yet."))
    return ask(
        certificate.school,
        user,
        scope=Scope.ONE,
        pupils=[certificate.pupil],
        purpose=purpose,
        valid_until=valid_until,
        replaces=certificate,
    )


def call_run(
    organisation: Organisation, user: User, *, ags: str, purpose: str, valid_until: dt.date
) -> list[IssueBatch]:
    """Asks every school of a municipality to issue for all its pupils; each school's own people let theirs begin.

    Only schools issue certificates: whoever runs them can call for it, sees how far it has come, and reads no pupil.
    A school whose quota has no room for it is left out, and the portal team gets an alarm. Raises CertificateError,
    QuotaError where no school is left, PermissionDenied.
    """
    if not may_call_run(user, organisation):
        raise PermissionDenied("A run is called for by the organisation that runs the schools.")
    _check_last_day(valid_until, today=timezone.localdate())
    made, full = _called(organisation, user, ags=ags, purpose=purpose, valid_until=valid_until)
    for school, problem in full:
        watch.raise_alarm(school, Alarm.Kind.QUOTA, str(problem))
    if not made and full:
        raise full[0][1]
    return made


@transaction.atomic
def _called(
    organisation: Organisation, user: User, *, ags: str, purpose: str, valid_until: dt.date
) -> tuple[list[IssueBatch], list[tuple[School, QuotaError]]]:
    """The batches, and the schools without room for one."""
    today = timezone.localdate()
    schools = School.objects.open(today).within(ags).filter(organisation=organisation).order_by("number")
    run = f"{organisation.key[:20]}-{timezone.now():%Y%m%d%H%M%S}"
    made, full = [], []
    locked = list(schools.select_for_update(of=("self",)))
    watch.require_run(organisation)
    # One undecided run a school: what waits counts for its quota, and calling again must not use that up.
    undecided = set(
        IssueBatch.objects.undecided().filter(school__in=locked).exclude(run="").values_list("school", flat=True)
    )
    for school in locked:
        pupils = [pupil for pupil in school.pupils.attending() if not next(rules.refusals(pupil, today=today), None)]
        if school.pk in undecided or not pupils:
            continue
        try:
            watch.require_quota(school, len(pupils))
        except QuotaError as problem:
            full.append((school, problem))
        else:
            made.append(_batch(school, user, Scope.MUNICIPALITY, pupils, purpose, valid_until, run=run))
    if not made and undecided:
        raise CertificateError(_("These schools have not decided about an earlier run yet. Please wait for that."))
    if not made and not full:
        raise CertificateError(_("None of the schools has pupils for whom a certificate can be issued."))
    return made, full


def default_validity(today: dt.date) -> dt.date:
    """The end of the school year."""
    return years.current(today).ends_on


def covering_import(school: School, pupils: Sequence[Pupil], user: User) -> ImportBatch | None:
    """The import that makes a second person unnecessary for what this user asks: the last applied one, if all of them
    stand in it and it does not rest on this user alone.

    Nothing in a file proves where it comes from: whoever wrote and applied it could issue what they like. An answer of
    the school's own server cannot be written by hand.
    """
    last = ImportBatch.objects.applied().filter(school=school).order_by("-applied_at", "-pk").first()
    if last is None or any(pupil.import_batch_id != last.pk for pupil in pupils):
        return None
    rests_on_user = last.applied_by_id == user.pk and last.source != ImportBatch.Source.SVWS
    return None if rests_on_user else last


# ── Steps of asking ─────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def _ask(
    school: School,
    user: User,
    *,
    scope: IssueBatch.Scope,
    pupils: Sequence[Pupil],
    purpose: str,
    valid_until: dt.date | None,
    class_name: str,
    replaces: Certificate | None,
) -> IssueBatch:
    if school.pk not in schools_of(user, school.roles.model.Role.OFFICE):
        raise PermissionDenied("Only the school's own people issue its certificates.")
    # One request at a time for a school: two of them must not both find room in the quota.
    School.objects.select_for_update().get(pk=school.pk)
    today = timezone.localdate()
    last = valid_until or default_validity(today)
    _check(school, pupils, last, today=today)
    watch.require_quota(school, len(pupils))
    batch = _batch(school, user, scope, pupils, purpose, last, class_name=class_name, replaces=replaces)
    watch.look_at(batch, batch.pupils.all())
    if batch.state == State.QUEUED:
        tasks.begin(batch)
    return batch


def _batch(
    school: School,
    user: User,
    scope: IssueBatch.Scope,
    pupils: Sequence[Pupil],
    purpose: str,
    valid_until: dt.date,
    *,
    class_name: str = "",
    replaces: Certificate | None = None,
    run: str = "",
) -> IssueBatch:
    # Whoever runs the schools cannot let a run begin: that is for each school's own people.
    covering = None if run else covering_import(school, pupils, user)
    batch = IssueBatch(
        school=school,
        school_year=_year(timezone.localdate()),
        scope=scope,
        class_name=class_name,
        import_batch=covering,
        purpose=" ".join(purpose.split()),
        valid_until=valid_until,
        replaces=replaces,
        run=run,
        state=State.QUEUED if covering else State.WAITING,
        made_by=user,
        total=0,
    )
    batch.full_clean()
    batch.save(force_insert=True)
    batch.pupils.set(pupils)
    data = {"batch": batch.pk, "scope": str(scope), "pupils": len(pupils), "import": covering.pk if covering else None}
    journal.write(school, user, journal.Line(IssueLog.Action.ASKED, purpose=batch.purpose, data=data))
    return batch


def _check(school: School, pupils: Sequence[Pupil], last: dt.date, *, today: dt.date) -> None:
    if school.closed_on is not None and school.closed_on < today:
        raise CertificateError(_("The school is closed and issues no certificates."))
    if not pupils:
        raise CertificateError(_("Nobody is chosen for whom a certificate can be issued."))
    if any(pupil.school_id != school.pk for pupil in pupils):
        raise PermissionDenied("A school issues certificates for its own pupils only.")
    _check_last_day(last, today=today)
    refused = [reason for pupil in pupils for reason in rules.refusals(pupil, today=today)]
    if refused:
        raise CertificateError(refused[0])


def _check_last_day(last: dt.date, *, today: dt.date) -> None:
    if not today <= last <= today + LONGEST_VALIDITY:
        raise CertificateError(_("A certificate is valid from today for a year at most. Choose another day."))


def _year(today: dt.date) -> SchoolYear:
    return years.current(today)


def _undecided(batch: IssueBatch, user: User) -> IssueBatch:
    row = IssueBatch.objects.select_for_update(of=("self",)).select_related("school").get(pk=batch.pk)
    policy.require(user, Action.PUBLISH, row)
    if row.state != State.WAITING:
        raise CertificateError(_("This batch has been decided about already."))
    return row
