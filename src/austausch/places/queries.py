"""Finding places: by key, and by the name a person would write."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from austausch.places.models import Place


class PlaceQuerySet(models.QuerySet["Place"]):
    def within(self, ags: str) -> PlaceQuerySet:
        """The place itself and everything that lies in it."""
        return self.filter(ags__startswith=ags)

    def with_position(self) -> PlaceQuerySet:
        return self.filter(latitude__isnull=False, longitude__isnull=False)


class PlaceError(LookupError):
    """The text names no place, or several. `candidates`: the places that may be meant, best first."""

    def __init__(self, message: str, candidates: Sequence[Place]) -> None:
        super().__init__(message)
        self.candidates = list(candidates)


class UnknownPlaceError(PlaceError):
    pass


class AmbiguousPlaceError(PlaceError):
    pass


class Gazetteer:
    """All places below a key, read once, for looking up many names.

    A name is looked up as it stands, then without regard to case and spelling of umlauts, then without what only
    tells namesakes apart ("Gronau" and "Gronau (Westf.)", "Emmerich" and "Emmerich am Rhein"). The first of these
    that finds anything decides. A city that is also a state counts as the city.
    """

    def __init__(self, *, within: str = "") -> None:
        from austausch.places.models import Place

        self._by_key = {place.ags: place for place in Place.objects.within(within)}
        self._by_name: list[tuple[Callable[[str], str], dict[str, list[Place]]]] = []
        for form in (str.strip, folded, without_epithet):
            names: dict[str, list[Place]] = defaultdict(list)
            for place in self._by_key.values():
                names[form(place.name)].append(place)
            self._by_name.append((form, names))

    def resolve(self, text: str) -> Place:
        """The one place of this key or name. Raises PlaceError."""
        if re.fullmatch(r"[0-9]+", text.strip()):
            return self._by_official_key(text.strip())
        for form, names in self._by_name:
            if found := names.get(form(text)):
                return _single(text, found)
        raise UnknownPlaceError(_("No place is called “%(text)s”.") % {"text": text}, self._similar(text))

    def _by_official_key(self, key: str) -> Place:
        # A district-free city has one row here, but two official keys.
        place = self._by_key.get(key) or (self._by_key.get(key[:5]) if key[5:] == "000" else None)
        if place is None:
            raise UnknownPlaceError(_("No place has the key %(key)s.") % {"key": key}, [])
        return place

    def _similar(self, text: str) -> list[Place]:
        names = self._by_name[1][1]
        close = difflib.get_close_matches(folded(text), names, n=3, cutoff=0.75)
        return [place for name in close for place in names[name]][:3]


def _single(text: str, found: list[Place]) -> Place:
    towns = [place for place in found if place.kind != place.Kind.STATE] or found
    if len(towns) > 1:
        raise AmbiguousPlaceError(_("Several places are called “%(text)s”.") % {"text": text}, towns)
    return towns[0]


_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_EPITHET = re.compile(r"\(.*|[/,].*| (?:am|an|auf|bei|im|in|ob|vor) .*| [abi]\. ?.*")


def folded(name: str) -> str:
    """Case, umlauts and punctuation made equal: “Schloß-Holte” → “schloss holte”."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold().translate(_SPELLINGS)).split())


def without_epithet(name: str) -> str:
    """Folded, without what tells namesakes apart: “Stadt Gronau (Westf.)” → “gronau”."""
    plain = re.sub(r"^(?:kreisfreie )?(?:stadt|gemeinde) ", "", name.strip().casefold())
    return folded(_EPITHET.sub("", plain)) or folded(name)
