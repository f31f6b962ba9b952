from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings

from austausch.core.forms import local_path
from austausch.core.models import Report

pytestmark = pytest.mark.django_db

MESSAGE = {"message": "Der Link führt ins Leere.", "reply_to": "", "website": ""}


def _send(client: Client, capture: Any, *, art: str = "error", seite: str = "/zahlen/", **fields: str) -> Any:
    with capture(execute=True):
        return client.post(f"/hinweis/?art={art}&seite={seite}", {**MESSAGE, **fields})


@pytest.mark.parametrize(
    "path",
    [
        "https://example.org/", "//example.org/", "/\\example.org", "\\\\example.org", "javascript:alert(1)", "zahlen/",
        "", "/a b", "/a\nb", "/" + "a" * 500, "/\x00",
    ],
)  # fmt: skip
def test_only_paths_of_this_portal_are_taken(path: str) -> None:
    assert local_path(path) == "/"


@pytest.mark.parametrize("path", ["/", "/zahlen/", "/massnahmen/?q=haus&thema=wohnen", "/en/impressum/"])
def test_a_path_of_this_portal_is_kept(path: str) -> None:
    assert local_path(path) == path


def test_a_report_without_a_message_is_refused_with_a_summary_that_leads_to_the_field(client: Client) -> None:
    response = client.post("/hinweis/?art=error&seite=/zahlen/", {**MESSAGE, "message": " "})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="#id_message"' in page
    assert "Bitte beschreiben Sie" in page
    assert "<title>Fehler:" in page
    assert not Report.objects.exists()


def test_a_wrong_address_is_refused_and_the_message_kept(client: Client) -> None:
    response = client.post("/hinweis/?art=error", {**MESSAGE, "reply_to": "keine-adresse"})
    assert "keine vollständige E-Mail-Adresse" in response.content.decode()
    assert MESSAGE["message"] in response.content.decode()


@pytest.mark.parametrize("reply_to", ["a@example.org\r\nBcc: b@example.org", "a@example.org,b@example.org"])
def test_nobody_else_can_be_written_to(client: Client, reply_to: str) -> None:
    assert (
        "keine vollständige E-Mail-Adresse"
        in client.post("/hinweis/", {**MESSAGE, "reply_to": reply_to}).content.decode()
    )
    assert not Report.objects.exists()


def test_robots_are_told_apart_without_clocks_and_people_can_mend_it(client: Client) -> None:
    trapped = client.post("/hinweis/", {**MESSAGE, "website": "https://example.org"})
    assert "Nur Roboter" in trapped.content.decode()
    links = client.post("/hinweis/", {**MESSAGE, "message": "https://a.example " * 4})
    assert "höchstens 3 Links" in links.content.decode()
    assert not Report.objects.exists()


@override_settings(AUSTAUSCH_PORTAL_TEAM_EMAIL="team@example.org")
def test_a_report_is_kept_and_mailed_to_the_portal_team(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    response = _send(client, django_capture_on_commit_callbacks, art="barrier", reply_to="frau.muster@example.org")
    assert response.status_code == 302
    assert "Vielen Dank" in client.get(response["Location"]).content.decode()
    kept = Report.objects.get()
    assert (kept.kind, kept.path, kept.message) == ("barrier", "/zahlen/", MESSAGE["message"])
    [sent] = mail.outbox
    assert sent.to == ["team@example.org"]
    assert sent.reply_to == ["frau.muster@example.org"]
    assert MESSAGE["message"] in sent.body
    assert "/zahlen/" in sent.subject


def test_without_a_team_address_reports_wait_on_the_board(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    _send(client, django_capture_on_commit_callbacks)
    assert Report.objects.count() == 1
    assert not mail.outbox


@override_settings(AUSTAUSCH_PORTAL_TEAM_EMAIL="team@example.org")
def test_who_reported_stands_in_no_log(
    client: Client, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _send(client, django_capture_on_commit_callbacks, reply_to="frau.muster@example.org")
    # The database's own debug log is off in every installation; everything else is looked at.
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert said
    assert not [line for line in said if "frau.muster" in line or MESSAGE["message"] in line]


def test_a_foreign_page_is_not_kept_and_not_linked(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    page = client.get("/hinweis/?seite=https://example.org/").content.decode()
    assert "example.org/" not in page.replace("name@example.org", "")
    response = _send(client, django_capture_on_commit_callbacks, seite="//example.org/")
    assert "example.org" not in response["Location"]
    assert Report.objects.get().path == "/"


def test_too_many_reports_from_one_connection_are_slowed_down_but_not_lost(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    answers = [_send(client, django_capture_on_commit_callbacks) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert MESSAGE["message"] in answers[-1].content.decode()
    assert Report.objects.count() == 5


def test_the_form_is_never_cached_and_needs_its_token(client: Client) -> None:
    assert "no-store" in client.get("/hinweis/")["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post("/hinweis/", MESSAGE).status_code == 403


def test_the_form_exists_in_english(client: Client) -> None:
    page = client.get("/en/hinweis/?art=barrier").content.decode()
    assert "Report a barrier" in page
    assert "Barriere melden" not in page


def test_an_unknown_kind_is_an_error_report(client: Client) -> None:
    assert "Fehler melden" in client.get("/hinweis/?art=quatsch").content.decode()
