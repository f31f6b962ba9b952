"""What the portal team and a school's management keep: schools, roles, alarms. Nothing here opens a pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import journal
from austausch.certificates.errors import CertificateError
from austausch.certificates.models import Alarm, IssueLog, School, SchoolRole
from austausch.core.policy import Action, is_portal_team, policy

if TYPE_CHECKING:
    from austausch.people.models import User


@transaction.atomic
def save_school(school: School, user: User) -> School:
    """Makes or changes a school. Raises PermissionDenied, ValidationError."""
    policy.require(user, Action.EDIT if school.pk else Action.CREATE, school if school.pk else School)
    made = school.pk is None
    school.full_clean()
    school.save()
    data = {"school": school.number, "what": "made" if made else "changed"}
    journal.write(school, user, journal.Line(IssueLog.Action.ROLE, data=data))
    return school


@transaction.atomic
def give_role(school: School, user: User, *, person: User, role: int) -> SchoolRole:
    """Gives a role at the school, or changes it. Nobody of the portal team gets one: who keeps keys reads no pupil."""
    _require(school, user)
    if is_portal_team(person):
        raise CertificateError(_("Somebody of the portal team keeps keys and therefore has no role at a school."))
    given, _made = SchoolRole.objects.update_or_create(school=school, user=person, defaults={"role": role})
    data = {"person": person.pk, "role": given.role, "what": "given"}
    journal.write(school, user, journal.Line(IssueLog.Action.ROLE, data=data))
    return given


@transaction.atomic
def take_role(role: SchoolRole, user: User) -> None:
    """Takes a role away; the last one of the management only by the portal team, so that a school is never stuck."""
    _require(role.school, user)
    heads = SchoolRole.objects.filter(school=role.school, role=SchoolRole.Role.HEAD).exclude(pk=role.pk)
    if role.role == SchoolRole.Role.HEAD and not heads.exists() and not is_portal_team(user):
        raise CertificateError(
            _("This is the only person of the school’s management. Give somebody else the role first.")
        )
    data = {"person": role.user_id, "role": role.role, "what": "taken"}
    journal.write(role.school, user, journal.Line(IssueLog.Action.ROLE, data=data))
    role.delete()


@transaction.atomic
def settle(alarm: Alarm, user: User, *, text: str) -> None:
    """Somebody has looked into it and says what came of it."""
    policy.require(user, Action.EDIT, alarm)
    row = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if row.settled_at is not None:
        raise CertificateError(_("This alarm is settled already."))
    row.settled_at, row.settled_by, row.settlement = timezone.now(), user, text.strip()
    row.save(update_fields=["settled_at", "settled_by", "settlement"])
    journal.write(row.school, user, journal.Line(IssueLog.Action.ALARM, data={"alarm": row.pk, "settled": True}))


def _require(school: School, user: User) -> None:
    own = SchoolRole.objects.filter(school=school, user=user, role=SchoolRole.Role.HEAD)
    if not is_portal_team(user) and not own.exists():
        raise PermissionDenied("Roles at a school are given by its management and by the portal team.")
