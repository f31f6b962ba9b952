"""Wagtail's admin without inline scripts, so that the strict content policy holds there too.

Wagtail 8 starts its date pickers, choosers and inline panels with small inline scripts and needs inline code nowhere
else. Here each start becomes data in an inert element, and `core/admin.js` runs it. Templates below
`templates/wagtailadmin/` do this for what is a template in Wagtail, `use_starters` for the choosers.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser


def starter(constructor: str, *arguments: Any) -> SafeString:
    """The element that tells `core/admin.js` to start `constructor` with these arguments (anything JSON can hold)."""
    return format_html(
        '<template data-start="{}" data-arguments="{}"></template>', constructor, json.dumps(list(arguments))
    )


def use_starters() -> None:
    """Makes Wagtail's choosers write a starter where they write an inline script; called once, at the start."""
    BaseChooser.render = _render_chooser


def _render_chooser(self: Any, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> str:
    identifier = (attrs or {})["id"]
    data = self.get_value_data(value)
    options = self.get_js_init_options(identifier, name, data)
    return format_html("{}{}", self.render_html(name, data, attrs), starter(self.js_constructor, identifier, options))
