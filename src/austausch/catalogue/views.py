"""Pages of the catalogue."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from austausch.catalogue import contacts, exports, link_health, versions
from austausch.catalogue.adoption.provenance import provenance
from austausch.catalogue.exports.limits import LIGHT
from austausch.catalogue.models import Document, DocumentKind, DocumentVersion, Entry
from austausch.catalogue.structured import structured_data
from austausch.core.page_cache import public_page
from austausch.core.policy import Action, policy
from austausch.core.rate_limit import too_often
from austausch.languages.policy import may_write
from austausch.languages.reading import reading as read

RELATED = 3
DOCUMENTS_PER_PAGE = 25
# A law may be cited by hundreds of entries.
CITATIONS_IN_LIST = 3
CITATIONS_ON_PAGE = 100


@require_safe
@public_page
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """An entry's page. 410 instead of 404 for one that was public once: its address stands on printed letters."""
    visible = policy.which(request.user, Action.VIEW, Entry.objects.with_parts())
    found = visible.filter(slug=slug).first()
    if found is None or found.merged_into_id:
        return _leads_on(slug, "catalogue:entry") or _gone_or_404(request, slug)
    return render(request, "catalogue/entry.html", entry_context(found, request))


@require_safe
@public_page
def entry_export(request: HttpRequest, slug: str, format: str) -> HttpResponse:  # noqa: A002 - the word in the address
    """One entry as PDF, iCalendar or JSON."""
    makers = {"pdf": exports.pdf_response, "ics": exports.calendar_response, "json": exports.entry_json_response}
    if format not in makers:
        raise Http404
    verdict = LIGHT.take(request)
    if not verdict.allowed:
        return too_often(request, verdict)
    visible = policy.which(request.user, Action.VIEW, Entry.objects.with_parts())
    found = visible.filter(slug=slug).first()
    if found is None or found.merged_into_id:
        return _leads_on(slug, "catalogue:entry_export", format) or _gone_or_404(request, slug)
    if format == "ics" and not exports.is_dated(found):
        raise Http404
    about = exports.About.of(request, title=found.title, name=found.slug, path=found.get_absolute_url())
    response: HttpResponse = makers[format]([found], about)
    # So that a search engine shows the page and not the file.
    response.headers["Link"] = f'<{about.address}>; rel="canonical"'
    return response


def entry_context(entry: Entry, request: HttpRequest) -> dict[str, Any]:
    """What the entry's template needs; also for previews, whose entry is not saved."""
    related = Entry.objects.with_card_parts().related_to(entry)
    reading = read(entry, request)
    return {
        "entry": entry,
        "reading": reading,
        "text": versions.text_of(entry, reading),
        "related": list(policy.which(request.user, Action.VIEW, related)[:RELATED]),
        "dated": exports.is_dated(entry),
        "contacts": contacts.shown(entry, request.user),
        "provenance": provenance(entry, request.user),
        "broken_links": link_health.broken_in(entry, request.user),
        "may_merge": entry.live and policy.may(request.user, Action.PUBLISH, entry),
        "may_check": entry.live and policy.may(request.user, Action.EDIT, entry),
        "may_write": entry.pk is not None and may_write(request.user, entry),
        "structured_data": structured_data(entry, request.build_absolute_uri),
    }


@require_safe
@public_page
def documents(request: HttpRequest) -> HttpResponse:
    """All documents that published entries cite, by kind and validity."""
    rows = Document.objects.with_list_parts(citations=CITATIONS_IN_LIST)
    kind, validity = request.GET.get("art", ""), request.GET.get("gueltig", "")
    if kind in DocumentKind.values:
        rows = rows.filter(kind=kind)
    if validity in {"ja", "nein"}:
        rows = rows.current() if validity == "ja" else rows.expired()
    visible = policy.which(request.user, Action.VIEW, rows)
    page = Paginator(visible, DOCUMENTS_PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "page": page,
        "kinds": DocumentKind.choices,
        "kind": kind,
        "validity": validity,
        "filtered": kind in DocumentKind.values or validity in {"ja", "nein"},
    }
    return render(request, "catalogue/documents.html", context)


@require_safe
@public_page
def document(request: HttpRequest, slug: str) -> HttpResponse:
    visible = policy.which(request.user, Action.VIEW, Document.objects.with_list_parts(citations=CITATIONS_ON_PAGE))
    return render(request, "catalogue/document.html", {"document": get_object_or_404(visible, slug=slug)})


@require_safe
def document_file(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponseBase:
    """A document's current file or the one of a version; only for those who may see the document.

    Always a download: whatever got past the checks of uploading never runs in this site's name.
    """
    visible = policy.which(request.user, Action.VIEW, Document.objects.prefetch_related("versions"))
    found = get_object_or_404(visible, slug=slug)
    version = found.current_version if number is None else found.versions.filter(number=number).first()
    if version is None or not version.file.storage.exists(str(version.file.name)):
        raise Http404
    return _file_response(request, found, version)


def _file_response(request: HttpRequest, document: Document, version: DocumentVersion) -> HttpResponseBase:
    etag = quote_etag(version.sha256)
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(version.uploaded_at.timestamp()),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304, headers=headers)
    else:
        charset = "; charset=utf-8" if version.media_type.startswith("text/") else ""
        headers["Content-Type"] = version.media_type + charset
        name = f"{document.slug}-{version.number}{PurePath(str(version.file.name)).suffix}"
        response = FileResponse(version.file.open(), as_attachment=True, filename=name, headers=headers)
    # Asked for again each time: a document that is withdrawn must not live on in a cache on the way.
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _leads_on(slug: str, name: str, *more: str) -> HttpResponse | None:
    """To where the address of a merged entry leads, whoever asks; None for any other."""
    target = Entry.objects.filter(slug=slug, merged_into__isnull=False).select_related("merged_into").first()
    # A chain has an end: an entry that was merged cannot be merged into, and never into what came from it.
    while target is not None and target.merged_into is not None:
        target = target.merged_into
    return None if target is None else redirect(name, target.slug, *more, permanent=True)


def _gone_or_404(request: HttpRequest, slug: str) -> HttpResponse:
    once_public = Entry.objects.filter(slug=slug, live=False, first_published_at__isnull=False).exists()
    if not once_public:
        raise Http404
    return render(request, "catalogue/gone.html", status=410)
