"""What somebody asks: words and filters of an address, and what they mean where the database knows more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from austausch.catalogue.models import Approach, Kind, Level, Status
from austausch.people.models import Organisation
from austausch.search import analysis
from austausch.search.analysis import Question
from austausch.search.snapshot import Snapshot

# The address's names of the facets, in the order in which they are shown. Those with choices have fixed values;
# the values of the others are rows of the database.
FACETS = ("thema", "art", "ansatz", "traeger", "ebene", "ort", "status")
CHOICES = {"art": Kind, "ansatz": Approach, "ebene": Level, "status": Status}
SORTS = ("relevanz", "neueste", "titel", "ende")
# Of all filters together: each is counted and linked without it.
MOST_VALUES = 50


@dataclass(frozen=True)
class Query:
    """What somebody looks for.

    Fields: `text`; `facets`, name → values (alternatives within a facet, all facets together); `sort`, one of
    SORTS or empty for the usual one; `ignored`, pairs of parameter and value that were given but mean nothing;
    `copies`, whether a source and the copies made of it are hits of their own (see `lines`).
    """

    text: str = ""
    facets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    ignored: tuple[tuple[str, str], ...] = ()
    copies: bool = False

    @classmethod
    def from_params(cls, params: QueryDict) -> Query:
        """Reads an address's parameters. Never fails: what is not understood ends up in `ignored`.

        Topics, bodies and places are checked when the query is asked, because only the database knows them.
        """
        ignored: list[tuple[str, str]] = []
        facets: dict[str, tuple[str, ...]] = {}
        for name in FACETS:
            given = sorted({value.strip() for value in params.getlist(name)} - {""})
            known = [value for value in given if name not in CHOICES or value in CHOICES[name].values]
            kept = known[: MOST_VALUES - sum(map(len, facets.values()))]
            ignored += [(name, value) for value in given if value not in kept]
            if kept:
                facets[name] = tuple(kept)
        sort = params.get("sort", "")
        if sort and sort not in SORTS:
            ignored.append(("sort", sort))
            sort = ""
        copies = params.get("kopien", "")
        if copies not in {"", "0", "1"}:
            ignored.append(("kopien", copies))
        text = " ".join(params.get("q", "").replace("\x00", " ").split())[: analysis.LONGEST_QUERY]
        return cls(text=text, facets=facets, sort=sort, ignored=tuple(ignored), copies=copies == "1")

    @property
    def usual_order(self) -> str:
        """By relevance if there are words to be relevant to, else the newest first."""
        return "relevanz" if self.text else "neueste"

    @property
    def order(self) -> str:
        """The order that counts."""
        return self.sort if self.sort and (self.text or self.sort != "relevanz") else self.usual_order

    @property
    def selected(self) -> list[tuple[str, str]]:
        """All chosen filters as pairs of facet and value."""
        return [(name, value) for name in FACETS for value in self.facets.get(name, ())]

    def __bool__(self) -> bool:
        return bool(self.text or self.selected)

    def params(self) -> str:
        """The one address of this query: the same query always gives the same string."""
        pairs = [("q", self.text)] if self.text else []
        pairs += self.selected
        if self.order != self.usual_order:
            pairs.append(("sort", self.order))
        if self.copies:
            pairs.append(("kopien", "1"))
        return urlencode(pairs)

    def without(self, name: str, value: str = "") -> Query:
        """The query with one filter fewer; `without("q")` drops the words, `without("thema")` the whole facet."""
        if name == "q":
            return replace(self, text="")
        kept = tuple(known for known in self.facets.get(name, ()) if value and known != value)
        facets = {**self.facets, name: kept}
        return replace(self, facets={name: values for name, values in facets.items() if values})

    def having(self, name: str, value: str) -> Query:
        """The query with this one value for the facet, instead of any others."""
        return replace(self, facets={**self.facets, name: (value,)})


def asked(text: str, known: Snapshot) -> Question:
    """The analysed text. What is the title of an entry is taken as words, whatever signs are in it."""
    if title_of(text) in known.titles:
        return analysis.plainly(text)
    return analysis.analyse(text, lambda name, value: _value(name, value, known) in known.names[name])


def settled(query: Query, question: Question, known: Snapshot) -> Query:
    """The query with its field words as filters, without values that do not exist; those are among the ignored."""
    facets: dict[str, tuple[str, ...]] = {}
    ignored = list(query.ignored)
    given = {name: list(values) for name, values in query.facets.items()}
    for name, value in question.fields:
        given.setdefault(name, []).append(_value(name, value, known))
    for name, values in given.items():
        short = [_short(name, value, known) for value in values]
        kept = tuple(dict.fromkeys(value for value in short if name in CHOICES or value in known.names[name]))
        ignored += [(name, value) for value in short if value not in kept]
        if kept:
            facets[name] = kept
    text = query.text
    if question.fields:
        excluded = (f'-"{part.shown}"' if part.is_phrase else f"-{part.shown}" for part in question.without)
        text = " ".join((question.plain, *excluded)).strip()
    return replace(query, text=text, facets=facets, ignored=tuple(ignored))


def title_of(text: str) -> str:
    """The text as a title is looked up."""
    return " ".join(analysis.terms(text))


def _value(name: str, typed: str, known: Snapshot) -> str:
    """The value of a facet that somebody means by its key or by its name in any language; what is neither stays."""
    if (value := _short(name, typed, known)) in known.names[name]:
        return value
    return known.named(name).get(analysis.fold(typed), typed)


def _short(name: str, key: str, known: Snapshot) -> str:
    """The key that counts of two for the same."""
    # A district-free city has two official keys, of which this house uses the short one.
    if name == "ort" and key[5:] == "000":
        return key[:5]
    body = known.names[name].get(key) if name == "traeger" else None
    # What was merged leads on to the body that does its work now.
    return body.merged_into.key if isinstance(body, Organisation) and body.merged_into else key
