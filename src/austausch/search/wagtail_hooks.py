"""The search's part of the editors' side: what Wagtail has to be told."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from austausch.core.editing import ask_policy, open_to_editors
from austausch.search.models import Synonym

# Before anything below makes Wagtail look for a policy of its own.
ask_policy(Synonym)

from austausch.catalogue.admin.panels import file_notes  # noqa: E402
from austausch.search.admin import documents, searches, synonyms  # noqa: E402

register_snippet(synonyms.SynonymViewSet)

open_to_editors(
    "wagtailsnippets_search_synonym:", "wagtail_bulk_action/search.synonym", "search_report:", "document_texts:"
)

file_notes.append(documents.note)

for action in synonyms.BULK:
    # After Wagtail's own, so that ours replaces its way of deleting.
    hooks.register("register_bulk_action", action, order=100)


@hooks.register("insert_global_admin_css")
def styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("search/editing.css"))


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("austausch.synonym_on", _("Switch on"), _("Switched on"))
    actions.register_action("austausch.synonym_off", _("Switch off"), _("Switched off"))


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [
        path("suche/", include((searches.urlpatterns, "search_report"))),
        path("dokumente/texte/", include((documents.urlpatterns, "document_texts"))),
    ]


@hooks.register("register_admin_menu_item")
def report_menu_item() -> searches.ReportMenuItem:
    url = reverse("search_report:report")
    return searches.ReportMenuItem(_("Searches"), url, name="searches", icon_name="search", order=300)


@hooks.register("register_admin_menu_item")
def documents_menu_item() -> documents.DocumentsMenuItem:
    url = reverse("document_texts:board")
    return documents.DocumentsMenuItem(_("Missing texts"), url, name="unread-documents", icon_name="warning", order=115)
