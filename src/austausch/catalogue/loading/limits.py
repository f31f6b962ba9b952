"""How much a catalogue file may hold. Far above any real catalogue, far below what would hurt."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Limits:
    """Fields: `bytes` of the file, and of a workbook once unpacked; `depth` of nesting; `values` in all; `entries`.

    An installation changes them with the setting `AUSTAUSCH_LOADING_LIMITS`, a dict with these names.
    """

    bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    depth: int = 12
    values: int = 2_000_000
    entries: int = 20_000
    cell_characters: int = 100_000
    columns: int = 200


def limits() -> Limits:
    return Limits(**getattr(settings, "AUSTAUSCH_LOADING_LIMITS", {}))
