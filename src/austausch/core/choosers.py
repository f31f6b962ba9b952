"""Choosing documents and other rows in the admin: only what the policy shows, found by what is in their name."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.snippets.views.chooser import (
    ChooseResultsView,
    ChooseView,
    SnippetChooserViewSet,
    SnippetChosenMultipleView,
    SnippetChosenView,
)

from austausch.core.policy import Action, policy

SEARCHED = ("title", "name", "slug", "key")


class FilterForm(SearchFilterMixin, BaseFilterForm):
    """Finds by a part of the name; the admin needs no search index for that."""

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        text = self.cleaned_data.get("q")
        if not text:
            return objects
        self.is_searching = True
        self.search_query = text
        names = {field.name for field in objects.model._meta.get_fields()} & set(SEARCHED)
        found = Q(pk__in=[])
        for name in names:
            found |= Q(**{f"{name}__icontains": text})
        return objects.filter(found)


class _Visible:
    """Mixin: the rows the policy shows to whoever asks."""

    request: Any
    model_class: Any

    @cached_property
    def visible(self) -> QuerySet[Any]:
        return policy.which(self.request.user, Action.VIEW, self.model_class.objects.all())


class PolicyChooseView(_Visible, ChooseView):
    filter_form_class = FilterForm

    def get_object_list(self) -> QuerySet[Any]:
        return self.visible


class PolicyChooseResultsView(_Visible, ChooseResultsView):
    filter_form_class = FilterForm

    def get_object_list(self) -> QuerySet[Any]:
        return self.visible


class PolicyChosenView(_Visible, SnippetChosenView):
    def get_object(self, pk: Any) -> Any:
        return self.visible.get(pk=pk)


class PolicyChosenMultipleView(_Visible, SnippetChosenMultipleView):
    def get_objects(self, pks: Any) -> QuerySet[Any]:
        return self.visible.filter(pk__in=pks)


class PolicyChooserViewSet(SnippetChooserViewSet):
    choose_view_class = PolicyChooseView
    choose_results_view_class = PolicyChooseResultsView
    chosen_view_class = PolicyChosenView
    chosen_multiple_view_class = PolicyChosenMultipleView

    def get_urlpatterns(self) -> list[Any]:
        # Nothing is made in passing: a new row has required fields that its own form explains.
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]
