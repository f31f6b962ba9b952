"""Who may do what: the one object that pages, search, feeds, API, exports, PDF and mail all ask.

Each room states its rules in its own `policy.py`; this module only knows how to ask them. A rule answers for a
user and an action which rows it covers, so "may this user?" and "which ones?" cannot disagree: the first is the
second, asked for one row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from austausch.people.models import User

    Actor: TypeAlias = User | AnonymousUser

M = TypeVar("M", bound=Model)


class Action(StrEnum):
    """What can be done to a thing. Rooms share the words, so that a role means the same everywhere."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    DELETE = "delete"


# True: every row; False: none; Q: the rows it selects.
Scope = Q | bool
Rule = Callable[["Actor", Action], Scope]


def among(field: str, keys: Collection[object]) -> Scope:
    """The rows whose `field` is one of these; none, and no question to the database, where there are no keys."""
    return Q(**{f"{field}__in": keys}) if keys else False


class NoRuleError(LookupError):
    """No room has stated a rule for this model. Nothing is visible by default."""


class Policy:
    """The rules of all rooms. Use the module's `policy`; make another one only in tests."""

    def __init__(self) -> None:
        self._rules: dict[type[Model], Rule] = {}

    def rule(self, model: type[Model]) -> Callable[[Rule], Rule]:
        """Registers the decorated function as the rule for `model`."""

        def register(rule: Rule) -> Rule:
            if model in self._rules:
                raise ValueError(f"{model.__name__} already has a rule; one model, one rule.")
            self._rules[model] = rule
            return rule

        return register

    def scope(self, user: Actor, action: Action, model: type[Model]) -> Scope:
        """Which rows of `model` the user may do this to. Raises NoRuleError where no room has a rule."""
        for candidate in model.__mro__:
            if candidate in self._rules:
                return self._rules[candidate](user, action)
        raise NoRuleError(f"No rule for {model.__name__}: state one in its room's policy.py.")

    def which(self, user: Actor, action: Action, rows: QuerySet[M]) -> QuerySet[M]:
        """Those of `rows` that the user may do this to."""
        scope = self.scope(user, action, rows.model)
        if scope is True:
            return rows
        if scope is False:
            return rows.none()
        if _stays_in_row(scope, rows.model):
            return rows.filter(scope)
        # A subquery, so that a rule across relations neither doubles rows nor changes the caller's joins. It costs
        # a pass over the whole table, so rules that need none get none.
        return rows.filter(pk__in=rows.model._default_manager.filter(scope).values("pk"))

    def may(self, user: Actor, action: Action, target: Model | type[Model]) -> bool:
        """Whether the user may do this to this row or, for a class, to at least some rows."""
        if isinstance(target, type):
            return self.scope(user, action, target) is not False
        scope = self.scope(user, action, type(target))
        if isinstance(scope, bool):
            return scope
        return type(target)._default_manager.filter(scope, pk=target.pk).exists()

    def require(self, user: Actor, action: Action, target: Model | type[Model]) -> None:
        """Raises PermissionDenied unless the user may."""
        if not self.may(user, action, target):
            raise PermissionDenied(f"{action} is not allowed here.")


def is_portal_team(user: Actor) -> bool:
    """Whether the user belongs to the portal team, which keeps what no organisation does."""
    return user.is_authenticated and user.is_active and user.is_superuser


def _stays_in_row(scope: Q, model: type[Model]) -> bool:
    """Whether a rule looks at columns of the row itself only, so that asking it needs no join."""
    for child in scope.children:
        if isinstance(child, Q):
            if not _stays_in_row(child, model):
                return False
            continue
        if not isinstance(child, tuple):
            return False
        name, _, lookup = str(child[0]).partition("__")
        columns = {known: field for field in model._meta.concrete_fields for known in (field.name, field.attname)}
        field = columns.get(name)
        if field is None or (lookup and lookup not in field.get_lookups()):
            return False
    return True


policy = Policy()
