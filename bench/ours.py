"""The portal under measurement: an installation made by `austausch setup`, filled up with generated entries."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

from bench.driver import Request
from bench.site import Site, command
from bench.words import queries

PROJECT = Path(__file__).resolve().parent.parent
MEASURED_PAGES = 200
MEASURED_FILTERS = 60
MEASURED_LIST_PAGES = 40
_CARD = ' entry-card"'

# Slug of some entries evenly spread over the catalogue, and for some of them what they can be found by.
_CHOOSE = """
import django, json
django.setup()
from austausch.catalogue.models import Entry
from austausch.search.finding import PER_PAGE
listed = Entry.objects.listed().order_by("pk")
slugs = list(listed.values_list("slug", flat=True))
some = slugs[:: max(1, len(slugs) // MEASURED)]
chosen = listed.filter(slug__in=some).select_related("lead").prefetch_related("topics")
found = [{"art": e.kind, "ansatz": e.approach, "traeger": e.lead.key, "thema": [t.slug for t in e.topics.all()]}
         for e in chosen]
print(json.dumps({"count": len(slugs), "pages": -(-len(slugs) // PER_PAGE), "slugs": [e.slug for e in chosen],
    "facets": found}))
"""


def environment(data: Path, database_url: str | None) -> dict[str, str]:
    """What makes `austausch` work on the installation in the folder `data`."""
    own = {
        "AUSTAUSCH_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        # This checkout's code, whatever is installed.
        "PYTHONPATH": os.pathsep.join((str(PROJECT), str(PROJECT / "src"))),
    }
    return {**os.environ, **own, **({"BENCH_DATABASE_URL": database_url} if database_url else {})}


def databases(data: Path, database_url: str | None) -> Mapping[str, Any]:
    """The portal's own database settings, so that the stock site gets the same."""
    show = "import json; from bench.settings import DATABASES; print(json.dumps(DATABASES, default=str))"
    settings: Mapping[str, Any] = json.loads(
        command(["-c", show], folder=PROJECT, environment=environment(data, database_url))
    )
    return settings


def build(
    data: Path, *, catalogue: Path, entries: int, database_url: str | None, query_count: int, texts: list[str]
) -> tuple[Site, Site]:
    """Sets an installation up and says which pages stand for what; with the page cache and without it.

    `entries` above what the catalogue holds are generated.
    """
    variables = environment(data, database_url)

    def austausch(*arguments: str) -> str:
        return command(["-m", "austausch", *arguments], folder=PROJECT, environment=variables)

    austausch("setup", "--catalogue", str(catalogue))
    count = _choose(variables)["count"]
    if not count:
        raise RuntimeError(f"`austausch setup` has loaded no entry from {catalogue}.")
    if entries > count:
        austausch("generate_catalogue", "--entries", str(entries - count), "--apply")
    chosen = _choose(variables)
    cached = Site(
        name=f"portal, {chosen['count']:,} entries",
        application="austausch.wsgi:application",
        folder=PROJECT,
        environment=variables,
        pages=_pages(chosen, queries(texts, query_count)),
        page_cache=True,
    )
    return cached, replace(cached, page_cache=False, environment={**variables, "BENCH_PAGE_CACHE": "off"})


def _choose(variables: Mapping[str, str]) -> dict[str, Any]:
    code = _CHOOSE.replace("MEASURED", str(MEASURED_PAGES))
    chosen: dict[str, Any] = json.loads(command(["-c", code], folder=PROJECT, environment=variables))
    return chosen


def _pages(chosen: Mapping[str, Any], wanted: list[str]) -> dict[str, tuple[Request, ...]]:
    filters = dict.fromkeys(
        urlencode(pairs)
        for facets in chosen["facets"][:MEASURED_FILTERS]
        for pairs in ([("thema", facets["thema"][0]), ("art", facets["art"])], [("traeger", facets["traeger"])])
        if facets["thema"]
    )
    words = [(query, quote_plus(query)) for query in wanted]
    return {
        "home": (Request("/", "</html>"),),
        "list": tuple(
            Request(f"/massnahmen/?seite={number}", _CARD)
            for number in range(1, min(chosen["pages"], MEASURED_LIST_PAGES) + 1)
        ),
        "filtered list": tuple(Request(f"/massnahmen/?{query}", _CARD) for query in filters),
        "entry": tuple(Request(f"/massnahmen/{slug}/", slug) for slug in chosen["slugs"]),
        "search": tuple(Request(f"/massnahmen/?q={word}", f'value="{query}"') for query, word in words),
        "API": tuple(Request(f"/api/v1/measures?q={word}&limit=20", '"items"') for _, word in words),
    }
