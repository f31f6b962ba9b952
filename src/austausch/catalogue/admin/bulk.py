"""Steps for many entries at once, each through its action; says how many were done, and which not and why."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from austausch.catalogue import actions
from austausch.catalogue.admin.entries import EntryFilters, EntryViewSet, with_state
from austausch.catalogue.models import Document, Entry, Topic
from austausch.core.policy import Action, policy
from austausch.core.viewsets import PolicyBulkDelete


class EntryBulkAction(SnippetBulkAction):
    """Base. `needed`: what the policy must allow; `do`: the action for one entry."""

    models = [Entry]
    template_name = "catalogue/admin/bulk.html"
    needed: Action
    question: Any

    def do(self, entry: Entry) -> None:
        raise NotImplementedError

    def get_queryset(self, model: Any, object_ids: Any) -> QuerySet[Entry]:
        # What the user may not edit is not even named.
        return policy.which(self.request.user, Action.EDIT, Entry.objects.filter(pk__in=object_ids))

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[Any]:
        """What the list shows that the user came from, its filters and search included."""
        entries = with_state(policy.which(self.request.user, Action.EDIT, Entry.objects.all()))
        wanted = QueryDict(urlsplit(self.next_url).query)
        filters = EntryFilters(wanted, queryset=entries, request=self.request)
        found = filters.qs if filters.is_valid() else entries
        if text := wanted.get("q", ""):
            matches = Q(pk__in=[])
            for field in EntryViewSet.search_fields:
                matches |= Q(**{f"{field}__icontains": text})
            found = found.filter(matches)
        return found.values_list("pk", flat=True)

    def check_perm(self, entry: Entry) -> bool:
        return policy.may(self.request.user, self.needed, entry)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "title": self.display_name, "question": self.question}

    @classmethod
    def execute_action(cls, objects: list[Entry], **kwargs: Any) -> tuple[int, int]:
        view = kwargs["self"]
        view.refused = []
        for entry in objects:
            try:
                view.do(entry)
            except actions.RefusedError as error:
                view.refused.append((entry, str(error)))
            except PermissionDenied:
                view.refused.append((entry, _("You are not allowed to do this.")))
        return len(objects) - len(view.refused), 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        for entry, why in self.refused:
            messages.warning(self.request, _("“%(entry)s”: %(why)s") % {"entry": entry, "why": why})
        if not num_parent_objects:
            return None
        done = ngettext("Done for %(count)d entry.", "Done for %(count)d entries.", num_parent_objects)
        return f"{self.display_name}: {done % {'count': num_parent_objects}}"


class BulkSubmit(EntryBulkAction):
    display_name = gettext_lazy("Submit for review")
    aria_label = gettext_lazy("Submit the selected entries for review")
    question = gettext_lazy("Submit these entries for review?")
    action_type = "submit"
    action_priority = 10
    needed = Action.EDIT

    def do(self, entry: Entry) -> None:
        actions.submit(entry, self.request.user)


class BulkPublish(EntryBulkAction):
    display_name = gettext_lazy("Publish")
    aria_label = gettext_lazy("Publish the selected entries")
    question = gettext_lazy("Publish the latest version of these entries?")
    action_type = "publish"
    action_priority = 20
    needed = Action.PUBLISH

    def do(self, entry: Entry) -> None:
        actions.publish(entry, self.request.user)


class BulkConfirm(EntryBulkAction):
    display_name = gettext_lazy("Still right")
    aria_label = gettext_lazy("Note that the selected entries were checked today")
    question = gettext_lazy("Have you read these entries, and are they still right?")
    action_type = "confirm"
    action_priority = 30
    needed = Action.EDIT

    def do(self, entry: Entry) -> None:
        actions.confirm_checked(entry, self.request.user)


class TopicsForm(forms.Form):
    topics = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Topics"), queryset=Topic.objects.all(), widget=forms.CheckboxSelectMultiple
    )


class BulkAddTopics(EntryBulkAction):
    display_name = gettext_lazy("Add topics")
    aria_label = gettext_lazy("Add topics to the selected entries")
    question = gettext_lazy(
        "Which topics shall these entries have in addition? Published ones show them once published."
    )
    action_type = "add_topics"
    action_priority = 40
    needed = Action.EDIT
    form_class = TopicsForm

    def do(self, entry: Entry) -> None:
        actions.add_topics(entry, self.request.user, self.cleaned_form.cleaned_data["topics"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=500)


class BulkArchive(EntryBulkAction):
    display_name = gettext_lazy("Archive")
    aria_label = gettext_lazy("Archive the selected entries")
    question = gettext_lazy("Archive these entries? They keep their pages but leave lists and search.")
    action_type = "archive"
    action_priority = 50
    classes = {"serious"}
    needed = Action.ARCHIVE
    form_class = ReasonForm

    def do(self, entry: Entry) -> None:
        actions.archive(entry, self.request.user, self.cleaned_form.cleaned_data["reason"])


class BulkDelete(EntryBulkAction):
    """Instead of Wagtail's, which deletes past the policy's rule for published entries and past the search index."""

    display_name = gettext_lazy("Delete")
    aria_label = gettext_lazy("Delete the selected entries")
    question = gettext_lazy("Delete these drafts for good?")
    action_type = "delete"
    action_priority = 60
    classes = {"serious"}
    needed = Action.DELETE

    def do(self, entry: Entry) -> None:
        actions.delete(entry, self.request.user)


class DocumentBulkDelete(PolicyBulkDelete):
    """Instead of Wagtail's, which names every document to whoever may delete one."""

    models = [Document]


ALL = (BulkSubmit, BulkPublish, BulkConfirm, BulkAddTopics, BulkArchive, BulkDelete, DocumentBulkDelete)
