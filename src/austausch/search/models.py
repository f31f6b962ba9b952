"""The search index: one row per listed entry, made from it and never edited."""

from __future__ import annotations

from django.db import models


class IndexedEntry(models.Model):
    """What the index knows of an entry; its searchable text lies in the engine's own table.

    Fields: `entry`; `facets`, one `name=value` a line, by which it is filtered and counted; `digest` of everything
    that was indexed, by which one sees whether the index still agrees with the database. Status and order are not
    here: they follow from the entry's dates and title, which are read live.
    """

    entry = models.OneToOneField("catalogue.Entry", models.CASCADE, primary_key=True, related_name="indexed")
    facets = models.TextField()
    digest = models.CharField(max_length=32)

    def __str__(self) -> str:
        return str(self.entry_id)
