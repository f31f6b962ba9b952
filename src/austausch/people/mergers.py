"""What moves when one organisation becomes part of another. Rooms above register what they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from austausch.people.models import Organisation, User

# Called with the body that ends, the one that goes on, and who decided; inside the transaction of the merger.
Move = Callable[["Organisation", "Organisation", "User"], None]
_moves: list[Move] = []


def moves(move: Move) -> Move:
    """Registers what a room moves; a decorator."""
    _moves.append(move)
    return move


def move_everything(source: Organisation, target: Organisation, user: User) -> None:
    for move in _moves:
        move(source, target, user)
