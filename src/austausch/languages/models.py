"""A text in another language beside its German source."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from austausch.core.generation import public_content
from austausch.languages.queries import VersionQuerySet
from austausch.languages.tongues import CHOICES, OTHERS, TONGUES, Tongue


@public_content
class Version(models.Model):
    """What an entry, an office or an information page says in another language.

    Fields: `source` is the thing it is a version of; `texts`: name of a field → text or list of lines, only what is
    written; `made_from`: the German texts it was written from, kept to show what has changed since (empty where that
    must not be kept); `fingerprint` of those texts; `source_seen_on`: when somebody last held it against them.
    That it is outdated is no field: `kinds.is_outdated` compares the fingerprint with what the source says now.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("a version", "Draft")
        UNCONFIRMED = "unconfirmed", pgettext_lazy("a version", "Needs a native speaker’s check")
        CONFIRMED = "confirmed", pgettext_lazy("a version", "Confirmed")

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    source = GenericForeignKey("content_type", "object_id")
    language = models.CharField(_("language"), max_length=8, choices=CHOICES)
    texts = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    fingerprint = models.CharField(max_length=64)
    made_from = models.JSONField(default=dict)
    source_seen_on = models.DateField(_("compared with the German text on"))
    written_by = models.ForeignKey("people.User", models.SET_NULL, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey("people.User", models.SET_NULL, null=True, blank=True, related_name="+")
    confirmed_as = models.CharField(_("confirmed by"), max_length=150, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    # Of what a file brought; empty once a person has written. Loading again replaces only what nobody has touched.
    loaded = models.CharField(max_length=64, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["content_type", "object_id", "language"]
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "language"], name="version_once"),
            models.CheckConstraint(condition=Q(language__in=OTHERS), name="version_in_known_language"),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_on__isnull=False) & ~Q(confirmed_as="")
                | Q(state__in=["draft", "unconfirmed"], confirmed_on__isnull=True, confirmed_as=""),
                name="version_confirmed_by_somebody",
            ),
        ]
        verbose_name = _("version in another language")
        verbose_name_plural = _("versions in other languages")

    def __str__(self) -> str:
        return self.tongue.name

    @property
    def tongue(self) -> Tongue:
        return TONGUES[self.language]

    @property
    def is_shown(self) -> bool:
        return self.state != self.State.DRAFT

    def text(self, name: str) -> Any:
        """What it says in this field; empty where nothing was written."""
        return self.texts.get(name, "")
