"""The certificate on paper: A4, tagged (PDF/UA-1) and for archives (PDF/A-3a), with both codes and XSchule inside.

The layout stands in `typst/certificate.typ` and knows no content; content goes in as JSON and is never read as markup.
One compiler serves a process: it keeps the parsed layout and the fonts.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import typst
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from austausch.certificates import xschule
from austausch.certificates.content import Content, SchoolContent
from austausch.certificates.models import School
from austausch.core import fonts

if TYPE_CHECKING:
    from typst import PDFStandard

LAYOUT: Final = Path(__file__).resolve().parent / "typst"
STANDARDS: Final[list[PDFStandard]] = ["ua-1", "a-3a"]
# Four dots of a printer with 300 dpi; TR-03137 asks for no less.
SMALLEST_MODULE: Final = 0.3386
MODULE: Final = 0.40
# Dots of the pictures for each module. With one, some programs blur what they show at less than 240 dots per inch so
# much that neither code is read (poppler at 100, with a little blur up to 200).
DOTS: Final = 2
# Columns of the tables, in millimetres, and the sizes of what stands in them, as the layout has them, in points.
COLUMNS: Final = (54, 103)
SIZES: Final = (9.5, 10.5)
POINT: Final = 25.4 / 72
# A word longer than this may break anywhere, instead of running off the paper.
LONGEST_WORD: Final = 36


@dataclass(frozen=True)
class Code:
    """A code as rows of dark (1) and light (0) modules, quiet zone included."""

    rows: Sequence[bytes]
    caption: str
    alt: str
    module: float = MODULE


@dataclass(frozen=True)
class Sheet:
    """One certificate and its codes."""

    content: Content
    codes: Sequence[Code]


@dataclass(frozen=True)
class _Attachment:
    name: str
    data: str
    description: str


def certificate_pdf(sheet: Sheet, *, check_at: str) -> bytes:
    """One certificate with its XSchule message inside, not yet signed. `check_at`: where anybody can check it."""
    with override("de"):
        content = sheet.content
        attached = _Attachment(
            name=xschule.FILE_NAME,
            data=xschule.write(content).decode(),
            description=_("The certificate for machines: XSchule 1.2, schueler.schulbescheinigung.0004"),
        )
        title = _("School certificate %(number)s") % {"number": content.number}
        return _compile([sheet], check_at, title, attached)


def print_file(sheets: Sequence[Sheet], *, check_at: str) -> bytes:
    """Many certificates for the printer: each is a page, none is signed as a file."""
    with override("de"):
        title = _("School certificates of %(school)s, print file") % {"school": sheets[0].content.school.name}
        return _compile(sheets, check_at, title, None)


def statement(content: Content) -> str:
    """What the certificate says, as one would say it."""
    said = {
        "name": f"{content.first_names} {content.family_name}",
        "born": _day(content.birth_date),
        "school": f"{content.school.name}, {content.school.town}",
        "since": _day(content.attending_since),
        "until": _day(content.attended_until) if content.attended_until else "",
        "grade": content.grade,
    }
    if content.in_the_past:
        return (
            _(
                "%(name)s, born on %(born)s, attended the school %(school)s from %(since)s to %(until)s, "
                "last grade %(grade)s."
            )
            % said
        )
    text = _(
        "%(name)s, born on %(born)s, has attended the school %(school)s since %(since)s, at present grade %(grade)s."
    )
    texts = [text % said]
    if content.status == "beurlaubt":
        texts.append(_("At present the pupil is on leave."))
    if content.attended_until:
        texts.append(_("Attendance is expected to end on %(until)s.") % said)
    return " ".join(texts)


def sealed_facts(content: Content) -> list[tuple[str, str]]:
    """Label and text of all that the seal covers, in its order: what a checker sees must stand on the paper."""
    status = {
        "besucht": _("attends the school"),
        "beurlaubt": _("is on leave"),
        "hat besucht": _("attended the school"),
    }
    ends = _("Attended until") if content.in_the_past else _("Attendance expected to end on")
    return [
        (_("Certificate number"), content.number),
        (_("Family name"), content.family_name),
        (_("First names"), content.first_names),
        (_("Birth date"), _day(content.birth_date)),
        (_("School"), content.school.name),
        (_("School number"), content.school.number),
        (_("Grade"), content.grade),
        (_("Attending since"), _day(content.attending_since)),
        *([(ends, _day(content.attended_until))] if content.attended_until else []),
        (_("School attendance"), status[content.status]),
        (_("Issued on, valid until"), f"{_day(content.issued_on)} – {_day(content.valid_until)}"),
    ]


def data_matrix_words() -> tuple[str, str]:
    """Caption and what a screen reader says of it."""
    with override("de"):
        return _("For checking devices"), _("Data Matrix with the digital seal of this certificate")


def qr_words() -> tuple[str, str]:
    with override("de"):
        return _("For telephones"), _("QR code that leads to the check of this certificate")


def _paper(sheet: Sheet, check_at: str, first_picture: int) -> dict[str, Any]:
    """All that the layout is told about one certificate. `first_picture`: the place of its first code's picture."""
    content = sheet.content
    address = " ".join(part for part in (content.postal_code, content.town) if part)
    home = ", ".join(
        part for part in (" ".join(p for p in (content.street, content.house_number) if p), address) if part
    )
    more = [
        (_("Class"), content.class_name),
        (_("Birth place"), content.birth_place),
        (_("Address"), home),
        (_("School year"), f"{content.year_begins:%Y}/{content.year_ends:%y}"),
    ]
    own = {
        "statement": statement(content),
        "sealed": [_row(*pair) for pair in sealed_facts(content)],
        "more": [_row(*pair) for pair in more if pair[1]],
        "issued": f"{content.school.town}, {_day(content.issued_on)}",
        "number": _("No. %(number)s") % {"number": content.number},
    }
    codes = [_code(code, picture) for picture, code in enumerate(sheet.codes, first_picture)]
    return {**_frame(content.school, check_at, content.in_the_past), **_drawn(own), "codes": codes}


