"""Examples of how to search, made of what really stands in the list."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from austausch.search.finding import Hits, Option, Query


@dataclass(frozen=True)
class Tip:
    """What one can type, what it finds, and the address that does so."""

    typed: str
    meaning: str
    address: str


def tips(hits: Hits) -> list[Tip]:
    """One example for each thing that a query can say; those for which the list has nothing are left out."""
    topic, other = (*_most(hits, "thema"), None, None)[:2]
    place = next((option for option in _most(hits, "ort") if len(option.value) > 2), None)
    body = next(iter(_most(hits, "traeger")), None)
    made = []
    if topic:
        made.append((f"thema:{_value(topic)}", _("only measures with this topic")))
    if place:
        made.append((f"ort:{_value(place)}", _("only measures at work in this place")))
    if body:
        made.append((f"traeger:{_value(body)}", _("only measures of this body")))
        made.append((f'"{body.label}"', _("these words together and in this order")))
    if topic and other:
        made.append((f"{_value(topic)} -{_value(other)}", _("with the first word, without the second")))
    return [Tip(typed, meaning, f"{reverse('search:list')}?{urlencode({'q': typed})}") for typed, meaning in made]


def _most(hits: Hits, name: str) -> list[Option]:
    """The values of a facet in the whole list, most entries first."""
    return sorted(hits.options(name, Query()), key=lambda option: -option.count)


def _value(option: Option) -> str:
    return f'"{option.label}"' if " " in option.label else option.label
