"""The API's documentation for people, written from its OpenAPI document: no foreign script, works without any."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from austausch.api.assembly import api
from austausch.core.page_cache import public_page


@dataclass(frozen=True)
class Field:
    """A parameter or a property, in words."""

    name: str
    type: str
    about: str
    required: bool
    values: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """One address of the API."""

    id: str
    path: str
    summary: str
    about: str
    parameters: tuple[Field, ...]
    shape: str
    example: str


@dataclass(frozen=True)
class Shape:
    name: str
    about: str
    fields: tuple[Field, ...]


@require_safe
@public_page
def documentation(request: HttpRequest) -> HttpResponse:
    schema = _document()
    base = request.build_absolute_uri("/").rstrip("/")
    context = {
        "calls": [_call(path, get["get"], base) for path, get in schema["paths"].items()],
        "shapes": [
            _shape(name, shape)
            for name, shape in sorted(schema["components"]["schemas"].items())
            if "properties" in shape
        ],
        "openapi_url": reverse("api:openapi-json"),
        "base": f"{base}/api/v1",
        "trail": [(gettext("Interface (API)"), "")],
    }
    return render(request, "api/docs.html", context)


@require_safe
def nothing_here(request: HttpRequest) -> HttpResponse:
    raise Http404


@cache
def _document() -> dict[str, Any]:
    """The OpenAPI document, which changes with the program only. Making it takes too long to do so for each page."""
    document: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    return document


def _call(path: str, operation: dict[str, Any], base: str) -> Call:
    parameters = tuple(
        Field(
            name=parameter["name"],
            type=_type(parameter["schema"]),
            about=_translated(parameter.get("description", "")),
            required=parameter.get("required", False),
            values=tuple(_values(parameter["schema"])),
        )
        for parameter in operation["parameters"]
    )
    example = path
    for parameter in operation["parameters"]:
        examples = parameter.get("examples") or parameter["schema"].get("examples") or ["1"]
        if parameter["in"] == "path":
            example = example.replace("{" + parameter["name"] + "}", str(examples[0]))
    content = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Call(
        id=operation["operationId"],
        path=path,
        summary=_translated(operation["summary"]),
        about=_translated(operation.get("description", "")),
        parameters=parameters,
        shape=_type(content),
        example=f"curl {base}{example}",
    )


def _shape(name: str, shape: dict[str, Any]) -> Shape:
    required = set(shape.get("required", []))
    fields = tuple(
        Field(
            field,
            _type(details),
            _translated(details.get("description", "")),
            field in required,
            tuple(_values(details)),
        )
        for field, details in shape["properties"].items()
    )
    return Shape(_type({"$ref": name}), _translated(" ".join(shape.get("description", "").split())), fields)


def _type(schema: dict[str, Any]) -> str:
    """A schema's type in a word or two: `string (date)`, `list of MeasureItem`, `Term or null`."""
    if "$ref" in schema:
        name = str(schema["$ref"].rpartition("/")[2])
        # The framework's name for `Listing[MeasureItem]`.
        return re.sub(r"^(\w+?)_(\w+)_$", r"\1[\2]", name)
    if "anyOf" in schema or "allOf" in schema:
        return f" {gettext('or')} ".join(_type(one) for one in schema.get("anyOf") or schema["allOf"])
    kind = schema.get("type", "string")
    if kind == "array":
        return gettext("list of %(type)s") % {"type": _type(schema["items"])}
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _values(schema: dict[str, Any]) -> list[str]:
    """The values a parameter may have, where they are fixed."""
    for one in (schema, schema.get("items", {}), *schema.get("anyOf", [])):
        if "$ref" in one:
            one = _component(one["$ref"])
        if "enum" in one:
            return [str(value) for value in one["enum"] if value != ""]
    return []


def _component(reference: str) -> dict[str, Any]:
    found: dict[str, Any] = _document()["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _translated(text: str) -> str:
    text = " ".join(text.split())
    return gettext(text) if text else ""
