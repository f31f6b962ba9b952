"""What is sent lies nowhere: not while it is read, not when the sender breaks off, not after the answer."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopFutureHandlers, load_handler
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from austausch.certificates.importing import views
from austausch.certificates.models import School
from austausch.core.uploads import NamelessFile
from tests.factories import SchoolFactory, SchoolRoleFactory

pytestmark = pytest.mark.django_db
SECRET = "Geheim-Musterfrau"
LARGE = (f"Nachname;Vorname\r\n{SECRET};Ada\r\n" * 100_000).encode()


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files would be; both for Django and for Python."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def names(folder: Path) -> list[str]:
    return [name for _path, _folders, files in os.walk(folder) for name in files]


def test_a_large_file_has_no_name_while_a_page_works_with_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    school = SchoolFactory(kind=School.Kind.GRAMMAR, number="999001")
    client = Client()
    client.force_login(SchoolRoleFactory(school=school).user)
    seen: list[tuple[type, int, list[str]]] = []

    def look(form: Any, *_rest: Any) -> None:
        file = form.cleaned_data["file"]
        seen.append((type(file), len(file.read()), names(folder)))

    monkeypatch.setattr(views, "_upload", look)
    file = SimpleUploadedFile("schueler.csv", LARGE)
    client.post(reverse("certificates:imports", args=["999001"]), {"file": file})
    assert seen == [(NamelessFile, len(LARGE), [])]
    assert names(folder) == []


def test_nothing_is_left_where_the_sender_breaks_off_or_the_process_dies(folder: Path) -> None:
    def sent() -> Iterator[bytes]:
        for start in range(0, len(LARGE), 65_536):
            yield LARGE[start : start + 65_536]

    for ends in ("interrupted", "killed"):
        handler: Any = load_handler("austausch.core.uploads.NamelessFiles", HttpRequest())
        with pytest.raises(StopFutureHandlers):
            handler.new_file("file", "schueler.csv", "text/csv", len(LARGE), None, None)
        for chunk in sent():
            handler.receive_data_chunk(chunk, 0)
            assert names(folder) == []
        if ends == "interrupted":
            handler.upload_interrupted()
            assert handler.file.closed
        else:
            handler.file.close()
            del handler
            gc.collect()
        assert names(folder) == []


def test_a_large_document_still_reaches_its_storage(folder: Path, tmp_path: Path) -> None:
    from django.core.files.storage import FileSystemStorage

    handler: Any = load_handler("austausch.core.uploads.NamelessFiles", HttpRequest())
    with pytest.raises(StopFutureHandlers):
        handler.new_file("file", "a.pdf", "application/pdf", len(LARGE), None, None)
    handler.receive_data_chunk(LARGE, 0)
    file = handler.file_complete(len(LARGE))
    storage = FileSystemStorage(location=tmp_path / "kept")
    assert (tmp_path / "kept" / storage.save("a.pdf", file)).read_bytes() == LARGE
    file.close()
