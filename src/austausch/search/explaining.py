"""Why results stand where they stand, in words for editors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from austausch.search import analysis
from austausch.search.engines import engine
from austausch.search.finding import Hits
from austausch.search.ranking import Reason

# Among these is the word itself, if the stem is one.
MOST_WORDS = 30

CHANNELS: dict[str, Promise] = {
    "word": pgettext_lazy("why it was found", "Word"),
    "part": pgettext_lazy("why it was found", "Part of a word"),
    "beginning": pgettext_lazy("why it was found", "Beginning of a word"),
    "compound": pgettext_lazy("why it was found", "Part of what was typed"),
    "synonym": pgettext_lazy("why it was found", "Synonym"),
    "near": pgettext_lazy("why it was found", "Similar word"),
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
    """One reason in words. `matched` is empty where it is what was typed. Of each word the reason with the most
    `points` counts; by those of a factor all are multiplied."""

    channel: str
    word: str
    matched: str
    fields: str
    points: float
    is_factor: bool


@dataclass(frozen=True)
class Understood:
    """One word or phrase of a query: as typed, its terms and its parts as words, and what it may begin with."""

    shown: str
    terms: str
    parts: str
    prefix: str
    excluded: bool = False


class Spelled:
    """Terms as words: the index knows stems, which nobody recognises (“bulgar” for “Bulgarien”)."""

    def __init__(self, hits: Hits) -> None:
        self._hits = hits
        self._known: dict[str, str] = {}

    def __call__(self, term: str) -> str:
        """The shortest word of the vocabulary with this stem that holds something the user may see, or the stem as the
        beginning that it is."""
        if term not in self._known:
            words = [one for one in engine().beginning(term, MOST_WORDS) if analysis.terms(one.shown) == [term]]
            seen = self._hits.seen(one.folded for one in words)
            self._known[term] = min((one.shown for one in words if one.folded in seen), key=len, default=f"{term}…")
        return self._known[term]


def lines(reasons: Iterable[Reason], total: float, spelled: Spelled) -> list[Line]:
    """The reasons in the order given, one that holds for several fields once, and what they come to together. What has
    no name here is shown as it is called."""
    fields: dict[Reason, list[str]] = {}
    for reason in reasons:
        # The same way to an entry has the same points in each field.
        fields.setdefault(replace(reason, field=""), []).append(str(FIELDS.get(reason.field, reason.field)))
    found = [
        Line(
            channel=str(CHANNELS.get(reason.channel, reason.channel)),
            word=reason.word,
            matched=_matched(reason, spelled),
            fields=", ".join(dict.fromkeys(names)),
            points=reason.points,
            is_factor=not reason.word,
        )
        for reason, names in fields.items()
    ]
    together = pgettext("why it was found", "Together: of each word the strongest, less where words are missing")
    return [*found, Line(together, "", "", "", total, is_factor=False)] if found else []


def _matched(reason: Reason, spelled: Spelled) -> str:
    """The words that were found, empty where they are those typed."""
    found = " ".join(map(spelled, reason.matched.split()))
    return "" if analysis.fold(reason.word) in {reason.matched, analysis.fold(found)} else found


def understood(hits: Hits) -> list[Understood]:
    """What the analyser made of a query."""
    spelled, question = Spelled(hits), hits.question
    return [
        Understood(
            shown=part.shown,
            terms=" ".join(_own(part.shown).get(term) or spelled(term) for term in part.terms),
            parts=", ".join(
                dict.fromkeys(spelled(term) for word in part.shown.split() for term in analysis.spans(word))
            ),
            prefix=part.prefix,
            excluded=excluded,
        )
        for parts, excluded in ((question.parts, False), (question.without, True))
        for part in parts
    ]


def _own(text: str) -> dict[str, str]:
    """The words of a text by their terms."""
    return {word.term: word.shown for word in analysis.words(text)}
