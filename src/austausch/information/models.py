"""Information pages, and the entries they are made from."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from austausch.core.generation import public_content
from austausch.information.queries import InformationQuerySet

MOST_SECTIONS = 20


def proper_sections(value: object) -> None:
    """A list of sections, each with `heading`, `paragraphs` and `points`."""
    parts = value if isinstance(value, list) else [None]
    for part in parts:
        if not isinstance(part, dict) or set(part) != {"heading", "paragraphs", "points"}:
            raise ValidationError(_("Expected a list of sections."), code="no_sections")


@public_content
class Information(models.Model):
    """A page for people who are about to come. German is the source; versions in other languages hang on it.

    Fields: `position` in the list; `sections`: a list of `{"heading": str, "paragraphs": [str], "points": [str]}`, in
    plain text; `loaded`: the fingerprint of what a file brought, empty once somebody has written here.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=600)
    sections = models.JSONField(_("sections"), default=list, validators=[proper_sections])
    live = models.BooleanField(_("shown to the public"), default=True)
    changed_at = models.DateTimeField(auto_now=True)
    loaded = models.CharField(max_length=64, blank=True, editable=False)

    language_versions = GenericRelation("languages.Version")

    objects = InformationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("information:page", args=[self.slug])


@public_content
class SourceLink(models.Model):
    """An entry that a page, or one of its sections (`section`, counted from 0), is made from."""

    information = models.ForeignKey(Information, models.CASCADE, related_name="source_links")
    entry = models.ForeignKey("catalogue.Entry", models.CASCADE, related_name="+")
    section = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["information", "entry", "section"], name="source_once_in_a_section"),
            models.UniqueConstraint(
                fields=["information", "entry"], condition=Q(section__isnull=True), name="source_once_of_the_page"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.information}: {self.entry}"
