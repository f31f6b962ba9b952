"""Steps for many entries at once, each through its action; says how many were done, and which not and why."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from austausch.catalogue import actions
from austausch.catalogue.admin.entries import EntryFilters, EntryViewSet, with_state
from austausch.catalogue.models import Document, Entry, Topic
from austausch.core.bulk import PolicyBulkAction
from austausch.core.policy import Action
from austausch.core.viewsets import PolicyBulkDelete


class EntryBulkAction(PolicyBulkAction):
    """Base: steps for entries."""

    models = [Entry]
    filters = EntryFilters
    searched = EntryViewSet.search_fields
    refusals = (actions.RefusedError,)

    def rows(self) -> QuerySet[Entry]:
        return with_state(super().rows())

    def done(self, count: int) -> str:
        return ngettext("Done for %(count)d entry.", "Done for %(count)d entries.", count) % {"count": count}


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
