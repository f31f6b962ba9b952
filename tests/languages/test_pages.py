"""The pages on which versions are written, and the lists of what is to be done."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from austausch.catalogue.models import Entry
from austausch.languages import kinds
from austausch.languages.models import Version
from austausch.people.models import Membership, User
from tests.factories import EntryFactory, InformationFactory, MembershipFactory, OfficeFactory, UserFactory, version_of

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def entry() -> Entry:
    made: Entry = EntryFactory(title="Lotsen", summary="Kurz.", goals=["Eins", "Zwei"], published=True)
    return made


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def of(source: object, role: Role = Role.AUTHOR) -> Client:
    owner = source.lead if isinstance(source, Entry) else source.owner  # type: ignore[attr-defined]
    return signed_in(MembershipFactory(organisation=owner, role=role).user)


def address(entry: Entry, language: str = "ro") -> str:
    return f"/netz/sprachfassungen/massnahme/{entry.pk}/{language}/"


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen_\w+)" value="(\w*)"', page))


@pytest.mark.parametrize("path", ["/netz/sprachfassungen/", "/netz/sprachfassungen/massnahme/1/ro/"])
def test_visitors_are_sent_to_sign_in(client: Client, path: str) -> None:
    assert "/konto/login/" in client.get(path).headers["Location"]


@pytest.mark.parametrize(
    "rest", ["massnahme/999/ro/", "stelle/0/ro/", "gibtesnicht/1/ro/", "massnahme/{}/fr/", "massnahme/{}/de/"]
)
def test_what_does_not_exist_answers_404(entry: Entry, rest: str) -> None:
    assert of(entry).get(f"/netz/sprachfassungen/{rest.format(entry.pk)}").status_code == 404


def test_of_what_others_keep_one_does_not_even_learn_that_there_is_a_draft(entry: Entry) -> None:
    version = version_of(entry, drafted=True)
    stranger = signed_in(MembershipFactory(role=Role.ADMINISTRATOR).user)
    for path in (address(entry), f"/netz/sprachfassungen/massnahme/{entry.pk}/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/netz/sprachfassungen/fassung/{version.pk}/", {"do": "show"}).status_code == 404
    assert "ro title" not in stranger.get("/netz/sprachfassungen/?art=entwurf").content.decode()


def test_a_version_is_written_shown_and_confirmed_without_scripts(entry: Entry) -> None:
    client = of(entry, Role.PUBLISHER)
    page = client.get(address(entry)).content.decode()
    assert 'lang="ro" dir="ltr"' in page
    client.post(
        address(entry), {**hidden(page), "seen_texts": "", "title": "Ghizi", "summary": "Scurt", "goals": "Unu\nDoi"}
    )
    version = Version.objects.get()
    assert (version.texts["goals"], version.state) == (["Unu", "Doi"], "draft")
    act = f"/netz/sprachfassungen/fassung/{version.pk}/"
    client.post(act, {"do": "show", **hidden(client.get(address(entry)).content.decode())})
    assert "<h1>Ghizi</h1>" in client.get(f"{entry.get_absolute_url()}?sprache=ro").content.decode()
    seen = hidden(client.get(address(entry)).content.decode())
    answer = client.post(act, {"do": "confirm", **seen}, follow=True).content.decode()
    assert "Bestätigt von" in answer
    version.refresh_from_db()
    assert version.state == "confirmed"


def test_a_wrong_text_comes_back_with_what_was_written_and_the_field_named(entry: Entry) -> None:
    client = of(entry)
    seen = hidden(client.get(address(entry)).content.decode())
    page = client.post(address(entry), {**seen, "title": "x" * 301, "summary": "Scurt"}).content.decode()
    assert "301 Zeichen sind zu viele; 300 haben Platz." in page
    assert "x" * 301 in page
    assert 'aria-invalid="true"' in page
    assert not Version.objects.exists()


def test_after_the_german_has_changed_meanwhile_the_same_form_can_be_saved_again(entry: Entry) -> None:
    client = of(entry)
    form = {"seen_german": "0" * 64, "seen_texts": "", "title": "Ghizi"}
    refused = client.post(address(entry), form).content.decode()
    assert "Der deutsche Text hat sich inzwischen geändert." in refused
    assert "Ghizi" in refused
    client.post(address(entry), {**form, "seen_german": hidden(refused)["seen_german"]})
    assert Version.objects.get().texts == {"title": "Ghizi"}


def test_an_outdated_version_shows_what_has_changed_in_the_german(entry: Entry) -> None:
    version = version_of(entry)
    Version.objects.filter(pk=version.pk).update(
        made_from={**kinds.german(entry), "goals": ["Eins", "Drei"]}, fingerprint="0" * 64
    )
    page = of(entry, Role.PUBLISHER).get(address(entry)).content.decode()
    assert "<del>Drei</del>" in page
    assert "<ins>Zwei</ins>" in page
    assert 'value="still_right"' in page


def test_an_author_reads_what_is_public_and_is_offered_only_what_they_may(entry: Entry) -> None:
    version_of(entry)
    page = of(entry).get(address(entry)).content.decode()
    assert 'value="confirm"' in page
    for not_theirs in ('value="withdraw"', 'value="show"', "<textarea"):
        assert not_theirs not in page
    assert of(entry).post(address(entry), {"title": "x"}).status_code == 403


def test_whoever_may_only_confirm_reads_both_texts_and_no_form() -> None:
    information = InformationFactory()
    version = version_of(information, "bg")
    client = signed_in(MembershipFactory(role=Role.AUTHOR).user)
    path = f"/netz/sprachfassungen/information/{information.pk}/bg/"
    page = client.get(path).content.decode()
    assert "bg s0_heading" in page
    assert "<textarea" not in page
    assert (
        "Können Sie diese Sprache gut"
        not in Client().get(f"{information.get_absolute_url()}?sprache=bg").content.decode()
    )
    assert path in client.get(f"{information.get_absolute_url()}?sprache=bg").content.decode()
    assert path in client.get("/netz/sprachfassungen/?art=ungeprueft").content.decode()
    client.post(f"/netz/sprachfassungen/fassung/{version.pk}/", {"do": "confirm", **hidden(page)})
    version.refresh_from_db()
    assert version.state == "confirmed"
    assert client.get(f"/netz/sprachfassungen/information/{information.pk}/").status_code == 404


@pytest.mark.parametrize("do", ["", "weg", "SHOW"])
def test_an_unknown_act_is_no_act(entry: Entry, do: str) -> None:
    version = version_of(entry, drafted=True)
    client = of(entry, Role.PUBLISHER)
    assert client.post(f"/netz/sprachfassungen/fassung/{version.pk}/", {"do": do}).status_code == 404
    assert client.get(f"/netz/sprachfassungen/fassung/{version.pk}/").status_code == 405


def test_what_is_incomplete_is_not_shown_and_the_message_names_the_field(entry: Entry) -> None:
    version = version_of(entry, drafted=True, texts={"title": "Ghizi"})
    client = of(entry, Role.PUBLISHER)
    seen = hidden(client.get(address(entry)).content.decode())
    act = f"/netz/sprachfassungen/fassung/{version.pk}/"
    answer = client.post(act, {"do": "show", **seen}, follow=True).content.decode()
    assert "Kurzbeschreibung: Im Deutschen steht hier ein Text" in answer


def test_each_list_holds_what_it_says_and_only_of_ones_own(entry: Entry) -> None:
    version_of(entry, "ro", outdated=True)
    version_of(entry, "ar", drafted=True)
    version_of(entry, "tr", confirmed=True)
    version_of(EntryFactory(title="Fremd", published=True), "ro", outdated=True)
    client = of(entry)
    for kind, inside, outside in (
        ("veraltet", "/ro/", "/ar/"),
        ("ungeprueft", "/ro/", "/tr/"),
        ("entwurf", "/ar/", "/ro/"),
        ("fehlend", "/bg/", "/tr/"),
        ("unsinn", "/ro/", "/ar/"),
    ):
        page = client.get("/netz/sprachfassungen/", {"art": kind}).content.decode()
        assert f'massnahme/{entry.pk}{inside}"' in page, kind
        assert f'massnahme/{entry.pk}{outside}"' not in page, kind
        assert "Fremd" not in page, kind


def test_the_board_of_the_editors_counts_what_is_out_of_date(entry: Entry) -> None:
    version_of(entry, "ro", outdated=True)
    page = of(entry).get("/verwaltung/").content.decode()
    assert "Veraltete Texte in anderen Sprachen" in page
    assert "Lotsen (Română)" in page


def test_the_page_of_an_entry_leads_those_who_write_to_its_languages_and_nobody_else(
    client: Client, entry: Entry
) -> None:
    link = f"/netz/sprachfassungen/massnahme/{entry.pk}/"
    assert link in of(entry).get(entry.get_absolute_url()).content.decode()
    assert link not in client.get(entry.get_absolute_url()).content.decode()
    assert link not in signed_in(UserFactory()).get(entry.get_absolute_url()).content.decode()


def test_an_office_is_written_from_the_editors_side_as_its_public_page_looks_at_nobody() -> None:
    office = OfficeFactory(description="Berät", is_protected=True)
    client = of(office, Role.PUBLISHER)
    version_of(office, "ro", made_from={}, fingerprint="0" * 64)
    page = client.get(f"/netz/sprachfassungen/stelle/{office.pk}/ro/").content.decode()
    assert "nicht aufbewahrt" in page
    assert "sprachfassungen" not in client.get(office.get_absolute_url()).content.decode()
    edit = client.get(f"/verwaltung/snippets/counselling/office/edit/{office.pk}/")
    edit = edit if edit.status_code == 200 else client.get(f"/verwaltung/beratungsstellen/edit/{office.pk}/")
    assert f"/netz/sprachfassungen/stelle/{office.pk}/" in edit.content.decode()


def test_after_a_save_that_was_refused_nobody_confirms_what_they_have_not_seen(entry: Entry) -> None:
    client = of(entry, Role.PUBLISHER)
    version = version_of(entry)
    page = client.get(address(entry)).content.decode()
    Version.objects.filter(pk=version.pk).update(texts={**version.texts, "title": "Altul"})
    refused = client.post(address(entry), {**hidden(page), "title": "Al meu", "summary": "Scurt"})
    client.post(f"/netz/sprachfassungen/fassung/{version.pk}/", {"do": "confirm", **hidden(refused.content.decode())})
    version.refresh_from_db()
    assert (version.state, version.texts["title"]) == (Version.State.UNCONFIRMED, "Altul")
