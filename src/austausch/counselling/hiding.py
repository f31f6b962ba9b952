"""What an office must not say, so that nobody is found who hides, nor its address tell a browser's history.

The database refuses street, postcode and coordinates of protected accommodation by a CHECK; this says it earlier, at
the field, and also looks into the texts, where a CHECK is blind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from austausch.counselling.models import Office

REASON = _(
    "This is protected accommodation: no street, postcode or coordinates may stand here, because whoever threatens the "
    "people in it reads them too. Give a telephone number or a place that arranges the way there."
)
IN_TEXT = _("This looks like an address (%(found)s). It must not stand in any text of protected accommodation.")
IN_LINK = _("A link must not lead to a map of protected accommodation.")
TELLING = _(
    "The address of this page stays in the browser's history. Choose one that does not tell what the office helps "
    "with, for example “fachberatung” and the place."
)

ADDRESS_FIELDS = ("street", "postcode", "latitude", "longitude")
TEXT_FIELDS = (
    "name", "description", "transport", "accessibility_note", "phone_note", "emergency_note", "admission",
    "cost_note", "confidentiality_note", "hours_note", "source",
)  # fmt: skip
LINK_FIELDS = ("website", "online_url", "source_url")
# A street with a number, or a postcode with a name after it. Versions are in other languages and alphabets, so words
# for "number" are those of all of them, and a postcode is one before any letters. A false alarm does no harm: its
# message says what to do. A street's name alone, in other letters and without a number, is caught by no pattern.
_NUMBER = (
    r"(?:['’]\w{1,4})?[\s,(]*(?:(?:Haus)?nr\.?|(?:Haus)?nummer|no\.?|number|num[aă]rul|nr|№|номер|رقم)?"
    r"\s*\d{1,4}(?:\s?[a-z])?\b"
)
_NO_MEASURE = (
    r"(?![.:,]?\d)(?!\.?\s*(?:Uhr|bis\b|Min\b|Minute|Stunde|Tage|Woche|Monat|m\b|km\b|Meter|Kilometer|Person|Frau|Kind|"
    r"Platz|Plätze|Bett|Zimmer|Termin|%))"
)
_STREET = re.compile(
    r"\b[\w.-]*(?:stra(?:ss|ß)e|str\.|str\b|weg|allee|platz|gasse|ring|ufer|damm|chaussee|promenade|steig|pfad|"
    rf"graben|wall)(?:{_NUMBER}){_NO_MEASURE}",
    re.I,
)
# "Am Alten Markt 5", "Unter den Linden 7": no word of it says that it is a street. Days and months are none.
_NO_STREET = (
    r"(?!(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend|Januar|Februar|März|April|Mai|Juni|Juli|August|"
    r"September|Oktober|November|Dezember|Alter|Jahr|Monat|Paragraf|Kapitel|Gleis|Notfall)"
)
_PREPOSITION = re.compile(
    r"\b(?:[Aa]m|[Aa]n de[rmn]|[Ii]m|[Ii]n de[rmn]|[Aa]uf de[rmn]|[Zz]u[mr]|[Uu]nter den|[Hh]inter de[rmn]|[Vv]or dem)"
    rf"(?:\s+{_NO_STREET}[A-ZÄÖÜ][\w-]+){{1,3}}(?:{_NUMBER}){_NO_MEASURE}"
)
_POSTCODE = re.compile(r"(?<![\d/-])(?<!\d[ /-])(?:D-)?\d{5}(?![\d/-])[\s,،]+[^\W\d_]{2,}", re.I)
# The number may stand before the street, and the street in another language.
_BEFORE = re.compile(
    r"\b\d{1,4}\s?[a-z]?,?\s+[\w.-]{2,}(?:stra(?:ss|ß)e|str\.|weg|allee|platz|gasse)\b(?!\s*(?:frei|entfernt))", re.I
)
_OTHERWISE = re.compile(
    r"(?:\b(?:ул\.?|улица|бул\.?|булевард|str\.|strada|bulevardul|street|avenue)|شارع)\s+(?:[^\s\d]+\s+){0,4}?"
    r"(?:nr\.?|no\.?|№|номер|رقم)?\s*[^\s\d]{0,20},?\s*\d{1,4}\b|\b(?:sok(?:ak|ağı)|cad(?:de|desi)?)\b\.?\W+(?:no\W*)?\d{1,4}\b",
    re.I,
)
_COORDINATES = re.compile(r"\b\d{1,2}[.,]\d{3,}\s*°?\s*[NS]?[,;/ ]+\s*\d{1,3}[.,]\d{3,}")
_MAP = re.compile(r"maps?\.|/maps?[/?]|openstreetmap|osm\.org|geo:|what3words", re.I)
_TELLING = re.compile(
    r"gewalt|menschenhandel|handel|zwang|prostitu|sexarbeit|frauenhaus|schutz|opfer|heirat|ehe\b", re.I
)


def problems(office: Office) -> dict[str, str | Promise]:
    """Field → what is wrong with it."""
    found: dict[str, str | Promise] = {}
    if office.is_protected:
        found |= {name: REASON for name in ADDRESS_FIELDS if getattr(office, name) not in ("", None)}
        found |= {
            name: IN_TEXT % {"found": text} for name in TEXT_FIELDS if (text := address_in(getattr(office, name)))
        }
        found |= {name: IN_LINK for name in LINK_FIELDS if _MAP.search(getattr(office, name))}
    if office.is_discreet and _TELLING.search(office.slug):
        found["slug"] = TELLING
    return found


def address_in(text: str) -> str:
    """The first thing in the text that looks like an address; empty where nothing does."""
    for pattern in (_STREET, _PREPOSITION, _BEFORE, _OTHERWISE, _POSTCODE, _COORDINATES, _MAP):
        if match := pattern.search(text):
            return match[0]
    return ""
