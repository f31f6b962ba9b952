"""Parts of an organisation's page that rooms above have something to say in, such as its entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from austausch.core.network import Section

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

# What a room has to say about the organisation to this user; None: nothing.
MakePart = Callable[["Organisation", "User"], Section | None]
_parts: list[MakePart] = []


def part(make: MakePart) -> MakePart:
    """Adds a part to the page; a decorator."""
    _parts.append(make)
    return make


def parts(organisation: Organisation, user: User) -> list[Section]:
    return [made for make in _parts if (made := make(organisation, user)) is not None]
