"""An entry as an average developer would have it searched: title, keywords and text, the title counting twice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from modelsearch import index
from modelsearch.queryset import SearchableQuerySetMixin


class MeasureQuerySet(SearchableQuerySetMixin, models.QuerySet["Measure"]):
    pass


class Measure(index.Indexed, models.Model):
    slug = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    keywords = models.TextField()
    body = models.TextField()

    search_fields: ClassVar[list[Any]] = [
        index.SearchField("title", boost=2),
        index.SearchField("keywords"),
        index.SearchField("body"),
    ]
    objects = MeasureQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title
