"""What a synonym brings about that its editor may not have meant: nothing, or what another one does already."""

from __future__ import annotations

from collections import defaultdict

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from austausch.search import analysis
from austausch.search.asking import Query
from austausch.search.finding import Hits
from austausch.search.models import Synonym, SynonymTerm

Pair = tuple[str, str]


def fruitless(synonym: Synonym) -> list[str]:
    """The expressions for which visitors find nothing although the synonym is in use: nor is there what it leads to."""
    if not synonym.active:
        return []
    searched = [*synonym.words.splitlines(), *(synonym.means.splitlines() if synonym.both_ways else ())]
    return [text for text in searched if not _leads_somewhere(text)]


def _leads_somewhere(text: str) -> bool:
    hits = Hits(Query(text), AnonymousUser(), alike=False)
    # What only looks like the word, or like a piece of it, would be found without the synonym.
    return bool(hits.total) and not hits.makeshift


def repeated(synonym: Synonym) -> dict[str, list[str]]:
    """The pairs that other synonyms in use have, too: by the name of their list, as “one → other” or “one ↔ other”."""
    if not synonym.active:
        return {}
    terms = list(synonym.terms.order_by("pk"))
    written = {analysis.key(line): line for line in (*synonym.means.splitlines(), *synonym.words.splitlines())}
    own = _pairs([(term.key, term.searched, term.found) for term in terms])
    others: dict[tuple[str, int], list[tuple[str, bool, bool]]] = defaultdict(list)
    rows = SynonymTerm.objects.filter(synonym__active=True, key__in=written).exclude(synonym=synonym)
    for one in rows.select_related("synonym"):
        others[one.synonym.word_list, one.synonym_id].append((one.key, one.searched, one.found))
    both: dict[str, set[Pair]] = defaultdict(set)
    for (word_list, _key), found in others.items():
        both[word_list].update(_pairs(found) & own)
    order = {term.key: at for at, term in enumerate(terms)}
    return {word_list: _shown(pairs, order, written) for word_list, pairs in sorted(both.items()) if pairs}


def _pairs(terms: list[tuple[str, bool, bool]]) -> set[Pair]:
    """What is looked for, with what is found through it."""
    searched = [key for key, is_searched, _found in terms if is_searched]
    found = [key for key, _searched, is_found in terms if is_found]
    return {(one, other) for one in searched for other in found if one != other}


def _shown(pairs: set[Pair], order: dict[str, int], written: dict[str, str]) -> list[str]:
    shown = []
    for one, other in sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]])):
        if (other, one) not in pairs:
            shown.append(f"{_quoted(written[one])} → {_quoted(written[other])}")
        elif order[one] < order[other]:
            shown.append(f"{_quoted(written[one])} ↔ {_quoted(written[other])}")
    return shown


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text}
