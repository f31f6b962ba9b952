"""When the search engine cannot be asked, whoever asked is told so, wherever the search is used."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from austausch.search.engines import EngineError

logger = logging.getLogger(__name__)
AGAIN_AFTER_SECONDS = "30"


class SearchUnavailable:
    """Middleware: answers 503 when a view could not ask the engine. Everything that needs no search goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, EngineError):
            return None
        logger.error("Search is not possible: %s", exception)
        response: HttpResponse
        if request.path.startswith("/api/"):
            response = JsonResponse({"detail": _("Searching is not possible at the moment.")}, status=503)
        else:
            response = render(request, "search/unavailable.html", status=503)
        response.headers["Retry-After"] = AGAIN_AFTER_SECONDS
        return response
