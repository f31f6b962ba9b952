"""What the words of entries consist of, kept in the database: taking one apart takes milliseconds, and a page of hits
shows hundreds of them.

Indexing keeps them; everybody else reads those of a whole page at once (`prepare`), after which `compounds.split`
answers from memory. A rebuild of the index begins with none, so nothing outlives the entry that held it for long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection

from austausch.search import analysis, compounds
from austausch.search.engines.postings import among
from austausch.search.models import WordParts

BATCH = 2_000


def prepare(words: Iterable[str]) -> set[str]:
    """Reads what is known of these words; answers those, as `analysis.spelled` has them, of which nothing is."""
    wanted = sorted(compounds.not_remembered(map(analysis.spelled, words)))
    missing = set(wanted)
    if wanted:
        for word, parts in _kept(wanted):
            compounds.remember(word, tuple((part, first, end) for part, first, end in json.loads(parts)))
            missing.discard(word)
    return missing


def _kept(words: list[str]) -> list[tuple[str, str]]:
    """Each of these words that is kept, with its parts. Not by the model: a search asks several times, and putting the
    statement together took three times as long as its answer."""
    condition, values = among(words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT word, parts FROM {WordParts._meta.db_table} WHERE version = %s AND word {condition}",  # noqa: S608
            [compounds.VERSION, values],
        )
        return list(cursor.fetchall())


def keep(words: Iterable[str]) -> None:
    """Stores what these words consist of."""
    # In one order for all writers, so that two of them never wait for each other.
    WordParts.objects.bulk_create(
        [WordParts(word=word, parts=compounds.split(word), version=compounds.VERSION) for word in sorted(words)],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["word"],
        update_fields=["parts", "version"],
    )


def clear() -> None:
    """Forgets all of them."""
    WordParts.objects.all().delete()
    compounds.forget()
