"""A proposed change as its page shows it: what the entry said, what it says now, what is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from austausch.catalogue.adoption.changes import digest_of
from austausch.catalogue.adoption.fields import FIELDS
from austausch.catalogue.models import Proposal, ProposedChange
from austausch.core.differences import marked


@dataclass(frozen=True)
class Comparison:
    """`then`, `now`, `proposed`: lines as HTML, the latter two with what differs from `now` marked in `proposed`.

    `is_outdated`: the entry says something else than when it was proposed. `seen`: a digest of `now`.
    """

    change: ProposedChange
    then: list[SafeString]
    now: list[SafeString]
    proposed: list[SafeString]
    is_outdated: bool
    seen: str


def comparisons(proposal: Proposal, *, drafts: bool) -> Iterator[Comparison]:
    """Each change of a proposal. `drafts`: compared with the latest version, which only those who keep it may see;
    otherwise with what is published."""
    entry = proposal.entry.get_latest_revision_as_object() if drafts else proposal.entry
    for change in proposal.changes.select_related("decided_by"):
        field = FIELDS.get(change.field)
        if field is None:
            continue
        now = field.read(entry)
        lines = field.lines(now)
        yield Comparison(
            change,
            then=[format_html("{}", line) for line in field.lines(change.before)],
            now=[format_html("{}", line) for line in lines],
            proposed=marked(lines, field.lines(change.value)),
            is_outdated=now not in (change.before, change.value),
            seen=digest_of(now),
        )
