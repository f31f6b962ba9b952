"""The protected network at /netz/: its home page, and what rooms add to it.

Rooms above know what waits for whom; the core only asks them. Whoever is signed in may enter; what they see there is
decided by the policy, row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
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


class Group(Enum):
    """Pages of the network that belong together stand behind one link, so that the navigation stays one row."""

    MEASURES = _("Measures")
    EXCHANGE = _("Exchange")
    BODIES = _("Organisations")
    CERTIFICATES = _("School certificates")
    ACCOUNT = _("Your account")


@dataclass(frozen=True)
class Navigation:
    """Home and the groups, each leading to its first page; the pages of each group; those of the group one is in."""

    tabs: Sequence[Link]
    groups: Sequence[tuple[str, Sequence[Link]]]
    pages: Sequence[Link]


_links: list[tuple[int, Group, str | Promise, str]] = []
_sections: list[tuple[int, MakeSection]] = []


def link(*, label: str | Promise, name: str, group: Group, order: int) -> None:
    """Adds a page to the network's navigation. `name` is that of its address, without arguments."""
    _links.append((order, group, label, name))


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


def navigation(path: str) -> Navigation:
    """The network's own navigation, home first."""
    home = reverse("core:network")
    tabs = [Link(str(_("Overview")), home, "page" if path == home else "")]
    groups: list[tuple[str, Sequence[Link]]] = []
    here: Sequence[Link] = ()
    for group in Group:
        pages = [_linked(label, name, path) for _order, of, label, name in _in_order() if of is group]
        if not pages:
            continue
        groups.append((str(group.value), pages))
        is_here = any(page.current for page in pages)
        tabs.append(Link(str(group.value), pages[0].url, "true" if is_here else ""))
        here = pages if is_here else here
    return Navigation(tabs, groups, here)


def _in_order() -> list[tuple[int, Group, str | Promise, str]]:
    return sorted(_links, key=lambda item: item[0])


def _linked(label: str | Promise, name: str, path: str) -> Link:
    url = reverse(name)
    return Link(str(label), url, "page" if path == url else "true" if path.startswith(url) else "")


@require_safe
@members_only
def home(request: HttpRequest) -> HttpResponse:
    made = [make(request) for _order, make in sorted(_sections, key=lambda item: item[0])]
    sections = [part for part in made if part is not None]
    return render(request, "core/network_home.html", {"name": str(request.user), "sections": sections})
