"""The pages of schools, as their people, strangers and the portal team meet them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from austausch.certificates import issuing, journal, lists, revoking
from austausch.certificates.models import Alarm, Certificate, IssueBatch, IssueLog, Pupil, School, SchoolRole
from austausch.people.models import User
from tests.certificates.school import Issuer, asked, issued, issuer, pupils_of
from tests.factories import CertificateFactory, ImportBatchFactory, MembershipFactory, PlaceFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROOT = "/netz/schulbescheinigungen/"


def client_of(user: User, school: School | None = None) -> Client:
    """Signed in; with a school, a purpose has been given for it."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    if school is not None:
        client.post(f"{ROOT}{school.number}/zweck/", {"choice": "Bescheinigungen ausstellen"})
    return client


@pytest.fixture
def at() -> Issuer:
    return issuer(name="Gesamtschule Musterhausen")


def test_pupils_open_only_for_a_purpose_and_each_look_is_written_down(at: Issuer) -> None:
    (pupil,) = pupils_of(at.school, 1, family_name="Musterfrau")
    client = client_of(at.office)
    address = f"{ROOT}{at.school.number}/schueler/"
    first = client.get(address)
    assert first.status_code == 302
    assert "/zweck/" in first.headers["Location"]
    refused = client.post(first.headers["Location"], {"choice": "other", "other": " "})
    assert "Bitte wählen Sie einen Zweck" in refused.content.decode()
    client.post(first.headers["Location"], {"choice": "other", "other": "Rückfrage der Eltern"})
    assert "Musterfrau" in client.get(address).content.decode()

    entry = IssueLog.objects.get(action=IssueLog.Action.READ)
    assert (entry.actor, entry.purpose) == (at.office, "Rückfrage der Eltern")
    assert "Musterfrau" not in str(entry.data)
    client.get(f"{address}{pupil.pk}/")
    assert IssueLog.objects.filter(action=IssueLog.Action.READ).count() == 2


def test_the_portal_team_and_other_schools_see_no_pupil(at: Issuer) -> None:
    (certificate,) = issued(at, pupils_of(at.school, 1, family_name="Musterfrau"))
    other = issuer()
    for user in (UserFactory(portal_team=True), other.management, UserFactory()):
        client = client_of(user, at.school)
        for path in (
            "schueler/",
            f"schueler/{certificate.pupil_id}/",
            "bescheinigungen/",
            f"bescheinigungen/{certificate.number}/",
            f"bescheinigungen/{certificate.number}/pdf/",
            f"auftraege/{certificate.batch_id}/",
            f"auftraege/{certificate.batch_id}/schueler/",
            f"auftraege/{certificate.batch_id}/dateien/alle/",
            "ausstellen/",
            "protokoll/",
        ):
            response = client.get(f"{ROOT}{at.school.number}/{path}")
            assert response.status_code == 404, path
        assert (
            client.post(f"{ROOT}{at.school.number}/bescheinigungen/{certificate.number}/widerrufen/").status_code == 404
        )


def test_the_portal_team_keeps_the_school_and_its_roles(at: Issuer) -> None:
    client = client_of(UserFactory(portal_team=True))
    page = client.get(f"{ROOT}{at.school.number}/").content.decode()
    assert "Signaturschlüssel" in page
    assert "Ausgestellt und gültig" not in page
    newcomer = UserFactory(email="neu@example.org")
    client.post(f"{ROOT}{at.school.number}/rollen/", {"email": "neu@example.org", "role": 1})
    assert SchoolRole.objects.filter(user=newcomer, school=at.school).exists()


def test_somebody_of_the_portal_team_gets_no_role_at_a_school(at: Issuer) -> None:
    team = UserFactory(portal_team=True, email="team@example.org")
    said = client_of(team).post(f"{ROOT}{at.school.number}/rollen/", {"email": "team@example.org", "role": 2})
    assert "keine Rolle an einer Schule" in said.content.decode()
    assert not SchoolRole.objects.filter(user=team).exists()


def test_the_office_gives_no_roles_and_the_last_of_the_management_stays(at: Issuer) -> None:
    assert client_of(at.office).get(f"{ROOT}{at.school.number}/rollen/").status_code == 403
    own = SchoolRole.objects.get(user=at.management)
    said = client_of(at.management).post(f"{ROOT}{at.school.number}/rollen/{own.pk}/nehmen/", follow=True)
    assert "einzige Person der Schulleitung" in said.content.decode()


