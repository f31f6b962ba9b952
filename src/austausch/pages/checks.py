"""Checks before going public (`austausch check --deploy`)."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004
from django.db import DatabaseError

from austausch.pages.placeholders import unfinished_pages


@register("pages", deploy=True)
def legal_pages_are_filled_in(**kwargs: Any) -> list[CheckMessage]:
    """Warns for each published page in which facts of the operator are still missing."""
    try:
        found = list(unfinished_pages())
    except DatabaseError:
        # No database yet: nothing is published.
        return []
    return [
        Warning(
            f"The page “{unfinished.page.title}” ({unfinished.page.url}) still has {unfinished.missing} "
            "facts that only the operator knows.",
            hint="Replace the marked placeholders in the editors' area and publish the page.",
            id="pages.W001",
        )
        for unfinished in found
    ]
