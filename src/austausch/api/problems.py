"""What went wrong, as RFC 9457 problem details: for programs to branch on and for people to act on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from http import HTTPStatus

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Fault:
    """One parameter that is at fault: its name, and what to send instead."""

    parameter: str
    detail: str


def problem(*, status: int, detail: str, errors: tuple[Fault, ...] = ()) -> HttpResponse:
    """The answer for a request that failed. `errors` names each parameter at fault."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or HTTPStatus(status).description,
    }
    if errors:
        content["errors"] = [asdict(error) for error in errors]
    response = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
