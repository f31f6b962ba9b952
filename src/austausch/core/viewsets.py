"""The views that a model gets on the editors' side: Wagtail's, with the policy before each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views import snippets

from austausch.core.choosers import PolicyChooserViewSet
from austausch.core.editing import OneRow, guard_rows
from austausch.core.policy import Action, policy


class Titled:
    """Mixin: Wagtail's page of a snippet's form has a heading for screen readers only where the view names one."""

    def get_context_data(self, **kwargs: Any) -> Any:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"title": context["header_title"], **context}


class PolicyCreateView(Titled, snippets.CreateView):
    pass


class PolicyEditView(Titled, OneRow, snippets.EditView):
    pass


class PolicyLockView(OneRow, snippets.LockView):
    pass


class PolicyUnlockView(OneRow, snippets.UnlockView):
    pass


class PolicyViewSet(snippets.SnippetViewSet):
    """A snippet's views. `own_rules`: which action the views are that a subclass adds in `own_urls`."""

    chooser_viewset_class = PolicyChooserViewSet
    add_view_class = PolicyCreateView
    edit_view_class = PolicyEditView
    lock_view_class = PolicyLockView
    unlock_view_class = PolicyUnlockView
    copy_view_enabled = False
    inspect_view_enabled = False
    own_rules: Mapping[str, Action] = {}
    # Views of Wagtail's that this model shall not have.
    left_out: Sequence[str] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Not what may be seen but what may be edited: a published row may have a draft that others must not see.
        return policy.which(request.user, Action.EDIT, self.model._default_manager.all())

    def own_urls(self) -> list[Any]:
        return []

    def get_urlpatterns(self) -> Sequence[Any]:
        patterns = [*super().get_urlpatterns(), *self.own_urls()]
        return guard_rows([one for one in patterns if one.name not in self.left_out], self.model, self.own_rules)


class PolicyBulkDelete(DeleteBulkAction):
    """Deletes what the policy lets go. Rows the user may not edit are not even named."""

    def get_queryset(self, model: Any, object_ids: Any) -> Any:
        return policy.which(self.request.user, Action.EDIT, model._default_manager.filter(pk__in=object_ids))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> Any:
        rows = self.model._default_manager.all()
        return policy.which(self.request.user, Action.EDIT, rows).values_list("pk", flat=True)
