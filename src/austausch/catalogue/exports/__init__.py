"""Entries to take along: PDF, spreadsheet, feed, calendar, JSON. What each format holds stands in docs/exports.md.

Each maker takes entries, loaded `with_parts()` and already asked past the policy, and says what they are with an
`About`; it never looks anything up itself.
"""

from austausch.catalogue.exports.about import About
from austausch.catalogue.exports.calendar import calendar_response, is_dated
from austausch.catalogue.exports.feed import FEED_ENTRIES, feed_response
from austausch.catalogue.exports.pdf import PDF_ENTRIES, pdf_response
from austausch.catalogue.exports.record import entry_json_response, json_response, record
from austausch.catalogue.exports.table import XLSX_ENTRIES, csv_response, xlsx_response

__all__ = [
    "FEED_ENTRIES",
    "PDF_ENTRIES",
    "XLSX_ENTRIES",
    "About",
    "calendar_response",
    "csv_response",
    "entry_json_response",
    "feed_response",
    "is_dated",
    "json_response",
    "pdf_response",
    "record",
    "xlsx_response",
]
