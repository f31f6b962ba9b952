"""Facts that only the operator of an installation knows, and where they are still missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from austausch.pages.models import ContentPage

PLACEHOLDER = re.compile(r"\[(?:Vom Betreiber einzutragen|To be filled in by the operator): [^\]<]*\]")


@dataclass(frozen=True)
class Unfinished:
    """A published page with so many facts missing."""

    page: ContentPage
    missing: int


def unfinished_pages() -> Iterator[Unfinished]:
    """The published content pages that still have placeholders."""
    from austausch.pages.models import ContentPage

    for page in ContentPage.objects.live().order_by("path"):
        body = json.dumps(page.body.get_prep_value(), ensure_ascii=False)
        if missing := len(PLACEHOLDER.findall(body)):
            yield Unfinished(page, missing)
