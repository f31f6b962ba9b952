"""What the page of the list shows: answers of `finding` put into words, links and groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from austausch.places import map as drawing
from austausch.places.models import Place
from austausch.search import explaining, popular, tips
from austausch.search.asking import SORTS, Query
from austausch.search.cards import Card, cards
from austausch.search.finding import Hits, Result
from austausch.search.panels import TITLES, Panel, as_panels

if TYPE_CHECKING:
    from austausch.core.policy import Actor

# The part of the page that htmx replaces.
RESULTS = "suche"
QUOTES = frozenset('"„“”«»')
MOST_IGNORED = 5

SORT_TITLES: dict[str, Promise] = {
    "relevanz": gettext_lazy("Best match first"),
    "neueste": gettext_lazy("Newest first"),
    "titel": gettext_lazy("Title A–Z"),
    "ende": gettext_lazy("Ending soon first"),
}
FORMATS: dict[str, Promise] = {
    "pdf": gettext_lazy("PDF"),
    "xlsx": gettext_lazy("Excel"),
    "csv": gettext_lazy("CSV"),
    "json": gettext_lazy("JSON"),
    "ics": gettext_lazy("Calendar"),
    "atom": gettext_lazy("Feed"),
}


@dataclass(frozen=True)
class Chip:
    """A chosen filter that removes itself."""

    title: str
    label: str
    address: str


@dataclass(frozen=True)
class Choice:
    """An entry of a select."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class WayOut:
    """What to leave out when nothing was found, and what one would find then."""

    label: str
    address: str
    count: int


