"""The frame of the editors' side: what visitors report, and menus without what the portal does not use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.documents.wagtail_hooks import DocumentsSummaryItem

from austausch.core import editors_board, mail_board, report_board

# For editors: entries, documents and the review list. The portal team also sees pages, images and settings.
FOR_EDITORS = {
    "review-list",
    "entries",
    "links",
    "catalogue-documents",
    "searches",
    "search-synonyms",
    "unread-documents",
    "portal-use",
}
# Files are the catalogue's documents; groups mean nothing here, roles are held in organisations; the workflow is ours.
UNUSED = {"documents", "snippets", "groups", "workflows", "workflow-tasks", "collections", "locales", "editor-guide"}


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [
        path("hinweise/", include((report_board.urlpatterns, "report_board"))),
        path("mails/", include((mail_board.urlpatterns, "mail_board"))),
    ]


@hooks.register("insert_global_admin_js")
def admin_scripts() -> str:
    return format_html('<script src="{}"></script>', static("core/admin.js"))


@hooks.register("register_admin_menu_item")
def reports() -> report_board.ReportsMenuItem:
    url = reverse("report_board:board")
    return report_board.ReportsMenuItem(
        _("Reports of visitors"), url, name="visitor-reports", icon_name="mail", order=120
    )


@hooks.register("register_admin_menu_item")
def mails() -> mail_board.MailsMenuItem:
    url = reverse("mail_board:board")
    return mail_board.MailsMenuItem(_("Mails not sent"), url, name="undecided-mails", icon_name="mail", order=125)


@hooks.register("construct_main_menu", order=100)
def main_menu(request: HttpRequest, items: list[Any]) -> None:
    shown = [item for item in items if item.name not in UNUSED | {"help"}]
    items[:] = shown if request.user.is_superuser else [item for item in shown if item.name in FOR_EDITORS]


@hooks.register("construct_settings_menu", order=100)
def settings_menu(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in UNUSED]


@hooks.register("construct_reports_menu", order=100)
def reports_menu(request: HttpRequest, items: list[Any]) -> None:
    kept = {"site-history", "aging-pages", "locked-pages"}
    items[:] = [item for item in items if item.name in kept]


@hooks.register("construct_homepage_panels", order=100)
def first_page(request: HttpRequest, panels: list[Any]) -> None:
    # Wagtail's own panels ask its page permissions or nobody; the shelves of the board ask the policy.
    panels[:] = [editors_board.Board(request)]


@hooks.register("construct_homepage_summary_items", order=100)
def summary_items(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if not isinstance(item, DocumentsSummaryItem)]
