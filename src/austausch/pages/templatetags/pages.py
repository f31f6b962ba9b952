"""Filters of the editorial pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from austausch.pages.placeholders import PLACEHOLDER

register = template.Library()


@register.filter
def show_placeholders(html: Any) -> SafeString:
    """Marks in rendered, safe HTML what the operator still has to fill in, so that nobody overlooks it."""
    return mark_safe(PLACEHOLDER.sub(r'<mark class="placeholder">\g<0></mark>', str(html)))  # noqa: S308
