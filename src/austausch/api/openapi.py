"""What ninja's OpenAPI document leaves out: problems, caching, limits, headers, contact, licence."""

from __future__ import annotations

from typing import Any

from ninja.operation import Operation

from austausch.core.discretion import is_discreet

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Unprocessable Entity"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string", "description": "What to do.", "examples": ["Correct these parameters: limit."]},
        "errors": {
            "type": "array",
            "description": "Each parameter at fault.",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {
                    "parameter": {"type": "string", "examples": ["limit"]},
                    "detail": {"type": "string", "examples": ["Input should be less than or equal to 100."]},
                },
            },
        },
    },
}
TAGS = (
    ("measures", "Programmes, measures and offers."),
    ("documents", "What measures cite."),
    ("words", "Topics and bodies: the values of filters."),
    ("information", "Plain pages for people who are about to come, in several languages."),
    ("offices", "Counselling offices, nearest first; these answers are kept by no cache and stand in no log."),
    ("events", "Conferences and workshops."),
    ("statistics", "Figures with their source."),
    ("places", "Places by official key."),
)
_LIMIT_HEADERS = {
    "RateLimit": {
        "description": "What is left of the limit (r), and for how many seconds (t).",
        "required": True,
        "schema": {"type": "string", "examples": ['"api";r=299;t=60']},
    },
    "RateLimit-Policy": {
        "description": "The limit: requests (q) in so many seconds (w).",
        "required": True,
        "schema": {"type": "string", "examples": ['"api";q=300;w=60']},
    },
}
_ETAG = {
    "description": "Send it back as If-None-Match: nothing new is then answered with 304 and no content.",
    "required": True,
    "schema": {"type": "string"},
}
_LINK = {
    "description": "Addresses of the next and the previous part.",
    "schema": {"type": "string"},
}
_RETRY = {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}}


def query_parameters(operation: Operation) -> set[str]:
    """The names of an operation's query parameters."""
    return {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in getattr(model, "__ninja_flatten_map__", None) or model.model_fields
    }


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with everything a client can meet. Changes and returns `schema`."""
    schema["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    schema["servers"] = [{"url": "/", "description": "This installation"}]
    schema["tags"] = [{"name": name, "description": text} for name, text in TAGS]
    schema["components"]["schemas"]["Problem"] = PROBLEM
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            _complete(operation, one="{" in path)
            if is_discreet(path):
                _never_kept(operation)
    return schema


def _complete(operation: dict[str, Any], *, one: bool) -> None:
    responses = operation["responses"]
    # ninja's keys are numbers, JSON's are not.
    good = responses.pop(200, None) or responses["200"]
    good["headers"] = {"ETag": _ETAG, **_LIMIT_HEADERS, **({} if one else {"Link": _LINK})}
    operation["responses"] = {
        "200": good,
        "304": {"description": "Nothing has changed since the ETag that was sent.", "headers": _LIMIT_HEADERS},
        "400": _problem("The address cannot be read."),
        **({"404": _problem("There is no such thing, or it is not published.")} if one else {}),
        "422": _problem("A parameter is not as it should be; the answer names it."),
        "429": _problem("Too many requests in a minute.", {"Retry-After": _RETRY}),
    }
    operation.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": "If-None-Match",
            "required": False,
            "description": "The ETag of the answer that is already known.",
            "schema": {"type": "string"},
        }
    )


def _never_kept(operation: dict[str, Any]) -> None:
    """Answers that nothing may keep have no ETag, so nothing is ever unchanged."""
    del operation["responses"]["200"]["headers"]["ETag"], operation["responses"]["304"]
    operation["parameters"] = [one for one in operation["parameters"] if one["name"] != "If-None-Match"]


def _problem(description: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {**_LIMIT_HEADERS, **(headers or {})},
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def texts(schema: dict[str, Any]) -> set[str]:
    """All that the document says in words: titles are names, everything else is for people."""
    found: set[str] = set()
    for methods in schema["paths"].values():
        for operation in methods.values():
            found |= {operation["summary"], operation["description"]}
            found |= {parameter.get("description", "") for parameter in operation["parameters"]}
    for shape in schema["components"]["schemas"].values():
        if "properties" in shape:
            found.add(shape.get("description", ""))
            found |= {field.get("description", "") for field in shape["properties"].values()}
    return {" ".join(text.split()) for text in found if text}
