"""The ways from a word of a question to entries: itself, what it begins, compounds, synonyms, almost the same spelling.

Each way (`Source`) has a factor, below 1 for all but the word itself. Nothing is looked up here: `ranking` does that
for all ways at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from austausch.search import near, synonyms, word_parts
from austausch.search.analysis import Part, pieces
from austausch.search.engines import Lookup
from austausch.search.synonyms import MOST_ALTERNATIVES, Alternative

# What a find in a field says, for the word itself and for a part of a compound.
WORD_FIELDS = {"title": 10.0, "keywords": 4.0, "body": 2.0, "documents": 0.7}
PART_FIELDS = {"title_parts": 8.0, "parts": 2.0}

WORD = "word"
BEGINNING = "beginning"
PART = "part"
COMPOUND = "compound"
SYNONYM = "synonym"
NEAR = "near"
FACTORS = {WORD: 1.0, BEGINNING: 0.7, PART: 0.8, COMPOUND: 0.75, SYNONYM: 0.8, NEAR: 0.65}
# Of what a synonym leads to in a second step.
FURTHER = 0.7
# Of a synonym that an imported list says, not an editor.
IMPORTED = 0.5
# Of a single piece where the compound has longer parts: “Kind” in “Kindergeldbetrug”.
PIECE = 0.8
LONGEST_EXPRESSION = 4
# Of what means the same as a word, and leads on: again a bound for hostile lists.
MOST_EQUALS = 50


@dataclass(frozen=True)
class Source:
    """One way from a word of the question to entries.

    Fields: `channel`, its kind; `word`, as typed; `terms`, all of which an entry must hold; `factor`; `fields`, in
    which they are looked for; `prefix`, whether terms are beginnings; `phrase`, whether they stand in a row.
    """

    channel: str
    word: str
    terms: tuple[str, ...]
    factor: float
    fields: tuple[str, ...] = tuple(WORD_FIELDS)
    prefix: bool = False
    phrase: bool = False

    @property
    def sought(self) -> list[tuple[str, ...]]:
        """What must be held: each term, or all of them in a row."""
        return [self.terms] if self.phrase else [(term,) for term in self.terms]

    @cached_property
    def lookups(self) -> list[Lookup]:
        return [Lookup(terms, name, self.prefix) for terms in self.sought for name in self.fields]


@dataclass(frozen=True)
class Compound:
    """A compound: for each of its `pieces` the ways to the parts that cover it, none where they say nothing. `lengths`
    in letters; `near`, whether it is only spelled like what was typed."""

    pieces: tuple[list[Source], ...]
    lengths: tuple[int, ...]
    near: bool = False


@dataclass
class Asked:
    """A word or phrase of the question and all its ways."""

    part: Part
    sources: list[Source] = field(default_factory=list)
    compounds: list[Compound] = field(default_factory=list)

    def all(self) -> Iterator[Source]:
        yield from self.sources
        for compound in self.compounds:
            for sources in compound.pieces:
                yield from sources


def all_ways(parts: Sequence[Part]) -> list[Asked]:
    """The words of a question with their ways, but for near words."""
    asked = _own_ways(parts)
    _add_further_synonyms(asked, _add_synonyms(asked))
    return asked


def near_ways(part: Part, others: Sequence[near.Nearby]) -> list[Asked]:
    """For each word that is spelled almost like the one typed its ways, as ways of the latter."""
    every = _own_ways([Part((close.term,), close.shown) for close in others])
    # One by one, they are no expression together.
    _add_synonyms(every, longest=1)
    return [_less(part, other, FACTORS[NEAR] * close.likeness) for close, other in zip(others, every, strict=True)]


def _less(part: Part, other: Asked, factor: float) -> Asked:
    def less(sources: Iterable[Source]) -> list[Source]:
        return [replace(one, channel=NEAR, word=part.shown, factor=one.factor * factor) for one in sources]

    compounds = [
        replace(one, pieces=tuple(less(sources) for sources in one.pieces), near=True) for one in other.compounds
    ]
    return Asked(part, less(other.sources), compounds)


def _own_ways(parts: Sequence[Part]) -> list[Asked]:
    word_parts.prepare(part.shown for part in parts if not part.is_phrase)
    return [_asked(part) for part in parts]


def _asked(part: Part) -> Asked:
    if part.is_phrase:
        return Asked(part, [Source(WORD, part.shown, part.terms, 1.0, phrase=True)])
    asked = Asked(part, _of_term(WORD, part.shown, part.terms[0], 1.0))
    if part.prefix:
        asked.sources.append(Source(BEGINNING, part.shown, (part.prefix,), FACTORS[BEGINNING], prefix=True))
    parts = pieces(part.shown)
    count = max((end for _term, _first, end in parts), default=0)
    if count:
        covering = tuple(_covering(part.shown, parts, piece) for piece in range(count))
        lengths = {first: len(term) for term, first, end in parts if end == first + 1}
        asked.compounds.append(Compound(covering, tuple(lengths.get(piece, 1) for piece in range(count))))
    return asked


def _covering(word: str, parts: Sequence[tuple[str, int, int]], piece: int) -> list[Source]:
    """The ways to the parts of a compound that hold one piece of it."""
    longest = max(end - first for _term, first, end in parts)
    found = []
    for term, first, end in parts:
        if first <= piece < end:
            factor = FACTORS[COMPOUND] * (1.0 if end - first == longest else PIECE)
            found += _of_term(COMPOUND, word, term, factor)
    return found


def _of_term(channel: str, word: str, term: str, factor: float) -> list[Source]:
    """The ways to a term: as a word, and as part of a compound."""
    return [
        Source(channel, word, (term,), factor),
        Source(PART if channel == WORD else channel, word, (term,), factor * FACTORS[PART], tuple(PART_FIELDS)),
    ]


def _add_synonyms(asked: Sequence[Asked], longest: int = LONGEST_EXPRESSION) -> Mapping[str, Sequence[Alternative]]:
    """For every run of up to so many words, and for the parts of compounds, what else means the same; by key."""
    runs = list(_runs(asked, longest))
    covering = [(one, sources) for one in asked for compound in one.compounds for sources in compound.pieces]
    known = synonyms.alternatives(
        [*(key for key, _some in runs), *{" ".join(one.terms) for _asked, sources in covering for one in sources}]
    )
    for key, some in runs:
        for alternative in known.get(key, ()):
            for one in some:
                one.sources += _meaning_same(one.part.shown, alternative, 1.0)
    for one, sources in covering:
        for source in [source for source in sources if source.fields == tuple(WORD_FIELDS)]:
            for alternative in known.get(" ".join(source.terms), ()):
                sources += _meaning_same(one.part.shown, alternative, source.factor)
    return known


def _add_further_synonyms(asked: Sequence[Asked], known: Mapping[str, Sequence[Alternative]]) -> None:
    """What equals lead to: “Kindergarten” is a “Kita”, and who looks for “Kita” also finds “Kindertagesbetreuung”.

    Only through expressions that mean the same in both directions, of which one may stand for the other; and only what
    somebody wrote for this portal, because imported lists lead anywhere in two steps.
    """
    runs = [(key, some, _equals(known.get(key, ()))) for key, some in _runs(asked, LONGEST_EXPRESSION)]
    onward = synonyms.alternatives(equal.key for _key, _some, equals in runs for equal in equals)
    for key, some, equals in runs:
        found = {one.key: one for equal in equals for one in onward.get(equal.key, ()) if one.curated}
        for already in (key, *(one.key for one in known.get(key, ()) if one.curated)):
            found.pop(already, None)
        for alternative in list(found.values())[:MOST_ALTERNATIVES]:
            for one in some:
                one.sources += _meaning_same(one.part.shown, alternative, FURTHER)


def _equals(alternatives: Sequence[Alternative]) -> list[Alternative]:
    return [one for one in alternatives if one.equal and one.curated][:MOST_EQUALS]


def _meaning_same(word: str, alternative: Alternative, factor: float) -> list[Source]:
    factor *= FACTORS[SYNONYM] if alternative.curated else IMPORTED
    if len(alternative.terms) == 1:
        return _of_term(SYNONYM, word, alternative.terms[0], factor)
    return [Source(SYNONYM, word, alternative.terms, factor)]


def _runs(asked: Sequence[Asked], longest: int) -> Iterator[tuple[str, list[Asked]]]:
    """Every phrase, and every run of up to so many words, as the key of a synonym."""
    for start, first in enumerate(asked):
        if first.part.is_phrase:
            yield " ".join(first.part.terms), [first]
            continue
        for end in range(start + 1, min(start + longest, len(asked)) + 1):
            some = list(asked[start:end])
            if some[-1].part.is_phrase:
                break
            yield " ".join(one.part.terms[0] for one in some), some
