"""Who may see and change places: they are official and public; only loading changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from austausch.core.policy import Action, Scope, policy
from austausch.places.models import Place

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@policy.rule(Place)
def places(user: Actor, action: Action) -> Scope:
    return action is Action.VIEW
