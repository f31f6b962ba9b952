"""The editors' side (Wagtail's admin at /verwaltung/) asks the same policy as every other part of the portal.

Three nets, each of which would do alone:

- `RowPolicy` answers Wagtail's permission questions from `core.policy`, so its lists and buttons show what is allowed.
- `guard_rows` stands before every view of a model's admin, knows for each address which action it is, and answers
  404 for rows the user must not know of. A view without a rule stops the portal from starting.
- `for_editors` stands before the whole admin: what no room has opened is for the portal team only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import cached_property
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import policy_registry, register_permission_policy
from wagtail.utils.urlpatterns import decorate_urlpatterns

from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

    from austausch.core.policy import Actor

View = Callable[..., HttpResponseBase]

# Wagtail's words for our actions. "view" means: may open it on the editors' side. Words not listed are refused.
WORDS = {
    "view": Action.EDIT,
    "choose": Action.VIEW,
    "add": Action.CREATE,
    "change": Action.EDIT,
    "delete": Action.DELETE,
    "publish": Action.PUBLISH,
    "lock": Action.PUBLISH,
    "unlock": Action.PUBLISH,
}


class RowPolicy(BasePermissionPolicy):
    """Wagtail's permission policy for one model, answered by `core.policy`."""

    def user_has_permission(self, user: Actor, action: str) -> bool:
        return action in WORDS and policy.may(user, WORDS[action], self.model)

    def user_has_permission_for_instance(self, user: Actor, action: str, instance: Model) -> bool:
        return action in WORDS and policy.may(user, WORDS[action], instance)

    def instances_user_has_any_permission_for(self, user: Actor, actions: Iterable[str]) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.all()
        found = Q(pk__in=[])
        for action in actions:
            if action in WORDS:
                found |= Q(pk__in=policy.which(user, WORDS[action], rows).order_by().values("pk"))
        return rows.filter(found)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        return self._users(lambda user: self.user_has_any_permission(user, actions))

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Model) -> QuerySet[Any]:
        return self._users(lambda user: self.user_has_any_permission_for_instance(user, actions, instance))

    def _users(self, may: Callable[[Any], bool]) -> QuerySet[Any]:
        people = get_user_model()._default_manager.filter(is_active=True)
        return people.filter(pk__in=[user.pk for user in people if may(user)])


class _OneRowPolicy(RowPolicy):
    """For views of one row: "may this user?" is asked for that row."""

    def __init__(self, model: type[Model], row: Model) -> None:
        super().__init__(model)
        self.row = row

    def user_has_permission(self, user: Actor, action: str) -> bool:
        return self.user_has_permission_for_instance(user, action, self.row)


class OneRow:
    """Mixin for Wagtail's views of one row, which otherwise ask only about the model."""

    object: Model | None
    model: type[Model]

    @cached_property
    def permission_policy(self) -> BasePermissionPolicy:
        row = getattr(self, "object", None)
        if row is not None and row.pk:
            return _OneRowPolicy(self.model, row)
        return policy_registry.get_by_type(self.model)


def ask_policy(*models: type[Model]) -> None:
    """Makes Wagtail ask `core.policy` for these models. To be called at the top of a room's wagtail_hooks.py."""
    for model in models:
        register_permission_policy(model, RowPolicy(model))


# What the views that every model's admin has are about.
RULES: dict[str, Action] = {
    "list": Action.EDIT,
    "list_results": Action.EDIT,
    "index": Action.EDIT,
    "index_results": Action.EDIT,
    "add": Action.CREATE,
    "preview_on_add": Action.CREATE,
    "edit": Action.EDIT,
    "preview_on_edit": Action.EDIT,
    "delete": Action.DELETE,
    "usage": Action.EDIT,
    "history": Action.EDIT,
    "history_results": Action.EDIT,
    "revisions_view": Action.EDIT,
    "revisions_revert": Action.EDIT,
    "revisions_compare": Action.EDIT,
    "revisions_unschedule": Action.PUBLISH,
    "unpublish": Action.PUBLISH,
    # The views ask more: who locked, whose turn it is.
    "lock": Action.EDIT,
    "unlock": Action.EDIT,
    "workflow_action": Action.EDIT,
    "collect_workflow_action_data": Action.EDIT,
    "confirm_workflow_cancellation": Action.EDIT,
    "workflow_history": Action.EDIT,
    "workflow_history_detail": Action.EDIT,
    "workflow_preview": Action.EDIT,
}


def guard_rows(
    patterns: Sequence[URLPattern], model: type[Model], own: Mapping[str, Action] | None = None
) -> Sequence[URLPattern]:
    """Puts the policy before every view of a model's admin. `own`: rules for views beyond Wagtail's.

    Raises ImproperlyConfigured for a view without a rule: a new one must not be open by accident.
    """
    rules = {**RULES, **(own or {})}
    for pattern in patterns:
        if pattern.name not in rules:
            raise ImproperlyConfigured(f"No rule for the view {pattern.name!r} of {model.__name__}'s admin.")
        pattern.callback = _guarded(pattern.callback, model, rules[pattern.name])
    return patterns


def _guarded(view: View, model: type[Model], action: Action) -> View:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not policy.may(request.user, action, model):
            raise PermissionDenied
        if "pk" in kwargs:
            _require_row(request.user, action, model, unquote(str(kwargs["pk"])))
        return view(request, *args, **kwargs)

    return update_wrapper(guarded, view)


def _require_row(user: Actor, action: Action, model: type[Model], key: str) -> None:
    row = model._default_manager.filter(pk=key).first() if key.isdigit() else None
    if row is None or not policy.may(user, Action.EDIT, row):
        # The same answer for "does not exist" and "not yours": what others draft stays unknown.
        raise Http404
    policy.require(user, action, row)


# Addresses of the admin that every editor may open; rooms add theirs with `open_to_editors`.
_open_names = {
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_dismissibles",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_editing_sessions:ping",
    "wagtailadmin_editing_sessions:release",
}
# Nobody's: signing in and passwords are allauth's (rate limits, lock-out), files are the catalogue's documents, and
# many accounts at once would get past the check that somebody of the portal team is left.
_closed = ("wagtailadmin_password_reset", "wagtailadmin_error_test", "wagtaildocs", "wagtail_bulk_action/people.")


def open_to_editors(*names: str) -> None:
    """Opens addresses of the admin to everyone with a role. A name that ends in ":" opens a whole namespace."""
    _open_names.update(names)


def for_editors(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Puts the gate before all addresses of the admin."""
    decorated: list[URLPattern | URLResolver] = decorate_urlpatterns(patterns, _gated)
    return decorated


def _gated(view: View) -> View:
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        match = request.resolver_match
        name = match.view_name if match else ""
        if match and name == "wagtail_bulk_action":
            name = f"{name}/{match.kwargs['app_label']}.{match.kwargs['model_name']}"
        if name == "wagtailadmin_login":
            return redirect("account_login")
        if name.startswith(_closed):
            raise Http404
        user = request.user
        # Visitors go on to Wagtail's own check, which sends them to the sign-in page; whoever is signed in and has no
        # role here would be sent back from there again and again.
        may_enter = user.has_perm("wagtailadmin.access_admin")
        if user.is_authenticated and not user.is_superuser and not (may_enter and _is_open(name)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return gated


def _is_open(name: str) -> bool:
    return name in _open_names or any(name.startswith(opened) for opened in _open_names if opened.endswith(":"))
