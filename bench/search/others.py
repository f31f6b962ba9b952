"""The other searches with the same texts and queries: stock modelsearch (in a process of its own) and tantivy.

Standard input: `catalogue`, `entries`, `queries` (how many), `folder`, `which` ("stock" or "tantivy"). Standard output:
what was measured. Both give the 25 best hits and nothing else: no counts by filter, no marks, no typing errors, no
parts of compounds, no synonyms, no rights. A search that is slow is asked for SECONDS only, and a query that takes
longer is stopped.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from shutil import rmtree
from threading import Timer
from typing import Any

import django
from django.db import OperationalError

from bench.search.timing import percentiles, resident, timed

HITS = 25
SECONDS = 120
BATCH = 2_000
_WORD = re.compile(r"\w+")


def main() -> None:
    given = json.load(sys.stdin)
    django.setup()
    from bench.search import corpus

    words = corpus.vocabulary(Path(given["catalogue"]))
    texts = corpus.texts(words, given["entries"])
    queries = corpus.queries(words, given["queries"])
    answer = _stock(texts, queries) if given["which"] == "stock" else _tantivy(texts, queries, Path(given["folder"]))
    json.dump(answer | {"entries": given["entries"]}, sys.stdout)


def _stock(texts: Iterator[Any], queries: list[str]) -> dict[str, Any]:
    from django.core.management import call_command
    from django.db import connection

    from bench.relevance.stock.models import Measure

    call_command("migrate", run_syncdb=True, verbosity=0)
    while some := list(islice(texts, BATCH)):
        Measure.objects.bulk_create(
            Measure(slug=f"messung-{text.number}", title=text.title[:200], keywords="", body=text.body) for text in some
        )
    before = _stored(connection)
    began = time.perf_counter()
    # In chunks of its usual 1,000 it reads its whole index for each, and was not done within half an hour.
    call_command("rebuild_modelsearch_index", chunk_size=10_000, verbosity=0)
    seconds = time.perf_counter() - began
    size = _stored(connection) - before
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def ask(query: str, operator: str) -> list[Any]:
        with _stopped_in_time(connection):
            return list(Measure.objects.search(query, operator=operator)[:HITS])

    asked = {operator: _asked(queries, partial(ask, operator=operator)) for operator in ("and", "or")}
    return {"seconds": seconds, "megabytes": size / 1024**2, "memory": resident(), **asked}


def _stored(connection: Any) -> int:
    """Bytes of the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def _tantivy(texts: Iterator[Any], queries: list[str], folder: Path) -> dict[str, Any]:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    for name in ("title", "keywords", "body"):
        builder.add_text_field(name, tokenizer_name="german")
    # One of an earlier run, where the folder is kept.
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    index = tantivy.Index(builder.build(), path=str(folder))
    steps = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase())
    index.register_tokenizer("german", steps.filter(tantivy.Filter.stemmer("german")).build())
    began = time.perf_counter()
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for text in texts:
        writer.add_document(tantivy.Document(number=text.number, title=text.title, keywords="", body=text.body))
    writer.commit()
    writer.wait_merging_threads()
    seconds = time.perf_counter() - began
    index.reload()
    searcher = index.searcher()

    def ask(query: str) -> list[Any]:
        # Words only: signs would be its query language.
        wanted = index.parse_query(" ".join(_WORD.findall(query)), ["title", "keywords", "body"])
        return [searcher.doc(address)["number"] for _score, address in searcher.search(wanted, HITS).hits]

    size = sum(file.stat().st_size for file in folder.iterdir())
    return {"seconds": seconds, "megabytes": size / 1024**2, "memory": resident(), "or": _asked(queries, ask)}


def _asked(queries: list[str], ask: Callable[[str], list[Any]]) -> dict[str, float]:
    """`stopped`: how many of those asked were not answered within SECONDS, which count as if they had been then."""
    times: list[float] = []
    found = stopped = 0
    try:
        ask(queries[0])
        end = time.monotonic() + SECONDS
        for query in queries:
            if time.monotonic() > end:
                break
            took, hits = timed(lambda query=query: ask(query))
            times.append(took)
            found += bool(hits)
    except OperationalError:
        times.append(SECONDS * 1000)
        stopped = 1
    return {**percentiles(times), "found": found, "asked": len(times), "stopped": stopped}


@contextmanager
def _stopped_in_time(connection: Any) -> Iterator[None]:
    """Has a query that takes longer than SECONDS end with an OperationalError."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [SECONDS * 1000])
        yield
        return
    timer = Timer(SECONDS, connection.connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


if __name__ == "__main__":
    main()
