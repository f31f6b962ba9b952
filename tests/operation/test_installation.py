"""Setting up and readiness: what is missing is done, what is there is left alone."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from austausch.catalogue.models import Entry
from austausch.core import readiness
from austausch.operation import installation
from austausch.search.models import IndexedEntry, SynonymTerm
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_static_folder(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "sources"]
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.css").write_text("a {}")


def set_up(*arguments: str) -> str:
    out = StringIO()
    call_command("setup", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("own_static_folder")
def test_a_second_run_does_nothing() -> None:
    assert "places" in set_up("--no-catalogue")
    assert set_up("--no-catalogue") == "Nothing to do: the installation is up to date.\n"


@pytest.mark.usefixtures("own_static_folder")
def test_the_first_catalogue_is_loaded_into_an_empty_one_only() -> None:
    said = set_up()
    assert "entries loaded" in said
    count = Entry.objects.count()
    assert count > 0
    Entry.objects.filter(slug="modellvorhaben-problemimmobilien").update(title="Von Hand geändert")
    installation.agree_index()
    assert set_up().startswith("Nothing to do")
    assert Entry.objects.get(slug="modellvorhaben-problemimmobilien").title == "Von Hand geändert"


@pytest.mark.usefixtures("own_static_folder")
def test_a_catalogue_that_is_not_there_is_said_and_stops_nothing(tmp_path: Path) -> None:
    said = set_up("--catalogue", str(tmp_path / "fehlt.yaml"))
    assert "fehlt.yaml does not exist" in said
    assert not Entry.objects.exists()


def test_an_index_that_lost_an_entry_is_mended() -> None:
    entry = EntryFactory(published=True)
    IndexedEntry.objects.all().delete()
    assert "1 entries indexed" in str(installation.agree_index())
    assert IndexedEntry.objects.filter(entry=entry).exists()
    assert installation.agree_index() is None


@pytest.mark.usefixtures("own_static_folder")
def test_assets_are_collected_again_when_their_content_changes_not_when_they_are_touched(tmp_path: Path) -> None:
    source = tmp_path / "sources" / "a.css"
    assert installation.collect_assets() == "collected"
    source.touch()
    assert installation.collect_assets() is None
    source.write_text("b {}")
    assert installation.collect_assets() == "collected"
    assert (tmp_path / "static" / "a.css").read_text() == "b {}"


# ── Ready? ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_working_portal_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("check", ["database", "migrations", "cache"])
def test_what_is_missing_is_said_in_a_word(client: Client, monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    def fails() -> bool:
        raise DatabaseError("password for user portal is wrong")

    monkeypatch.setattr(readiness, f"_{check}", fails)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, f"not ready: {check}\n".encode())


def test_missing_migrations_are_noticed_until_they_are_applied(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_migrated", False)
    monkeypatch.setattr(readiness, "missing_migrations", lambda: 2)
    assert client.get("/readyz").content == b"not ready: migrations\n"
    monkeypatch.setattr(readiness, "missing_migrations", lambda: 0)
    assert client.get("/readyz").status_code == 200


def test_keys_of_synonyms_are_made_anew_after_an_update_that_changes_no_entry() -> None:
    assert installation.make_synonyms()
    SynonymTerm.objects.filter(key="kindergart").update(key="of an older analyser")
    stale = SynonymTerm.objects.filter(key="of an older analyser").values("synonym").distinct().count()
    assert installation.make_synonyms() == f"{stale} with new keys"
    assert installation.make_synonyms() is None
