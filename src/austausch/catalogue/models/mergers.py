"""That two entries turned out to be the same and became one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models.entries import Entry


class EntryMerger(models.Model):
    """`merged` is a duplicate of `kept`: its address leads there, and what hung on it hangs there.

    Fields: what is needed to take it back: `fields`, name → value before and after, of what was written into the kept
    entry; `moved`, what was moved (see `merging.moving`); `revision`, the version of the merged entry that was public,
    if one was; `made_at`, `made_by`, `undone_at`, `undone_by`.
    """

    kept = models.ForeignKey(Entry, models.PROTECT, related_name="mergers", verbose_name=_("kept entry"))
    merged = models.ForeignKey(Entry, models.PROTECT, related_name="merged_in", verbose_name=_("merged entry"))
    fields = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    revision = models.ForeignKey("wagtailcore.Revision", models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("merged at"), default=timezone.now)
    made_by = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("merged by")
    )
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    undone_by = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="an_entry_is_merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="no_entry_is_merged_into_itself"),
        ]
        verbose_name = _("merger of entries")
        verbose_name_plural = _("mergers of entries")

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
