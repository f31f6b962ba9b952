"""Taking in a document's file: what is accepted, how it is checked, and the new version it becomes.

The name and the type a browser claims are not believed: the ending chooses the check, the content must pass it.
Accepted are PDF, text and the office formats without macros; nothing that a browser would run.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from django.core.files.base import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from austausch.catalogue.models import Document, DocumentVersion
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

MEGABYTE = 1024 * 1024
LARGEST_FILE = 50 * MEGABYTE
# What an office file may unfold to: more is an attack or unusable.
LARGEST_UNPACKED = 300 * MEGABYTE
LARGEST_RATIO = 100
RATIO_COUNTS_FROM = 10 * MEGABYTE
MOST_PARTS = 10_000
CHUNK = 256 * 1024


class DocumentError(Exception):
    """The file is not taken. The message says why and what to do."""


@dataclass(frozen=True)
class FileType:
    """An accepted kind of file: its ending, its media type, what people call it, and the check of its content."""

    ending: str
    media_type: str
    name: str
    check: Callable[[IO[bytes], FileType], None]


def add_version(*, document: Document, upload: File[bytes], user: User, note: str = "") -> DocumentVersion:
    """Checks the upload and makes it the document's current version.

    Raises DocumentError for a file that is not accepted or the same as the current one, and PermissionDenied for a
    user who may not edit the document.
    """
    policy.require(user, Action.EDIT, document)
    kind = check_file(upload)
    checksum, size = _measure(upload)
    with transaction.atomic():
        # The lock makes two uploads at once take two numbers.
        Document.objects.select_for_update().get(pk=document.pk)
        current = document.versions.order_by("-number").first()
        if current is not None and current.sha256 == checksum:
            raise DocumentError(
                _("This file is the same as version %(number)d, which is already the current one. Choose the new file.")
                % {"number": current.number}
            )
        version = DocumentVersion(
            document=document,
            number=current.number + 1 if current else 1,
            sha256=checksum,
            size=size,
            media_type=kind.media_type,
            note=note,
            uploaded_by=user,
        )
        upload.seek(0)
        version.file.save(f"{document.slug}-{version.number}{kind.ending}", upload, save=False)
        try:
            version.save()
        except BaseException:
            version.file.delete(save=False)
            raise
    return version


def check_file(upload: File[bytes]) -> FileType:
    """The type of an acceptable file. Raises DocumentError for every other."""
    ending = PurePath(upload.name or "").suffix.lower()
    kind = TYPES.get(ending)
    if kind is None:
        raise DocumentError(
            _("Files ending in “%(ending)s” are not accepted. Accepted are: %(accepted)s.")
            % {"ending": ending, "accepted": ", ".join(sorted(TYPES))}
        )
    if not upload.size:
        raise DocumentError(_("The file is empty. Check it on your computer and upload it again."))
    if upload.size > LARGEST_FILE:
        raise DocumentError(
            _("The file has %(size)s; at most %(limit)s are accepted. Reduce its pictures or split it.")
            % {"size": filesizeformat(upload.size), "limit": filesizeformat(LARGEST_FILE)}
        )
    upload.seek(0)
    kind.check(upload, kind)
    return kind


def file_type_name(media_type: str) -> str:
    """What people call this type: "PDF", "Word (DOCX)"."""
    return _NAMES.get(media_type, media_type)


def _measure(upload: File[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


# ── Checks of the content ───────────────────────────────────────────────────────────────────────────────────


def _pdf(file: IO[bytes], kind: FileType) -> None:
    if not file.read(1024).startswith(b"%PDF-"):
        raise _not_what_it_says(kind)
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 2048))
    tail = file.read()
    if b"%%EOF" not in tail:
        raise DocumentError(_("The PDF file is incomplete. Save it again and upload the new file."))
    if b"/Encrypt" in tail:
        raise DocumentError(_("The PDF file is encrypted. Save it without a password and upload it again."))


def _text(file: IO[bytes], kind: FileType) -> None:
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError(
            _("The text file is not in UTF-8. Save it with this encoding and upload it again.")
        ) from None
    if any(character < " " and character not in "\t\n\r\f" for character in text):
        raise _not_what_it_says(kind)


def _open_document(file: IO[bytes], kind: FileType) -> None:
    archive = _safe_archive(file, kind)
    names = archive.namelist()
    if "mimetype" not in names or archive.read("mimetype").strip() != kind.media_type.encode():
        raise _not_what_it_says(kind)
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise _macros()


def _office_open_xml(main_part: str) -> Callable[[IO[bytes], FileType], None]:
    def check(file: IO[bytes], kind: FileType) -> None:
        archive = _safe_archive(file, kind)
        names = archive.namelist()
        if main_part not in names or "[Content_Types].xml" not in names:
            raise _not_what_it_says(kind)
        lowered = [name.lower() for name in names]
        macro_types = b"macroenabled" in archive.read("[Content_Types].xml").lower()
        if macro_types or any("vbaproject" in name or "/activex/" in name for name in lowered):
            raise _macros()

    return check


def _safe_archive(file: IO[bytes], kind: FileType) -> zipfile.ZipFile:
    """The file as a ZIP archive whose parts are readable, unencrypted and of bearable size."""
    if file.read(4) != b"PK\x03\x04":
        raise _not_what_it_says(kind)
    try:
        archive = zipfile.ZipFile(file)
        parts = archive.infolist()
        if any(part.flag_bits & 0x1 for part in parts):
            raise DocumentError(_("The file is encrypted. Save it without a password and upload it again."))
        unpacked = sum(part.file_size for part in parts)
        packed = max(1, sum(part.compress_size for part in parts))
        bomb = unpacked > RATIO_COUNTS_FROM and unpacked > LARGEST_RATIO * packed
        if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or bomb:
            raise DocumentError(_("Unpacked, the file is far too large. Save it as PDF and upload that."))
        # Reads every part up to its stated size and compares its checksum.
        broken = archive.testzip()
    except DocumentError:
        raise
    except Exception:
        # zipfile lets a dozen errors of zlib, bz2, lzma and struct through; each means a damaged part.
        raise _broken() from None
    if broken:
        raise _broken()
    return archive


def _broken() -> DocumentError:
    return DocumentError(_("The file is damaged. Open it in its program, save it again and upload the new file."))


def _macros() -> DocumentError:
    return DocumentError(_("The file contains macros. Save it without macros or as PDF and upload it again."))


def _not_what_it_says(kind: FileType) -> DocumentError:
    return DocumentError(
        _("The file ends in “%(ending)s”, but its content is something else. Save it again as %(name)s.")
        % {"ending": kind.ending, "name": kind.name}
    )


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
TYPES = {
    kind.ending: kind
    for kind in (
        FileType(".pdf", "application/pdf", "PDF", _pdf),
        FileType(".txt", "text/plain", "Text (TXT)", _text),
        FileType(".odt", f"{_ODF}text", "OpenDocument (ODT)", _open_document),
        FileType(".ods", f"{_ODF}spreadsheet", "OpenDocument (ODS)", _open_document),
        FileType(".odp", f"{_ODF}presentation", "OpenDocument (ODP)", _open_document),
        FileType(".docx", f"{_OOXML}wordprocessingml.document", "Word (DOCX)", _office_open_xml("word/document.xml")),
        FileType(".xlsx", f"{_OOXML}spreadsheetml.sheet", "Excel (XLSX)", _office_open_xml("xl/workbook.xml")),
        FileType(
            ".pptx",
            f"{_OOXML}presentationml.presentation",
            "PowerPoint (PPTX)",
            _office_open_xml("ppt/presentation.xml"),
        ),
    )
}
_NAMES = {kind.media_type: kind.name for kind in TYPES.values()}
