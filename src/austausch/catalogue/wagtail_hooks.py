"""The catalogue's part of the editors' side: what Wagtail has to be told."""

from __future__ import annotations

from typing import Any

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

from austausch.catalogue.admin import board, bulk, compare, intervals, links, queue  # noqa: E402, F401
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
    "link_health:",
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
    return [
        path("pruefliste/", include(([path("", queue.review_list, name="review_list")], "catalogue_editing"))),
        path("links/", include((links.urlpatterns, "link_health"))),
        path("pruefabstaende/", include((intervals.urlpatterns, "review_intervals"))),
    ]


@hooks.register("register_admin_menu_item")
def review_menu_item() -> queue.ReviewMenuItem:
    url = reverse("catalogue_editing:review_list")
    return queue.ReviewMenuItem(_("Review list"), url, name="review-list", icon_name="tasks", order=90)


@hooks.register("register_admin_menu_item")
def links_menu_item() -> links.LinksMenuItem:
    return links.LinksMenuItem(_("Links"), reverse("link_health:report"), name="links", icon_name="link", order=110)


@hooks.register("register_settings_menu_item")
def intervals_menu_item() -> intervals.IntervalsMenuItem:
    url = reverse("review_intervals:edit")
    return intervals.IntervalsMenuItem(_("Check intervals"), url, name="review-intervals", icon_name="date", order=220)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("austausch.restore", _("Restore from the archive"), _("Restored from the archive"))
    actions.register_action("austausch.check", _("Check"), _("Checked: still right"))
    actions.register_action("austausch.moved", _("Merge"), _("Moved with the responsible body"))
    actions.register_action("austausch.link_said", _("Say of a link"), _("Said whether it is reachable"))
    actions.register_action("austausch.link_unsaid", _("Take back what was said of a link"), _("Taken back"))

    actions.register_action("austausch.proposal", _("Decide a proposal"), _("A proposal was decided"))
    actions.register_action("austausch.merge", _("Merge duplicates"), _("A duplicate became part of it"))
    actions.register_action("austausch.merged", _("Merge duplicates"), _("Became part of another entry"))
    actions.register_action("austausch.unmerge", _("Take a merger back"), _("A merger was taken back"))
    actions.register_action("austausch.end", _("End an adoption"), _("An organisation no longer does the same"))

    @actions.register_action("austausch.confirm")
    class ConfirmFormatter(LogFormatter):
        label = _("Confirm an adoption")

        def format_message(self, log_entry: Any) -> Any:
            return _("Taken over by %(organisation)s") % {"organisation": log_entry.data.get("organisation", "")}

    @actions.register_action("austausch.adapt")
    class AdaptFormatter(LogFormatter):
        label = _("Adapt")

        def format_message(self, log_entry: Any) -> Any:
            return _("Adapted from “%(source)s”") % {"source": log_entry.data.get("source", "")}

    @actions.register_action("austausch.archive")
    class ArchiveFormatter(LogFormatter):
        label = _("Archive")

        def format_message(self, log_entry: Any) -> Any:
            reason = log_entry.data.get("reason")
            return _("Archived: %(reason)s") % {"reason": reason} if reason else _("Archived")


@hooks.register("insert_global_admin_css")
def styles() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("catalogue/editing.css"))
