"""Offices to take along: HSDS JSON, CSV, PDF and cards for address books."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from austausch.counselling.exports.hsds import json_response, list_as_json
from austausch.counselling.exports.paper import list_as_pdf
from austausch.counselling.exports.table import list_as_csv
from austausch.counselling.exports.vcard import vcard_response
from austausch.counselling.finding import Search

LISTS: dict[str, Callable[[Search, HttpRequest], HttpResponse]] = {
    "pdf": list_as_pdf,
    "csv": list_as_csv,
    "json": list_as_json,
}

__all__ = ["LISTS", "json_response", "list_as_csv", "list_as_json", "list_as_pdf", "vcard_response"]
