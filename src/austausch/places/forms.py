"""Form fields for choosing places out of eleven thousand: by name or key, with proposals where scripts run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from austausch.places.models import Place

_KEYED = re.compile(r"^(?:.*\()?\s*(?P<ags>\d{2}|\d{5}|\d{8})\s*\)?$")
SIMILAR = 5


class PlacesInput(forms.Textarea):
    """A text box. Where scripts run, a search field above it proposes places and adds the chosen one."""

    class Media:
        js = ["places/editing.js"]

    def __init__(self) -> None:
        super().__init__(attrs={"rows": 4, "data-places-url": reverse_lazy("places_editing:find")})

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        labels = {"data-places-label": _("Find a place and add it")}
        return {**super().build_attrs(base_attrs, extra_attrs), **labels}


class PlacesField(forms.Field):
    """Places, one per line: "Dortmund (05913000)", a key alone, or a name that only one place has.

    Raises ValidationError that names every line it cannot read and proposes what may be meant.
    """

    widget: type[forms.Widget] = PlacesInput

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return "\n".join(label(place) for place in _as_places(value))

    def to_python(self, value: Any) -> list[Place]:
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
        keys = {line: found["ags"] for line in lines if (found := _KEYED.match(line))}
        by_key = Place.objects.in_bulk(set(keys.values()))
        places: dict[str, Place] = {}
        problems = []
        for line in lines:
            try:
                place = by_key.get(keys[line]) if line in keys else _by_name(line)
            except ValidationError as error:
                problems += error.messages
                continue
            if place is None:
                problems.append(_("There is no place with the key %(key)s.") % {"key": keys[line]})
            else:
                places[place.pk] = place
        if problems:
            raise ValidationError(problems)
        return list(places.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = {place.pk for place in _as_places(initial or [])}
        try:
            return before != {place.pk for place in self.to_python(data)}
        except ValidationError:
            return True


class PlaceField(PlacesField):
    """One place or none."""

    widget: type[forms.Widget] = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value if value is None or (isinstance(value, str) and "(" in value) else [value])

    def to_python(self, value: Any) -> Any:
        places = super().to_python(value)
        if len(places) > 1:
            raise ValidationError(_("Please give one place only."))
        return places[0] if places else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return forms.Field.has_changed(self, self.prepare_value(initial), self.prepare_value(data))


def label(place: Place) -> str:
    """How a place is written in the text box, so that it is found again."""
    return f"{place.name} ({place.ags})"


def find(text: str, limit: int = 20) -> list[Place]:
    """Places whose name or key begins with the text; then those whose name contains it."""
    first = list(Place.objects.filter(name__istartswith=text)[:limit]) if not text.isdigit() else []
    first += list(Place.objects.within(text)[: limit - len(first)]) if text.isdigit() else []
    if len(first) < limit and not text.isdigit():
        known = [place.pk for place in first]
        first += list(Place.objects.filter(name__icontains=text).exclude(pk__in=known)[: limit - len(first)])
    return first


def _by_name(name: str) -> Place:
    found = list(Place.objects.filter(name__iexact=name)[: SIMILAR + 1])
    if len(found) == 1:
        return found[0]
    if found:
        which = "; ".join(label(place) for place in found)
        raise ValidationError(
            _("There are several places called %(name)s: %(which)s.") % {"name": name, "which": which}
        )
    similar = "; ".join(label(place) for place in find(name, SIMILAR))
    if similar:
        raise ValidationError(
            _("There is no place called %(name)s. Perhaps: %(similar)s.") % {"name": name, "similar": similar}
        )
    raise ValidationError(_("There is no place called %(name)s.") % {"name": name})


def _as_places(value: Iterable[Any]) -> list[Place]:
    items = list(value)
    known = Place.objects.in_bulk([item for item in items if not isinstance(item, Place)])
    return [
        item if isinstance(item, Place) else known[item] for item in items if isinstance(item, Place) or item in known
    ]
