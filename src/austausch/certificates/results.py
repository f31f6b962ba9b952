"""What a finished batch gives the school: each certificate as a file, all in one archive, and files for the printer."""

from __future__ import annotations

import secrets
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db.models import QuerySet

from austausch.certificates import lists, paper, sealing
from austausch.certificates.content import Content
from austausch.certificates.models import Certificate, IssueBatch

# Pages of one print file: what a printer takes at once, and what memory is for.
PAGES: Final = 500


def build(batch: IssueBatch, *, folder: str) -> tuple[str, list[str]]:
    """Writes archive and print files; returns their names. Nothing for an empty batch."""
    certificates = Certificate.objects.filter(batch=batch).out().exclude(content={}).order_by("sequence")
    if not certificates.exists():
        return "", []
    return _archive(certificates, folder), list(_print_files(certificates, folder))


def file_name(certificate: Certificate) -> str:
    """What the school's people see: the number, which names nobody."""
    return f"Schulbescheinigung-{certificate.number}.pdf"


def _archive(certificates: QuerySet[Certificate], folder: str) -> str:
    storage = storages["private"]
    with tempfile.TemporaryFile() as file:
        # Stored as they are: PDFs are compressed already.
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for certificate in certificates.defer("content", "seal").iterator(chunk_size=200):
                with storage.open(certificate.file) as pdf:
                    archive.writestr(file_name(certificate), pdf.read())
        file.seek(0)
        return storage.save(f"{folder}/alle-{secrets.token_hex(6)}.zip", File(file))


def _print_files(certificates: QuerySet[Certificate], folder: str) -> Iterator[str]:
    rows = certificates.iterator(chunk_size=PAGES)
    part = 0
    while some := list(islice(rows, PAGES)):
        part += 1
        sheets = [sealing.sheet(Content.from_json(each.content), bytes(each.seal), host=lists.host()) for each in some]
        made = paper.print_file(sheets, check_at=lists.check_address())
        yield storages["private"].save(f"{folder}/druck-{part}-{secrets.token_hex(6)}.pdf", ContentFile(made))
