"""Why results stand where they stand, in words for editors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from austausch.search import analysis
from austausch.search.analysis import Question
from austausch.search.ranking import Reason

CHANNELS: dict[str, Promise] = {
    "word": pgettext_lazy("why it was found", "Word"),
    "part": pgettext_lazy("why it was found", "Part of a word"),
    "beginning": pgettext_lazy("why it was found", "Beginning of a word"),
    "compound": pgettext_lazy("why it was found", "Part of what was typed"),
    "synonym": pgettext_lazy("why it was found", "Synonym"),
    "near": pgettext_lazy("why it was found", "Similar spelling"),
    "meaning": pgettext_lazy("why it was found", "Similar meaning"),
    "title": pgettext_lazy("why it was found", "Title typed in full"),
    "status": pgettext_lazy("why it was found", "Ended"),
    "place": pgettext_lazy("why it was found", "In this place"),
    "freshness": pgettext_lazy("why it was found", "Recently checked"),
}
FIELDS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "title_parts": gettext_lazy("Title"),
    "keywords": gettext_lazy("Keywords"),
    "body": gettext_lazy("Text"),
    "parts": gettext_lazy("Text"),
    "documents": gettext_lazy("Documents"),
}


@dataclass(frozen=True)
class Line:
    """One reason in words. `matched` is empty where it is what was typed. `points` are added up, or all of them are
    multiplied by them if they are a factor."""

    channel: str
    word: str
    matched: str
    fields: str
    points: float
    is_factor: bool


@dataclass(frozen=True)
class Understood:
    """One word or phrase of a query: as typed, its terms, the terms of its parts, and what it may begin with."""

    shown: str
    terms: str
    parts: str
    prefix: str
    excluded: bool = False


def lines(reasons: Iterable[Reason]) -> list[Line]:
    """The reasons in the order given, one that holds for several fields once. What has no name here is shown as it is
    called."""
    fields: dict[Reason, list[str]] = {}
    for reason in reasons:
        # The same way to an entry has the same points in each field.
        fields.setdefault(replace(reason, field=""), []).append(str(FIELDS.get(reason.field, reason.field)))
    return [
        Line(
            channel=str(CHANNELS.get(reason.channel, reason.channel)),
            word=reason.word,
            matched="" if analysis.fold(reason.word) == reason.matched else reason.matched,
            fields=", ".join(dict.fromkeys(names)),
            points=reason.points,
            is_factor=not reason.word,
        )
        for reason, names in fields.items()
    ]


def understood(question: Question) -> list[Understood]:
    """What the analyser made of a query."""
    return [
        Understood(
            shown=part.shown,
            terms=" ".join(part.terms),
            parts=", ".join(dict.fromkeys(term for word in part.shown.split() for term in analysis.spans(word))),
            prefix=part.prefix,
            excluded=excluded,
        )
        for parts, excluded in ((question.parts, False), (question.without, True))
        for part in parts
    ]
