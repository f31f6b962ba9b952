"""What the home page shows: what everyone may see, in a number of queries that does not grow with the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.db.models.functions import Coalesce

from austausch.catalogue.models import Approach, Document, Entry, Kind, Topic
from austausch.catalogue.queries import EntryQuerySet
from austausch.core.policy import Action, policy
from austausch.pages.models import Background

NEWEST = 6
ENDING_SOON = 3
# A source and its copies count as one, as in the list that these numbers lead to.
_LINES = Count("first_source", distinct=True)


@dataclass(frozen=True)
class Way:
    """A way into the list: a value of one of its facets, in words, and how many entries it leads to."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Home:
    """Everything on the home page that is not the page's own text."""

    entries: int
    documents: int
    bodies: int
    topics: Sequence[Way]
    approaches: Sequence[Way]
    kinds: Sequence[Way]
    newest: Sequence[Entry]
    ending_soon: Sequence[Entry]
    background: Background | None


def home() -> Home:
    """Reads it all. The same for every visitor, signed in or not: the entrance shows what is public."""
    listed = _listed()
    lines = listed.order_by().with_first_source()
    approaches = dict(lines.values_list("approach").annotate(number=_LINES))
    kinds = dict(lines.values_list("kind").annotate(number=_LINES))
    documents = policy.which(AnonymousUser(), Action.VIEW, Document.objects.all())
    return Home(
        entries=lines.aggregate(number=_LINES)["number"],
        documents=documents.count(),
        bodies=lines.values("lead").distinct().count(),
        topics=_topics(listed),
        approaches=[
            Way(choice.value, str(choice.label), approaches[choice]) for choice in Approach if choice in approaches
        ],
        kinds=[Way(choice.value, str(choice.label), kinds[choice]) for choice in Kind if choice in kinds],
        newest=list(listed.without_copies().newest_first().with_card_parts()[:NEWEST]),
        ending_soon=list(listed.without_copies().ending_soon().with_card_parts()[:ENDING_SOON]),
        background=Background.objects.first(),
    )


def _listed() -> EntryQuerySet:
    return cast(EntryQuerySet, policy.which(AnonymousUser(), Action.VIEW, Entry.objects.listed()))


def _topics(listed: EntryQuerySet) -> list[Way]:
    """Topics that lead somewhere, the fullest first."""
    lines = Count(Coalesce("entries__adoption__root_id", "entries"), distinct=True)
    found = Topic.objects.filter(entries__in=listed.order_by()).annotate(number=lines)
    return [Way(topic.slug, str(topic), topic.number) for topic in found.order_by("-number", "name")]
