"""Building the index: what of an entry is searched, and by what it is filtered.

`index` is told by the catalogue whenever what the public sees of an entry has changed, and runs in the transaction
that changes it: entry and index are never apart. An entry that is not listed has no place in the index.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from austausch.catalogue.models import Approach, Entry, Kind
from austausch.core import generation
from austausch.places.queries import Gazetteer, PlaceError
from austausch.search import analysis, meaning, word_parts
from austausch.search.engines import Text, engine
from austausch.search.models import IndexedEntry

BATCH = 500
MOST_TERMS = 15_000
# Compounds of a long document: taking an unknown word apart costs a millisecond.
MOST_DOCUMENT_WORDS = 3_000
# How long that takes grows with the square of the word's length. This is forty times what an entry's own words
# take, and some seconds while nobody else can write.
MOST_SPLITTING = 400_000
# Words of which a batch remembers the parts.
MOST_KEPT_APART = 50_000
SHORTEST_WORD = 4
SHORTEST_INITIALS = 3
DISTRICT = 5


@dataclass(frozen=True)
class Row:
    """What is indexed of one entry."""

    text: Text
    title: str
    facets: str
    digest: str

    @property
    def indexed(self) -> IndexedEntry:
        return IndexedEntry(entry_id=self.text.key, title=self.title, facets=self.facets, digest=self.digest)


@dataclass(frozen=True)
class Difference:
    """Where index and database disagree: primary keys of entries absent from the index, out of date or too many."""

    missing: tuple[int, ...]
    outdated: tuple[int, ...]
    surplus: tuple[int, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        return (*self.missing, *self.outdated, *self.surplus)

    def __bool__(self) -> bool:
        return bool(self.keys)


def index(entries: Sequence[int]) -> None:
    """Makes the index agree with the database for these entries, whatever happened to them."""
    if not entries:
        return
    with transaction.atomic():
        # First, so that writers come one after the other, and none after a rebuild has looked for the last time.
        generation.advance()
        gazetteer = Gazetteer(within=settings.AUSTAUSCH_STATE)
        for keys in _batches(entries):
            _replace(keys, gazetteer)
        meaning.index_later(entries)


def naming(**condition: Any) -> list[int]:
    """Primary keys of the listed entries that fulfil the condition, such as naming a topic."""
    return list(Entry.objects.listed().filter(**condition).distinct().values_list("pk", flat=True))


def compare() -> Difference:
    """Looks whether index and database agree."""
    indexed = dict(IndexedEntry.objects.values_list("pk", "digest"))
    stored = engine().stored()
    listed = set(Entry.objects.listed().values_list("pk", flat=True))
    gazetteer = Gazetteer(within=settings.AUSTAUSCH_STATE)
    present = sorted(listed & indexed.keys() & stored)
    outdated = [
        row.text.key
        for keys in _batches(present)
        for row in rows(keys, gazetteer)
        if row.digest != indexed[row.text.key]
    ]
    return Difference(
        missing=tuple(sorted(listed - set(present))),
        outdated=tuple(outdated),
        surplus=tuple(sorted((stored | indexed.keys()) - listed)),
    )


def _replace(keys: Sequence[int], gazetteer: Gazetteer) -> None:
    found = list(rows(keys, gazetteer, keep=True))
    listed = {row.text.key for row in found}
    IndexedEntry.objects.filter(pk__in=keys).delete()
    engine().remove(key for key in keys if key not in listed)
    engine().store([row.text for row in found])
    IndexedEntry.objects.bulk_create(row.indexed for row in found)


def rows(keys: Sequence[int], gazetteer: Gazetteer, *, keep: bool = False) -> Iterator[Row]:
    """What is to be indexed of those of the entries that are listed. `keep`: what their words consist of, too."""
    # Here, because it indexes again the entries whose documents it has read.
    from austausch.search import document_texts

    read = document_texts.texts(keys)
    known = _Known(Counter(text for some in read.values() for text in some))
    for entry in Entry.objects.listed().filter(pk__in=keys).select_related("lead__place").with_parts():
        places = _places(entry, gazetteer)
        text = _text(entry, read.get(entry.pk, []), known)
        facets = "\n".join(f"{name}={value}" for name, value in sorted(_facets(entry, places)))
        lines = (" ".join((field, *terms)) for field, terms in text.terms.items())
        digest = hashlib.sha256("\n".join((facets, *lines)).encode())
        yield Row(text, " ".join(analysis.terms(entry.title)), facets, digest.hexdigest()[:32])
    if keep and known.new:
        word_parts.keep(known.new)


@dataclass(frozen=True)
class _Analysed:
    """A text's `terms`, its words as they are `shown`, and its `spellings`: folded → as it is shown.

    The terms are not those of the words: a sign that only stands for letters (㎞) is no word of its own.
    """

    terms: Sequence[str]
    shown: Sequence[str]
    spellings: Mapping[str, str]


class _Document:
    """As much of a document's text as is ever indexed with an entry, analysed.

    `runs`: where its words end, those of one letter among them.
    """

    def __init__(self, text: str) -> None:
        self.runs = array("L", (match.end() for match in islice(analysis.RUN.finditer(text), MOST_TERMS)))
        # What nobody can find is not read either.
        self._text = text[: self.runs[-1]] if len(self.runs) == MOST_TERMS else text
        words = analysis.words(self._text)
        self._ends = array("L", (word.end for word in words))
        # A long text says most words many times.
        once: dict[str, str] = {}
        self._shown = [once.setdefault(word.shown, word.shown) for word in words]
        self._folded = {shown: analysis.fold(shown) for shown in once}
        self._all = self._beginning(self._text)

    def first(self, most: int) -> _Analysed:
        """As far as it has no more words than that."""
        text = self._text[: self.runs[most - 1]] if most <= len(self.runs) else self._text
        return self._all if len(text) == len(self._text) else self._beginning(text)

    def _beginning(self, text: str) -> _Analysed:
        shown = self._shown[: bisect_right(self._ends, len(text))]
        return _Analysed(analysis.terms(text), shown, {self._folded[word]: word for word in shown})


class _Known:
    """What is known of the texts of several entries, so that nothing is worked out for each of them that cites a law.

    `cited`: how often each document's text is. `new`: words of which it was not known what they consist of.
    """

    def __init__(self, cited: Mapping[str, int]) -> None:
        self.new: set[str] = set()
        self._cited = cited
        self._documents: dict[str, _Document] = {}
        self._parts: dict[str, tuple[str, ...]] = {}

    def documents(self, texts: Iterable[str]) -> Iterator[_Analysed]:
        """The texts as far as they have no more than MOST_TERMS words together."""
        left = MOST_TERMS
        for text in texts:
            document = self._document(text)
            yield document.first(left)
            left -= len(document.runs)
            if left <= 0:
                return

    def take_apart(self, words: Sequence[str]) -> None:
        """Before `parts` is asked for them."""
        if len(self._parts) > MOST_KEPT_APART:
            self._parts.clear()
        unknown = [shown for shown in words if shown not in self._parts]
        self.new |= word_parts.prepare(unknown)
        self._parts |= {shown: analysis.spans(shown) for shown in unknown}

    def parts(self, words: Iterable[str]) -> list[str]:
        """The parts of all compounds among the words, each once: where they stand says nothing."""
        return list(dict.fromkeys(part for shown in words for part in self._parts[shown]))

    def _document(self, text: str) -> _Document:
        if found := self._documents.get(text):
            return found
        found = _Document(text)
        # Many long ones would fill the memory for nothing.
        if self._cited[text] > 1:
            self._documents[text] = found
        return found


def _text(entry: Entry, read: Sequence[str], known: _Known) -> Text:
    own = {"title": [entry.title], "keywords": _keywords(entry), "body": _body(entry)}
    texts = {name: [_analysed(text) for text in some] for name, some in own.items()}
    texts["documents"] = [*known.documents(read)]
    shown = {name: [word for text in some for word in text.shown] for name, some in texts.items()}
    rest = (*shown["keywords"], *shown["body"][:MOST_TERMS], *shown["documents"][:MOST_DOCUMENT_WORDS])
    apart = {"title_parts": _to_take_apart(shown["title"]), "parts": _to_take_apart(rest)}
    known.take_apart([word for some in apart.values() for word in some])
    spelled: dict[str, str] = {}
    for name in reversed(texts):
        for text in texts[name]:
            spelled |= text.spellings
    return Text(
        key=entry.pk,
        terms={
            **{name: [term for text in some for term in text.terms][:MOST_TERMS] for name, some in texts.items()},
            **{name: known.parts(some) for name, some in apart.items()},
            "spellings": [folded for folded in spelled if folded.isalnum()],
        },
        words={folded: shown for folded, shown in spelled.items() if len(folded) >= SHORTEST_WORD and folded.isalpha()},
    )


def _keywords(entry: Entry) -> Iterator[str]:
    for word in (*entry.topics.all(), *entry.target_groups.all()):
        yield from (word.name, word.name_en)
    yield from (*_labels(Kind, entry.kind), *_labels(Approach, entry.approach), entry.lead.key)
    for name in (entry.lead.name, *(partner.name for partner in entry.partners.all())):
        yield from _initials(name)
    yield from (place.name for place in entry.places.all())
    yield from (office.place_name for office in entry.offices.all())
    for action in entry.actions.all():
        yield from (*action.place_names, action.district)
    yield from (f"{basis.reference} {basis.title}" for basis in entry.legal_bases.all())
    yield from (citation.document.title for citation in entry.citations.all())


def _body(entry: Entry) -> Iterator[str]:
    yield entry.summary
    for section in (
        entry.starting_point,
        entry.goals,
        entry.procedure,
        entry.facts,
        entry.results,
        entry.lessons,
        entry.transferability,
    ):
        yield from section
    yield entry.venue
    yield from _figures(entry)
    # A ministry's name holds half of all topics.
    yield entry.lead.name
    yield from (partner.name for partner in entry.partners.all())
    yield from (f"{office.name} {office.note}" for office in entry.offices.all())
    yield from (link.title for link in entry.links.all())


def _figures(entry: Entry) -> Iterator[str]:
    """What its page says in figures: the years of its period, and its sum with signs between thousands and without."""
    yield from (str(day.year) for day in (entry.starts_on, entry.ends_on) if day)
    if entry.funding_eur is not None:
        yield f"{entry.funding_eur:,.0f} {entry.funding_eur:.0f}"


def _initials(name: str) -> Iterator[str]:
    """Abbreviations of a body's name, with and without its small words: “Arbeit und Leben NRW” gives AuL."""
    words = [word.shown for word in analysis.words(name) if not word.shown.isupper()]
    for letters in ([word[0] for word in words if word[0].isupper()], [word[0] for word in words]):
        if len(letters) >= SHORTEST_INITIALS:
            yield "".join(letters)