@dataclass(frozen=True)
class Listing:
    """The page of the list. `path` is the page's own address, `on_map` whether the map is shown instead of cards,
    `for_editor` whether the order can be explained to who asks, `explained` whether it is, `nothing_chosen`
    whether somebody wanted the chosen entries and had chosen none.

    Templates ask for the same again and again (once per card, once per option), so what takes work is kept.
    """

    hits: Hits
    result: Result
    path: str
    on_map: bool
    user: Actor
    for_editor: bool = False
    explained: bool = False
    nothing_chosen: bool = False

    results_id = RESULTS

    @property
    def query(self) -> Query:
        return self.result.query

    @cached_property
    def params(self) -> str:
        return self.query.params()

    @cached_property
    def address(self) -> str:
        """The one address of exactly what is shown."""
        return self._link(self.query, on_map=self.on_map, page=self.result.page)

    @property
    def indexable(self) -> bool:
        """Whether search engines shall list this page: not words, not combinations, not other orders of the same."""
        other = self.query.order != "neueste" or self.query.copies or self.on_map
        return not (self.query.text or len(self.query.selected) > 1 or other)

    @cached_property
    def count_text(self) -> str:
        total = self.result.total
        return ngettext("%(total)s measure found", "%(total)s measures found", total) % {"total": _number(total)}

    @cached_property
    def corrections(self) -> list[tuple[str, str]]:
        """The query with words that exist here in place of those that were hardly meant: (its text, its address)."""
        return [
            (correction.query.text, self._link(correction.query, on_map=self.on_map))
            for correction in self.hits.corrections
        ]

    @cached_property
    def rows(self) -> list[tuple[Card, list[explaining.Line], int]]:
        """The cards of this page, each with the reasons for its place if these are asked for, and how many other
        members of its line it stands for."""
        asked = sum(len(part.terms) for part in self.hits.question.parts)
        spelled = explaining.Spelled(self.hits)
        return [
            (
                card,
                self._reasons(card.entry.pk, spelled) if self.explained else [],
                self.hits.others(card.entry.pk),
            )
            for card in cards(self.result.entries, self.hits.wanted, asked, self.user)
        ]

    def _reasons(self, key: int, spelled: explaining.Spelled) -> list[explaining.Line]:
        return explaining.lines(self.hits.explain(key), self.hits.worth(key), spelled)

    @property
    def standing_behind(self) -> int:
        """How many of those found are no hits of their own, because their source or another copy is."""
        return self.hits.bits.bit_count() - self.result.total

    @property
    def readers_places(self) -> list[str]:
        """The names of the reader's places."""
        names = self.hits.snapshot.names["ort"]
        return [str(names[key]) for key in self.hits.readers_places if key in names]

    @property
    def copies_switched(self) -> str:
        """The address with copies as hits of their own, or with one hit for each source and its copies."""
        return self._link(replace(self.query, copies=not self.query.copies), on_map=self.on_map)

    @property
    def understood(self) -> list[explaining.Understood]:
        """What the analyser made of the words."""
        return explaining.understood(self.hits)

    @property
    def explanation(self) -> str:
        """The address of this page with its order explained, or no longer explained."""
        return self._link(self.query, page=self.result.page, explained=not self.explained)

    @cached_property
    def tips(self) -> list[tips.Tip]:
        return tips.tips(self.hits)

    @cached_property
    def title(self) -> str:
        total = self.result.total
        text = ngettext("%(total)s measure", "%(total)s measures", total) % {"total": _number(total)}
        asked = [self.quoted] if self.query.text else []
        asked += [self.hits.label(name, value) for name, value in self.query.selected]
        if asked:
            text = f"{text}: {', '.join(asked[:4])}{' …' if len(asked) > 4 else ''}"
        if self.result.page > 1:
            text = _("%(title)s, page %(page)s") % {"title": text, "page": self.result.page}
        return text

    @property
    def has_quotes(self) -> bool:
        return not QUOTES.isdisjoint(self.query.text)

    @property
    def quoted(self) -> str:
        """The words in quotation marks, unless they have some of their own."""
        return self.query.text if self.has_quotes else _("“%(text)s”") % {"text": self.query.text}

    @cached_property
    def chips(self) -> list[Chip]:
        chips = []
        if self.query.text:
            chips.append(Chip(_("Search words"), self.quoted, self._link(self.query.without("q"), on_map=self.on_map)))
        for name, value in self.query.selected:
            fewer = self._link(self.query.without(name, value), on_map=self.on_map)
            chips.append(Chip(str(TITLES[name]), self.hits.label(name, value), fewer))
        return chips

    @property
    def everything(self) -> str:
        """The address without words and filters."""
        return self._link(Query(sort=self.query.sort), on_map=self.on_map)

    @property
    def as_list(self) -> str:
        return self._link(self.query)

    @property
    def as_map(self) -> str:
        return self._link(self.query, on_map=True)

    @cached_property
    def panels(self) -> list[Panel]:
        return as_panels(self.result.facets, self.hits.snapshot.names["ort"])

    @property
    def sorts(self) -> list[Choice]:
        """The orders on offer. The usual one is sent as nothing, or the first words would be sorted by date."""
        usual = self.query.usual_order
        offered = SORTS if self.query.text else SORTS[1:]
        return [
            Choice("" if sort == usual else sort, str(SORT_TITLES[sort]), sort == self.query.order) for sort in offered
        ]

    @property
    def notices(self) -> list[str]:
        """What in the address was not understood, cut to what is readable."""
        titles = {**TITLES, "sort": _("Sorting"), "kopien": _("Copies")}
        return [f"{titles[name]}: {value[:40]}" for name, value in self.query.ignored[:MOST_IGNORED]]

    @property
    def ways_out(self) -> list[WayOut]:
        ways = []
        for way in self.hits.relaxations():
            if way.name == "q":
                shown = _("the words %(quoted)s") % {"quoted": self.quoted}
            elif way.name:
                shown = f"{TITLES[way.name]}: {self.hits.label(way.name, way.value)}"
            else:
                shown = _("all filters")
            ways.append(WayOut(shown, self._link(way.query, on_map=self.on_map), way.count))
        return ways

    @property
    def topics(self) -> list[WayOut]:
        """All topics with entries, for those who found nothing."""
        return [
            WayOut(option.label, self._link(Query(facets={"thema": (option.value,)})), option.count)
            for option in self.hits.options("thema", Query())
        ]

    @cached_property
    def popular(self) -> list[tuple[str, str]]:
        """What others search for, for those who found nothing: (text, address)."""
        return [(text, self._link(Query(text))) for text in popular.popular()]

    @cached_property
    def page(self) -> Page[int]:
        """For the shared pagination, which only asks for numbers."""
        return Paginator(range(self.result.total), self.result.per_page).page(self.result.page)

    @property
    def kept(self) -> QueryDict:
        """What links to other pages of the list keep."""
        return QueryDict(f"{self.params}&explain=1" if self.explained else self.params)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query as parameters, for a form that is to keep it."""
        return parse_qsl(self.params)

    @cached_property
    def exports(self) -> list[tuple[str, str, str]]:
        """This list to take along: (format, label, address)."""
        return [(name, str(shown), self._export(name)) for name, shown in FORMATS.items()]

    @property
    def feed(self) -> str:
        return self._export("atom")

    @property
    def saving(self) -> str:
        """Where whoever is signed in keeps this search."""
        address = reverse("search:save")
        return f"{address}?{self.params}" if self.params else address

    @cached_property
    def selection(self) -> str:
        """Where the chosen entries are sent."""
        return reverse("search:export", args=["pdf"])

    @property
    def placeless(self) -> int:
        """How many of the found entries the map cannot show."""
        return self.hits.placeless

    @cached_property
    def places(self) -> list[tuple[str, int, str]]:
        """What the map shows, as a list: (place, number, address of its entries)."""
        return [(place.name, count, self._at(place.ags)) for place, count in self.hits.places()]

    @cached_property
    def map(self) -> drawing.Map | None:
        rows = self.hits.snapshot.names["ort"].values()
        shape = [
            drawing.Point(row.latitude, row.longitude)
            for row in rows
            if isinstance(row, Place)
            and row.ags.startswith(settings.AUSTAUSCH_STATE)
            and row.kind in {Place.Kind.CITY, Place.Kind.MUNICIPALITY}
            and row.latitude is not None
            and row.longitude is not None
        ]
        counted = [
            (place.ags, place.name, drawing.Point(place.latitude, place.longitude), count)
            for place, count in self.hits.places()
            if place.latitude is not None and place.longitude is not None
        ]
        return drawing.draw(shape, counted)

    @property
    def bubbles(self) -> list[tuple[drawing.Bubble, str, str]]:
        """The map's bubbles: (bubble, its name for people, address of its entries)."""
        return [
            (
                bubble,
                ngettext("%(place)s: %(total)s measure", "%(place)s: %(total)s measures", bubble.count)
                % {"place": bubble.name, "total": _number(bubble.count)},
                self._at(bubble.key),
            )
            for bubble in (self.map.bubbles if self.map else ())
        ]

    def _export(self, name: str) -> str:
        address = reverse("search:export", args=[name])
        return f"{address}?{self.params}" if self.params else address

    def _at(self, key: str) -> str:
        return self._link(self.query.having("ort", key))

    def _link(self, query: Query, *, on_map: bool = False, page: int = 1, explained: bool | None = None) -> str:
        more = {"ansicht": "karte"} if on_map else {"seite": str(page)} if page > 1 else {}
        if self.explained if explained is None else explained:
            more["explain"] = "1"
        params = "&".join(filter(None, (query.params(), urlencode(more))))
        return f"{self.path}?{params}" if params else self.path


def _number(value: int) -> str:
    return str(number_format(value, use_l10n=True, force_grouping=True))
