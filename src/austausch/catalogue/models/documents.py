"""Documents that entries cite, and their files."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import (
    RevisionMixin,
)

from austausch.catalogue.models.words import DocumentKind
from austausch.catalogue.queries import DocumentQuerySet
from austausch.core.generation import public_content


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
