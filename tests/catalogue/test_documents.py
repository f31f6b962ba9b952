from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from austausch.catalogue import documents
from austausch.catalogue.documents import DocumentError, add_version, check_file
from austausch.catalogue.models import Citation, Document, DocumentVersion, Entry, Kind
from tests.catalogue import files
from tests.factories import DocumentFactory, EntryFactory, UserFactory

pytestmark = pytest.mark.django_db


def cite(document: Document, *, live: bool = True, **fields: Any) -> Entry:
    entry: Entry = EntryFactory(**fields)
    entry.citations.add(Citation(document=document))
    entry.save()
    if live:
        entry.save_revision().publish()
        entry.refresh_from_db()
    return entry


def add(
    document: Document, content: bytes = files.PDF, name: str = "Bericht (neu).PDF", note: str = ""
) -> DocumentVersion:
    return add_version(
        document=document, upload=files.upload(name, content), user=UserFactory(portal_team=True), note=note
    )


def refusal(upload: SimpleUploadedFile) -> str:
    """Why the file is refused, in English."""
    with translation.override("en"), pytest.raises(DocumentError) as refused:
        check_file(upload)
    return str(refused.value)


# ── What is taken ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("seite.html", b"<script>alert(1)</script>", "not accepted"),
        ("bild.svg", b"<svg onload='alert(1)'/>", "not accepted"),
        ("makros.docm", files.docx(), "not accepted"),
        ("programm.exe", b"MZ", "not accepted"),
        ("ohne-endung", files.PDF, "not accepted"),
        ("leer.pdf", b"", "empty"),
        ("doch-html.pdf", b"<html><script>alert(1)</script>", "something else"),
        ("doch-zip.pdf", files.docx(), "something else"),
        ("halb.pdf", b"%PDF-1.7\nabgebrochen", "incomplete"),
        ("geheim.pdf", files.PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root"), "encrypted"),
        ("doch-pdf.docx", files.PDF, "something else"),
        ("doch-odt.docx", files.odt(), "something else"),
        ("doch-docx.odt", files.docx(), "something else"),
        ("makros.docx", files.docx(word__vbaProject=b"x"), "macros"),
        ("makros.odt", files.odt(Basic__Standard=b"x"), "macros"),
        ("geheim.docx", files.encrypted(files.docx()), "encrypted"),
        ("kaputt.docx", files.docx()[:-40], "damaged"),
        ("nicht-utf8.txt", "Größe".encode("latin-1"), "UTF-8"),
        ("binär.txt", b"Text\x00mit Null", "something else"),
    ],
)
def test_what_is_not_accepted_is_refused_with_the_reason(name: str, content: bytes, why: str) -> None:
    assert why in refusal(files.upload(name, content))


def test_a_damaged_part_of_an_office_file_is_found() -> None:
    content = bytearray(
        files.archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"A" * 500}, zipfile.ZIP_STORED)
    )
    content[content.index(b"A" * 500) + 100] ^= 1
    assert "damaged" in refusal(files.upload("kaputt.docx", bytes(content)))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = files.docx(word__media=b"\0" * (20 * documents.MEGABYTE))
    assert len(bomb) < documents.MEGABYTE
    assert "far too large" in refusal(files.upload("bombe.docx", bomb))


def test_a_file_beyond_the_limit_is_refused_by_its_size() -> None:
    large = files.upload("gross.pdf", files.PDF)
    large.size = documents.LARGEST_FILE + 1
    assert "at most" in refusal(large)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("A.PDF", files.PDF, "application/pdf"),
        ("a.odt", files.odt(), files.ODT),
        ("a.docx", files.docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.txt", "\ufeffGrüße\r\n".encode(), "text/plain"),
    ],
)
def test_the_type_comes_from_the_content_not_from_the_browser(name: str, content: bytes, media_type: str) -> None:
    assert check_file(SimpleUploadedFile(name, content, content_type="text/html")).media_type == media_type


