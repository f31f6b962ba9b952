"""Our search, filled and asked. Runs in processes of its own, with an installation's settings.

Standard input: `do` ("build" or "ask" or "profile"), `catalogue`, `entries`, `queries` (how many). Standard output:
what was measured.
"""

from __future__ import annotations

import cProfile
import datetime as dt
import io
import json
import pstats
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.core.management import call_command

from bench.search.timing import percentiles, resident, timed

SLUG = "messung-"
BODIES = 300
BATCH = 2_000
# A machine that is shared stops now and then for longer than a search takes: the median of a query's times counts.
ROUNDS = 3
TABLES = ("search_text", "search_word", "search_gram", "search_posting", "search_indexedentry", "search_wordparts")


def main() -> None:
    given = json.load(sys.stdin)
    django.setup()
    catalogue = Path(given["catalogue"])
    if given["do"] != "build":
        # An installation that was kept may be older than the code.
        call_command("migrate", verbosity=0)
    does: dict[str, Callable[[], dict[str, Any]]] = {
        "build": lambda: _build(catalogue, given["entries"]),
        "ask": lambda: _ask(catalogue, given["queries"]),
        "profile": lambda: _profile(catalogue, given["queries"]),
    }
    json.dump(does[given["do"]](), sys.stdout)


def _build(catalogue: Path, count: int) -> dict[str, Any]:
    """Sets an installation up, adds the texts as entries, and measures how long indexing all of them takes."""
    from austausch.catalogue.models import Entry
    from austausch.operation.installation import steps
    from austausch.search.rebuilding import rebuild
    from bench.search import corpus

    for name, step in steps(catalogue=catalogue):
        if name != "assets":
            step()
    if not Entry.objects.filter(slug__startswith=SLUG).exists():
        texts = corpus.texts(corpus.vocabulary(catalogue), count)
        while some := list(islice(texts, BATCH)):
            _add(some)
    began = time.perf_counter()
    indexed = rebuild(
        lambda done, total: print(f"  {done:,} of {total:,}", file=sys.stderr) if not done % 10_000 else None
    )
    seconds = time.perf_counter() - began
    return {"indexed": indexed, "seconds": seconds, "megabytes": _size() / 1024**2}


def _add(texts: Sequence[Any]) -> None:
    """These texts as published entries, with topics, places and bodies by chance."""
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from austausch.catalogue.models import Approach, Entry, Kind, Precision, Topic
    from austausch.people.models import Organisation
    from austausch.places.models import Place

    kind = Organisation.Kind.MUNICIPALITY
    now = timezone.now()
    with transaction.atomic():
        Organisation.objects.bulk_create(
            (Organisation(key=f"{SLUG}{number}", name=f"Stelle {number}", kind=kind) for number in range(BODIES)),
            ignore_conflicts=True,
        )
        bodies = list(Organisation.objects.filter(key__startswith=SLUG).order_by("pk"))
        topics = list(Topic.objects.order_by("pk").values_list("pk", flat=True))
        # A state's portal knows no other places in entries: its index and its filters look within the state.
        places = list(Place.objects.within(settings.AUSTAUSCH_STATE).order_by("pk").values_list("pk", flat=True))
        chances = [random.Random(text.number) for text in texts]
        entries = Entry.objects.bulk_create(
            Entry(
                slug=f"{SLUG}{text.number}",
                title=text.title[:200],
                summary=text.summary,
                facts=list(text.points),
                kind=chance.choice(Kind.values),
                approach=chance.choice(Approach.values),
                lead=chance.choice(bodies),
                starts_on=dt.date(2015 + text.number % 11, 1, 1),
                starts_precision=Precision.YEAR,
                checked_on=now.date() - dt.timedelta(days=text.number % 800),
                live=True,
                has_unpublished_changes=False,
                first_published_at=now - dt.timedelta(minutes=text.number),
                last_published_at=now,
            )
            for text, chance in zip(texts, chances, strict=True)
        )
        for manager, keys, name in ((Entry.topics, topics, "topic_id"), (Entry.places, places, "place_id")):
            through: Any = manager.through
            through.objects.bulk_create(
                through(entry_id=entry.pk, **{name: key})
                for entry, chance in zip(entries, chances, strict=True)
                for key in chance.sample(keys, chance.choice((1, 1, 2, 3)))
            )


