"""What the search's reports have in common; their pages extend search/admin/_report.html."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


@dataclass(frozen=True)
class Tab:
    """One way to choose what a report shows."""

    label: str
    address: str
    chosen: bool


def way_back(request: HttpRequest) -> str:
    """The page that somebody came from, `next`; empty if that is none of this portal."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if safe else ""
