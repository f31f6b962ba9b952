"""The template that schools fill in where their software exports none of the formats. Its rows are fictitious."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from austausch.certificates.reading.columns import HEADINGS

FIELDS = (
    "source_id", "family_name", "first_names", "birth_date", "birth_place", "street", "house_number", "postal_code",
    "town", "status", "grade", "class_name", "attending_since", "expected_end", "left_on", "school_number", "is_guest",
    "is_duplicate", "no_information",
)  # fmt: skip
EXAMPLE = (
    "1001", "Muster", "Ada Luise", "03.02.2014", "Musterstadt", "Musterweg", "5 a", "00000", "Musterstadt", "2", "7",
    "7a", "01.08.2024", "31.07.2033", "", "", "nein", "nein", "nein",
)  # fmt: skip


def headings() -> list[str]:
    return [HEADINGS[field][0] for field in FIELDS]


def as_csv() -> bytes:
    """With a byte order mark, so that spreadsheets take it for UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([headings(), EXAMPLE])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    """All cells are text, so that no spreadsheet turns a postal code into a number."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Schueler"
    for row in (headings(), EXAMPLE):
        sheet.append(list(row))
    for column in sheet.iter_cols(max_row=500):
        for cell in column:
            cell.number_format = "@"
    for index, name in enumerate(headings(), 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(12, len(name) + 2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
