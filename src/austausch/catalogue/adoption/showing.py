"""A change as pages show it: three columns, with what is new and what is gone marked."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from austausch.catalogue.adoption.changes import Change
from austausch.core.differences import marked


@dataclass(frozen=True)
class Comparison:
    """`then`, `now`, `own`: lines as HTML; in `now` and `own` set beside `then`, new words in ins, gone ones in del."""

    change: Change
    then: list[SafeString]
    now: list[SafeString]
    own: list[SafeString]


def comparison(change: Change) -> Comparison:
    then = change.field.lines(change.then)
    return Comparison(
        change,
        then=[format_html("{}", line) for line in then],
        now=marked(then, change.field.lines(change.now)),
        own=marked(then, change.field.lines(change.own)) if change.own is not None else [],
    )
