"""Template tags and filters that every template has without loading them."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.http import QueryDict
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

PAGE_PARAMETER = "seite"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A KERN icon as decoration, hidden from screen readers: `{% icon "search" %}`, `{% icon "mail" "small" %}`."""
    sized = f" kern-icon--{size}" if size else ""
    return format_html('<span class="kern-icon kern-icon--{}{}" aria-hidden="true"></span>', name, sized)


@register.filter
def number(value: Any, places: int = 0) -> str:
    """A number as the reader's language writes it: 5500000 → 5.500.000. What is no number comes back unchanged."""
    amount = _amount(value)
    if amount is None:
        return "" if value is None else str(value)
    return str(formats.number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True))


@register.filter
def euro(value: Any) -> str:
    """A sum of money: 5.500.000 € in German, €5,500,000 in English. Cents only where there are any."""
    amount = _amount(value)
    if amount is None:
        return "" if value is None else str(value)
    written = number(amount, 0 if amount == amount.to_integral_value() else 2)
    if formats.get_format("DECIMAL_SEPARATOR") == ".":
        return f"€{written}"
    return f"{written}{NO_BREAK_SPACE}€"


@register.filter
def alert_kind(kind: str | None) -> str:
    """KERN's name for Django's message levels."""
    return {"error": "danger", "debug": "info"}.get(kind or "info", kind or "info")


@register.filter
def widget_kind(field: BoundField) -> str:
    """How the field is laid out: check (one tick), group (several choices), select or input."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, Select):
        return "select"
    return "input"


@register.filter
def dressed(field: BoundField) -> SafeString:
    """The field's input with KERN's class. Django itself adds `required`, `aria-invalid` and `aria-describedby`."""
    name = {"check": "kern-form-check__checkbox", "select": "kern-form-input__select"}.get(
        widget_kind(field), "kern-form-input__input"
    )
    return field.as_widget(attrs={"class": name})


@register.simple_tag(name="starter")
def starter_tag(constructor: str, *arguments: Any) -> SafeString:
    """For our variants of Wagtail's templates: starts a part of the admin. Texts that start with { hold JSON."""
    from austausch.core.admin_scripts import starter

    given = [json.loads(one) if isinstance(one, str) and one.startswith("{") else one for one in arguments]
    return starter(constructor, *given)


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, target: int, query: Any = None) -> str:
    """The query string of page number `target`, keeping all other parameters; page 1 is the address without one.

    `query` is an encoded string, a QueryDict or an object whose `params()` gives such a string; without it the
    present request's parameters are kept.
    """
    kept = _parameters(context, query)
    kept.pop(PAGE_PARAMETER, None)
    if target > 1:
        kept[PAGE_PARAMETER] = str(target)
    return f"?{kept.urlencode()}" if kept else "?"


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The numbers to offer around `page`; None stands for a gap."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else None for number in numbers]


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _parameters(context: template.Context, query: Any) -> QueryDict:
    if query is None or query == "":
        # A name the including template does not know arrives as an empty text.
        request = context.get("request")
        return request.GET.copy() if request is not None else QueryDict(mutable=True)
    if isinstance(query, QueryDict):
        return query.copy()
    encoded = query.params() if hasattr(query, "params") else str(query)
    return QueryDict(encoded.lstrip("?"), mutable=True)