def test_a_class_is_asked_for_issued_and_fetched(at: Issuer) -> None:
    pupils_of(at.school, 2, class_name="6a")
    pupils_of(at.school, 1, class_name="7b")
    client = client_of(at.office, at.school)
    until = timezone.localdate() + dt.timedelta(days=60)
    values = {"whom": "klasse:6a", "purpose": "Familienkasse", "valid_until": until.isoformat()}
    response = client.post(f"{ROOT}{at.school.number}/ausstellen/", values)
    batch = IssueBatch.objects.get()
    assert response.headers["Location"] == batch.get_absolute_url()
    assert "hx-trigger" in client.get(batch.get_absolute_url()).content.decode()
    issuing.run(batch.pk)

    page = client.get(batch.get_absolute_url()).content.decode()
    assert "2 von 2 Bescheinigungen" in page
    assert "hx-trigger" not in page
    archive = client.get(f"{batch.get_absolute_url()}dateien/alle/")
    assert archive.headers["Content-Disposition"].endswith('.zip"')
    assert b"".join(archive.streaming_content)[:2] == b"PK"
    printed = client.get(f"{batch.get_absolute_url()}dateien/1/")
    assert b"".join(printed.streaming_content)[:5] == b"%PDF-"
    assert IssueLog.objects.filter(action=IssueLog.Action.FETCHED).count() == 2


def test_who_cannot_get_one_is_named_with_the_reason(at: Issuer) -> None:
    pupils_of(at.school, 1, family_name="Vergangen", expected_end=timezone.localdate() - dt.timedelta(days=1))
    page = client_of(at.office, at.school).get(f"{ROOT}{at.school.number}/ausstellen/").content.decode()
    assert "Vergangen" in page
    assert "liegt in der Vergangenheit" in page


def test_a_wish_for_no_information_to_third_parties_is_shown(at: Issuer) -> None:
    (pupil,) = pupils_of(at.school, 1, no_information_to_third_parties=True)
    client = client_of(at.office, at.school)
    assert "keine Auskunft an Dritte" in client.get(f"{ROOT}{at.school.number}/ausstellen/").content.decode()
    assert "Keine Auskunft an Dritte" in client.get(pupil.get_absolute_url()).content.decode()


def test_the_second_person_finds_the_request_looks_and_allows(at: Issuer) -> None:
    batch = asked(at, pupils_of(at.school, 1, by_hand=True, family_name="Musterfrau"), scope="one")
    client = client_of(at.management, at.school)
    assert batch.get_absolute_url() in client.get("/netz/").content.decode()
    assert "Musterfrau" in client.get(f"{batch.get_absolute_url()}schueler/").content.decode()
    client.post(f"{batch.get_absolute_url()}erlauben/")
    batch.refresh_from_db()
    assert batch.state == IssueBatch.State.QUEUED
    assert client_of(at.office).post(f"{batch.get_absolute_url()}erlauben/").status_code in {302, 403}


def test_revoking_asks_for_a_reason_and_shows_it_to_the_school_only(at: Issuer) -> None:
    (certificate,) = issued(at, pupils_of(at.school, 1))
    client = client_of(at.office, at.school)
    address = certificate.get_absolute_url()
    assert "Fehler:" in client.post(f"{address}widerrufen/", {"csrfmiddlewaretoken": "x"}).content.decode()
    missing = client.post(f"{address}widerrufen/", {"reason": "other"}).content.decode()
    assert "warum widerrufen wird" in missing
    client.post(f"{address}widerrufen/", {"reason": "lost", "explanation": "Im Bus liegen gelassen"})
    certificate.refresh_from_db()
    assert certificate.state == Certificate.State.REVOKED
    assert "Im Bus liegen gelassen" in client.get(address).content.decode()
    again = client.post(f"{address}widerrufen/", {"reason": "lost"}).content.decode()
    assert "noch nicht widerrufene" in again


def test_the_school_sees_what_is_out_and_valid_what_expired_and_what_was_revoked(at: Issuer) -> None:
    valid, revoked, expired = issued(at, pupils_of(at.school, 3))
    revoking.revoke(revoked, at.office, reason="wrong")
    past = timezone.localdate() - dt.timedelta(days=1)
    Certificate.objects.filter(pk=expired.pk).update(issued_on=past, valid_until=past)
    client = client_of(at.office, at.school)
    for state, shown in (("gueltig", valid), ("widerrufen", revoked), ("abgelaufen", expired)):
        page = client.get(f"{ROOT}{at.school.number}/bescheinigungen/?stand={state}").content.decode()
        assert [one.number for one in (valid, revoked, expired) if one.number in page] == [shown.number]
    typed = valid.number.replace("-", " ")
    address = f"{ROOT}{at.school.number}/bescheinigungen/"
    assert valid.number in client.post(address, {"q": typed, "stand": "widerrufen"}).content.decode()


