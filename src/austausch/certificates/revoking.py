"""Revoking: from the next status list on every checker is told that the certificate holds no longer. It is final."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import journal, lists
from austausch.certificates.errors import CertificateError
from austausch.certificates.models import Certificate, ImportBatch, IssueLog, Pupil, Revocation, School, StatusList
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User


@transaction.atomic
def revoke(
    certificate: Certificate, user: User, *, reason: Revocation.Reason | str, explanation: str = ""
) -> Revocation:
    """Revokes one certificate. Raises CertificateError, PermissionDenied."""
    policy.require(user, Action.EDIT, certificate)
    if Revocation.Reason(reason) == Revocation.Reason.OTHER and not explanation.strip():
        raise CertificateError(_("Please say in a few words why it is revoked."))
    made = revoke_rows(Certificate.objects.filter(pk=certificate.pk), user, reason=reason, explanation=explanation)
    if not made:
        raise CertificateError(_("Only a certificate that is out and not yet revoked can be revoked."))
    return made[0]


@transaction.atomic
def revoke_of_departed(import_batch: ImportBatch, pupils: Iterable[Pupil], user: User) -> int:
    """Revokes what still says that these pupils attend the school, once somebody has confirmed that they have left.

    `import_batch` is the import that no longer contains them, or says so. Returns how many were revoked.
    """
    policy.require(user, Action.EDIT, import_batch)
    own = Certificate.objects.filter(
        school=import_batch.school_id, pupil__in=[pupil.pk for pupil in pupils], kind=Certificate.Kind.ATTENDS
    ).valid()
    return len(revoke_rows(own, user, reason=Revocation.Reason.LEFT, import_batch=import_batch))


def still_out(pupils: QuerySet[Pupil]) -> QuerySet[Certificate]:
    """What still says that these pupils attend: shown before `revoke_of_departed` is confirmed."""
    return Certificate.objects.filter(pupil__in=pupils.values("pk"), kind=Certificate.Kind.ATTENDS).valid()


def revoke_rows(
    certificates: QuerySet[Certificate],
    user: User | None,
    *,
    reason: Revocation.Reason | str,
    explanation: str = "",
    import_batch: ImportBatch | None = None,
) -> list[Revocation]:
    """Those of `certificates` that are out; in the caller's transaction, which has asked the policy."""
    rows = list(certificates.filter(state=Certificate.State.ISSUED).select_for_update().order_by("pk"))
    if not rows:
        return []
    # The lock under which lists are signed: see lists.publish.
    touched = {row.status_list_id for row in rows}
    locked = list(StatusList.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    now = timezone.now()
    for status_list in locked:
        # Not before the last list even if the clock was set back: otherwise nobody would sign a new one.
        last = lists.newest(lists.status_name(status_list))
        status_list.changed_at = max(now, last.issued_at) if last else now
        status_list.save(update_fields=["changed_at"])
    Certificate.objects.filter(pk__in=[row.pk for row in rows]).update(state=Certificate.State.REVOKED)
    made = [
        Revocation(
            certificate=row,
            reason=reason,
            explanation=explanation.strip(),
            revoked_by=user,
            revoked_at=now,
            import_batch=import_batch,
        )
        for row in rows
    ]
    for each in made:
        each.full_clean(exclude=["certificate"])
    Revocation.objects.bulk_create(made, 500)
    _write_down(rows, user, str(reason))
    return made


def _write_down(rows: Iterable[Certificate], user: User | None, reason: str) -> None:
    by_school: dict[int, list[journal.Line]] = {}
    for row in rows:
        line = journal.Line(IssueLog.Action.REVOKED, certificate_number=row.number, data={"reason": reason})
        by_school.setdefault(row.school_id, []).append(line)
    for school in School.objects.filter(pk__in=by_school).order_by("pk"):
        journal.write(school, user, *by_school[school.pk])
