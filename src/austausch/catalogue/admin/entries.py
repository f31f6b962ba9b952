"""Entries on the editors' side: the list, the edit form and the steps of their life."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, UpdatedAtColumn
from wagtail.admin.widgets.button import Button
from wagtail.models import Revision, TaskState
from wagtail.snippets.views import snippets

from austausch.catalogue import actions
from austausch.catalogue.admin import panels, steps
from austausch.catalogue.models import Approach, Entry, Kind, Topic
from austausch.core.policy import Action, policy
from austausch.core.spreadsheets import harmless
from austausch.core.viewsets import PolicyEditView, PolicyViewSet
from austausch.people.models import Organisation

STATES = {
    "published": gettext_lazy("published"),
    "changed": gettext_lazy("published, with changes"),
    "review": gettext_lazy("in review"),
    "scheduled": gettext_lazy("scheduled"),
    "draft": gettext_lazy("draft"),
    "archived": gettext_lazy("archived"),
}


def with_state(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Adds what `state` needs, so that a list asks once and not once per row."""
    key = Cast(OuterRef("pk"), models.CharField(max_length=255))
    ours = {"base_content_type__app_label": "catalogue", "base_content_type__model": "entry"}
    scheduled = Revision.objects.filter(object_id=key, approved_go_live_at__isnull=False, **ours)
    running = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__object_id=key,
        **{f"workflow_state__{name}": value for name, value in ours.items()},
    )
    annotated: QuerySet[Entry] = entries.annotate(is_scheduled=Exists(scheduled), is_in_review=Exists(running))
    return annotated


def state(entry: Any) -> str:
    """The key in STATES. Needs `with_state`."""
    if entry.is_in_review:
        return "review"
    if entry.is_scheduled:
        return "scheduled"
    if not entry.live:
        return "draft"
    if entry.archived_on:
        return "archived"
    return "changed" if entry.has_unpublished_changes else "published"


class EntryFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=gettext_lazy("Stage"), choices=list(STATES.items()), method="in_state")
    kind = django_filters.MultipleChoiceFilter(label=gettext_lazy("Kind"), choices=Kind.choices)
    approach = django_filters.MultipleChoiceFilter(label=gettext_lazy("Approach"), choices=Approach.choices)
    lead = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Responsible body"), queryset=lambda request: leads(request.user)
    )
    topics = django_filters.ModelMultipleChoiceFilter(label=gettext_lazy("Topics"), queryset=Topic.objects.all())
    due = django_filters.BooleanFilter(label=gettext_lazy("Due for a check"), method="is_due")

    class Meta:
        model = Entry
        fields: list[str] = []

    def in_state(self, entries: QuerySet[Entry], name: str, wanted: str) -> QuerySet[Entry]:
        conditions: dict[str, dict[str, Any]] = {
            "review": {"is_in_review": True},
            "scheduled": {"is_in_review": False, "is_scheduled": True},
            "draft": {"live": False},
            "archived": {"live": True, "archived_on__isnull": False},
            "changed": {"live": True, "archived_on__isnull": True, "has_unpublished_changes": True},
            "published": {"live": True, "archived_on__isnull": True, "has_unpublished_changes": False},
        }
        unless = {} if wanted in {"review", "scheduled"} else {"is_in_review": False, "is_scheduled": False}
        return with_state(entries).filter(**conditions[wanted], **unless)

    def is_due(self, entries: QuerySet[Entry], name: str, wanted: bool) -> QuerySet[Entry]:
        due = Entry.objects.due_for_check().values("pk")
        return entries.filter(pk__in=due) if wanted else entries.exclude(pk__in=due)


def leads(user: Any) -> QuerySet[Organisation]:
    """The bodies whose entries the user edits."""
    entries = policy.which(user, Action.EDIT, Entry.objects.all())
    found: QuerySet[Organisation] = Organisation.objects.filter(pk__in=entries.order_by().values("lead"))
    return found


