"""What a database offers by itself: PostgreSQL's German full text, and SQLite's trigrams."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence

import psycopg

Rankings = dict[str, list[str]]
# A text as `bench.relevance.portal` gives it: slug, title, keywords, body.
Texts = Sequence[Mapping[str, str]]

_WORD = re.compile(r"\w+")
_TABLE = "CREATE TABLE text (slug text, vector tsvector)"
_STORE = """
    INSERT INTO text VALUES (%(slug)s, setweight(to_tsvector('german', %(title)s), 'A')
        || setweight(to_tsvector('german', %(keywords)s), 'B') || to_tsvector('german', %(body)s))
"""
# Any of the words: with all of them, as PostgreSQL joins them, a question finds nothing.
_FIND = """
    SELECT slug FROM text, (SELECT replace(plainto_tsquery('german', %(query)s)::text, '&', '|')::tsquery wanted) asked
    WHERE vector @@ wanted ORDER BY ts_rank(vector, wanted) DESC, slug LIMIT %(most)s
"""


def german(address: str, texts: Texts, queries: Sequence[str], most: int) -> Rankings:
    """PostgreSQL's configuration `german` with weighted fields, in an empty database."""
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.executemany(_STORE, texts)
        return {query: [slug for (slug,) in cursor.execute(_FIND, {"query": query, "most": most})] for query in queries}


def trigrams(texts: Texts, queries: Sequence[str], most: int) -> Rankings:
    """FTS5's trigram tokenizer and its bm25: whatever shares a trigram with one of the query's words."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE text USING fts5(slug UNINDEXED, title, keywords, body, tokenize=trigram)"
        )
        connection.executemany("INSERT INTO text VALUES (:slug, :title, :keywords, :body)", texts)
        find = "SELECT slug FROM text WHERE text MATCH ? ORDER BY bm25(text, 0, 2, 1, 1), slug LIMIT ?"
        found: Rankings = {}
        for query in queries:
            wanted = {word[at : at + 3] for word in _WORD.findall(query.lower()) for at in range(len(word) - 2)}
            match = " OR ".join(f'"{part}"' for part in sorted(wanted))
            found[query] = [slug for (slug,) in connection.execute(find, (match, most))] if match else []
    return found
