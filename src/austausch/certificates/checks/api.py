"""Offices' programs check with a key of the office: for a purpose and a case, logged like people.

An API of its own, at /netz/pruefen/api/: the public one is for reading and for everybody, and its answers may be kept
by anybody; here every answer is for one office.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, P, PathEx, Schema, Status
from ninja.errors import HttpError
from ninja.security import HttpBearer
from pydantic import StringConstraints

from austausch.certificates.checks import actions, program_keys
from austausch.certificates.checks.answers import REASONS
from austausch.certificates.models import Check, CheckItem, OfficeKey
from austausch.core.api import TEXT
from austausch.core.rate_limit import Limit

api = NinjaAPI(
    title="Checking certificates",
    version="1.0.0",
    description="For offices that the portal team has allowed to check.",
    urls_namespace="checking_api",
    # Ninja looks for itself outside this room's names; see `document`.
    openapi_url=None,
    docs_url=None,
)
LIMIT = Limit("checking-api", amount=60)
Line = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=TEXT)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT, strip_whitespace=True)]


class Key(HttpBearer):
    """`Authorization: Bearer <key>`: made by an administrator of an office that may check, for a year at most."""

    def authenticate(self, request: HttpRequest, token: str) -> OfficeKey | None:
        # Before the key is looked at: guesses count, too.
        if not LIMIT.take(request).allowed:
            raise HttpError(429, "Too many requests in a minute. Wait a minute, then go on.")
        return program_keys.find(token)


class FileIn(Schema):
    name: Short
    content: str = Field(description="A picture or PDF, base64. All of a request has at most 5 MB.")


class CheckIn(Schema):
    """What is to be checked, and why."""

    purpose: Short = Field(examples=["Kindergeld, § 32 EStG"])
    case_number: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=TEXT, strip_whitespace=True)]
    seals: list[Line] = Field([], max_length=500, description="Links of QR codes, or seals in hexadecimal digits.")
    numbers: list[Short] = Field([], max_length=500, description="Certificate numbers: status only.")
    files: list[FileIn] = Field([], max_length=100, description="Read in the background; ask for the check again.")
    watch: bool = Field(False, description="Tell the office when the status of what was presented changes.")


class AnswerOut(Schema):
    position: int = Field(description="Which of seals, numbers and files together: files first, from 1.")
    name: str = Field(description="Of a file.")
    outcome: str = Field(description="valid, not_in_force, not_genuine or undecided; empty while a file waits.")
    code: str = Field(examples=["revoked"])
    reason: str
    certificate_number: str
    valid_until: dt.date | None
    sealed: dict[str, str] = Field(description="What the seal says, where it is genuine. Compare it; gone after a day.")


class CheckOut(Schema):
    id: int
    finished: bool
    items: list[AnswerOut]


class Wrong(Schema):
    title: str
    status: int
    detail: str


@api.post(
    "/checks",
    auth=Key(),
    response={200: CheckOut, 422: Wrong, 429: Wrong},
    summary="Check certificates",
    url_name="check",
)
def check(request: HttpRequest, data: CheckIn) -> Any:
    """Checks certificates for a case. Seals and numbers are answered at once; files once they have been read."""
    key: OfficeKey = request.auth  # type: ignore[attr-defined]
    try:
        files = [(file.name, base64.b64decode(file.content, validate=True)) for file in data.files]
    except (binascii.Error, ValueError):
        return Status(422, _wrong(422, "The content of a file is no base64."))
    given = actions.Given(files, data.seals, data.numbers, data.watch)
    asker = actions.Asker(key.organisation, key=key)
    try:
        made = actions.begin(asker, given, purpose=data.purpose, case_number=data.case_number)
    except actions.TooManyError as error:
        return Status(429, _wrong(429, str(error)))
    except actions.CheckError as error:
        return Status(422, _wrong(422, str(error)))
    return Status(200, _values(made))


@api.get("/checks/{id}", auth=Key(), response=CheckOut, summary="One check", url_name="one_check")
def one(
    request: HttpRequest,
    id: PathEx[int, P(ge=1, le=2**53, description="The check's number.")],  # noqa: A002 - the word in the address
) -> dict[str, Any]:
    """A check of the key's office, and how far it is."""
    key: OfficeKey = request.auth  # type: ignore[attr-defined]
    found = Check.objects.filter(organisation=key.organisation, pk=id).first()
    if found is None:
        raise Http404("Your office has no check with this number.")
    return _values(found)


@require_safe
def document(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document."""
    prefix = reverse("certificates:checking_api:check").removesuffix("checks")
    return JsonResponse(api.get_openapi_schema(path_prefix=prefix))


def _values(found: Check) -> dict[str, Any]:
    items = CheckItem.objects.filter(request=found).defer("given").order_by("position", "part")
    found.refresh_from_db()
    return {"id": found.pk, "finished": found.finished_at is not None, "items": [_answer(item) for item in items]}


def _answer(item: CheckItem) -> dict[str, Any]:
    return {
        "position": item.position,
        "name": item.name,
        "outcome": item.outcome,
        "code": item.code,
        "reason": str(REASONS.get(item.code, "")),
        "certificate_number": item.certificate_number,
        "valid_until": item.valid_until,
        "sealed": item.sealed,
    }


def _wrong(status: int, detail: str) -> dict[str, Any]:
    return {"title": "Not checked", "status": status, "detail": detail}
