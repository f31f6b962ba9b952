"""Who took over what from whom, and what was decided when the source changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models.entries import Entry
from austausch.catalogue.queries import AdoptionQuerySet
from austausch.core.generation import public_content


@public_content
class Adoption(models.Model):
    """An organisation does what another one's entry describes: as it is, or adapted in a copy of its own.

    Fields: `source`; `root`, the first source of the line; `organisation`; `copy`, the own entry, for adapted ones;
    `fields`, names of what was taken over (`adoption.fields`); `then`, name → value of each field of the source as it
    was when it was taken over or last decided about; `source_published_at`, the source's version at that time;
    `made_at`, `made_by`; `changes`, how often the source was published since, and `told`, up to which of these its
    owners were told; `told_digest` of the state they were told of; `open_changes`, how many fields wait for a decision
    as of then.

    Counted and public once confirmed: `confirmed_on`, `confirmed_by`, `contact`, `effort`, `results`, `failures`.
    `ended_on` and `end_reason`: no longer done; the row stays, because others may have taken it over from here.
    """

    source = models.ForeignKey(Entry, models.PROTECT, related_name="adoptions", verbose_name=_("source"))
    root = models.ForeignKey(Entry, models.PROTECT, related_name="line", verbose_name=_("first source"))
    organisation = models.ForeignKey(
        "people.Organisation", models.PROTECT, related_name="adoptions", verbose_name=_("organisation")
    )
    copy = models.OneToOneField(
        Entry, models.CASCADE, null=True, blank=True, related_name="adoption", verbose_name=_("own copy")
    )
    fields = models.JSONField(_("taken over"), default=list)
    then = models.JSONField(default=dict)
    source_published_at = models.DateTimeField(_("version of the source"), null=True)
    made_at = models.DateTimeField(_("taken over on"), default=timezone.now)
    made_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))

    changes = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    told_digest = models.CharField(max_length=64, blank=True)
    open_changes = models.PositiveSmallIntegerField(_("open changes"), default=0)

    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    contact = models.ForeignKey(
        "people.Contact", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    effort = models.TextField(_("effort"), max_length=2000, blank=True)
    results = models.TextField(_("results"), max_length=2000, blank=True)
    failures = models.TextField(_("what failed"), max_length=2000, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=500, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "organisation"],
                condition=Q(ended_on__isnull=True),
                name="taken_over_once_by_an_organisation",
            ),
            models.CheckConstraint(condition=Q(told__lte=F("changes")), name="told_of_what_has_happened"),
            models.CheckConstraint(
                condition=Q(copy__isnull=True) | ~Q(copy=F("source")), name="no_entry_is_its_own_copy"
            ),
        ]
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")

    def __str__(self) -> str:
        return f"{self.organisation}: {self.source_title}"

    @property
    def source_title(self) -> str:
        """What the source is called; once it is withdrawn, what it was last known by: its drafts are not for others."""
        return self.source.title if self.source.live else str(self.then.get("title", ""))

    @property
    def is_adapted(self) -> bool:
        return self.copy_id is not None


class Decision(models.Model):
    """What the owners of an adoption decided about one changed field of the source.

    Fields: `field`; `choice`; `reason`, for dismissed changes; `before`, the source's value they had last decided
    about; `source_value`, the one decided about; `own_before`, the copy's value before it was replaced; `undone_at`.
    """

    class Choice(models.TextChoices):
        TAKEN = "taken", _("taken over")
        KEPT = "kept", _("kept our own")
        DISMISSED = "dismissed", _("dismissed")

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="decisions", verbose_name=_("adoption"))
    field = models.CharField(_("field"), max_length=30)
    choice = models.CharField(_("decision"), max_length=9, choices=Choice)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    before = models.JSONField(null=True)
    source_value = models.JSONField(null=True)
    own_before = models.JSONField(null=True)
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now)
    decided_by = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(choice="dismissed", reason=""),
                name="a_dismissal_has_a_reason",
                violation_error_message=_("Say why the change is dismissed."),
            )
        ]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return f"{self.field}: {self.get_choice_display()}"

    @property
    def label(self) -> str:
        """The field's name in words."""
        from austausch.catalogue.adoption.fields import FIELDS

        return str(FIELDS[self.field].label) if self.field in FIELDS else self.field
