"""What an import would do, row by row, between reading and a person's yes, and until it can be undone no longer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from austausch.certificates.models.pupils import ImportBatch, Pupil


class ImportRow(models.Model):
    """One pupil of an import. Rows live for days: they go when the import can be undone no longer, or with their pupil.

    Fields: `number` of the row in the file (0: not in it), `outcome`, `problems` (kind, field, value, detail),
    `values` the pupil would have or has got, `before` what it had, both by field; `pupil`, where it is known here;
    `confirmed`: of those who have left, that a person said so.
    """

    class Outcome(models.TextChoices):
        NEW = "new", pgettext_lazy("rows", "new")
        CHANGED = "changed", pgettext_lazy("rows", "changed")
        SAME = "same", pgettext_lazy("rows", "unchanged")
        DEPARTED = "departed", pgettext_lazy("rows", "left the school")
        REFUSED = "refused", pgettext_lazy("rows", "refused")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    problems = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    pupil = models.ForeignKey(Pupil, models.CASCADE, null=True, related_name="+")
    confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["batch", "number", "pk"]
        indexes = [models.Index(fields=["batch", "outcome", "number"])]

    def __str__(self) -> str:
        return f"Row {self.number}"


class UploadedFile(models.Model):
    """The file of an import until it is read; then it is deleted. `name` and settings are the batch's."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, related_name="upload")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"File of import {self.batch_id}"
