"""OpenSearch: a search server for installations that outgrow one machine. Extra `opensearch`.

Two indexes stand behind two aliases: texts, with the terms of each field as they are, and the vocabulary. The server
only stores and finds tokens; it analyses nothing and ranks nothing. It takes no part in the database's transactions:
what is written goes to it once the transaction is committed. What could not be written is marked in `IndexedEntry`,
so that `austausch index` tells and `austausch index --apply` mends it.

Written after the public documentation of the API; no live server was at hand. See docs/decisions/0034.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import numpy as np
from django.conf import settings
from django.db import transaction

from austausch.core import generation
from austausch.search.engines import FIELDS, NEAR, EngineError, Keys, Lookup, Spelling, Text
from austausch.search.engines.vocabulary import trigrams
from austausch.search.models import IndexedEntry

logger = logging.getLogger(__name__)

SECONDS = 5
# More hits the server does not give at once.
PAGE = 10_000
MOST_AT_ONCE = 200
TEXTS_AT_ONCE = 100
# Of the vocabulary, those that share the most trigrams; which of them are near is decided here.
MOST_PROPOSED = 1_000
PREFIX = "austausch"

TEXT = {
    "mappings": {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "properties": {
            "key": {"type": "long"},
            **{field: {"type": "text", "analyzer": "whitespace", "norms": False} for field in FIELDS},
        },
    }
}
WORD = {
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "spelling": {"type": "keyword"},
            "shown": {"type": "keyword", "index": False, "doc_values": False},
            "grams": {"type": "keyword"},
        },
    }
}


class OpenSearch:
    """`stamp` tells an index that is being built from the one in use, which is known by its aliases."""

    def __init__(self, stamp: str = "") -> None:
        self._client, prefix = _client(settings.AUSTAUSCH_OPENSEARCH_URL)
        self._aliases = (f"{prefix}-text", f"{prefix}-word")
        self._stamp = stamp
        self._text, self._word = (f"{alias}-{stamp}" if stamp else alias for alias in self._aliases)

    # Making and replacing indexes

    def create(self) -> None:
        new = self.beside()
        new._switch()

    def drop(self) -> None:
        self._delete(self._indexes())

    def beside(self) -> OpenSearch:
        self.tidy()
        new = OpenSearch(_stamp())
        with _named():
            self._client.indices.create(index=new._text, body=TEXT)
            self._client.indices.create(index=new._word, body=WORD)
        return new

    def settle(self) -> None:
        """Nothing: it puts each text in its index at once."""

    def take_over(self) -> None:
        transaction.on_commit(self._switch)

    def tidy(self) -> None:
        self._delete([index for index, aliases in self._indexes().items() if not aliases])

    def give_up(self) -> None:
        self._delete([self._text, self._word])

    def _switch(self) -> None:
        former = [
            {"remove": {"index": index, "alias": alias}}
            for index, aliases in self._indexes().items()
            for alias in aliases
        ]
        new = [
            {"add": {"index": index, "alias": alias}}
            for index, alias in zip((self._text, self._word), self._aliases, strict=True)
        ]
        try:
            with _named():
                self._client.indices.update_aliases(body={"actions": [*former, *new]})
        except EngineError:
            # The database already says what the new index says, and the old one stays in use.
            IndexedEntry.objects.update(digest="")
            raise
        generation.advance()

    def _indexes(self) -> dict[str, list[str]]:
        """All indexes of this portal, with the aliases that point to each."""
        with _named():
            found = self._client.indices.get_alias(index=",".join(f"{alias}-*" for alias in self._aliases))
            return {index: sorted(about["aliases"]) for index, about in sorted(found.items())}

    def _delete(self, indexes: Iterable[str]) -> None:
        if names := ",".join(indexes):
            with _named():
                self._client.indices.delete(index=names)

    # Writing

    def store(self, texts: Sequence[Text]) -> None:
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            some = texts[start : start + TEXTS_AT_ONCE]
            self._write(list(self._stored(some)), [text.key for text in some])

    def remove(self, keys: Iterable[int]) -> None:
        gone = sorted(keys)
        self._write([{"delete": {"_index": self._text, "_id": str(key)}} for key in gone], gone)

    def clear(self) -> None:
        def clear() -> None:
            with _named():
                self._client.delete_by_query(
                    index=",".join((self._text, self._word)), body={"query": {"match_all": {}}}, refresh=True
                )
            generation.advance()

        transaction.on_commit(clear)

    def _stored(self, texts: Sequence[Text]) -> Iterator[dict[str, Any]]:
        for text in texts:
            yield {"index": {"_index": self._text, "_id": str(text.key)}}
            yield {"key": text.key, **{field: " ".join(terms) for field, terms in text.terms.items()}}
        words = {folded: shown for text in texts for folded, shown in text.words.items()}
        for folded in sorted(words):
            yield {"create": {"_index": self._word, "_id": folded}}
            yield {"spelling": folded, "shown": words[folded], "grams": sorted(trigrams(folded))}

    def _write(self, lines: list[dict[str, Any]], keys: list[int]) -> None:
        if not lines:
            return
        if self._stamp:
            self._bulk(lines)
        else:
            transaction.on_commit(partial(self._write_now, lines, keys))

    def _write_now(self, lines: list[dict[str, Any]], keys: list[int]) -> None:
        try:
            # The alias must be there, or the server would make an index of its own making under its name.
            self._bulk(lines, refresh="wait_for", require_alias=True)
        except EngineError:
            logger.exception("The search server did not take %d entries; see `austausch index`.", len(keys))
            IndexedEntry.objects.filter(pk__in=keys).update(digest="")
        else:
            # Whoever has asked since the commit has got, and keeps, the answers of before.
            generation.advance()

    def _bulk(self, lines: list[dict[str, Any]], **params: Any) -> None:
        with _named():
            answer = self._client.bulk(body=lines, **params)
            for item in answer["items"]:
                ((action, about),) = item.items()
                # A word that is known already, or a text that was not there, is as it should be.
                if about["status"] >= 300 and (action, about["status"]) not in {("create", 409), ("delete", 404)}:
                    raise EngineError(f"The search server refused to {action}: {about['status']}.")

    # Asking

    def stored(self) -> set[int]:
        if self._stamp:
            with _named():
                self._client.indices.refresh(index=self._text)
        elif self._text not in {alias for aliases in self._indexes().values() for alias in aliases}:
            return set()
        (keys,) = self._pages([{"match_all": {}}])
        return set(keys.tolist())

    def find(self, lookups: Sequence[Lookup]) -> list[Keys]:
        found: list[Keys] = []
        for start in range(0, len(lookups), MOST_AT_ONCE):
            found += self._pages([_query(lookup) for lookup in lookups[start : start + MOST_AT_ONCE]])
        return found

    def _pages(self, queries: Sequence[dict[str, Any]]) -> list[Keys]:
        """The keys of all texts that answer each query; those with more than a page are asked again."""
        found: list[list[int]] = [[] for _ in queries]
        open_ones = list(range(len(queries)))
        while open_ones:
            lines: list[dict[str, Any]] = []
            for at in open_ones:
                after = {"search_after": [found[at][-1]]} if found[at] else {}
                lines += [{"index": self._text}, {**_KEYS_ONLY, "query": {"constant_score": {"filter": queries[at]}}}]
                lines[-1] |= after
            with _named():
                answers = self._client.msearch(body=lines)["responses"]
                if len(answers) != len(open_ones):
                    raise EngineError("The search server did not answer all that was asked.")
                pages = [[int(hit["fields"]["key"][0]) for hit in _hits(answer)] for answer in answers]
            for at, page in zip(open_ones, pages, strict=True):
                found[at] += page
            open_ones = [at for at, page in zip(open_ones, pages, strict=True) if len(page) == PAGE]
        return [np.array(keys, dtype=np.int64) for keys in found]

    def near(self, folded: str, most: int) -> list[Spelling]:
        grams = sorted(trigrams(folded))
        alike = [{"constant_score": {"filter": {"term": {"grams": gram}}}} for gram in grams]
        # Ahead of all that merely share trigrams, so that the limit does not cut it off.
        held = {"constant_score": {"filter": {"wildcard": {"spelling": {"value": f"*{folded}*"}}}, "boost": len(grams)}}
        proposed = self._words({"bool": {"should": [*alike, held]}}, MOST_PROPOSED)
        likeness = {word: _likeness(trigrams(folded), trigrams(word.folded)) for word in proposed}
        close = [word for word in proposed if likeness[word] >= NEAR or folded in word.folded]
        return sorted(close, key=lambda word: (-likeness[word], word.folded))[:most]

    def beginning(self, prefix: str, most: int) -> list[Spelling]:
        return self._words({"prefix": {"spelling": prefix}}, most, sort=["spelling"])

    def _words(self, query: dict[str, Any], most: int, **more: Any) -> list[Spelling]:
        with _named():
            answer = self._client.search(
                index=self._word, body={"size": most, "_source": ["spelling", "shown"], "query": query, **more}
            )
            return [Spelling(hit["_source"]["spelling"], hit["_source"]["shown"]) for hit in _hits(answer)]


_KEYS_ONLY: Mapping[str, Any] = {
    "size": PAGE,
    "sort": ["key"],
    "_source": False,
    "docvalue_fields": ["key"],
    "track_total_hits": False,
}


def _stamp() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y%m%d%H%M%S%f")


def _query(lookup: Lookup) -> dict[str, Any]:
    text = " ".join(lookup.terms)
    if len(lookup.terms) == 1:
        return {"prefix" if lookup.prefix else "term": {lookup.field: text}}
    if lookup.prefix:
        return {"match_phrase_prefix": {lookup.field: {"query": text, "max_expansions": MOST_PROPOSED}}}
    return {"match_phrase": {lookup.field: text}}


def _hits(answer: Any) -> list[Any]:
    """The hits of one answer; part of them is an error, or the page would lack entries without saying so."""
    if "error" in answer or answer["timed_out"] or answer["_shards"]["failed"]:
        raise EngineError(f"The search server could not answer: {answer.get('status', 'not all of its parts did')}.")
    hits: list[Any] = answer["hits"]["hits"]
    return hits


def _likeness(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / len(one | other)


@contextmanager
def _named() -> Iterator[None]:
    """Every way in which the server can fail, an answer of another shape included, is one named error."""
    from opensearchpy.exceptions import OpenSearchException

    try:
        yield
    except OpenSearchException as error:
        # Neither the address nor what was asked: the one may hold a password, the other is what people search for.
        raise EngineError(f"The search server cannot be used: {type(error).__name__} {_status(error)}.") from None
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise EngineError("The search server gave an answer that is none.") from error


def _status(error: Any) -> Any:
    return getattr(error, "status_code", "")


@lru_cache(maxsize=4)
def _client(url: str) -> tuple[Any, str]:
    """The client for a server, shared by all threads, and what the names of the portal's indexes begin with."""
    from opensearchpy import OpenSearch as Client

    parts = urlsplit(url)
    server = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    # Whoever waits for a page does not wait for a second attempt too.
    return Client([server], timeout=SECONDS, max_retries=0), parts.path.strip("/") or PREFIX
