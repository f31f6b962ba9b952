"""Whether this installation shows made-up towns and people, so that every page can say so."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from austausch.core import generation
from austausch.core.models import Demonstration

_known: tuple[tuple[str, int], bool] | None = None


def is_on() -> bool:
    """Asked for every page; the database only after something has changed. Never on outside the embedded default."""
    global _known
    if not settings.AUSTAUSCH_DEMONSTRATION_ALLOWED:
        return False
    if connection.in_atomic_block:
        return Demonstration.objects.exists()
    version = (str(connection.settings_dict["NAME"]), generation.current())
    if _known is None or _known[0] != version:
        _known = (version, Demonstration.objects.exists())
    return _known[1]
