"""The catalogue's part of the editors' side: what Wagtail has to be told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.compare import register_comparison_class
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from austausch.catalogue.models import Document, Entry, TargetGroup, Topic
from austausch.core.editing import ask_policy, open_to_editors
from austausch.core.fields import PointsField

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Entry, Document, Topic, TargetGroup)

from austausch.catalogue.admin import bulk, compare, queue  # noqa: E402
from austausch.catalogue.admin.documents import DocumentViewSet  # noqa: E402
from austausch.catalogue.admin.entries import EntryViewSet, hide_what_is_not_allowed  # noqa: E402
from austausch.catalogue.admin.words import TargetGroupViewSet, TopicViewSet  # noqa: E402

for viewset in (EntryViewSet, DocumentViewSet, TopicViewSet, TargetGroupViewSet):
    register_snippet(viewset)

open_to_editors(
    "wagtailsnippets_catalogue_entry:",
    "wagtailsnippets_catalogue_document:",
    "wagtailsnippetchoosers_catalogue_document:",
    "catalogue_editing:",
    "wagtail_bulk_action/catalogue.entry",
    "wagtail_bulk_action/catalogue.document",
)

compare.register(register_comparison_class, PointsField)

for action in bulk.ALL:
    # After Wagtail's own, so that ours replaces its way of deleting.
    hooks.register("register_bulk_action", action, order=100)

hooks.register("construct_snippet_action_menu", hide_what_is_not_allowed)


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [path("pruefliste/", include(([path("", queue.review_list, name="review_list")], "catalogue_editing")))]


@hooks.register("register_admin_menu_item")
def review_menu_item() -> queue.ReviewMenuItem:
    url = reverse("catalogue_editing:review_list")
    return queue.ReviewMenuItem(_("Review list"), url, name="review-list", icon_name="tasks", order=90)


@hooks.register("construct_homepage_panels", order=100)
def first_page(request: HttpRequest, panels: list[Any]) -> None:
    # Wagtail's own panels ask its page permissions or nobody; the review list asks the policy.
    panels[:] = [queue.ReviewPanel(request)]


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("austausch.restore", _("Restore from the archive"), _("Restored from the archive"))
    actions.register_action("austausch.check", _("Check"), _("Checked: still right"))

    @actions.register_action("austausch.archive")
    class ArchiveFormatter(LogFormatter):
        label = _("Archive")

        def format_message(self, log_entry: Any) -> Any:
            reason = log_entry.data.get("reason")
            return _("Archived: %(reason)s") % {"reason": reason} if reason else _("Archived")


@hooks.register("insert_global_admin_css")
def styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("catalogue/editing.css"))
