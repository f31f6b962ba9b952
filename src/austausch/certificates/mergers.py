"""What moves when the organisation that runs schools becomes part of another: its schools."""

from __future__ import annotations

from austausch.certificates.models import School
from austausch.people.mergers import moves
from austausch.people.models import Organisation, User


@moves
def move_schools(source: Organisation, target: Organisation, user: User) -> None:
    School.objects.filter(organisation=source).update(organisation=target)
