"""The named states of entries and documents, each filter once."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from austausch.languages import reading

if TYPE_CHECKING:
    from austausch.catalogue.models import Adoption, Document, Entry, LinkAddress


class EntryQuerySet(models.QuerySet["Entry"]):
    def published(self) -> EntryQuerySet:
        """Has a public page; archived ones included."""
        return self.filter(live=True)

    def listed(self) -> EntryQuerySet:
        """Stands in lists and search."""
        return self.published().filter(archived_on__isnull=True)

    def ending_soon(self, days: int = 180, today: dt.date | None = None) -> EntryQuerySet:
        today = today or timezone.localdate()
        return self.filter(ends_on__range=(today, today + dt.timedelta(days=days))).order_by("ends_on", "title")

    def dated(self) -> EntryQuerySet:
        """What can stand in a calendar: known to the day from beginning to end, or with dated actions."""
        from austausch.catalogue.models import DatedAction

        actions = DatedAction.objects.filter(entry=OuterRef("pk"))
        return self.filter(Q(starts_precision="day", ends_precision="day") | Exists(actions))

    def due_for_check(self, today: dt.date | None = None) -> EntryQuerySet:
        """Listed entries that were never checked, or whose `review_due_on` has come; longest waiting first."""
        today = today or timezone.localdate()
        due = Q(checked_on__isnull=True)
        for months, these in _by_interval(self):
            due |= these & Q(checked_on__lte=latest_check_now_due(months, today))
        return self.listed().filter(due).order_by(F("checked_on").asc(nulls_first=True), "title", "pk")

    def newest_first(self) -> EntryQuerySet:
        return self.order_by(F("first_published_at").desc(nulls_last=True), "-pk")

    def related_to(self, entry: Entry) -> EntryQuerySet:
        """Listed entries that share at least two topics with this one, most shared topics first."""
        topics = [topic.pk for topic in entry.topics.all()]
        sharing = self.listed().without_copies().filter(topics__in=topics).exclude(slug=entry.slug)
        if (origin := getattr(entry, "adoption", None)) is not None:
            # Where it comes from stands elsewhere on its page.
            sharing = sharing.exclude(pk=origin.root_id)
        related: EntryQuerySet = sharing.annotate(shared=Count("topics")).filter(shared__gte=2)
        return related.order_by("-shared", "title", "pk")

    def without_copies(self) -> EntryQuerySet:
        """Without copies whose first source is listed: the search shows that, unless somebody asks for a place."""
        from austausch.catalogue.models import Adoption

        copies = Adoption.objects.filter(root__live=True, root__archived_on__isnull=True, copy__isnull=False)
        return self.exclude(Exists(copies.filter(copy=OuterRef("pk"))))

    def with_first_source(self) -> EntryQuerySet:
        """With `first_source`, the primary key of the first source: the same for an entry and all copies made of it."""
        with_source: EntryQuerySet = self.annotate(first_source=Coalesce("adoption__root_id", "pk"))
        return with_source

    def with_card_parts(self) -> EntryQuerySet:
        """What an entry's card shows, in a constant number of queries."""
        return self.select_related("lead").prefetch_related("places")

    def with_parts(self) -> EntryQuerySet:
        """Everything an entry's page or export shows, in a constant number of queries."""
        return self.select_related("lead").prefetch_related(
            "topics",
            "target_groups",
            "places",
            "partners",
            "legal_bases",
            "links",
            "offices",
            "actions",
            "citations__document__versions",
            reading.prefetch(),
        )


class DocumentQuerySet(models.QuerySet["Document"]):
    def cited_publicly(self) -> DocumentQuerySet:
        """Cited by at least one published entry."""
        from austausch.catalogue.models import Citation

        return self.filter(Exists(Citation.objects.filter(document=OuterRef("pk"), entry__live=True)))

    def current(self, today: dt.date | None = None) -> DocumentQuerySet:
        today = today or timezone.localdate()
        return self.exclude(valid_to__lt=today)

    def expired(self, today: dt.date | None = None) -> DocumentQuerySet:
        return self.filter(valid_to__lt=today or timezone.localdate())

    def with_list_parts(self, citations: int) -> DocumentQuerySet:
        """What lists and pages show of a document.

        `public_citations` holds the first so many of published entries, `citing_entries` how many there are.
        """
        from austausch.catalogue.models import Citation

        public = Citation.objects.filter(entry__live=True).select_related("entry").order_by("entry__title", "pk")
        counted: DocumentQuerySet = self.annotate(
            citing_entries=Count("citations", filter=Q(citations__entry__live=True), distinct=True)
        )
        shown = Prefetch("citations", public[:citations], to_attr="public_citations")
        # Said once more: Django drops the usual order where it counts.
        return counted.order_by("title", "pk").prefetch_related("versions", shown)


class LinkAddressQuerySet(models.QuerySet["LinkAddress"]):
    def in_state(self, state: str, today: dt.date | None = None) -> LinkAddressQuerySet:
        """Whose `effective_state` this is."""
        today = today or timezone.localdate()
        silent = Q(said="") | Q(said_until__lt=today)
        return self.filter(Q(said=state, said_until__gte=today) | (silent & Q(state=state)))

    def to_be_asked(self, now: dt.datetime | None = None) -> LinkAddressQuerySet:
        """Whose next step is due, longest waiting first."""
        return self.filter(next_step_at__lte=now or timezone.now()).order_by("next_step_at", "pk")


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    def going_on(self) -> AdoptionQuerySet:
        return self.filter(ended_on__isnull=True)

    def confirmed(self) -> AdoptionQuerySet:
        """Done, says a publisher of the organisation; only these are counted."""
        return self.going_on().filter(confirmed_on__isnull=False)

    def untold(self) -> AdoptionQuerySet:
        """Their source was published again, and their owners do not know."""
        return self.going_on().filter(told__lt=F("changes"))

    def with_list_parts(self) -> AdoptionQuerySet:
        return self.select_related("source__lead", "organisation", "copy")


def latest_check_now_due(months: int, today: dt.date) -> dt.date:
    """The latest day of a check after which, `months` later, the next one is due `today`: `review_due_on` backwards."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    end_of_month = calendar.monthrange(today.year, today.month)[1]
    return dt.date(year, month + 1, last if today.day == end_of_month else min(today.day, last))


def _by_interval(entries: models.QuerySet[Entry]) -> list[tuple[int, Q]]:
    """Each number of months after which some of these entries are checked, and which entries those are."""
    from austausch.catalogue.models import Kind, ReviewInterval

    own = entries.order_by().values_list("review_every_months", flat=True).distinct()
    found = [(months, Q(review_every_months=months)) for months in own if months is not None]
    of_kinds = dict(ReviewInterval.objects.values_list("kind", "months"))
    by_months: dict[int, list[str]] = {}
    for kind in Kind.values:
        by_months.setdefault(of_kinds.get(kind, ReviewInterval.DEFAULT), []).append(kind)
    return found + [(months, Q(review_every_months=None, kind__in=kinds)) for months, kinds in by_months.items()]
