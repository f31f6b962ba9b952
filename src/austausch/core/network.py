"""The protected network at /netz/: its home page, and what rooms add to it.

Rooms above know what waits for whom; the core only asks them. Whoever is signed in may enter; what they see there is
decided by the policy, row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from austausch.core.context import Link

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Section:
    """A part of the home page: a template, which writes its own heading (h2), and what it needs."""

    template: str
    context: Mapping[str, Any]


# What a room has to say to this user; None: nothing now.
MakeSection = Callable[[HttpRequest], Section | None]

_links: list[tuple[int, str | Promise, str]] = []
_sections: list[tuple[int, MakeSection]] = []


def link(*, label: str | Promise, name: str, order: int) -> None:
    """Adds a page to the network's navigation. `name` is that of its address, without arguments."""
    _links.append((order, label, name))


def section(*, order: int) -> Callable[[MakeSection], MakeSection]:
    """Adds a part to the home page; a decorator."""

    def register(make: MakeSection) -> MakeSection:
        _sections.append((order, make))
        return make

    return register


def members_only(view: View) -> View:
    """For views of the network: visitors are sent to the sign-in page and back, and nothing is kept anywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


def navigation(path: str) -> list[Link]:
    """The network's own navigation, home first."""
    home = reverse("core:network")
    links = [Link(str(_("Overview")), home, "page" if path == home else "")]
    for _order, label, name in sorted(_links, key=lambda item: item[0]):
        url = reverse(name)
        here = "page" if path == url else "true" if path.startswith(url) else ""
        links.append(Link(str(label), url, here))
    return links


@require_safe
@members_only
def home(request: HttpRequest) -> HttpResponse:
    made = [make(request) for _order, make in sorted(_sections, key=lambda item: item[0])]
    sections = [part for part in made if part is not None]
    return render(request, "core/network_home.html", {"name": str(request.user), "sections": sections})
