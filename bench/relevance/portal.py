"""Our search, asked as the portal asks it. Runs in a process of its own, with an installation's settings.

Standard input: what to ask (`queries`, `most`), with how much noise (`noise`), and the `catalogue` to start with.
Standard output: the first hits of each query, and the texts as other searches get them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django

BATCH = 500


def main() -> None:
    given = json.load(sys.stdin)
    django.setup()
    _set_up(Path(given["catalogue"]))
    _add_noise(given["noise"])
    _make_vectors()
    json.dump({"rankings": _ask(given["queries"], given["most"]), "texts": _texts()}, sys.stdout)


def _set_up(catalogue: Path) -> None:
    from austausch.operation.installation import steps

    for name, step in steps(catalogue=catalogue):
        if name != "assets":
            step()


def _add_noise(count: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from austausch.catalogue.models import Approach, Entry, Kind, Topic
    from austausch.catalogue.publication import tell_observers
    from austausch.core import generation
    from austausch.people.models import Organisation
    from bench.relevance import noise

    texts = list(noise.texts(count))
    there = set(Entry.objects.filter(slug__in=[text.slug for text in texts]).values_list("slug", flat=True))
    texts = [text for text in texts if text.slug not in there]
    if not texts:
        return
    # Of the kinds those that say nothing by themselves: a garden club's decree would be a decree, and rightly found.
    kinds = (Kind.NETWORK, Kind.STAFFING, Kind.QUALIFICATION, Kind.RESEARCH)
    now = timezone.now()
    with transaction.atomic():
        town = Organisation.Kind.MUNICIPALITY
        bodies = {
            name: Organisation.objects.get_or_create(
                key=f"rauschen-{name.lower()}", defaults={"name": f"Stadt {name}", "kind": town}
            )[0]
            for name in noise.towns()
        }
        topics = {
            name: Topic.objects.get_or_create(
                key=f"rauschen-{name.lower()}", slug=f"rauschen-{number}", defaults={"name": name}
            )[0]
            for number, name in enumerate(noise.topics())
        }
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            entries = Entry.objects.bulk_create(
                Entry(
                    slug=text.slug,
                    title=text.title,
                    summary=text.summary,
                    kind=kinds[number % len(kinds)],
                    approach=Approach.values[number % len(Approach.values)],
                    lead=bodies[text.town],
                    facts=list(text.points),
                    live=True,
                    has_unpublished_changes=False,
                    first_published_at=now,
                    last_published_at=now,
                )
                for number, text in enumerate(batch, start)
            )
            through: Any = Entry.topics.through
            through.objects.bulk_create(
                through(entry_id=entry.pk, topic_id=topics[text.topic].pk)
                for text, entry in zip(batch, entries, strict=True)
            )
            tell_observers([entry.pk for entry in entries])
        generation.advance()


def _make_vectors() -> None:
    from austausch.search import meaning

    meaning.refresh(meaning.missing())


def _ask(queries: Sequence[str], most: int) -> dict[str, list[str]]:
    from django.contrib.auth.models import AnonymousUser
    from django.http import QueryDict

    from austausch.catalogue.models import Entry
    from austausch.search.asking import Query
    from austausch.search.finding import Hits

    slugs = dict(Entry.objects.values_list("pk", "slug"))
    found = {}
    for text in queries:
        params = QueryDict(mutable=True)
        params["q"] = text
        found[text] = [slugs[key] for key in Hits(Query.from_params(params), AnonymousUser()).keys[:most]]
    return found


def _texts() -> list[dict[str, str]]:
    """What an entry's page says, for searches that know nothing about entries."""
    from austausch.catalogue.models import Entry

    texts = []
    for entry in Entry.objects.listed().select_related("lead").with_parts().order_by("pk"):
        keywords = [
            *(name for topic in entry.topics.all() for name in (topic.name, topic.name_en)),
            entry.get_kind_display(),
            entry.get_approach_display(),
            entry.lead.name,
            *(partner.name for partner in entry.partners.all()),
            *(place.name for place in entry.places.all()),
            *(f"{office.name} {office.place_name}" for office in entry.offices.all()),
            *(name for action in entry.actions.all() for name in (*action.place_names, action.district)),
            *(citation.document.title for citation in entry.citations.all()),
        ]
        points = (entry.starting_point, entry.goals, entry.procedure, entry.facts, entry.results, entry.lessons)
        body = [entry.summary, *(text for texts in points for text in texts), entry.venue]
        body += [office.note for office in entry.offices.all()]
        texts.append(
            {
                "slug": entry.slug,
                "title": entry.title,
                "keywords": "\n".join(filter(None, keywords)),
                "body": "\n".join(filter(None, body)),
            }
        )
    return texts


if __name__ == "__main__":
    main()
