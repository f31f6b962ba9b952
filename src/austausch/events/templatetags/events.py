"""An event's words in templates."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from austausch.events import display
from austausch.events.models import Event

register = template.Library()


@register.filter
def when(event: Event) -> str:
    return display.when_text(event)


@register.filter
def where(event: Event) -> str:
    return display.where_text(event)


@register.simple_tag
def other_language() -> SafeString:
    """Content is German: ` lang="de"` where the page is not."""
    return mark_safe("" if get_language() == "de" else ' lang="de"')  # noqa: S308 - two fixed texts
