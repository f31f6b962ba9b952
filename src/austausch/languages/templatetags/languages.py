"""For templates that show a text in a language."""

from __future__ import annotations

from django import template
from django.db.models import Model

from austausch.languages.reading import FETCHED, Reading, Said
from austausch.languages.tongues import Tongue

register = template.Library()


@register.filter
def said(reading: Reading, name: str) -> Said:
    """The version's text in this field, or the source's own."""
    return reading.said(name, getattr(reading.source, name, ""))


@register.filter
def text_languages(source: Model) -> list[Tongue]:
    """The languages beside German in which a list has found versions; empty where it has not looked."""
    return [version.tongue for version in getattr(source, FETCHED, [])]
