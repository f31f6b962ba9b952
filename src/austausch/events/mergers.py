"""What moves when one organisation becomes part of another: its events, past ones too."""

from __future__ import annotations

from austausch.core import generation
from austausch.events.models import Event
from austausch.people.mergers import moves
from austausch.people.models import Organisation, User


@moves
def move_events(source: Organisation, target: Organisation, user: User) -> None:
    if Event.objects.filter(organiser=source).update(organiser=target):
        generation.advance()