class EntryListView(snippets.IndexView):
    def get_base_queryset(self) -> QuerySet[Entry]:
        return with_state(super().get_base_queryset().select_related("lead", "latest_revision"))

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        prepared = super().preprocess_field_value(field, value, export_format)
        csv = export_format == self.FORMAT_CSV
        return harmless(prepared) if csv and isinstance(prepared, str) else prepared


class EntryEditView(PolicyEditView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        context["may_archive"] = policy.may(user, Action.ARCHIVE, self.live_object)
        context["live_entry"] = self.live_object
        return context

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons: list[Button] = super().header_more_buttons
        entry = self.live_object
        if entry.live and policy.may(self.request.user, Action.ARCHIVE, entry):
            label = _("Restore from the archive") if entry.archived_on else _("Archive")
            buttons.append(Button(label, url=steps.url("archive", entry), icon_name="folder-inverse", priority=15))
        return buttons

    def publish_action(self) -> Any:
        # The action menu hides the button; a request can still be made by hand.
        policy.require(self.request.user, Action.PUBLISH, self.live_object)
        return super().publish_action()

    def submit_action(self) -> Any:
        with transaction.atomic():
            return super().submit_action()


class EntryUnpublishView(snippets.UnpublishView):
    def unpublish(self) -> HttpResponse | None:
        # Not Wagtail's action but ours, which tells the search index.
        try:
            actions.withdraw(self.object, self.request.user)
        except actions.RefusedError as error:
            messages.error(self.request, str(error))
            return steps.back_to(self.object)
        return None


class EntryDeleteView(snippets.DeleteView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except actions.RefusedError as error:
            messages.error(self.request, str(error))
            return steps.back_to(self.object)
        return response

    def delete_action(self) -> None:
        actions.delete(self.object, self.request.user)


class EntryViewSet(PolicyViewSet):
    model = Entry
    icon = "doc-full"
    menu_label = gettext_lazy("Entries")
    menu_name = "entries"
    menu_order = 100
    add_to_admin_menu = True
    base_url_path = "massnahmen"
    chooser_base_url_path = "massnahmen-auswahl"
    index_view_class = EntryListView
    edit_view_class = EntryEditView
    unpublish_view_class = EntryUnpublishView
    delete_view_class = EntryDeleteView
    filterset_class = EntryFilters
    search_fields = ["title", "summary", "slug"]
    list_per_page = 30
    list_export = ["title", "slug", "lead", "kind", "approach", "status", "live", "archived_on", "checked_on"]
    list_display = [
        "__str__",
        Column("lead", label=gettext_lazy("Responsible body"), sort_key="lead__name"),
        Column("get_kind_display", label=gettext_lazy("Kind"), sort_key="kind"),
        Column("status", label=gettext_lazy("Status"), accessor=lambda entry: entry.status.label),
        StatusTagColumn(
            "state",
            label=gettext_lazy("Stage"),
            accessor=lambda entry: STATES[state(entry)],
            primary=lambda entry: entry.live and not entry.archived_on,
        ),
        DateColumn("checked_on", label=gettext_lazy("Checked"), sort_key="checked_on"),
        UpdatedAtColumn(),
    ]
    edit_handler = panels.ENTRY
    own_rules = {
        "archive": Action.ARCHIVE,
        "confirm_checked": Action.EDIT,
        "comment": Action.EDIT,
        "resolve_comment": Action.EDIT,
    }

    def own_urls(self) -> list[Any]:
        return steps.urlpatterns()

    def get_edit_handler(self) -> Any:
        return self.edit_handler.bind_to_model(self.model)


def hide_what_is_not_allowed(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Hook: the buttons below the form follow the policy for this entry, not for entries as such."""
    entry = context.get("instance")
    if context.get("model") is not Entry or entry is None or policy.may(request.user, Action.PUBLISH, entry):
        return
    menu_items[:] = [item for item in menu_items if item.name not in {"action-publish", "action-unpublish"}]
