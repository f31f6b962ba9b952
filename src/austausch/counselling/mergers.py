"""What moves when one organisation becomes part of another: it keeps the other's offices and providers from now on."""

from __future__ import annotations

from austausch.core import generation
from austausch.counselling.models import Office, Provider
from austausch.people.mergers import moves
from austausch.people.models import Organisation, User


@moves
def move_offices(source: Organisation, target: Organisation, user: User) -> None:
    Office.objects.filter(owner=source).update(owner=target)
    Provider.objects.filter(owner=source).update(owner=target)
    generation.advance()
