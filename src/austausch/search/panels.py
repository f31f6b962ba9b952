"""Filters as the page of the list shows them: which values at once, which behind "show more", places by district."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.places.models import Place
from austausch.search.finding import Facet, Option

# So many values of a facet are shown at once; the others behind "show more".
AT_ONCE = 8
# These are open from the start; the others when something is chosen in them.
OPEN = {"thema", "art"}
# Their values are many and have no order of their own: the most frequent first.
BY_COUNT = {"thema", "traeger"}

TITLES: dict[str, Promise] = {
    "thema": gettext_lazy("Topic"),
    "art": gettext_lazy("Kind"),
    "ansatz": gettext_lazy("Approach"),
    "traeger": gettext_lazy("Responsible body"),
    "ebene": gettext_lazy("Level"),
    "ort": gettext_lazy("Place"),
    "status": gettext_lazy("Status"),
}


@dataclass(frozen=True)
class Panel:
    """A facet as shown. `more` are the values behind "show more", `opened` whether they show already; `groups`
    are a place facet's values by district."""

    name: str
    title: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    open: bool
    opened: bool


def as_panels(facets: Iterable[Facet], places: Mapping[str, object]) -> list[Panel]:
    """Those with values. `places`: key → place, also of districts."""
    return [_panel(facet, places) for facet in facets if facet.options]


def _panel(facet: Facet, places: Mapping[str, object]) -> Panel:
    options = facet.options
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    if facet.name == "ort":
        groups = _by_district(options, places)
        options = facet.chosen
    elif facet.name in BY_COUNT:
        options = tuple(sorted(options, key=lambda option: -option.count))
    # One value more costs less room than "show more".
    cut = AT_ONCE if len(options) > AT_ONCE + 1 else len(options)
    return Panel(
        name=facet.name,
        title=str(TITLES[facet.name]),
        options=options[:cut],
        more=options[cut:],
        groups=groups,
        open=facet.name in OPEN or bool(facet.chosen),
        opened=any(option.chosen for option in options[cut:]),
    )


def _by_district(
    options: tuple[Option, ...], places: Mapping[str, object]
) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """Places by district, each district first as a whole; district-free cities together, before all others."""
    cities = _("District-free cities")
    groups: dict[str, list[Option]] = defaultdict(list)
    for option in options:
        place = places[option.value]
        if option.chosen or not isinstance(place, Place) or place.ags == settings.AUSTAUSCH_STATE:
            continue
        district = places.get(place.ags[:5])
        if place.kind == Place.Kind.CITY:
            groups[cities].append(option)
        elif place.kind == Place.Kind.MUNICIPALITY:
            groups[str(district or "")].append(option)
        else:
            whole = Option(option.value, _("%(place)s as a whole") % {"place": place}, option.count, chosen=False)
            groups[place.name].insert(0, whole)
    ordered = sorted(groups.items(), key=lambda group: (group[0] != cities, group[0]))
    return tuple((name, tuple(group)) for name, group in ordered)
