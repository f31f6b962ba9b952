"""The figures of one run as tables in Markdown: each with what it is compared with, and the ratio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.report import table

# What was measured → what it is compared with. Of both the median, in milliseconds.
COMPARED = {
    "sign-in": ("signing in with a password, to the next page", "checking the password hash alone"),
    "list": ("list of adoptions the reader may change, a page", "the same rows without the policy"),
    "contacts": ("list of contacts the reader may see, a page", "the same rows without the policy"),
    "search": ("list of measures, signed in", "the same page for visitors, not from the cache"),
    "comparison": ("comparison at the end of 50 copies", "the same page at the first copy"),
    "line": ("picture of the line of 50 copies", "the same page of an entry nobody took over"),
    "saved searches": ("all saved searches against what is new", "one search at a time, as the list does it"),
    "news": ("the morning's edition, mails posted", "one search at a time, without mails"),
}


def tables(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """`found`: database → name of COMPARED → milliseconds of both."""
    for database, figures in found.items():
        yield f"### {database}\n"
        rows = [
            (what, f"{figures[name][0]:,.1f} ms", beside, f"{figures[name][1]:,.1f} ms", ratio(*figures[name]))
            for name, (what, beside) in COMPARED.items()
            if name in figures
        ]
        yield from table(("what", "takes", "compared with", "takes", "ratio"), rows)


def ratio(took: float, compared: float) -> str:
    """How many times as long as what it is compared with; below 1 it is quicker."""
    return f"{took / compared:.2f}" if compared else "–"
