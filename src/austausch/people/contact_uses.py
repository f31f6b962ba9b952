"""Where a contact is referred to. Rooms above know and register here, because people may not know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@dataclass(frozen=True)
class Use:
    """A thing that refers to a contact. `where`: what it is, in words; `url`: its page; empty if it stays hidden."""

    where: str | Promise
    url: str


# Primary key of a contact → where it is used, drafts included, in words that this user may read.
Find = Callable[[int, "Actor"], Iterable[Use]]
# Takes every trace of a contact out of what is kept of former versions.
Forget = Callable[[int], None]
_finders: list[tuple[Find, Forget]] = []


def register(*, find: Find, forget: Forget) -> None:
    """A room says where it refers to contacts, and how its history forgets one that is deleted."""
    _finders.append((find, forget))


def of(contact: int, user: Actor) -> list[Use]:
    return [use for find, _forget in _finders for use in find(contact, user)]


def forget(contact: int) -> None:
    """To be called inside the transaction that deletes the contact."""
    for _find, forget_it in _finders:
        forget_it(contact)