def _size() -> int:
    """Bytes of the index on disk, with `IndexedEntry`."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            found = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)"
            cursor.execute(found, [list(TABLES)])
        else:
            alike = " OR ".join(["name LIKE %s"] * len(TABLES))
            # Full text tables keep theirs in tables with longer names; indexes have the table's name within theirs.
            cursor.execute(f"SELECT sum(pgsize) FROM dbstat WHERE {alike}", [f"%{name}%" for name in TABLES])  # noqa: S608
        return int(cursor.fetchone()[0])


def _ask(catalogue: Path, most: int) -> dict[str, Any]:
    """Every query as the list's page asks it, first with nothing remembered of its words, then again; then typed letter
    by letter. All of that ROUNDS times, each time beginning with nothing remembered at all."""
    from django.contrib.auth.models import AnonymousUser
    from django.utils.translation import override

    from austausch.search import snapshot
    from austausch.search.suggesting import suggest
    from bench.relevance.queries import load
    from bench.search import corpus

    queries = corpus.queries(corpus.vocabulary(catalogue), most)
    # Some are held out from tuning, and are never printed.
    judged = {query.text for query in load()}
    user = AnonymousUser()
    # For each kind and query, and what is typed of it, the times of all rounds.
    times: dict[str, dict[tuple[str, str], list[float]]] = {
        kind: defaultdict(list) for kind in ("cold", "warm", "typing")
    }

    def measure(kind: str, query: str, typed: str, act: Callable[[], Any]) -> Any:
        took, answer = timed(act)
        times[kind][query, typed].append(took)
        return answer

    with override("de"):
        _page("Wohnung")
        suggest("Woh", user)
        snapshot.forget()
        before = resident()
        seconds, known = timed(snapshot.current)
        with_snapshot = resident()
        totals: dict[str, int] = {}
        for _round in range(ROUNDS):
            _forget()
            for text in queries:
                known._found.clear()
                totals[text] = measure("cold", text, text, lambda text=text: _page(text))
                measure("warm", text, text, lambda text=text: _page(text))
            for text in queries:
                known._found.clear()
                for end in range(1, len(text) + 1):
                    measure("typing", text, text[:end], lambda typed=text[:end]: suggest(typed, user))
    usual = {kind: {of: median(some) for of, some in every.items()} for kind, every in times.items()}
    return {
        "queries": len(queries),
        "found": sum(map(bool, totals.values())),
        "hits": sum(totals.values()) / len(queries),
        **{
            kind: percentiles([*usual[kind].values()]) | {"every": percentiles([*chain.from_iterable(every.values())])}
            for kind, every in times.items()
        },
        "slowest": {
            kind: sorted(((took, typed) for (query, typed), took in of.items() if query not in judged), reverse=True)[
                :8
            ]
            for kind, of in usual.items()
        },
        "snapshot": seconds / 1000,
        "memory": {"before": before, "snapshot": with_snapshot, "end": resident()},
    }


def _forget() -> None:
    """Has a round begin as in a new process."""
    from austausch.search import analysis, compounds, highlighting

    compounds.forget()
    for kept in (
        analysis.pieces,
        analysis._term,
        highlighting._judge,
        highlighting._known_hits,
        highlighting._kept_runs,
        highlighting._spelled,
    ):
        kept.cache_clear()


def _page(text: str) -> int:
    """One page of hits, with all counts and marks; how many there are."""
    from django.contrib.auth.models import AnonymousUser

    from austausch.search.asking import Query
    from austausch.search.finding import Hits
    from austausch.search.listing import Listing

    user = AnonymousUser()
    hits = Hits(Query(text), user)
    result = hits.result()
    rows = Listing(hits=hits, result=result, path="/", on_map=False, user=user).rows
    assert len(rows) == min(result.total, result.per_page)
    return result.total


def _profile(catalogue: Path, most: int) -> dict[str, Any]:
    """Where the time goes: the places that take most by themselves, and with what they call."""
    from django.contrib.auth.models import AnonymousUser
    from django.utils.translation import override

    from austausch.search import snapshot
    from austausch.search.suggesting import suggest
    from bench.search import corpus

    queries = corpus.queries(corpus.vocabulary(catalogue), most)

    def search() -> None:
        for text in queries:
            snapshot.current()._found.clear()
            _page(text)

    def typing() -> None:
        for text in queries:
            snapshot.current()._found.clear()
            for end in range(1, len(text) + 1):
                suggest(text[:end], AnonymousUser())

    with override("de"):
        _page("Wohnung")
        return {name: list(_profiled(act)) for name, act in (("search", search), ("typing", typing))}


def _profiled(act: Callable[[], None]) -> Iterator[str]:
    profile = cProfile.Profile()
    profile.runcall(act)
    for order in ("tottime", "cumulative"):
        said = io.StringIO()
        pstats.Stats(profile, stream=said).strip_dirs().sort_stats(order).print_stats(45)
        yield said.getvalue()


if __name__ == "__main__":
    main()