def _analysed(text: str) -> _Analysed:
    shown = [word.shown for word in analysis.words(text)]
    return _Analysed(analysis.terms(text), shown, {analysis.fold(word): word for word in shown})


def _to_take_apart(words: Iterable[str]) -> list[str]:
    """The words, each once, as far as that may take."""
    found = []
    left = MOST_SPLITTING
    for shown in dict.fromkeys(words):
        left -= len(shown) ** 2
        if left < 0:
            break
        found.append(shown)
    return found


def _facets(entry: Entry, places: set[str]) -> set[tuple[str, str]]:
    """Pairs of facet and value. A place also counts for the district and the state it lies in."""
    around = {key[:length] for key in places for length in (2, DISTRICT, 8) if length <= len(key)}
    return {
        *(("thema", topic.slug) for topic in entry.topics.all()),
        ("art", entry.kind),
        ("ansatz", entry.approach),
        ("traeger", entry.lead.key),
        *([("ebene", entry.effective_level)] if entry.effective_level else []),
        *(("ort", key) for key in around),
        *(("punkt", key) for key in places),
    }


def _places(entry: Entry, gazetteer: Gazetteer) -> set[str]:
    """Keys of the places where the entry is at work: its own, its offices', its actions', its lead's."""
    found = {place.ags for place in entry.places.all()}
    if entry.lead.place_id:
        found.add(entry.lead.place_id)
    names = [office.place_name for office in entry.offices.all() if office.place_name]
    for action in entry.actions.all():
        names += [*action.place_names, action.district]
    for name in filter(None, names):
        try:
            found.add(gazetteer.resolve(name).ags)
        except PlaceError:
            # A place outside the state, or a part of a town: searchable as text, but not on the map.
            continue
    return found


@cache
def _labels(choices: type[Kind] | type[Approach], value: str) -> tuple[str, ...]:
    """The choice's name in every language, because people search in theirs."""
    names = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.append(str(choices(value).label))
    return tuple(dict.fromkeys(names))


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
