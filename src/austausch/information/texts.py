"""An information page as a set of named texts, so that versions of it are written, compared and shown like all others.

A section gives three: `s0_heading`, `s0_paragraphs`, `s0_points`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from austausch.information.models import MOST_SECTIONS, Information
from austausch.languages import kinds
from austausch.languages.kinds import Field, Kind, Value

TITLE, SUMMARY, HEADING, LINE = 200, 600, 200, 2000
# Words of other languages are longer.
LONGER = 2
PARTS = ("heading", "paragraphs", "points")
_NUMBERED = re.compile(r"^s(\d{1,2})_(?:heading|paragraphs|points)$")
LABELS: Mapping[str, str | Promise] = {
    "heading": gettext_lazy("Heading of section %(number)d"),
    "paragraphs": gettext_lazy("Paragraphs of section %(number)d"),
    "points": gettext_lazy("Points of section %(number)d"),
}


def fields(page: Information) -> Sequence[Field]:
    """Those of its versions."""
    return named_fields(len(page.sections), longer=LONGER)


def named_fields(sections: int, *, longer: int = 1) -> list[Field]:
    """The fields of a page with so many sections; every one that the German has is needed."""
    found = [
        Field("title", gettext_lazy("title"), TITLE * longer, needed=True),
        Field("summary", gettext_lazy("summary"), SUMMARY * longer, needed=True, long=True),
    ]
    for number in range(sections):
        for part in PARTS:
            label = str(LABELS[part]) % {"number": number + 1}
            most = HEADING if part == "heading" else LINE
            found.append(Field(name_of(number, part), label, most * longer, lines=part != "heading", needed=True))
    return found


def name_of(number: int, part: str) -> str:
    return f"s{number}_{part}"


def texts_of(title: str, summary: str, sections: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """A page's texts by name."""
    found: dict[str, Value] = {"title": title, "summary": summary}
    for number, section in enumerate(sections):
        found |= {name_of(number, part): section[part] for part in PARTS}
    return found


def sections_of(texts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections back from the texts, without those that say nothing."""
    numbers = sorted({int(match[1]) for name in texts if (match := _NUMBERED.match(name))})
    made = [
        {
            "heading": texts.get(name_of(number, "heading"), ""),
            "paragraphs": texts.get(name_of(number, "paragraphs"), []),
            "points": texts.get(name_of(number, "points"), []),
        }
        for number in numbers[:MOST_SECTIONS]
    ]
    return [section for section in made if any(section.values())]


def _read(page: Information) -> dict[str, Value]:
    return texts_of(page.title, page.summary, page.sections)


def _rows() -> QuerySet[Information]:
    return Information.objects.all()


KIND = kinds.register(
    Kind(
        key="information",
        model=Information,
        label=gettext_lazy("Information page"),
        owner="",
        fields=fields,
        read=_read,
        rows=_rows,
        # Nobody of the portal team has to know Bulgarian; somebody in some town hall does.
        anyone_confirms=True,
    )
)
