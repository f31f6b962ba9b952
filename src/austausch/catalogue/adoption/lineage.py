"""Who took what from whom, and when: the whole line of an entry, from its first source to the last copy.

One query for the line, one for what of it the reader may see, whatever its length.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from austausch.catalogue.models import Adoption, Entry
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.people.models import Organisation

# Of the picture, in its own units.
ROW = 44
LABELS = 300
WIDTH = 760
MARGIN = 24
INDENT = 40
BEND = 8


@dataclass(frozen=True)
class Step:
    """One body in a line: its `number` in the list, and `source`, the one it took it from (None: the first source).

    `organisation` and `entry` are None where the reader may not see them; `entry` also where there is no copy.
    """

    number: int
    source: Step | None
    organisation: Organisation | None
    entry: Entry | None
    since: dt.date | None
    confirmed: bool
    ended: bool
    is_here: bool


@dataclass(frozen=True)
class Dot:
    """A step in the picture: `x`, `y`, and `path` from whom it was taken."""

    step: Step
    x: int
    y: int
    path: str


@dataclass(frozen=True)
class Picture:
    """A row each, directly under whom it was taken from; the further right, the more hands it went through."""

    dots: list[Dot]
    height: int
    width: int = WIDTH


def steps(entry: Entry, user: Actor) -> list[Step]:
    """The line that an entry stands in, each body directly below whom it took it from, the earlier first.

    What the reader may not see is left out; where something visible hangs on it, it stands there without a name.
    """
    origin = Adoption.objects.filter(copy=entry).only("root_id").first()
    root_key = origin.root_id if origin else entry.pk
    line = list(Adoption.objects.filter(root=root_key).with_list_parts())
    seen = set(policy.which(user, Action.VIEW, Adoption.objects.filter(root=root_key)).values_list("pk", flat=True))
    entries = {root_key, *(row.copy_id for row in line if row.copy_id)}
    readable = {
        row.pk: row
        for row in policy.which(user, Action.VIEW, Entry.objects.filter(pk__in=entries).select_related("lead"))
    }
    below: dict[int, list[Adoption]] = defaultdict(list)
    for row in line:
        below[row.source_id].append(row)
    shown: set[int] = set()
    # From the end: whether something visible hangs on a row is known before the row itself.
    for row in reversed(_in_order(root_key, below)):
        if row.pk in seen or any(child.pk in shown for child in below.get(row.copy_id or 0, ())):
            shown.add(row.pk)
    root = readable.get(root_key)
    published = root.first_published_at if root else None
    found = [
        Step(
            number=1,
            source=None,
            organisation=root.lead if root else None,
            entry=root,
            since=timezone.localdate(published) if published else None,
            confirmed=True,
            ended=False,
            is_here=root_key == entry.pk,
        )
    ]
    place_of = {root_key: 0}
    for row in _in_order(root_key, below):
        if row.pk not in shown:
            continue
        source = found[place_of[row.source_id]]
        visible = row.pk in seen
        if row.copy_id:
            place_of[row.copy_id] = len(found)
        found.append(
            Step(
                number=len(found) + 1,
                source=source,
                organisation=row.organisation if visible else None,
                entry=readable.get(row.copy_id or 0),
                since=timezone.localdate(row.made_at) if visible else None,
                confirmed=row.confirmed_on is not None,
                ended=row.ended_on is not None,
                is_here=row.copy_id == entry.pk,
            )
        )
    return found


def picture(line: list[Step]) -> Picture:
    """Where each step stands."""
    depths: list[int] = []
    for step in line:
        depths.append(depths[step.source.number - 1] + 1 if step.source else 0)
    indent = min(INDENT, (WIDTH - LABELS - 2 * MARGIN) / max(1, *depths))
    dots: list[Dot] = []
    for step, depth in zip(line, depths, strict=True):
        x, y = LABELS + MARGIN + round(depth * indent), ROW // 2 + (step.number - 1) * ROW
        path = ""
        if step.source:
            parent = dots[step.source.number - 1]
            path = f"M{parent.x} {parent.y} V{y - BEND} Q{parent.x} {y} {min(parent.x + BEND, x)} {y} H{x}"
        dots.append(Dot(step, x, y, path))
    return Picture(dots, ROW * len(line))


def _in_order(root: int, below: dict[int, list[Adoption]]) -> list[Adoption]:
    """All rows of a line, each before what was taken from it. Not recursive: a line may be long."""
    ordered: list[Adoption] = []
    waiting = list(reversed(below.get(root, [])))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        if row.copy_id:
            waiting += reversed(below.get(row.copy_id, []))
    return ordered
