"""Examples of how to search, made of what really stands in the list."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from austausch.search.asking import Query
from austausch.search.finding import Hits, Option

# Length of the key of the state as a whole, which says little as an example.
STATE = 2


@dataclass(frozen=True)
class Tip:
    """What one can type, what it finds, and the address that does so."""

    typed: str
    meaning: str
    address: str


def tips(hits: Hits) -> list[Tip]:
    """One example for each thing that a query can say; those for which the list has nothing are left out."""
    topics, bodies = _most(hits, "thema"), _most(hits, "traeger")
    place = next((option for option in _most(hits, "ort") if len(option.value) > STATE), None)
    phrase = min((option.label for option in topics + bodies if " " in option.label), key=len, default="")
    made = []
    if topics:
        made.append((f"thema:{_value(topics[0])}", _("only measures with this topic")))
    if place:
        made.append((f"ort:{_value(place)}", _("only measures at work in this place")))
    if bodies:
        made.append((f"traeger:{bodies[0].value}", _("only measures of this body, by its key or name")))
    if phrase:
        made.append((f'"{phrase}"', _("these words together and in this order")))
    if len(topics) > 1:
        made.append((f"{_value(topics[0])} -{_value(topics[-1])}", _("with the first word, without the second")))
    return [Tip(typed, meaning, f"{reverse('search:list')}?{urlencode({'q': typed})}") for typed, meaning in made]


def _most(hits: Hits, name: str) -> list[Option]:
    """The values of a facet in the whole list, most entries first."""
    return sorted(hits.options(name, Query()), key=lambda option: -option.count)


def _value(option: Option) -> str:
    return f'"{option.label}"' if " " in option.label else option.label