def test_a_batch_says_for_whom_as_a_title_does(at: Issuer) -> None:
    pupils = pupils_of(at.school, 1)
    of_class = asked(at, pupils, scope="class", class_name="6a")
    one = asked(at, pupils, scope="one")
    client = client_of(at.office, at.school)
    assert "<title>Klasse 6a, " in client.get(of_class.get_absolute_url()).content.decode()
    assert "<title>Eine Person, " in client.get(one.get_absolute_url()).content.decode()
    assert ">Klasse 6a, " in client.get(at.school.get_absolute_url()).content.decode()


class TestSearchByName:
    """A name stands in no address: neither in the browser's history nor in a server's log."""

    def test_it_is_sent_in_the_body_and_stands_in_no_address(self, at: Issuer) -> None:
        pupils_of(at.school, 60, family_name="Zitronenbaum")
        pupils_of(at.school, 2, family_name="Apfelbaum")
        client, address = client_of(at.office, at.school), f"{ROOT}{at.school.number}/schueler/"
        first = client.post(address, {"q": "zitronen", "klasse": "6a"})
        page = first.content.decode()
        assert first.status_code == 200
        assert (page.count("Zitronenbaum, "), page.count("Apfelbaum")) == (50, 0)
        assert "zitronen" not in " ".join(re.findall(r'(?:href|action)="([^"]*)"', page)).lower()
        # The second page is asked for by a button of a form, so that no script is needed.
        (form,) = re.findall(r'<nav class="pagination".*?</nav>', page, re.DOTALL)
        fields = dict(re.findall(r'type="hidden" name="(q|klasse|stand)" value="([^"]*)"', form))
        assert fields == {"q": "zitronen", "klasse": "6a", "stand": ""}
        assert 'name="seite" value="2"' in form
        second = client.post(address, {**fields, "seite": "2"}).content.decode()
        assert second.count("Zitronenbaum, ") == 10
        assert "zitronen" not in str([entry.data for entry in IssueLog.objects.all()]).lower()

    def test_a_name_in_an_address_is_not_looked_at(self, at: Issuer) -> None:
        pupils_of(at.school, 1, family_name="Apfelbaum")
        client = client_of(at.office, at.school)
        for path in ("schueler/", "bescheinigungen/"):
            page = client.get(f"{ROOT}{at.school.number}/{path}?q=Zitronenbaum").content.decode()
            assert "Zitronenbaum" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL)
        assert "Apfelbaum" in client.get(f"{ROOT}{at.school.number}/schueler/?q=Zitronenbaum").content.decode()

    def test_a_class_alone_has_an_address_that_can_be_kept(self, at: Issuer) -> None:
        client = client_of(at.office, at.school)
        answer = client.post(f"{ROOT}{at.school.number}/schueler/", {"q": " ", "klasse": "6a"})
        assert answer.headers["Location"] == f"{ROOT}{at.school.number}/schueler/?klasse=6a"

    def test_certificates_are_found_by_name_the_same_way(self, at: Issuer) -> None:
        (certificate,) = issued(at, pupils_of(at.school, 1, family_name="Zitronenbaum"))
        (other,) = issued(at, pupils_of(at.school, 1, family_name="Apfelbaum"))
        page = client_of(at.office, at.school).post(f"{ROOT}{at.school.number}/bescheinigungen/", {"q": "Zitronenbaum"})
        assert certificate.number in page.content.decode()
        assert other.number not in page.content.decode()

    def test_who_has_given_no_purpose_is_asked_and_the_name_does_not_come_along(self, at: Issuer) -> None:
        answer = client_of(at.office).post(f"{ROOT}{at.school.number}/schueler/", {"q": "Zitronenbaum"})
        assert "/zweck/" in answer.headers["Location"]
        assert "Zitronenbaum" not in answer.headers["Location"]

    def test_strange_pages_and_texts_are_no_error(self, at: Issuer) -> None:
        client = client_of(at.office, at.school)
        for sent in (
            {"q": "x" * 5000},
            {"q": "%", "seite": "-1"},
            {"q": "a b", "seite": "x"},
            {"q": "a", "stand": "?"},
        ):
            for path in ("schueler/", "bescheinigungen/"):
                assert client.post(f"{ROOT}{at.school.number}/{path}", sent).status_code == 200


