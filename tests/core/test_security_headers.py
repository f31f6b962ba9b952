"""What every answer tells the browser, whatever the answer is."""

from __future__ import annotations

import runpy
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def policy_of(header: str) -> dict[str, set[str]]:
    parts = (part.split() for part in header.split(";"))
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("address", ["/massnahmen/", "/en/massnahmen/", "/gibt-es-nicht/", "/konto/login/", "/zahlen/"])
def test_every_page_says_it(client: Client, address: str) -> None:
    for _kept in range(2):
        response = client.get(address)
        for name, value in EVERYWHERE.items():
            assert response[name] == value, (address, name)
        assert "geolocation=()" in response["Permissions-Policy"]


def test_scripts_styles_and_everything_else_come_from_here_only(client: Client) -> None:
    entry = EntryFactory(published=True)
    for address in ("/massnahmen/", entry.get_absolute_url(), "/konto/login/", "/gibt-es-nicht/", "/api/v1/measures"):
        policy = policy_of(client.get(address)["Content-Security-Policy"])
        assert policy["default-src"] == {"'none'"}, address
        for name in ("script-src", "style-src", "connect-src", "font-src", "form-action", "base-uri"):
            assert policy[name] == {"'self'"}, (address, name)
        assert policy["img-src"] == {"'self'", "data:"}, address
        assert policy["object-src"] == {"'none'"}, address
        assert not [name for name, sources in policy.items() if {"'unsafe-inline'", "'unsafe-eval'", "*"} & sources]


def test_cookies_are_not_for_scripts_or_other_sites(client: Client) -> None:
    person = UserFactory()
    person.set_password("neun-gruene-eichen-41")
    person.save()
    client.post("/konto/login/", {"login": person.email, "password": "neun-gruene-eichen-41"})
    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


@pytest.mark.parametrize(
    "name", ["original_images/a.jpg", "images/a.svg", "images/a.html", "images/../secret_key", "x"]
)
def test_only_pictures_of_pages_leave_the_files(client: Client, name: str) -> None:
    assert client.get(f"/medien/{name}").status_code == 404


@pytest.mark.parametrize("way", ["images/../original_images/{}", "images/./../original_images/{}", "images//../{}"])
def test_no_way_around_leads_to_originals(client: Client, way: str) -> None:
    name = default_storage.save("original_images/a.jpg", ContentFile(b"original"))
    assert client.get(f"/medien/{way.format(name.rpartition('/')[2])}").status_code == 404


def test_nobody_else_on_the_machine_reads_the_installations_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "var"
    data.mkdir(mode=0o755)
    monkeypatch.setenv("AUSTAUSCH_DATA", str(data))
    runpy.run_path(str(Path(settings.PACKAGE) / "settings" / "embedded.py"))
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


@pytest.mark.parametrize("address", ["/massnahmen/", "/konto/login/", "/gibt-es-nicht/", "/healthz", "/api/v1/topics"])
def test_head_is_answered_with_the_headers_of_get_and_no_content(address: str) -> None:
    get, head = Client().get(address), Client().head(address)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head["Content-Length"] == str(len(get.content))
