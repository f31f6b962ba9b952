"""Synonyms as the search asks for them: for the words of a query, what else to look for.

An expression is found by its key (`analysis.key`): its terms without stop words. A change is live with the next
query, and nothing is indexed again: what is kept in memory belongs to one generation of the public content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import QuerySet, prefetch_related_objects

from austausch.core import generation
from austausch.search import analysis
from austausch.search.models import Synonym, SynonymTerm

# What `Synonym.word_list` holds for what editors wrote, and for what comes with the software.
EDITORS = ""
START_LIST = "start"
BATCH = 2000
# A bound for hostile lists, far above what a word has: beyond it a new synonym could cost a hit.
MOST_ALTERNATIVES = 200
# So many terms are kept in memory, five times those of the start list: asking the database took longer than finding.
MOST_KEPT = 30_000


@dataclass(frozen=True)
class Alternative:
    """What to look for instead of some words of a query.

    Fields: `terms` in order (several make a phrase); `synonym`, the primary key of the row that says so; `curated`,
    whether somebody chose it for this portal (editors and the start list) or it came with an imported list; `equal`,
    whether it means the same, both ways, so that what it leads to holds for those words, too.
    """

    terms: tuple[str, ...]
    synonym: int
    curated: bool
    equal: bool

    @property
    def key(self) -> str:
        return " ".join(self.terms)


def alternatives(keys: Iterable[str]) -> dict[str, tuple[Alternative, ...]]:
    """For each key that has any, what else to look for: curated ones first, each once, at most MOST_ALTERNATIVES."""
    wanted = {key for key in keys if key}
    if not wanted:
        return {}
    terms = _all_terms() or _Terms(_rows().filter(synonym__terms__searched=True, synonym__terms__key__in=wanted))
    return {key: found for key in wanted if (found := terms.alternatives(key))}


class _Terms:
    """Synonyms by the keys that they are found by. `rows`: as from `_rows`; of a synonym all or none."""

    def __init__(self, rows: Iterable[tuple[int, str, str, bool, bool]]) -> None:
        self._searched: dict[str, dict[int, tuple[bool, bool]]] = {}
        self._found: dict[int, list[str]] = {}
        for synonym, word_list, key, searched, found in rows:
            if searched:
                self._searched.setdefault(key, {})[synonym] = is_curated(word_list), found
            if found:
                self._found.setdefault(synonym, []).append(key)

    def alternatives(self, key: str) -> tuple[Alternative, ...]:
        answer: dict[str, Alternative] = {}
        groups = sorted(self._searched.get(key, {}).items(), key=lambda one: not one[1][0])
        for synonym, (curated, equal) in groups:
            for other in self._found.get(synonym, ()):
                if other in answer:
                    # Said twice, once in both directions.
                    if equal and curated == answer[other].curated:
                        answer[other] = replace(answer[other], equal=True)
                elif other != key and len(answer) < MOST_ALTERNATIVES:
                    answer[other] = Alternative(tuple(other.split()), synonym, curated, equal)
        return tuple(answer.values())


def _rows() -> QuerySet[SynonymTerm, tuple[int, str, str, bool, bool]]:
    return (
        SynonymTerm.objects.filter(synonym__active=True)
        .order_by("synonym_id", "pk")
        .values_list("synonym_id", "synonym__word_list", "key", "searched", "found")
    )


def _all_terms() -> _Terms | None:
    """All of them; nothing where an imported list makes them too many, or a transaction may have changed them."""
    global _kept_terms
    if connection.in_atomic_block:
        return None
    version = (str(connection.settings_dict["NAME"]), generation.current())
    kept = _kept_terms
    if kept is None or kept[0] != version:
        rows = list(_rows()[: MOST_KEPT + 1])
        # Threads may each make them, which does no harm.
        _kept_terms = kept = (version, _Terms(rows) if len(rows) <= MOST_KEPT else None)
    return kept[1]


_kept_terms: tuple[tuple[str, int], _Terms | None] | None = None


def spellings() -> dict[str, str]:
    """The single words of curated synonyms: folded → as written. For words spelled almost like one of them."""
    global _spelled
    version = (str(connection.settings_dict["NAME"]), generation.current())
    if connection.in_atomic_block or _spelled is None or _spelled[0] != version:
        rows = Synonym.objects.filter(active=True, word_list__in=(EDITORS, START_LIST)).values_list("words", "means")
        lines = [line.strip() for words, means in rows for line in (*words.splitlines(), *means.splitlines())]
        found = {analysis.fold(line): line for line in lines if line.isalpha()}
        if connection.in_atomic_block:
            return found
        _spelled = (version, found)
    return _spelled[1]


_spelled: tuple[tuple[str, int], dict[str, str]] | None = None


def forget() -> None:
    """Lets go of what is kept; for tests, in which generations begin anew."""
    global _kept_terms, _spelled
    _kept_terms = _spelled = None


def is_curated(word_list: str) -> bool:
    return word_list in (EDITORS, START_LIST)


def terms_of(synonym: Synonym) -> Iterator[SynonymTerm]:
    """The rows by which a synonym is found; an expression that says the same as one before it gets none."""
    known = {""}
    for lines, searched, found in (
        (synonym.words, True, synonym.both_ways),
        (synonym.means, synonym.both_ways, True),
    ):
        for expression in lines.splitlines():
            key = analysis.key(expression)
            if key not in known:
                known.add(key)
                yield SynonymTerm(synonym=synonym, key=key, searched=searched, found=found)


@transaction.atomic
def rekey() -> int:
    """Computes all keys anew, after a change of the analyser; answers how many synonyms had other keys.

    Each batch is done or not done: stopped in between, it goes on the next time.
    """
    changed = 0
    last = 0
    while done := _rekey_after(last):
        last = done[0]
        changed += done[1]
    if changed:
        generation.advance()
    return changed


def _rekey_after(last: int) -> tuple[int, int] | None:
    """One batch: the primary key it ends with, and how many had other keys; None if there is none left."""
    with transaction.atomic():
        # Locked, so that an editor who changes one of them meanwhile writes afterwards, with the new analyser.
        batch = list(Synonym.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:BATCH])
        prefetch_related_objects(batch, "terms")
        outdated = [(one, terms) for one in batch if _said(terms := list(terms_of(one))) != _said(one.terms.all())]
        SynonymTerm.objects.filter(synonym__in=[one.pk for one, _terms in outdated]).delete()
        SynonymTerm.objects.bulk_create([term for _one, terms in outdated for term in terms], batch_size=BATCH)
    return (batch[-1].pk, len(outdated)) if batch else None


def _said(terms: Iterable[SynonymTerm]) -> set[tuple[str, bool, bool]]:
    return {(term.key, term.searched, term.found) for term in terms}
