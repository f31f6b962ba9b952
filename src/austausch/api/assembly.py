"""All rooms' parts of the API in one: `/api/v1/`, its OpenAPI document and its documentation page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.operation import Operation

from austausch.api.openapi import completed, query_parameters
from austausch.api.problems import Fault, problem
from austausch.catalogue.api import router as catalogue
from austausch.core.page_cache import mark_public, public_page
from austausch.counselling.api import router as counselling
from austausch.events.api import router as events
from austausch.figures.api import router as figures
from austausch.information.api import router as information
from austausch.places.api import router as places
from austausch.search.api import router as search

DESCRIPTION = """\
What ministries, districts and towns do, as open data: the same measures, documents and figures as on the pages, in \
the same order. Reading needs no account. Dates are as exact as their source, and what a source leaves out is null \
or empty.
"""


class PublicAPI(NinjaAPI):
    """Every good answer is the same for everyone, so the page cache may keep it."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().create_response(request, data, **kwargs)
        return mark_public(response) if response.status_code == 200 else response

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        return completed(super().get_openapi_schema(**kwargs))


api = PublicAPI(
    title=f"{settings.AUSTAUSCH_NAME}: API",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api",
    openapi_url="/openapi.json",
    # The documentation is a page of ours, in both languages; see `documentation`.
    docs_url=None,
    docs_decorator=public_page,
)
for router in (search, catalogue, counselling, events, figures, information, places):
    api.add_router("", router)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(status=404, detail=str(error))


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422, naming each parameter and what to send; 404 if it was part of the path: nothing can be there."""
    if any(one["loc"][0] == "path" for one in error.errors):
        return problem(status=404, detail="Nothing can have this address. All addresses are listed at /api/v1/docs.")
    faults = tuple(Fault(_parameter(one), f"{one['msg']}.") for one in error.errors)
    return _refused(faults)


def _parameter(error: dict[str, Any]) -> str:
    names = [part for part in error["loc"] if isinstance(part, str)]
    return names[-1]


def _refused(faults: tuple[Fault, ...]) -> HttpResponse:
    names = ", ".join(sorted({fault.parameter for fault in faults}))
    return problem(status=422, detail=f"Correct these parameters and ask again: {names}.", errors=faults)


def _strict(operation: Operation, view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuses parameters that the operation does not have: a misspelt filter must not look like no filter."""
    known = query_parameters(operation)

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        unknown = sorted(request.GET.keys() - known)
        if unknown:
            remedy = f"Not a parameter here. These are: {', '.join(sorted(known))}." if known else "Leave it out."
            return _refused(tuple(Fault(name[:100], remedy) for name in unknown[:20]))
        return view(request, *args, **kwargs)

    return checked


for bound in api._get_bound_routers():
    for path_view in bound.path_operations.values():
        for operation in path_view.operations:
            operation.view_func = _strict(operation, operation.view_func)
