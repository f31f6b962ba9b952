"""Turns memberships into the model permissions that Wagtail's pages and menus ask for.

These only open doors (may this person see the editors' side, the list of entries, the publish button at all);
which rows they may touch is decided by `core.policy` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.backends import BaseBackend

from austausch.people.models import Membership, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model

Role = Membership.Role
AUTHOR = {
    "wagtailadmin.access_admin",
    *(f"catalogue.{action}_{model}" for action in ("view", "add", "change") for model in ("entry", "document")),
}
PUBLISHER = AUTHOR | {
    "catalogue.publish_entry",
    "catalogue.delete_entry",
    "catalogue.delete_document",
    "catalogue.lock_entry",
    "catalogue.unlock_entry",
}
PERMISSIONS: dict[int, set[str]] = {
    Role.READER: set(),
    Role.AUTHOR: AUTHOR,
    Role.PUBLISHER: PUBLISHER,
    Role.ADMINISTRATOR: PUBLISHER,
}


class RoleBackend(BaseBackend):
    def get_all_permissions(self, user_obj: User | AnonymousUser, obj: Model | None = None) -> set[str]:
        if not isinstance(user_obj, User) or not user_obj.is_active or obj is not None:
            return set()
        cached: set[str] | None = getattr(user_obj, "_role_permissions", None)
        if cached is None:
            cached = set()
            for role in user_obj.memberships.values_list("role", flat=True):
                cached |= PERMISSIONS[role]
            user_obj._role_permissions = cached  # type: ignore[attr-defined]
        return cached

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        return perm in self.get_all_permissions(user_obj, obj)
