"""The client asks one server, the one that was set, and believes nothing it should not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from austausch.certificates.importing import actions, progress
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import ImportBatch, ImportRow, School
from austausch.certificates.reading import Kind, Limits, Reading
from austausch.certificates.reading.svws_client import Server, fetch
from tests.certificates.svws_stand_in import documented, running
from tests.factories import SchoolFactory, SchoolRoleFactory


def why(reading: Reading) -> str:
    (problem,) = reading.problems
    assert problem.kind is Kind.NO_ANSWER
    assert reading.records == ()
    return problem.detail


def test_it_fetches_the_documented_fields_and_nothing_else(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with running(tmp_path, documented()) as stand_in:
        reading = fetch(stand_in.server, progress=lambda done, total: seen.append((done, total)))
    assert reading.problems == ()
    assert reading.school_number == "999001"
    first = reading.records[0]
    assert (first.family_name, first.class_name, first.town, first.grade) == ("Mustera", "7a", "Musterstadt", "07")
    assert stand_in.asked[0] == "schule/stammdaten"
    assert seen[-1] == (2, 2)
    assert "XYZ" not in repr(reading)
    assert "77" not in repr(reading)


def test_a_server_whose_certificate_nobody_vouches_for_is_not_asked(tmp_path: Path) -> None:
    with running(tmp_path, documented(), ca_file="") as stand_in:
        assert why(fetch(stand_in.server)) == "certificate"
    with running(tmp_path, documented(), name="svws.example.org") as stand_in:
        assert why(fetch(stand_in.server)) == "certificate"
    assert stand_in.asked == []


def test_a_wrong_password_is_told_and_not_repeated(tmp_path: Path) -> None:
    with running(tmp_path, documented(), password="falsch") as stand_in:
        reading = fetch(stand_in.server)
    assert why(reading) == "rights"
    assert "falsch" not in repr(stand_in.server)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with running(tmp_path, documented()) as stand_in:
        elsewhere = stand_in.server.url + "/elsewhere"
        stand_in.answers["schule/stammdaten"] = lambda handler: handler.answer(302, b"", Location=elsewhere)
        assert why(fetch(stand_in.server)) == "redirect"
    assert stand_in.asked == ["schule/stammdaten"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[]", "form"),
        (b'{"idSchuljahresabschnitt": "../../x"}', "form"),
        (b'{"idSchuljahresabschnitt": true}', "form"),
    ],
)
def test_an_answer_of_another_form_is_refused(tmp_path: Path, body: bytes, reason: str) -> None:
    answers = {**documented(), "schule/stammdaten": lambda handler: handler.answer(200, body)}
    with running(tmp_path, answers) as stand_in:
        assert why(fetch(stand_in.server)) == reason
    assert stand_in.asked == ["schule/stammdaten"]


def test_an_answer_that_is_no_json_or_an_error_is_refused(tmp_path: Path) -> None:
    answers = {**documented(), "orte": lambda handler: handler.answer(200, b"<html>")}
    with running(tmp_path, answers) as stand_in:
        assert [problem.kind for problem in fetch(stand_in.server).problems] == [Kind.UNREADABLE]
        del stand_in.answers["orte"]
        assert why(fetch(stand_in.server)) == "status 404"


def test_an_endless_answer_and_too_many_pupils_are_given_up(tmp_path: Path) -> None:
    answers = {**documented(), "orte": lambda handler: handler.answer(200, b" " * 200_000)}
    with running(tmp_path, answers, answer_bytes=100_000) as stand_in:
        assert why(fetch(stand_in.server)) == "size"
    with running(tmp_path, documented(3)) as stand_in:
        assert [problem.kind for problem in fetch(stand_in.server, limits=Limits(rows=2)).problems] == [
            Kind.TOO_MANY_ROWS
        ]
    assert stand_in.asked == ["schule/stammdaten", "schueler/abschnitt/8"]


def test_a_server_that_drips_or_is_gone_is_given_up(tmp_path: Path) -> None:
    def silent(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()

    with running(tmp_path, {**documented(), "orte": silent}, seconds=0.2) as stand_in:
        assert why(fetch(stand_in.server)) == "timeout"
    assert why(fetch(stand_in.server)) == "connection"
    with running(tmp_path, documented(), deadline=-1.0) as stand_in:
        assert why(fetch(stand_in.server)) == "timeout"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1", "ftp://x", "https://user:pw@example.org", "https://", "https://example.org/path", "x"],
)
def test_only_https_and_only_a_host(url: str) -> None:
    assert why(fetch(Server(url, "schule", "u", "p"))) == "address"
    assert why(fetch(Server("https://example.org", "../x", "u", "p"))) == "address"


@pytest.mark.django_db
class TestImport:
    def test_a_school_with_a_server_reads_in_from_it(self, tmp_path: Path) -> None:
        school = SchoolFactory(kind=School.Kind.GRAMMAR, number="999001")
        person = SchoolRoleFactory(school=school).user
        with running(tmp_path, documented(12)) as stand_in:
            entry = {name: getattr(stand_in.server, name) for name in ("url", "schema", "user", "password", "ca_file")}
            settings_file = tmp_path / "svws.json"
            settings_file.write_text(json.dumps({"999001": entry}))
            with override_settings(AUSTAUSCH_SVWS_FILE=str(settings_file)):
                batch = actions.begin_from_server(school, person)
        batch.refresh_from_db()
        assert (batch.state, batch.new, batch.complete) == (ImportBatch.State.ASKING, 12, True)
        heard = progress.of(batch)
        assert heard is not None
        assert (heard.done, heard.total) == (12, 12)
        assert "XYZ" not in repr(list(ImportRow.objects.values()))

    def test_a_school_without_a_server_is_told(self) -> None:
        role = SchoolRoleFactory()
        with pytest.raises(PupilImportError):
            actions.begin_from_server(role.school, role.user)
