"""Which SVWS-Server a school has. Set by the operator in a file, never on a page: it holds passwords."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from austausch.certificates.reading.svws_client import Server

if TYPE_CHECKING:
    from austausch.certificates.models import School


def of(school: School) -> Server | None:
    """The school's server, or None."""
    found = _all().get(school.number)
    if found is None:
        return None
    try:
        return Server(**found)
    except TypeError as error:
        # Never the entry itself: it holds a password.
        raise ImproperlyConfigured(
            f"AUSTAUSCH_SVWS_FILE: school {school.number} needs url, schema, user and password; ca_file may be added."
        ) from error


def _all() -> dict[str, dict[str, Any]]:
    name = settings.AUSTAUSCH_SVWS_FILE
    if not name:
        return {}
    try:
        found = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured("AUSTAUSCH_SVWS_FILE cannot be read as JSON.") from error
    if not isinstance(found, dict) or not all(isinstance(entry, dict) for entry in found.values()):
        raise ImproperlyConfigured("AUSTAUSCH_SVWS_FILE: an object from school numbers to servers is expected.")
    return found
