"""Offices check many certificates: who may, what is answered, logged, kept and told."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from vdseal import carriers

from austausch.certificates.checks import actions, program_keys, watching
from austausch.certificates.checks.actions import Asker, Given
from austausch.certificates.models import Certificate, Check, CheckItem, CheckLog, Watch
from austausch.core.models import Mail
from austausch.people.models import Membership, Organisation, User
from tests.certificates.checking.published import issued, publish
from tests.certificates.checking.world import HOST, VALUES, World, forged, make
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CASE = {"purpose": "Kindergeld", "case_number": "FK-115"}


@pytest.fixture
def world() -> World:
    made = make(now=timezone.now())
    publish(made)
    return made


@pytest.fixture
def office() -> Organisation:
    organisation: Organisation = OrganisationFactory(name="Familienkasse Beispielstadt (Demonstration)")
    actions.allow(organisation, UserFactory(portal_team=True), task="Kindergeld")
    return organisation


def clerk_of(office: Organisation, role: int = Membership.Role.AUTHOR) -> User:
    user: User = MembershipFactory(organisation=office, role=role).user
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def link(seal: bytes) -> str:
    return carriers.to_link(seal, host=HOST)


def picture(seal: bytes) -> bytes:
    return carriers.png(carriers.qr_code(link(seal)), scale=4)


def answers(check: Check) -> list[tuple[str, str]]:
    return list(check.items.order_by("position", "part").values_list("outcome", "code"))


@pytest.mark.parametrize("role", [Membership.Role.READER, Membership.Role.ADMINISTRATOR])
def test_an_organisation_that_was_not_allowed_checks_nothing(role: int) -> None:
    user = MembershipFactory(role=role).user
    client = signed_in(user)
    assert client.get("/netz/pruefen/neu/").status_code == 403
    assert client.post("/netz/pruefen/neu/", CASE | {"numbers": "1"}).status_code == 403
    assert "darf hier nicht prüfen" in client.get("/netz/pruefen/").content.decode()
    assert not Check.objects.exists()


def test_only_the_portal_team_allows_an_office_and_ends_it(office: Organisation) -> None:
    administrator = signed_in(clerk_of(office, Membership.Role.ADMINISTRATOR))
    assert administrator.get("/netz/pruefen/stellen/").status_code == 403
    _key, token = program_keys.make(office, clerk_of(office, Membership.Role.ADMINISTRATOR), label="Fachverfahren")
    team = signed_in(UserFactory(portal_team=True))
    assert team.post(f"/netz/pruefen/stellen/{office.checking_office.pk}/beenden/").status_code == 302
    assert program_keys.find(token) is None
    assert administrator.get("/netz/pruefen/neu/").status_code == 403


@pytest.mark.parametrize("missing", ["purpose", "case_number"])
def test_nothing_is_checked_without_a_purpose_and_a_case(office: Organisation, missing: str) -> None:
    client = signed_in(clerk_of(office))
    data = {**CASE, "organisation": office.pk, "numbers": "1", missing: " "}
    assert client.post("/netz/pruefen/neu/", data).status_code == 200
    assert not Check.objects.exists()


def test_seals_numbers_and_files_are_answered_side_by_side(
    world: World, office: Organisation, django_capture_on_commit_callbacks: Any
) -> None:
    good, revoked = world.sealed(), world.sealed(status_index=7, certificate_number="100001-2627-000043")
    issued(world, good, number="100001-2627-000042")
    data = {
        **CASE,
        "organisation": office.pk,
        "texts": f"{link(revoked)}\n{link(world.sealed(by=forged(world)))}\nhttps://example.org/",
        "numbers": "100001-2627-000042\n999999-2627-000001",
        "papers": [
            SimpleUploadedFile("antrag.png", picture(good), "image/png"),
            SimpleUploadedFile("leer.pdf", b"%PDF-1.4\nnothing", "application/pdf"),
        ],
    }
    client = signed_in(clerk_of(office))
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/netz/pruefen/neu/", data)
    check = Check.objects.get()
    assert response.headers["Location"] == f"/netz/pruefen/{check.pk}/"
    assert answers(check) == [
        ("valid", "valid"),
        ("undecided", "damaged"),
        ("not_in_force", "revoked"),
        ("not_genuine", "wrong_signature"),
        ("undecided", "not_a_seal"),
        ("valid", "number_valid"),
        ("undecided", "unknown_number"),
    ]
    assert check.finished_at is not None
    assert not any(bytes(item.given) for item in check.items.all()), "files and codes are not kept"
    page = client.get(f"/netz/pruefen/{check.pk}/").content.decode()
    assert "Muster-Șerban" in page
    assert "antrag.png" in page


def test_the_table_leaves_as_csv_and_xlsx_and_runs_nothing_in_a_spreadsheet(world: World, office: Organisation) -> None:
    user = clerk_of(office)
    texts = [link(world.sealed(family_name="=cmd|' /C calc'!A0"))]
    check = actions.begin(Asker(office, user), Given(texts=texts), **CASE)
    client = signed_in(user)
    text = client.get(f"/netz/pruefen/{check.pk}.csv").content.decode("utf-8-sig")
    assert "'=cmd" in text
    assert text.count("\r\n") == 2
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/netz/pruefen/{check.pk}.xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert "'=cmd|' /C calc'!A0" in rows[1]
    assert client.get(f"/netz/pruefen/{check.pk}.pdf").status_code == 404


def test_script_in_sealed_fields_is_shown_as_text(world: World, office: Organisation) -> None:
    user = clerk_of(office)
    seal = world.sealed(family_name="<script>alert(1)</script>", first_names='"><img src=x onerror=alert(1)>')
    check = actions.begin(Asker(office, user), Given(texts=[link(seal)]), **CASE)
    page = signed_in(user).get(f"/netz/pruefen/{check.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_checks_are_seen_by_the_office_alone(world: World, office: Organisation) -> None:
    check = actions.begin(Asker(office, clerk_of(office)), Given(texts=[link(world.sealed())]), **CASE)
    strangers = [
        UserFactory(portal_team=True),
        clerk_of(office, Membership.Role.READER),
        MembershipFactory(role=Membership.Role.ADMINISTRATOR).user,
        # The portal team gives memberships, also to itself.
        MembershipFactory(organisation=office, user=UserFactory(portal_team=True), role=4).user,
    ]
    for stranger in strangers:
        client = signed_in(stranger)
        for path in (f"/netz/pruefen/{check.pk}/", f"/netz/pruefen/{check.pk}.csv"):
            assert client.get(path).status_code == 404
        assert client.get("/netz/pruefen/protokoll/").status_code == 403


def test_every_answer_is_logged_with_purpose_and_case_and_names_nobody(world: World, office: Organisation) -> None:
    user = clerk_of(office)
    texts = [link(world.sealed()), link(world.sealed(by=forged(world)))]
    actions.begin(Asker(office, user), Given(texts=texts, numbers=["999999-2627-000001"]), **CASE)
    rows = list(CheckLog.objects.order_by("pk").values_list("actor", "purpose", "case_number", "code"))
    assert rows == [(user.pk, *CASE.values(), code) for code in ("valid", "wrong_signature", "unknown_number")]
    written = str(list(CheckLog.objects.values()))
    assert VALUES["family_name"] not in written
    page = signed_in(clerk_of(office, Membership.Role.ADMINISTRATOR)).get("/netz/pruefen/protokoll/").content.decode()
    assert "FK-115" in page


def test_the_log_cannot_be_changed(world: World, office: Organisation) -> None:
    actions.begin(Asker(office, clerk_of(office)), Given(numbers=["1"]), **CASE)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CheckLog.objects.update(purpose="anderer")


def test_names_and_sealed_data_are_gone_after_a_day_and_the_check_after_three_months(
    world: World, office: Organisation
) -> None:
    check = actions.begin(Asker(office, clerk_of(office)), Given(texts=[link(world.sealed())]), **CASE)
    actions.forget(timezone.now() + dt.timedelta(hours=23))
    assert CheckItem.objects.get().sealed["family_name"] == VALUES["family_name"]
    actions.forget(timezone.now() + dt.timedelta(hours=25))
    item = CheckItem.objects.get()
    assert (item.sealed, item.name, item.code) == ({}, "", "valid")
    actions.forget(timezone.now() + dt.timedelta(days=91))
    assert not Check.objects.filter(pk=check.pk).exists()
    assert CheckLog.objects.count() == 1


def test_an_office_cannot_try_out_numbers(office: Organisation) -> None:
    asker = Asker(office, clerk_of(office))
    for start in range(0, actions.PER_HOUR, actions.MOST_ITEMS):
        numbers = [str(start + number) for number in range(actions.MOST_ITEMS)]
        actions.begin(asker, Given(numbers=numbers), **CASE)
    with pytest.raises(actions.TooManyError):
        actions.begin(asker, Given(numbers=["1"]), **CASE)


def test_a_worker_killed_between_two_files_goes_on_where_it_was(
    world: World, office: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [(f"{number}.png", picture(world.sealed())) for number in range(3)]
    check = actions.begin(Asker(office, clerk_of(office)), Given(files=files), **CASE)
    reads: Iterator[int] = iter(range(10))

    def killed(content: bytes) -> list[bytes]:
        if next(reads) == 1:
            raise KeyboardInterrupt
        return [world.sealed()]

    monkeypatch.setattr(actions, "seals_in", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.read_files.call(check.pk)
    check.refresh_from_db()
    assert (check.done, check.finished_at) == (1, None)
    actions.read_files.call(check.pk)
    actions.read_files.call(check.pk)
    check.refresh_from_db()
    assert (check.done, CheckLog.objects.count()) == (3, 3)
    assert check.finished_at is not None


def test_an_office_hears_that_a_presented_certificate_was_revoked_and_the_mail_names_nobody(
    world: World, office: Organisation
) -> None:
    user, seal = clerk_of(office), world.sealed()
    certificate = issued(world, seal, number="100001-2627-000042")
    given = Given(texts=[link(seal)], watch=True)
    actions.begin(Asker(office, user), given, **CASE)
    assert watching.report() == 0
    Certificate.objects.filter(pk=certificate.pk).update(state=Certificate.State.REVOKED)
    assert watching.report() == 1
    assert watching.report() == 0
    (mail,) = Mail.objects.filter(category="certificates-changed")
    assert mail.user == user
    for word in (VALUES["family_name"], certificate.number, "FK-115"):
        assert word not in mail.subject + mail.text
    client = signed_in(user)
    page = client.get("/netz/pruefen/beobachtet/").content.decode()
    assert "FK-115" in page
    assert "von der Schule widerrufen" in page
    assert client.get("/netz/").content.decode().count("/netz/pruefen/beobachtet/") == 1
    client.post(f"/netz/pruefen/beobachtet/{Watch.objects.get().pk}/notiert/")
    assert Watch.objects.get().seen_by == user


def test_an_office_hears_that_a_presented_certificate_has_ended(world: World, office: Organisation) -> None:
    seal = world.sealed()
    issued(world, seal, number="100001-2627-000042", valid_until=timezone.localdate())
    actions.begin(Asker(office, clerk_of(office)), Given(texts=[link(seal)], watch=True), **CASE)
    assert watching.report(timezone.now()) == 0
    assert watching.report(timezone.now() + dt.timedelta(days=1)) == 1
    assert Watch.objects.get().code == "expired"


def test_a_number_alone_opens_no_watch(world: World, office: Organisation) -> None:
    issued(world, world.sealed(), number="100001-2627-000042")
    actions.begin(Asker(office, clerk_of(office)), Given(numbers=["100001-2627-000042"], watch=True), **CASE)
    assert not Watch.objects.exists()


def test_a_replayed_or_foreign_list_is_not_believed(world: World, office: Organisation) -> None:
    from austausch.certificates.models import PublishedList

    other = make(now=world.now, revoked=())
    PublishedList.objects.filter(name="status/1").update(content=next(iter(other.status_tokens.values())).encode())
    check = actions.begin(Asker(office, clerk_of(office)), Given(texts=[link(world.sealed(status_index=7))]), **CASE)
    assert answers(check) == [("undecided", "status_list_missing")]


class TestPrograms:
    """The same through the API, with a key of the office."""

    def ask(self, token: str, **data: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return Client().post("/netz/pruefen/api/checks", CASE | data, content_type="application/json", headers=headers)

    def test_a_program_checks_and_fetches_its_check(self, world: World, office: Organisation) -> None:
        _key, token = program_keys.make(office, clerk_of(office, Membership.Role.ADMINISTRATOR), label="Fachverfahren")
        answer = self.ask(token, seals=[link(world.sealed()), world.sealed(status_index=7).hex()])
        assert answer.status_code == 200
        assert [item["code"] for item in answer.json()["items"]] == ["valid", "revoked"]
        assert answer.json()["items"][0]["sealed"]["family_name"] == VALUES["family_name"]
        assert "no-store" in answer.headers["Cache-Control"]
        headers = {"Authorization": f"Bearer {token}"}
        again = Client().get(f"/netz/pruefen/api/checks/{answer.json()['id']}", headers=headers)
        assert again.json() == answer.json()
        assert CheckLog.objects.filter(program="Fachverfahren", actor=None).count() == 2

    def test_without_a_key_or_with_a_withdrawn_one_nothing_is_answered(
        self, world: World, office: Organisation
    ) -> None:
        administrator = clerk_of(office, Membership.Role.ADMINISTRATOR)
        key, token = program_keys.make(office, administrator, label="Fachverfahren")
        program_keys.revoke(key, administrator)
        for wrong in ("", "x", token):
            assert self.ask(wrong, seals=["x"]).status_code == 401
        assert not Check.objects.exists()

    def test_an_office_does_not_see_the_checks_of_another(self, world: World, office: Organisation) -> None:
        check = actions.begin(Asker(office, clerk_of(office)), Given(numbers=["1"]), **CASE)
        other = OrganisationFactory()
        actions.allow(other, UserFactory(portal_team=True), task="Bürgergeld")
        _key, token = program_keys.make(other, clerk_of(other, Membership.Role.ADMINISTRATOR), label="Anderes")
        headers = {"Authorization": f"Bearer {token}"}
        assert Client().get(f"/netz/pruefen/api/checks/{check.pk}", headers=headers).status_code == 404

    @pytest.mark.parametrize(
        "wrong", [{"purpose": ""}, {"case_number": " "}, {"files": [{"name": "a", "content": "?"}]}]
    )
    def test_what_is_wrong_is_refused_before_anything_is_checked(
        self, office: Organisation, wrong: dict[str, Any]
    ) -> None:
        _key, token = program_keys.make(office, clerk_of(office, Membership.Role.ADMINISTRATOR), label="Fachverfahren")
        assert self.ask(token, **wrong).status_code == 422
        assert not Check.objects.exists()

    def test_its_document_names_its_addresses(self, client: Client) -> None:
        document = client.get("/netz/pruefen/api/openapi.json").json()
        assert set(document["paths"]) == {"/netz/pruefen/api/checks", "/netz/pruefen/api/checks/{id}"}
