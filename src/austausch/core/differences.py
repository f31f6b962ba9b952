"""What has changed between two texts, line by line, with what is new and what is gone marked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORD = re.compile(r"\s+|[^\s]+")
# Lines less alike are shown whole, the old and the new one: single words in common say nothing.
ALIKE = 0.6


def marked(before: Sequence[str], after: Sequence[str]) -> list[SafeString]:
    """The lines of both, in order, with the differences marked; word by word where a line was only reworded."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    found: list[SafeString] = []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        old, new = before[a1:a2], after[b1:b2]
        if kind == "equal":
            found += [format_html("{}", line) for line in new]
        elif kind == "replace" and len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                found += _reworded(one, other)
        else:
            found += [format_html("<del>{}</del>", line) for line in old]
            found += [format_html("<ins>{}</ins>", line) for line in new]
    return found


def _reworded(before: str, after: str) -> list[SafeString]:
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [format_html("<del>{}</del>", before), format_html("<ins>{}</ins>", after)]
    return [format_html_join("", "{}", ((part,) for part in _parts(matcher, old, new)))]


def _parts(matcher: difflib.SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[SafeString]:
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        old, new = "".join(before[a1:a2]), "".join(after[b1:b2])
        if kind == "equal":
            yield format_html("{}", new)
            continue
        if old:
            yield format_html("<del>{}</del>", old)
        if new:
            yield format_html("<ins>{}</ins>", new)
