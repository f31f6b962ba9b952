"""What moves from a merged entry to the one that is kept, and back again if that is undone.

Rooms above register what of theirs hangs on an entry (`hanging`). What moved is written down row by row, so that an
undo moves back exactly that; what came later stays where it was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.catalogue.models import Adoption, Entry

_hanging: list[str] = []


def hanging(model: str) -> None:
    """Registers a model (`room.Model`) whose field `entry` moves. Rows that would then be there twice stay."""
    _hanging.append(model)


def move(merged: Entry, kept: Entry) -> dict[str, Any]:
    """Moves everything; returns what moved, as JSON keeps it."""
    rows = {
        model: _moved(apps.get_model(model), "entry", _hung(model, merged), kept.pk) for model in sorted(set(_hanging))
    }
    return {"rows": rows, "adoptions": _move_adoptions(merged, kept)}


def move_back(moved: dict[str, Any], merged: Entry, kept: Entry) -> None:
    for model, keys in moved["rows"].items():
        still = apps.get_model(model).objects.filter(pk__in=keys, entry=kept)
        _moved(apps.get_model(model), "entry", still.values_list("pk", flat=True), merged.pk)
    adoptions = moved["adoptions"]
    ended = Adoption.objects.filter(pk__in=adoptions["ended"])
    back = Adoption.objects.filter(pk__in=[*adoptions["moved"], *adoptions["ended"]], source=kept)
    for key in back.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            Adoption.objects.filter(pk=key).update(source=merged, changes=F("changes") + 1)
    for adoption in ended.filter(source=merged, ended_on__isnull=False):
        _revive(adoption)
    if adoptions["own_copy"]:
        Adoption.objects.filter(pk=adoptions["own_copy"], copy=None).update(copy=merged)
    name_roots(kept)
    name_roots(merged)


def name_roots(entry: Entry) -> None:
    """Makes all adoptions below an entry name the first source they now come from. A query for each generation."""
    origin = Adoption.objects.filter(copy=entry).first()
    root = origin.root_id if origin else entry.pk
    level = [entry.pk]
    seen: set[int] = set()
    while level:
        seen.update(level)
        below = Adoption.objects.filter(source__in=level)
        below.exclude(root=root).update(root=root)
        level = [key for key in below.values_list("copy", flat=True) if key is not None and key not in seen]


def comes_from(entry: Entry, source: Entry) -> bool:
    """Whether the entry is a copy of the source, or a copy of such a copy."""
    seen: set[int] = set()
    key: int | None = entry.pk
    while key is not None and key not in seen:
        if key == source.pk:
            return True
        seen.add(key)
        key = Adoption.objects.filter(copy=key).values_list("source", flat=True).first()
    return False


def _hung(model: str, merged: Entry) -> Iterable[int]:
    keys: Iterable[int] = apps.get_model(model).objects.filter(entry=merged).values_list("pk", flat=True)
    return keys


def _moved(model: Any, field: str, keys: Iterable[int], target: int) -> list[int]:
    """Those of the rows that could be moved. One by one: each may be there already."""
    moved = []
    for key in list(keys):
        try:
            with transaction.atomic():
                model.objects.filter(pk=key).update(**{field: target})
        except IntegrityError:
            continue
        moved.append(key)
    return moved


def _move_adoptions(merged: Entry, kept: Entry) -> dict[str, Any]:
    """Who took over the merged entry has taken over the kept one. Where both were taken over by the same body, or by
    the one that leads the kept entry, the adoption of the merged one ends: counted is what exists once."""
    own = Adoption.objects.filter(copy=merged).first()
    if own is not None:
        # The body still does what it took over, but the copy is no entry of its own any more.
        Adoption.objects.filter(pk=own.pk).update(copy=None)
    going_on = Adoption.objects.going_on()
    double = going_on.filter(
        source=merged,
        organisation__in=[kept.lead_id, *going_on.filter(source=kept).values_list("organisation", flat=True)],
    )
    ended = list(double.values_list("pk", flat=True))
    reason = _("“%(merged)s” became one with “%(kept)s”.") % {"merged": merged, "kept": kept}
    Adoption.objects.filter(pk__in=ended).update(ended_on=timezone.localdate(), end_reason=reason[:500])
    moved = [key for key in Adoption.objects.filter(source=merged).values_list("pk", flat=True) if key not in ended]
    # Their owners are told, as of every change of a source, if it says something else now.
    Adoption.objects.filter(pk__in=[*moved, *ended]).update(source=kept, changes=F("changes") + 1)
    name_roots(kept)
    name_roots(merged)
    return {"moved": moved, "ended": ended, "own_copy": own.pk if own else None}


def _revive(adoption: Adoption) -> None:
    try:
        with transaction.atomic():
            adoption.ended_on, adoption.end_reason = None, ""
            adoption.save(update_fields=["ended_on", "end_reason"])
    except IntegrityError:
        # It was taken over anew meanwhile; that one goes on.
        return
