"""Files as people and attackers upload them."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
ODT = "application/vnd.oasis.opendocument.text"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    # The type the browser claims is a lie on purpose: nobody may believe it.
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def archive(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def docx(**extra: bytes) -> bytes:
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
    return archive({**parts, **{name.replace("__", "/"): content for name, content in extra.items()}})


def odt(**extra: bytes) -> bytes:
    parts = {"mimetype": ODT.encode(), "content.xml": b"<office/>"}
    return archive({**parts, **{name.replace("__", "/"): content for name, content in extra.items()}})


def encrypted(content: bytes) -> bytes:
    """The archive with every part marked as encrypted, in the local and in the central headers."""
    changed = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = changed.find(mark)
        while position >= 0:
            changed[position + offset] |= 1
            position = changed.find(mark, position + 4)
    return bytes(changed)
