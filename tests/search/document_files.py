"""Documents for the search to read: sound, broken and hostile ones."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import pikepdf
import typst

from tests.catalogue.files import ODT, archive

_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = "application/pdf"
DOCX = f"{_OOXML}wordprocessingml.document"
PPTX = f"{_OOXML}presentationml.presentation"
XLSX = f"{_OOXML}spreadsheetml.sheet"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def pdf(text: str, *, setup: str = "") -> bytes:
    """A PDF as a typesetter makes it. `text` in Typst's markup."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.typ"
        source.write_text(f'#set text(lang: "de", font: "Libertinus Serif")\n{setup}\n{text}')
        made: bytes = typst.compile(source, ignore_system_fonts=True)
    return made


def locked(content: bytes, *, to_open: str) -> bytes:
    """The PDF, encrypted. With an empty password for opening, it only asks not to be changed."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as opened:
        opened.save(file, encryption=pikepdf.Encryption(user=to_open, owner="herausgeber"))
    return file.getvalue()


def pdf_of_pages(count: int) -> bytes:
    """A PDF that shows the same page as often as asked."""
    stream = b"BT /F 12 Tf 50 50 Td (Seite) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"3 0 R " * count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = b"".join(b"%d 0 obj%sendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    # Without a table of objects: the reader has to find them by itself.
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n"


def docx(body: str, *, before: str = "", footnotes: str = "") -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": _word(body, before)}
    if footnotes:
        parts["word/footnotes.xml"] = _word(footnotes, "")
    return archive(parts)


def _word(body: str, before: str) -> bytes:
    return f'<?xml version="1.0"?>{before}<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'.encode()


def odt(body: str, *, before: str = "") -> bytes:
    content = (
        f'<?xml version="1.0"?>{before}<office:document-content xmlns:office="{_OFFICE}" xmlns:text="{_TEXT}">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": ODT.encode(), "content.xml": content.encode()})


def pptx(*slides: str) -> bytes:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    return archive(
        {
            f"ppt/slides/slide{number}.xml": f"<p {a}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p>".encode()
            for number, text in enumerate(slides, 1)
        }
    )


def xlsx(*cells: str) -> bytes:
    items = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    sst = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return archive({"xl/sharedStrings.xml": f'<sst xmlns="{sst}">{items}</sst>'.encode()})
