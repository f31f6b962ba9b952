"""The named states of versions, each filter once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from austausch.languages.models import Version


class VersionQuerySet(models.QuerySet["Version"]):
    def shown(self) -> VersionQuerySet:
        """What the public reads where it may read the source."""
        return self.exclude(state="draft")

    def unconfirmed(self) -> VersionQuerySet:
        return self.filter(state="unconfirmed")

    def of(self, source: models.Model) -> VersionQuerySet:
        from django.contrib.contenttypes.models import ContentType

        kind = ContentType.objects.get_for_model(source)
        return self.filter(content_type=kind, object_id=source.pk)
