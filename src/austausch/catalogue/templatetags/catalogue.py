"""The words of `display`, for templates: `{{ entry|period_text }}`."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from austausch.catalogue import display
from austausch.catalogue.documents import file_type_name
from austausch.catalogue.models import Entry, LegalBasis, Link, LinkAddress

register = template.Library()

CONTENT_LANGUAGE = "de"

for words in (
    display.period_text,
    display.status_label,
    display.expired_text,
    display.archived_text,
    display.review_text,
    display.validity_text,
    display.document_text,
    display.office_text,
    file_type_name,
    display.teaser,
    display.funding_text,
    display.kind_label,
    display.approach_label,
    display.level_label,
    display.evidence_label,
    display.place_names,
    display.venue_text,
    display.link_text,
    display.link_host,
    display.sections,
    display.card_facts,
    display.summary_box,
    display.effort,
    display.action_texts,
):
    register.filter(words.__name__, words)


@register.filter
def status_kind(entry: Entry) -> str:
    """The badge's kind. Its colour only repeats what the badge says in words."""
    return "expired" if display.expired_text(entry) else str(entry.status.value)


@register.filter
def validity_or_status(entry: Entry) -> str:
    """What the status badge says: a rule that no longer holds says that instead of "ended"."""
    return display.expired_text(entry) or display.status_label(entry)


@register.filter
def among(part: Link | LegalBasis, broken: dict[str, LinkAddress] | None) -> LinkAddress | None:
    """What is known of a part's address if it is one of these."""
    return (broken or {}).get(part.url)


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """JSON for a script element: nothing in it can end the element, as no character with a meaning in HTML is left."""
    written = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return mark_safe(written)  # noqa: S308 - escaped above


@register.simple_tag
def content_lang() -> SafeString:
    """The attribute of elements with an entry's own words, which are German: on other pages it says so to voices."""
    return mark_safe("") if get_language() == CONTENT_LANGUAGE else format_html(' lang="{}"', CONTENT_LANGUAGE)


@register.simple_tag
def crumbs(*parts: Any) -> list[tuple[str, str]]:
    """The breadcrumb's items from labels and addresses in turn; an empty address is this page."""
    return [(str(label), str(url)) for label, url in zip(parts[::2], parts[1::2], strict=True)]


@register.filter
def beside(cells: Sequence[Any], columns: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each cell of a row with the column it stands in."""
    return list(zip(cells, columns, strict=True))
