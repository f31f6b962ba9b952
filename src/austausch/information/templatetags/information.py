"""Links in what information pages say."""

from __future__ import annotations

import re

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import conditional_escape, urlize
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
# The only addresses of the portal that the texts may name as such.
_OWN = re.compile(r"(?<![^\s(„“])(/beratung/(?:sicher/)?)(?![\w/])")


@register.filter
@stringfilter
def linked(text: str) -> SafeString:
    """The text, escaped, with its web addresses and those of the counselling directory as links."""
    return mark_safe(_OWN.sub(r'<a href="\1">\1</a>', urlize(conditional_escape(text), nofollow=True)))  # noqa: S308 - escaped before
