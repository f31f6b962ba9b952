"""Entries: programmes, measures and offers."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from austausch.catalogue.models.words import (
    Approach,
    EventFormat,
    Evidence,
    FundingPer,
    Kind,
    Level,
    Precision,
    Status,
    TargetGroup,
    Topic,
)
from austausch.catalogue.publication import tell_observers
from austausch.catalogue.queries import EntryQuerySet
from austausch.core.fields import PointsField
from austausch.core.generation import public_content
from austausch.people.models import Organisation
from austausch.places.models import Place

# Last parts of addresses below /massnahmen/ that are pages of their own.
RESERVED_ADDRESSES = frozenset({"liste", "vergleich", "vorschlaege"})


@public_content
class Entry(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """A programme, measure or offer.

    What a source leaves out stays empty here and is not shown; nothing is guessed. Dates are stored as the first
    day (`starts_on`) or last day (`ends_on`) of what the source says, with its precision beside them. `level` may
    be empty: then the lead's own level counts (`effective_level`); so may `review_every_months`: then the interval of
    its kind counts (`review_months`). Published is `live`; archived is published with
    `archived_on`: it keeps its address but leaves lists and search. A duplicate that was `merged_into` another entry is
    never published; its address leads there.
    """

    slug = models.SlugField(
        _("address"), max_length=100, unique=True, help_text=_("The last part of the page's address. It never changes.")
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(
        _("summary"), blank=True, max_length=600, help_text=_("Two or three sentences for someone in a hurry.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    approach = models.CharField(_("approach"), max_length=12, choices=Approach)
    level = models.CharField(_("level"), max_length=12, choices=Level, blank=True)
    lead = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="entries", verbose_name=_("responsible body")
    )

    starting_point = PointsField(_("starting point"))
    goals = PointsField(_("goals"))
    procedure = PointsField(_("procedure"))
    facts = PointsField(_("key facts"))
    results = PointsField(_("results"))
    lessons = PointsField(_("lessons"))
    transferability = PointsField(_("transferability"))

    starts_on = models.DateField(_("begins"), null=True, blank=True)
    starts_precision = models.CharField(_("precision of the beginning"), max_length=11, choices=Precision, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    ends_precision = models.CharField(_("precision of the end"), max_length=11, choices=Precision, blank=True)
    open_end = models.BooleanField(_("open end"), default=False)

    venue = models.CharField(_("venue"), max_length=200, blank=True)
    event_format = models.CharField(_("format"), max_length=8, choices=EventFormat, blank=True)

    funding_eur = models.DecimalField(
        _("funding in euro"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    funding_per = models.CharField(_("funding is"), max_length=5, choices=FundingPer, blank=True)

    effort_staff = models.CharField(_("staff"), max_length=200, blank=True)
    effort_cost = models.CharField(_("cost"), max_length=200, blank=True)
    effort_duration = models.CharField(_("duration"), max_length=200, blank=True)
    effort_town_size = models.CharField(_("size of town"), max_length=200, blank=True)
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence, blank=True)

    places = ParentalManyToManyField("places.Place", blank=True, related_name="+", verbose_name=_("places"))
    topics = ParentalManyToManyField(Topic, blank=True, related_name="entries", verbose_name=_("topics"))
    target_groups = ParentalManyToManyField(
        TargetGroup, blank=True, related_name="entries", verbose_name=_("target groups")
    )

    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=150, blank=True)
    review_every_months = models.PositiveSmallIntegerField(
        _("check every … months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    archived_on = models.DateField(_("archived on"), null=True, blank=True, editable=False)

    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
        verbose_name=_("merged into"),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="entry")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="entry",
        for_concrete_model=False,
    )

    language_versions = GenericRelation("languages.Version")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="entry_period_in_order",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, starts_precision="")
                | (Q(starts_on__isnull=False) & ~Q(starts_precision="")),
                name="entry_start_has_precision",
                violation_error_message=_("Say how exact the beginning is."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, ends_precision="")
                | (Q(ends_on__isnull=False) & ~Q(ends_precision="")),
                name="entry_end_has_precision",
                violation_error_message=_("Say how exact the end is."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(open_end=False),
                name="entry_ends_or_is_open",
                violation_error_message=_("An entry has an end or an open end, not both."),
            ),
            models.CheckConstraint(
                condition=Q(funding_eur__isnull=True, funding_per="") | (Q(funding_eur__gte=0) & ~Q(funding_per="")),
                name="entry_funding_has_basis",
                violation_error_message=_("Say whether the funding is in total or per year."),
            ),
        ]
        indexes = [models.Index(fields=["live", "ends_on"]), models.Index(fields=["live", "-first_published_at"])]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs:
            super().__init__(*args, **kwargs)
        else:
            # A row of the database. For each one modelcluster would make a list of all relations, to look for them
            # among the names: a quarter of the time that reading entries takes.
            super(ClusterableModel, self).__init__(*args)

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        return self._revisions

    @cached_property
    def named_places(self) -> list[Place]:
        """The places it is filed under. Who holds them already sets them here, instead of having them read again."""
        return list(self.places.all())

    def get_absolute_url(self) -> str:
        return reverse("catalogue:entry", args=[self.slug])

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "catalogue/entry.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        from austausch.catalogue.views import entry_context

        return {**super().get_preview_context(request, mode_name), **entry_context(self, request)}

    def with_content_json(self, content: Any) -> Any:
        # Being archived or merged belongs to the entry, not to one of its versions: an older one brings nothing back.
        version = super().with_content_json(content)
        version.archived_on = self.archived_on
        version.merged_into_id = self.merged_into_id
        if version.lead_id != self.lead_id:
            # A body that was merged since does not come back either.
            merged = Organisation.objects.filter(pk=version.lead_id, merged_into__isnull=False)
            version.lead_id = merged.values_list("merged_into", flat=True).first() or version.lead_id
        return version

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        # The one place all ways of publishing pass (editor, workflow, schedule, loader), so the index changes in
        # the same transaction as the entry.
        if self.merged_into_id:
            raise ValidationError(
                _("It was merged into another entry, to which its address leads. Take that back first.")
            )
        with transaction.atomic():
            result = super().publish(*args, **kwargs)
            tell_observers([self.pk])
        return result

    def unpublish(self, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            result = super().unpublish(*args, **kwargs)
            tell_observers([self.pk])
        return result

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            key = self.pk
            result: tuple[int, dict[str, int]] = super().delete(*args, **kwargs)
            tell_observers([key])
        return result

    @property
    def effective_level(self) -> str:
        """The entry's level or, where the source says nothing, the level of the body that leads it."""
        levels: dict[str, str] = {
            "federal": Level.FEDERAL,
            "ministry": Level.STATE,
            "district": Level.DISTRICT,
            "municipality": Level.MUNICIPALITY,
        }
        return self.level or levels.get(self.lead.kind, "")

    def status_on(self, day: dt.date) -> Status:
        """Where the entry stands on that day.

        A period with a beginning only, and no word about its end, says nothing about the time after: undated.
        """
        if self.ends_on and self.ends_on < day:
            return Status.ENDED
        if self.starts_on and self.starts_on > day:
            return Status.PLANNED
        if self.open_end or self.ends_on:
            return Status.RUNNING
        return Status.UNDATED

    @property
    def status(self) -> Status:
        return self.status_on(timezone.localdate())

    @property
    def review_months(self) -> int:
        """The entry's own interval or, where it names none, that of its kind."""
        from austausch.catalogue.models.reviews import ReviewInterval

        if self.review_every_months is not None:
            return self.review_every_months
        of_kind = ReviewInterval.objects.filter(kind=self.kind).values_list("months", flat=True).first()
        return ReviewInterval.DEFAULT if of_kind is None else of_kind

    @property
    def review_due_on(self) -> dt.date | None:
        """The day the next check is due; None while it was never checked (then it is due at once)."""
        if self.checked_on is None:
            return None
        months = self.checked_on.month - 1 + self.review_months
        year, month = self.checked_on.year + months // 12, months % 12 + 1
        last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
        return dt.date(year, month, min(self.checked_on.day, last))