def test_departed_pupils_certificates_are_revoked_after_confirmation(at: Issuer) -> None:
    stays, goes = issued(at, pupils_of(at.school, 2))
    later = ImportBatchFactory(school=at.school)
    gone = Pupil.objects.filter(pk=goes.pupil_id)
    assert list(revoking.still_out(gone)) == [goes]
    assert revoking.revoke_of_departed(later, gone, at.office) == 1
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.state, stays.state) == (Certificate.State.REVOKED, Certificate.State.ISSUED)
    assert goes.revocation.import_batch == later


def test_lists_and_certificates_have_stable_addresses_for_everybody(at: Issuer) -> None:
    (certificate,) = issued(at, pupils_of(at.school, 1))
    trust = Client().get("/pruefen/listen/vertrauen")
    assert trust.content.count(b".") == 2
    assert "public" in trust.headers["Cache-Control"]
    assert not trust.cookies
    status = Client().get("/pruefen/listen/status/1")
    assert status.status_code == 200
    unchanged = Client().get("/pruefen/listen/status/1", headers={"If-None-Match": status.headers["ETag"]})
    assert unchanged.status_code == 304
    assert certificate.status_list.uri.endswith("/pruefen/listen/status/1")
    assert certificate.key is not None
    assert Client().get(f"/pruefen/zertifikate/{certificate.key.reference.lower()}").content[:1] == b"\x30"
    assert Client().get("/pruefen/listen/status/99").status_code == 404


def test_lists_are_signed_anew_before_they_grow_old_and_after_each_change(at: Issuer) -> None:
    (certificate,) = issued(at, pupils_of(at.school, 1))
    # What changed in the very second of a list is signed once more, to be sure.
    soon = timezone.now() + dt.timedelta(seconds=2)
    lists.refresh(now=soon)
    assert lists.refresh(now=soon + dt.timedelta(seconds=1)) == []
    later = soon + dt.timedelta(seconds=1) + lists.STATUS_HOLDS / 2
    assert lists.refresh(now=later) == ["status/1"]
    # As if the clock had been set back since: a revocation is published all the same.
    revoking.revoke(certificate, at.office, reason="wrong")
    assert lists.refresh() == ["status/1"]


def test_alarms_name_no_pupil_and_are_settled_by_the_portal_team(at: Issuer) -> None:
    alarm = Alarm.objects.create(school=at.school, kind=Alarm.Kind.NIGHT, text="Um 3 Uhr")
    assert "Um 3 Uhr" in client_of(at.management).get(f"{ROOT}alarme/").content.decode()
    assert client_of(at.office).get(f"{ROOT}alarme/").status_code == 403
    team = client_of(UserFactory(portal_team=True))
    team.post(f"{ROOT}alarme/{alarm.pk}/", {"text": "Nachtschicht im Sekretariat"})
    alarm.refresh_from_db()
    assert alarm.settled_at is not None


def test_a_run_shows_states_and_no_pupil(at: Issuer) -> None:
    pupils_of(at.school, 1, family_name="Musterfrau")
    caller = MembershipFactory(organisation=at.school.organisation, role=3).user
    client = client_of(caller)
    until = (timezone.localdate() + dt.timedelta(days=50)).isoformat()
    values = {"place": at.school.place_id, "purpose": "Schuljahresbeginn", "valid_until": until}
    page = client.post(f"{ROOT}lauf/", values, follow=True).content.decode()
    assert "Gesamtschule Musterhausen" in page
    assert "Musterfrau" not in page
    assert client.get(f"{ROOT}{at.school.number}/schueler/").status_code == 404


def test_a_school_is_added_by_the_portal_team_only(at: Issuer) -> None:
    values = {
        "number": "900777",
        "name": "Grundschule Beispiel",
        "kind": "grundschule",
        "body": "kommune",
        "organisation": at.school.organisation_id,
        "place": PlaceFactory().pk,
        "street": "Weg",
        "house_number": "1",
        "postal_code": "00000",
        "town": "Beispiel",
    }
    assert client_of(at.management).post(f"{ROOT}neu/", values).status_code == 403
    client_of(UserFactory(portal_team=True)).post(f"{ROOT}neu/", values)
    assert School.objects.filter(number="900777").exists()


def test_a_reserved_certificate_is_shown_nowhere(at: Issuer) -> None:
    reserved = CertificateFactory(school=at.school)
    client = client_of(at.office, at.school)
    assert client.get(reserved.get_absolute_url()).status_code == 404
    assert list(journal.breaks()) == []
