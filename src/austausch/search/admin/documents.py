"""What the search could read of the documents, for those who keep them: /verwaltung/dokumente/texte/."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from austausch.catalogue.models import Document
from austausch.core.policy import Action, policy
from austausch.search.admin.reports import Tab
from austausch.search.document_reading import read_document
from austausch.search.models import DocumentText

if TYPE_CHECKING:
    from austausch.core.policy import Actor

PER_PAGE = 30
ALL = "alle"
State = DocumentText.State


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What somebody should look at; `?stand=alle`: every document with a file."""
    policy.require(request.user, Action.EDIT, Document)
    everything = request.GET.get("stand") == ALL
    without_text = unread(request.user)
    documents = _with_file(request.user)
    page = Paginator((documents if everything else without_text).select_related("read_text"), PER_PAGE).get_page(
        request.GET.get("seite")
    )
    tabs = [
        Tab(_("Without text (%(count)d)") % {"count": without_text.count()}, "?", not everything),
        Tab(_("All with a file"), f"?stand={ALL}", everything),
    ]
    context = {
        "report_title": _("Documents in the search"),
        "shelves": [(_("Which documents"), tabs)],
        "page": page,
        "rows": [(document, summary(document)) for document in page],
        "empty": "" if page else _nothing(documents),
    }
    return TemplateResponse(request, "search/admin/documents.html", context)


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Has the current file read once more."""
    document = get_object_or_404(_with_file(request.user), pk=pk)
    transaction.on_commit(partial(read_document.enqueue, document.pk, again=True))
    messages.success(request, _("“%(title)s” is read again; this takes up to a minute.") % {"title": document.title})
    return redirect("document_texts:board")


def unread(user: Actor) -> QuerySet[Document]:
    """Documents the user keeps of whose file the search knows no text."""
    return _with_file(user).filter(read_text__state__in=(State.EMPTY, State.BROKEN, State.UNKNOWN))


def summary(document: Document) -> str:
    """In a sentence or two, what the search has of the document's file, and what can be done about it."""
    read = getattr(document, "read_text", None)
    if read is None:
        return _("The file has not been read for the search yet.")
    pages = ngettext("%(count)d page", "%(count)d pages", read.pages) % {"count": read.pages}
    match read.state:
        case State.READ if read.pages:
            return _("Its text is searched: %(pages)s.") % {"pages": pages}
        case State.READ:
            return _("Its text is searched.")
        case State.CUT if read.pages:
            return _("The beginning of its text is searched: %(pages)s.") % {"pages": pages}
        case State.CUT:
            return _("The beginning of its text is searched.")
        case State.EMPTY:
            return _("The file holds no text. If it was scanned, run text recognition (OCR) on it and upload it again.")
        case State.UNKNOWN:
            return _("Files of this kind are not read for the search.")
    return _("The file cannot be read for the search. %(problem)s") % {"problem": read.get_problem_display()}


def note(document: Document) -> SafeString:
    """The same for the document's own page."""
    return format_html('{} <a href="{}">{}</a>', summary(document), reverse("document_texts:board"), _("All documents"))


class DocumentsMenuItem(MenuItem):
    """There only as long as the search could not read something."""

    def is_shown(self, request: HttpRequest) -> bool:
        return policy.may(request.user, Action.EDIT, Document) and unread(request.user).exists()


def _nothing(documents: QuerySet[Document]) -> str:
    """Why none of these documents is shown."""
    if not documents.exists():
        return _("No document has a file yet.")
    waiting = documents.filter(read_text__isnull=True).count()
    if waiting:
        return ngettext(
            "Nothing to see to so far. %(count)d file has not been read yet; the worker reads it within minutes.",
            "Nothing to see to so far. %(count)d files have not been read yet; the worker reads them within minutes.",
            waiting,
        ) % {"count": waiting}
    return _("The search knows the text of every file.")


def _with_file(user: Actor) -> QuerySet[Document]:
    documents = Document.objects.filter(versions__isnull=False).distinct().order_by("title", "pk")
    return policy.which(user, Action.EDIT, documents)


urlpatterns = [path("", board, name="board"), path("<int:pk>/", again, name="again")]