def test_versions_are_numbered_measured_and_named_after_their_document() -> None:
    document = DocumentFactory(slug="leitfaden")
    first = add(document)
    second = add(document, files.PDF + b"\n%neu\n%%EOF\n", note="Kapitel 3 neu")
    assert (first.number, second.number) == (1, 2)
    assert second.sha256 == hashlib.sha256(files.PDF + b"\n%neu\n%%EOF\n").hexdigest()
    assert first.size == len(files.PDF)
    assert first.file.name.rsplit("/", 1)[-1] == "leitfaden-1.pdf"
    assert Document.objects.get().current_version == second


def test_the_same_file_again_is_no_new_version() -> None:
    document = DocumentFactory()
    add(document)
    with translation.override("en"), pytest.raises(DocumentError, match="version 1"):
        add(document)
    assert document.versions.count() == 1


def test_who_may_not_edit_the_document_cannot_give_it_a_file() -> None:
    document = DocumentFactory()
    with pytest.raises(PermissionDenied):
        add_version(document=document, upload=files.upload("a.pdf", files.PDF), user=UserFactory(), note="")
    assert not document.versions.exists()


def test_a_file_whose_row_cannot_be_written_is_not_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    document = DocumentFactory(slug="waise")

    def fail(self: DocumentVersion, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no space")

    monkeypatch.setattr(DocumentVersion, "save", fail)
    with pytest.raises(RuntimeError):
        add(document)
    storage = DocumentVersion._meta.get_field("file").storage
    assert not list(Path(storage.location).rglob("waise*"))


# ── Who gets it ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_document_is_private_until_a_published_entry_cites_it(client: Client) -> None:
    document = DocumentFactory(slug="leitfaden")
    add(document)
    entry = cite(document, live=False)
    paths = ["/dokumente/leitfaden/", "/dokumente/leitfaden/datei", "/dokumente/leitfaden/datei/1"]
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert document.title not in client.get("/dokumente/").text
    entry.save_revision().publish()
    responses = [client.get(path) for path in paths]
    assert [response.status_code for response in responses] == [200] * 3
    assert b"".join(responses[1].streaming_content) == files.PDF
    assert b"".join(responses[2].streaming_content) == files.PDF
    entry.refresh_from_db()
    entry.unpublish()
    assert [client.get(path).status_code for path in paths] == [404] * 3


def test_the_address_stays_when_the_file_is_replaced_and_old_versions_keep_theirs(client: Client) -> None:
    document = DocumentFactory(slug="leitfaden")
    cite(document)
    newer = files.PDF + b"%neu\n%%EOF\n"
    add(document)
    add(document, newer)
    assert _content(client, "/dokumente/leitfaden/datei") == newer
    assert _content(client, "/dokumente/leitfaden/datei/1") == files.PDF
    assert client.get("/dokumente/leitfaden/datei/3").status_code == 404


def test_a_file_can_do_nothing_in_the_name_of_this_site(client: Client) -> None:
    document = DocumentFactory(slug="leitfaden")
    cite(document)
    version = add(document)
    response = client.get("/dokumente/leitfaden/datei")
    assert b"".join(response.streaming_content) == files.PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="leitfaden-1.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["ETag"] == f'"{version.sha256}"'
    assert response["Last-Modified"].endswith("GMT")
    again = client.get("/dokumente/leitfaden/datei", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304


def test_private_files_never_lie_below_the_public_media_address(client: Client) -> None:
    document = DocumentFactory(slug="leitfaden")
    cite(document)
    version = add(document)
    storage = version.file.storage
    assert not storage.path(version.file.name).startswith(str(settings.MEDIA_ROOT))
    assert client.get(f"{settings.MEDIA_URL}{version.file.name}").status_code == 404


def test_a_file_that_is_missing_from_the_store_is_not_found_instead_of_an_error(client: Client) -> None:
    document = DocumentFactory(slug="leitfaden")
    cite(document)
    version = add(document)
    version.file.storage.delete(version.file.name)
    assert client.get("/dokumente/leitfaden/datei").status_code == 404


# ── The list ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_filtered_by_kind_and_validity(client: Client) -> None:
    cite(DocumentFactory(title="Alter Erlass", kind="decree", valid_to=dt.date(2020, 12, 31)))
    cite(DocumentFactory(title="Neuer Erlass", kind="decree"))
    cite(DocumentFactory(title="Faltblatt", kind="brochure"))

    def shown(query: str) -> set[str]:
        text = client.get(f"/dokumente/?{query}").text
        return {title for title in ("Alter Erlass", "Neuer Erlass", "Faltblatt") if title in text}

    assert shown("") == {"Alter Erlass", "Neuer Erlass", "Faltblatt"}
    assert shown("art=decree") == {"Alter Erlass", "Neuer Erlass"}
    assert shown("art=decree&gueltig=ja") == {"Neuer Erlass"}
    assert shown("gueltig=nein") == {"Alter Erlass"}
    assert shown("art=unfug&gueltig=unfug&seite=unfug") == {"Alter Erlass", "Neuer Erlass", "Faltblatt"}


def test_what_is_expired_says_so_in_the_list_and_on_its_page(client: Client) -> None:
    document = DocumentFactory(slug="erlass", kind="decree", valid_to=dt.date(2020, 12, 31))
    cite(document)
    for path in ("/dokumente/", "/dokumente/erlass/"):
        assert "Nicht mehr gültig seit 1. Januar 2021" in client.get(path).text


def test_a_document_shows_that_the_decree_it_belongs_to_no_longer_holds(client: Client) -> None:
    document = DocumentFactory(slug="handreichung", kind="decree")
    cite(
        document, title="Erlass", kind=Kind.DECREE, starts_on=None, ends_on=dt.date(2023, 12, 31), ends_precision="day"
    )
    for path in ("/dokumente/", "/dokumente/handreichung/"):
        assert "Nicht mehr gültig seit 1. Januar 2024" in client.get(path).text


def test_a_document_without_a_file_says_so(client: Client) -> None:
    cite(DocumentFactory(slug="leitfaden"))
    for path in ("/dokumente/", "/dokumente/leitfaden/"):
        assert "Datei liegt dem Portal nicht vor" in client.get(path).text


def test_the_number_of_queries_does_not_grow_with_the_list(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        cite(DocumentFactory(slug=f"d-{number}"))
    client.get("/dokumente/")
    with django_assert_max_num_queries(100) as few:
        client.get("/dokumente/?art=brochure")
    for number in range(3, 12):
        cite(DocumentFactory(slug=f"d-{number}"))
    client.get("/dokumente/")
    with django_assert_max_num_queries(100) as many:
        client.get("/dokumente/?art=brochure")
    assert len(many) == len(few)


def test_the_list_has_pages(client: Client) -> None:
    for number in range(26):
        cite(DocumentFactory(title=f"Dokument {number:02}"))
    assert "Dokument 25" not in client.get("/dokumente/").text
    assert "Dokument 25" in client.get("/dokumente/?seite=2").text


def test_a_document_that_many_cite_names_some_and_says_how_many(client: Client) -> None:
    document = DocumentFactory(slug="gesetz")
    for _ in range(5):
        cite(document)
    cite(document, live=False)
    text = client.get("/dokumente/").text
    assert text.count("Genannt in") == 3
    assert "5 Maßnahmen nennen dieses Dokument." in text
    assert client.get("/dokumente/gesetz/").text.count('href="/massnahmen/massnahme-') == 5


def _content(client: Client, path: str) -> bytes:
    return b"".join(client.get(path).streaming_content)


def test_both_languages_have_their_address() -> None:
    assert reverse("catalogue:document_file", args=["leitfaden"]) == "/dokumente/leitfaden/datei"


def test_who_chooses_a_file_is_told_that_earlier_versions_are_public_too(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    document = DocumentFactory()
    page = client.get(reverse(Document.snippet_viewset.get_url_name("edit"), args=[document.pk]))
    assert "sind alle seine Fassungen öffentlich, auch die früheren" in page.text
