"""The catalogue: entries (programmes, measures, offers), the documents they cite and the words they are filed under."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    Task,
    TaskState,
    WorkflowMixin,
)

from austausch.catalogue.publication import tell_observers
from austausch.catalogue.queries import DocumentQuerySet, EntryQuerySet
from austausch.core.fields import PointsField
from austausch.core.generation import public_content


class Kind(models.TextChoices):
    """What an entry is."""

    MODEL_PROJECT = "model_project", _("Model project")
    PILOT = "pilot", _("Pilot")
    FUNDING = "funding", _("Funding programme")
    COUNSELLING = "counselling", _("Counselling")
    SHELTER = "shelter", _("Shelter")
    QUALIFICATION = "qualification", _("Qualification")
    STAFFING = "staffing", _("Staffing")
    NETWORK = "network", _("Network")
    COORDINATION = "coordination", _("Coordination")
    JOINT_INSPECTION = "joint_inspection", _("Joint inspection")
    EVENT = "event", _("Event")
    EVENT_SERIES = "event_series", _("Series of events")
    RESEARCH = "research", _("Research")
    DECREE = "decree", _("Decree")
    LAW = "law", _("Law")


class Approach(models.TextChoices):
    """How an entry works: social-integrative, by law and intervention, or by coordinating others."""

    INTEGRATIVE = "integrative", _("Integrative")
    REGULATORY = "regulatory", _("Regulatory")
    COORDINATION = "coordination", _("Coordinating")


class Level(models.TextChoices):
    """The level of government that is responsible."""

    FEDERAL = "federal", _("Federal")
    STATE = "state", _("State")
    DISTRICT = "district", _("District")
    MUNICIPALITY = "municipality", _("Municipality")


class Precision(models.TextChoices):
    """How exactly the source gives a date."""

    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")
    SCHOOL_YEAR = "school_year", _("School year")


class Status(models.TextChoices):
    """Where an entry stands today. Derived from its period, never stored."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    UNDATED = "undated", _("No period given")


class Evidence(models.TextChoices):
    """How well the effect is known. Says nothing about cost."""

    NOT_ASSESSED = "", _("Not assessed")
    DESCRIBED = "described", _("Described by those who do it")
    MONITORED = "monitored", _("Monitored with figures")
    EVALUATED = "evaluated", _("Evaluated independently")
    PROVEN = "proven", _("Effect shown against a comparison")


class FundingPer(models.TextChoices):
    TOTAL = "total", _("in total")
    YEAR = "year", _("per year")


class EventFormat(models.TextChoices):
    ON_SITE = "on_site", _("on site")
    ONLINE = "online", _("online")
    HYBRID = "hybrid", _("hybrid")


class DocumentKind(models.TextChoices):
    BROCHURE = "brochure", _("Brochure")
    DECREE = "decree", _("Decree")
    REPORT = "report", _("Report")
    LAW = "law", _("Law")


class Word(models.Model):
    """A word that entries are filed under. `key` is the word in catalogue files, `slug` the one in addresses."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name


@public_content
class Topic(Word):
    class Meta(Word.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


@public_content
class TargetGroup(Word):
    """Whom an entry is for, by need or role (tenants, school children). Never by origin, language or religion."""

    class Meta(Word.Meta):
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")


@public_content
class Document(RevisionMixin, ClusterableModel):
    """Something an entry cites: a brochure, decree, report or law, with or without a file.

    Fields: `slug` (its address, which stays when the file is replaced), `title`, `kind`, `issued_on`,
    `valid_from`/`valid_to`, `owner` (the organisation whose authors keep it; none: the portal team), `versions` (the
    files, newest first). Visible to the public once a published entry cites it; see the policy.
    """

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=10, choices=DocumentKind)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    owner = models.ForeignKey(
        "people.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("kept by"),
        help_text=_("The organisation whose authors may change this document."),
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="document")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="document_validity_in_order",
                violation_error_message=_("The end of validity lies before its beginning."),
            )
        ]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        return self._revisions

    def get_absolute_url(self) -> str:
        return reverse("catalogue:document", args=[self.slug])

    @property
    def current_version(self) -> DocumentVersion | None:
        return max(self.versions.all(), key=lambda version: version.number, default=None)

    def no_longer_valid(self, today: dt.date | None = None) -> bool:
        """Whether its validity ended before `today` (default: now)."""
        return self.valid_to is not None and self.valid_to < (today or timezone.localdate())


def private_storage() -> Any:
    from django.core.files.storage import storages

    return storages["private"]


@public_content
class DocumentVersion(models.Model):
    """One file of a document. Fields: `number` (1, 2, …), `file`, `sha256`, `size` in bytes, `media_type`, `note`."""

    document = ParentalKey(Document, on_delete=models.CASCADE, related_name="versions", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("version"))
    file = models.FileField(_("file"), storage=private_storage, upload_to="%Y/%m/")
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    note = models.CharField(_("what has changed"), max_length=300, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey("people.User", models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="one_file_per_version")]
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self) -> str:
        return f"{self.document}, {self.number}"


# Last parts of addresses below /massnahmen/ that are pages of the search.
RESERVED_ADDRESSES = frozenset({"liste", "vorschlaege"})


@public_content
class Entry(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """A programme, measure or offer.

    What a source leaves out stays empty here and is not shown; nothing is guessed. Dates are stored as the first
    day (`starts_on`) or last day (`ends_on`) of what the source says, with its precision beside them. `level` may
    be empty: then the lead's own level counts (`effective_level`). Published is `live`; archived is published with
    `archived_on`: it keeps its address but leaves lists and search.
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
        _("check every … months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    archived_on = models.DateField(_("archived on"), null=True, blank=True, editable=False)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="entry")
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="entry",
        for_concrete_model=False,
    )

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

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        return self._revisions

    def get_absolute_url(self) -> str:
        return reverse("catalogue:entry", args=[self.slug])

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "catalogue/entry.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        from austausch.catalogue.views import entry_context

        return {**super().get_preview_context(request, mode_name), **entry_context(self, request)}

    def with_content_json(self, content: Any) -> Any:
        # Being archived belongs to the entry, not to one of its versions: an older version does not bring it back.
        version = super().with_content_json(content)
        version.archived_on = self.archived_on
        return version

    def publish(self, *args: Any, **kwargs: Any) -> Any:
        # The one place all ways of publishing pass (editor, workflow, schedule, loader), so the index changes in
        # the same transaction as the entry.
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
    def review_due_on(self) -> dt.date | None:
        """The day the next check is due; None while it was never checked (then it is due at once)."""
        if self.checked_on is None:
            return None
        months = self.checked_on.month - 1 + self.review_every_months
        year, month = self.checked_on.year + months // 12, months % 12 + 1
        last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
        return dt.date(year, month, min(self.checked_on.day, last))