@lru_cache(maxsize=64)
def _frame(school: SchoolContent, check_at: str, past: bool) -> dict[str, Any]:
    """What all certificates of a school have in common."""
    lines = (
        f"{school.street} {school.house_number}".strip(),
        f"{school.postal_code} {school.town}",
        school.phone and _("Phone %(number)s") % {"number": school.phone},
        school.email,
        school.website,
        _("School number %(number)s") % {"number": school.number},
    )
    frame = {
        "school": {
            "name": school.name,
            "kind": str(School.Kind(school.kind).label) if school.kind != School.Kind.OTHER else "",
            "organisation": _("Run by: %(organisation)s") % {"organisation": school.organisation},
            "lines": [line for line in lines if line],
        },
        "heading": _("Certificate of former school attendance") if past else _("Certificate of school attendance"),
        "sealed_title": _("This is what the seal protects"),
        "more_title": _("Further details, not part of the seal"),
        "issued_by": _("%(school)s – sealed digitally instead of signature and stamp") % {"school": school.name},
        "check_title": _("How to check this certificate"),
        "check_steps": [
            _("Open %(address)s and scan one of the two codes with it.")
            % {"address": check_at.removeprefix("https://").removeprefix("http://")},
            _("Compare what is shown with this page, and with the person before you."),
            _("Does the page say “genuine and valid”? The certificate can also be revoked later: check again then."),
        ],
        "check_note": _("Do not trust an address in a code: type in the one above. A copy has the same codes."),
        "foot": school.name,
    }
    return cast(dict[str, Any], _drawn(frame))


def _row(label: str, value: str) -> dict[str, Any]:
    """A row of a table, and whether it is sure to fit on one line: it then has the height of one. What a row needs
    otherwise, typst finds out by setting it once more, which was a sixth of the time."""
    widest = [column / (size * POINT) for column, size in zip(COLUMNS, SIZES, strict=True)]
    one_line = all(map(fonts.fits, (label, value), widest))
    return {"label": label, "value": value, "one_line": one_line}


def _code(code: Code, picture: int) -> dict[str, Any]:
    return {
        "picture": picture,
        "millimetres": round(len(code.rows) * max(code.module, SMALLEST_MODULE), 3),
        "alt": code.alt,
        "caption": code.caption,
    }


def png(rows: Sequence[bytes], *, dots: int) -> bytes:
    """The modules as a picture of one bit a dot. Written here because a picture library would be the larger part."""
    modules = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), len(rows))
    lines = np.packbits(np.repeat(1 - modules, dots, axis=1), axis=1)
    # Each line begins with the number of its filter: none.
    body = np.repeat(np.pad(lines, ((0, 0), (1, 0))), dots, axis=0).tobytes()
    side = len(rows) * dots
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(body, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def _day(day: dt.date) -> str:
    return _written(day, get_language())


@lru_cache(maxsize=4096)
def _written(day: dt.date, _language: str | None) -> str:
    return str(date_format(day, "j. F Y"))


# ── Typesetting ─────────────────────────────────────────────────────────────────────────────────────────────

# A compiler must not be used by two threads at once.
_lock = threading.Lock()


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        LAYOUT / "certificate.typ", root=LAYOUT, font_paths=fonts.directories(), ignore_system_fonts=True
    )


def _compile(sheets: Sequence[Sheet], check_at: str, title: str, attachment: _Attachment | None) -> bytes:
    first = sheets[0].content
    day = first.issued_on
    first_pictures = accumulate((len(sheet.codes) for sheet in sheets[:-1]), initial=0)
    content = {
        "language": "de",
        "title": title,
        "author": first.school.name,
        "description": _("Certificate with a digital seal"),
        "date": [day.year, day.month, day.day],
        "families": fonts.families(),
        "columns": COLUMNS,
        "papers": [_paper(sheet, check_at, number) for sheet, number in zip(sheets, first_pictures, strict=True)],
        # Apart from the papers, because typst compares all that its functions are called with: long lists take time.
        "pictures": [list(png(code.rows, dots=DOTS)) for sheet in sheets for code in sheet.codes],
        "attachment": vars(attachment) if attachment else None,
    }
    noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)
    with _lock:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=noon,
        )
    return cast(bytes, made)


def _drawn(value: Any) -> Any:
    if isinstance(value, str):
        return _breakable(_drawable(value))
    if isinstance(value, dict):
        return {key: _drawn(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_drawn(item) for item in value]
    return value


@lru_cache(maxsize=4096)
def _drawable(text: str) -> str:
    """The text with a character that no font has written out: PDF/UA allows no empty boxes."""
    if text.isascii():
        return text
    return "".join(character if fonts.covers(character) else fonts.written_out(character) for character in text)


@lru_cache(maxsize=4096)
def _breakable(text: str) -> str:
    return " ".join(
        "\u200b".join(word[i : i + 12] for i in range(0, len(word), 12)) if len(word) > LONGEST_WORD else word
        for word in text.split(" ")
    )
