"""Comparing versions in words: points one by one, yes and no, dates as they are written."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.compare import FieldComparison, TextDiff, diff_text


class PointsComparison(FieldComparison):
    """A list of points: which were added, which removed, and what changed within one."""

    def htmldiff(self) -> SafeString:
        matcher = difflib.SequenceMatcher(a=self.val_a, b=self.val_b, autojunk=False)
        rows: list[tuple[str, Any]] = []
        for kind, a1, a2, b1, b2 in matcher.get_opcodes():
            before, after = self.val_a[a1:a2], self.val_b[b1:b2]
            if kind == "replace" and len(before) == len(after):
                rows += [("", diff_text(old, new).to_html()) for old, new in zip(before, after, strict=True)]
            elif kind == "equal":
                rows += [("", point) for point in after]
            else:
                rows += [("deletion", point) for point in before] + [("addition", point) for point in after]
        return format_html_join("\n", '<div class="comparison__child-object {}">{}</div>', rows)


class WordsComparison(FieldComparison):
    """Values that are not text, shown as a person writes them; an empty one is not shown at all."""

    def htmldiff(self) -> SafeString:
        before, after = in_words(self.val_a), in_words(self.val_b)
        if before == after:
            return escape(after)
        parts = [("deletion", before), ("addition", after)]
        html: SafeString = TextDiff([(kind, text) for kind, text in parts if text], separator=" ").to_html()
        return html


def in_words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(formats.localize(value))


def register(register_comparison_class: Callable[..., None], points_field: type[models.Field[Any, Any]]) -> None:
    register_comparison_class(points_field, comparison_class=PointsComparison)
    for field in (
        models.BooleanField,
        models.DateField,
        models.DateTimeField,
        models.DecimalField,
        models.IntegerField,
    ):
        register_comparison_class(field, comparison_class=WordsComparison)