class EntryPart(Orderable):
    """A row that belongs to an entry and is edited and versioned with it."""

    class Meta(Orderable.Meta):
        abstract = True


class Partner(EntryPart):
    """A body that takes part without leading, by the name that the source gives it."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=200)

    class Meta(EntryPart.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


class LegalBasis(EntryPart):
    """A statute an entry rests on. Fields: `title`, `reference` (section), `url`."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="legal_bases")
    title = models.CharField(_("law"), max_length=300)
    reference = models.CharField(_("section"), max_length=100, blank=True)
    url = models.URLField(_("address"), blank=True)

    class Meta(EntryPart.Meta):
        verbose_name = _("legal basis")
        verbose_name_plural = _("legal bases")

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()


class Citation(EntryPart):
    """A document an entry cites."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="citations")
    document = models.ForeignKey(Document, models.PROTECT, related_name="citations", verbose_name=_("document"))

    class Meta(EntryPart.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.document)


class Link(EntryPart):
    """An address outside the portal. Fields: `url` (http or https), `title` (may be empty: the address is shown)."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="links")
    url = models.URLField(_("address"), max_length=500)
    title = models.CharField(_("title"), max_length=200, blank=True)

    class Meta(EntryPart.Meta):
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.title or self.url


class Office(EntryPart):
    """Where an entry is offered. Fields: `name` or `place_name` or both, as the source has them, and `note`."""

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="offices")
    name = models.CharField(_("name"), max_length=200, blank=True)
    place_name = models.CharField(_("place"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(EntryPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="", place_name=""),
                name="office_has_name_or_place",
                violation_error_message=_("Give the office a name or a place."),
            )
        ]
        verbose_name = _("office")
        verbose_name_plural = _("offices")

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.place_name) if part)


class DatedAction(EntryPart):
    """Something that took place on given days, such as a joint inspection.

    Fields: `starts_on`, `ends_on` (inclusive), `place_names` (as the source names them), `district`.
    """

    entry = ParentalKey(Entry, on_delete=models.CASCADE, related_name="actions")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    place_names = PointsField(_("places"))
    district = models.CharField(_("district"), max_length=100, blank=True)

    class Meta(EntryPart.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="action_days_in_order",
                violation_error_message=_("The end lies before the beginning."),
            )
        ]
        verbose_name = _("dated action")
        verbose_name_plural = _("dated actions")

    def __str__(self) -> str:
        return f"{self.starts_on:%d.%m.%Y}, {', '.join(self.place_names)}"

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The end lies before the beginning.")})


class EditorialComment(models.Model):
    """What editors say to each other about an entry's draft. Never public."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="comments", verbose_name=_("entry"))
    field = models.CharField(_("field"), max_length=60, blank=True, validators=[RegexValidator(r"^[a-z_]*$")])
    text = models.TextField(_("comment"), max_length=4000)
    author = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("resolved by")
    )

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return self.text[:60]


class ApprovalTask(Task):
    """The one step of the workflow: a publisher of the responsible body, other than whoever asked, approves."""

    class Meta:
        verbose_name = _("approval by a publisher")
        verbose_name_plural = _("approvals by a publisher")

    def locked_for_user(self, obj: Entry, user: Any) -> bool:
        return not self.user_can_lock(obj, user)

    def user_can_lock(self, obj: Entry, user: Any) -> bool:
        from austausch.catalogue import workflow

        return workflow.may_publish(user, obj)

    def user_can_unlock(self, obj: Entry, user: Any) -> bool:
        return self.user_can_lock(obj, user)

    def get_actions(self, obj: Entry, user: Any) -> list[tuple[str, Any, bool]]:
        from austausch.catalogue import workflow

        if not workflow.may_approve(user, obj):
            return []
        return [
            # Wagtail adds "and publish".
            ("approve", _("Approve"), False),
            ("approve", _("Approve with a comment"), True),
            ("reject", _("Ask for changes"), True),
        ]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        from austausch.catalogue import workflow

        return workflow.waiting_for(user).filter(task=self)

    @classmethod
    def get_description(cls) -> Any:
        return _("Publishers of the responsible body approve; nobody approves what they submitted themselves.")
