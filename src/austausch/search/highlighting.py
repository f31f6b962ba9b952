"""Marking, in what people read, the words for which something was found.

The engine knows terms, not letters, so the displayed text is read again here. Nothing of it is ever lost or changed:
it is escaped, and `<mark>` stands around whole words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from austausch.search import analysis, compounds, word_parts
from austausch.search.skeletons import skeleton

LENGTH = 240
# So much of a passage stands before its first marked word, if there is a choice.
BEFORE = 60
MOST_KNOWN = 20_000
MOST_SPELLED = 60_000
MOST_TEXTS = 200
MOST_PROMISING = 1_000
# The words of so many texts are kept, but not those of long ones.
MOST_READ = 1_000
LONGEST_READ = 1_000
# Taking a word apart takes a millisecond. What the words of entries consist of is kept (`word_parts`), but of a long
# document only what its first words do, and somebody may have written one with 40,000 compounds.
MOST_TAKEN_APART = 50
NOTHING = frozenset[str]()
_UMLAUT = re.compile("[aou]e")


@dataclass(frozen=True)
class Wanted:
    """What to mark: words with one of `terms` (stems, also as part of a compound), and words whose folded spelling
    begins with one of `prefixes`."""

    terms: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.prefixes)


@dataclass(frozen=True)
class Passage:
    """The best part of some texts. `text` has its marks, `shown` says for which terms and prefixes, `source` is the
    position of the text it was taken from."""

    text: SafeString
    shown: frozenset[str]
    source: int


def prepare(texts: Iterable[str], wanted: Wanted) -> None:
    """Reads these texts together, so that asking for their marks one by one is quick."""
    if wanted:
        judge = _judge(wanted)
        judge.prepare({word for text in texts if judge.may_show(text) for word, _start, _end in _runs(text)})


def marked(text: str, wanted: Wanted) -> SafeString:
    """The text, escaped, with a mark around every wanted word."""
    return _written(text, 0, len(text), _known_hits(text, wanted))


def shown(text: str, wanted: Wanted) -> frozenset[str]:
    """Which of the wanted terms and prefixes the text shows."""
    return frozenset[str]().union(*(hit.shown for hit in _known_hits(text, wanted)))


def snippet(texts: Iterable[str], wanted: Wanted, length: int = LENGTH) -> SafeString:
    """The best passage of the texts, marked; empty if none of them shows a wanted word."""
    best = passage(texts, wanted, length)
    return best.text if best else mark_safe("")


def passage(
    texts: Iterable[str], wanted: Wanted, length: int = LENGTH, known: frozenset[str] = frozenset()
) -> Passage | None:
    """The passage of at most `length` characters (and "…") with the most different wanted words, the first of equals.

    It begins and ends between words. What is `known` already only decides between passages that else are equal.
    """
    best: tuple[int, str, Sequence[_Hit], _Hit] | None = None
    for source, text in enumerate(texts):
        hits = [hit for hit in _hits(text, wanted) if hit.end - hit.start <= length]
        core = _densest(hits, length, known)
        if core and (best is None or _worth(core.shown, known) > _worth(best[3].shown, known)):
            best = source, text, hits, core
    if best is None:
        return None
    source, text, every, core = best
    start, end = _around(text, core, length)
    inside = [hit for hit in every if start <= hit.start and hit.end <= end]
    written = _written(text, start, end, inside)
    cut = "…" if start else "", "…" if end < len(text.rstrip()) else ""
    return Passage(mark_safe(f"{cut[0]}{written}{cut[1]}"), core.shown, source)  # noqa: S308 - escaped


@dataclass(frozen=True)
class _Hit:
    """A stretch of a text that shows something wanted."""

    start: int
    end: int
    shown: frozenset[str]


@dataclass(eq=False)
class _Judge:
    """Says of a word which of the wanted it shows, and remembers it: words come again and again."""

    wanted: Wanted
    taken_apart: int = 0
    known: dict[str, frozenset[str]] = field(default_factory=dict)
    # Texts of cards: each is asked about twice. Not long ones.
    promising: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def silent(self) -> frozenset[str]:
        """Those of the terms that stand for words which say nothing beside the others; none if there are no others."""
        silent = frozenset(term for term in self.wanted.terms if not analysis.key(term))
        return silent if self.wanted.prefixes or silent != self.wanted.terms else frozenset()

    def __call__(self, word: str) -> frozenset[str]:
        found = self.known.get(word)
        if found is None:
            found, may_have_parts = self._look(word)
            if may_have_parts and self._may_take_apart(word):
                found |= self.wanted.terms.intersection(analysis.spans(word))
            self._remember(word, found)
        return found

    def _may_take_apart(self, word: str) -> bool:
        if not compounds.not_remembered([analysis.spelled(word)]):
            return True
        self.taken_apart += 1
        return self.taken_apart <= MOST_TAKEN_APART

    def may_show(self, text: str) -> bool:
        """Whether a text may show anything. Most of the texts of a page do not, and are not read."""
        may = self.promising.get(text)
        if may is None:
            may = bool(self.skeletons.search(skeleton(text)))
            if len(text) <= LONGEST_READ:
                if len(self.promising) >= MOST_PROMISING:
                    self.promising.clear()
                self.promising[text] = may
        return may

    @cached_property
    def skeletons(self) -> re.Pattern[bytes]:
        pieces = map(skeleton, (*self.wanted.terms, *self.wanted.prefixes))
        return re.compile(b"|".join(map(re.escape, pieces)))

    def prepare(self, words: Iterable[str]) -> None:
        """Judges all words but compounds, and reads together what those consist of."""
        to_take_apart = []
        new = [word for word in words if word not in self.known]
        for word, may_show in zip(new, self._may_show(new), strict=True):
            found, may_have_parts = self._look(word) if may_show else (NOTHING, False)
            if may_have_parts:
                to_take_apart.append(word)
            else:
                self._remember(word, found)
        word_parts.prepare(to_take_apart)

    def _may_show(self, words: Sequence[str]) -> list[bool]:
        """For each word whether `_look` may find something: all at once, because most words show nothing."""
        spelled = [_spelled(word) for word in words]
        may = [not is_plain for _spelling, is_plain in spelled]
        text = "\n".join(spelling for spelling, _is_plain in spelled)
        ends = list(accumulate(len(spelling) + 1 for spelling, _is_plain in spelled))
        for piece in (*self.wanted.terms, *self.wanted.prefixes):
            at = text.find(piece)
            while at >= 0:
                word = bisect_right(ends, at)
                may[word] = True
                at = text.find(piece, ends[word])
        return may

    def _look(self, word: str) -> tuple[frozenset[str], bool]:
        """What a word shows as a whole, and whether its parts may show something."""
        terms, prefixes = self.wanted.terms, self.wanted.prefixes
        spelling, is_plain = _spelled(word)
        if is_plain and not self.anything.search(spelling):
            return NOTHING, False
        # Without stemming: a stem is what its word begins with, unless the stemmer still finds an umlaut in it.
        if not is_plain or spelling.startswith(self.beginnings):
            found = terms.intersection(analysis.terms(word)[:1])
            if found:
                return found, False
        beginnings = NOTHING
        if prefixes and spelling.startswith(prefixes):
            beginnings = frozenset(prefix for prefix in prefixes if spelling.startswith(prefix))
        # A part whose letters are not in the word is no part of it.
        return beginnings, bool(self.any_term.search(spelling))

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        return tuple(self.wanted.terms)

    @cached_property
    def any_term(self) -> re.Pattern[str]:
        return _any_of(self.wanted.terms)

    @cached_property
    def anything(self) -> re.Pattern[str]:
        return _any_of((*self.wanted.terms, *self.wanted.prefixes))

    def _remember(self, word: str, found: frozenset[str]) -> None:
        if len(self.known) > MOST_KNOWN:
            self.known.clear()
        self.known[word] = found


def _any_of(pieces: Iterable[str]) -> re.Pattern[str]:
    """Any of the pieces, anywhere; without any, nothing."""
    return re.compile("|".join(map(re.escape, pieces)) or r"(?!)")


# The same words stand in all texts, whatever is looked for.
@lru_cache(maxsize=MOST_SPELLED)
def _spelled(word: str) -> tuple[str, bool]:
    """The word folded, and whether its stem is what it begins with."""
    spelling = analysis.fold(word)
    return spelling, spelling.isalnum() and not _UMLAUT.search(spelling)


# Each keeps up to MOST_KNOWN words of what it has read.
@lru_cache(maxsize=16)
def _judge(wanted: Wanted) -> _Judge:
    return _Judge(wanted)


# A card asks of the same short text what it shows, and then for its marks.
@lru_cache(maxsize=MOST_TEXTS)
def _known_hits(text: str, wanted: Wanted) -> Sequence[_Hit]:
    return _hits(text, wanted)


def _hits(text: str, wanted: Wanted) -> Sequence[_Hit]:
    """The wanted words of a text, in order."""
    if not wanted:
        return ()
    judge = _judge(wanted)
    if not judge.may_show(text):
        return ()
    known = judge.known
    hits = [
        _Hit(start, _whole(text, end), found)
        for word, start, end in _runs(text)
        if (found := known[word] if word in known else judge(word))
    ]
    return _telling(text, hits, judge.silent) if judge.silent else hits


def _runs(text: str) -> Sequence[tuple[str, int, int]]:
    """The words of a text, and where each begins and ends."""
    return _kept_runs(text) if len(text) <= LONGEST_READ else _read(text)


@lru_cache(maxsize=MOST_READ)
def _kept_runs(text: str) -> Sequence[tuple[str, int, int]]:
    return _read(text)


def _read(text: str) -> Sequence[tuple[str, int, int]]:
    return [(run[0], *run.span()) for run in analysis.RUN.finditer(text)]


def _telling(text: str, hits: Sequence[_Hit], silent: frozenset[str]) -> list[_Hit]:
    """Without words that say nothing, unless they stand beside another hit, as those of a phrase do."""

    def beside(first: int) -> bool:
        return 0 <= first < len(hits) - 1 and text[hits[first].end : hits[first + 1].start].isspace()

    return [hit for at, hit in enumerate(hits) if not hit.shown <= silent or beside(at - 1) or beside(at)]


def _whole(text: str, end: int) -> int:
    """The end of a word with the accents that follow its last letter: a mark between them would tear them off."""
    while end < len(text) and unicodedata.category(text[end]) in {"Mn", "Mc", "Me"}:
        end += 1
    return end


def _written(text: str, start: int, end: int, hits: Sequence[_Hit]) -> SafeString:
    """This part of the text, escaped, with its marks."""
    pieces = []
    for hit in hits:
        pieces += [escape(text[start : hit.start]), "<mark>", escape(text[hit.start : hit.end]), "</mark>"]
        start = hit.end
    return mark_safe("".join([*pieces, escape(text[start:end])]))  # noqa: S308 - escaped


def _worth(shown: frozenset[str], known: frozenset[str]) -> tuple[int, int]:
    return len(shown - known), len(shown)


def _densest(hits: Sequence[_Hit], length: int, known: frozenset[str]) -> _Hit | None:
    """The first stretch of at most `length` characters that shows the most, from a hit to a hit."""
    best: _Hit | None = None
    inside: Counter[str] = Counter()
    first = 0
    for last in hits:
        inside.update(last.shown)
        while last.end - hits[first].start > length:
            inside.subtract(hits[first].shown)
            first += 1
        there = frozenset(+inside)
        if best is None or _worth(there, known) > _worth(best.shown, known):
            best = _Hit(hits[first].start, last.end, there)
    return best


def _around(text: str, core: _Hit, length: int) -> tuple[int, int]:
    """Where the passage around a stretch begins and ends: between words, `length` characters at most."""
    room = length - (core.end - core.start)
    start = max(0, core.start - min(BEFORE, room))
    end = min(len(text), start + length)
    # What is missing behind may stand before.
    start = max(0, min(start, end - length)) if end == len(text) else start
    if start and not text[start - 1].isspace():
        start = next((at + 1 for at in range(start, core.start) if text[at].isspace()), core.start)
    if end < len(text) and not text[end].isspace():
        end = next((at for at in range(end, core.end, -1) if text[at - 1].isspace()), core.end)
    return start, core.end + len(text[core.end : end].rstrip())
