"""What the search's reports have in common; their pages extend search/admin/_report.html."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """One way to choose what a report shows."""

    label: str
    address: str
    chosen: bool
