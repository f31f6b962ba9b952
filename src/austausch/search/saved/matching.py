"""Which of some new entries many saved searches find, without asking the search once for each of them.

Equal searches are one. Searches with the same words are answered together: their filters are sets of bits. Nothing is
sorted. What only means the same as the words does not count: something always does, and it would be news each day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from austausch.search import snapshot
from austausch.search.asking import Query
from austausch.search.finding import Hits


def matching(searches: Iterable[str], new: Iterable[int]) -> dict[str, set[int]]:
    """For each search, as `Query.params()` writes it, which of the new entries it finds; empty ones too.

    Answers for visitors: what somebody may see more is asked when a mail is written.
    """
    at = snapshot.current()
    among = at.bits(new)
    by_words: dict[str, dict[str, Query]] = defaultdict(dict)
    for params in set(searches):
        query = query_of(params)
        by_words[query.text][params] = query
    if not among:
        return {params: set() for queries in by_words.values() for params in queries}
    found: dict[str, set[int]] = {}
    for words, queries in by_words.items():
        hits = Hits(Query(words), AnonymousUser(), at=at, alike=False)
        for params, query in queries.items():
            settled, bits = hits.also(query)
            # A topic or body that no longer exists: without it the search would find far too much.
            found[params] = set() if settled.ignored else _keys(at, bits & among)
    return found


def query_of(params: str) -> Query:
    return Query.from_params(QueryDict(params))


def _keys(at: snapshot.Snapshot, bits: int) -> set[int]:
    found = set()
    while bits:
        lowest = bits & -bits
        found.add(at.keys[lowest.bit_length() - 1])
        bits ^= lowest
    return found
