"""What editors see of the reading of documents, and who sees it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from austausch.catalogue.documents import add_version
from austausch.catalogue.models import Document, DocumentVersion
from austausch.people.models import Membership
from austausch.search import document_reading
from austausch.search.admin.documents import summary
from austausch.search.models import DocumentText
from tests.catalogue import files
from tests.factories import DocumentFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role
LIST = "/verwaltung/dokumente/texte/"
Commit = Callable[..., Any]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """What happens inside is committed at its end, so that tasks are run."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def upload(document: Document, text: str | bytes, name: str = "bericht.txt") -> DocumentVersion:
    content = text.encode() if isinstance(text, str) else text
    return add_version(document=document, upload=files.upload(name, content), user=UserFactory(portal_team=True))


def person(role: Role | None, organisation: Any, *, portal_team: bool = False) -> Client:
    user = UserFactory(portal_team=portal_team)
    if role is not None:
        MembershipFactory(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def unreadable(**fields: Any) -> Document:
    document: Document = DocumentFactory(**fields)
    upload(document, files.PDF, "kaputt.pdf")
    document_reading.refresh(document.pk)
    return document


@pytest.mark.parametrize(
    ("role", "portal_team", "own", "page", "button"),
    [
        (None, False, False, 403, 403),
        (Role.READER, False, True, 403, 403),
        (Role.AUTHOR, False, False, 200, 404),
        (Role.AUTHOR, False, True, 200, 302),
        (Role.PUBLISHER, False, True, 200, 302),
        (Role.ADMINISTRATOR, False, False, 200, 404),
        (None, True, False, 200, 302),
    ],
)
def test_who_keeps_a_document_sees_what_was_read_and_has_it_read_again(
    role: Role | None, portal_team: bool, own: bool, page: int, button: int
) -> None:
    town, other = OrganisationFactory.create_batch(2)
    document = unreadable(owner=town if own else other, title="Unser Bericht")
    client = person(role, town, portal_team=portal_team)
    response = client.get(LIST)
    assert response.status_code == page
    assert ("Unser Bericht" in response.content.decode()) == (page == 200 and button == 302)
    assert client.post(f"{LIST}{document.pk}/").status_code == button


@pytest.mark.parametrize("address", [LIST, f"{LIST}1/"])
def test_visitors_are_sent_to_sign_in(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/konto/login/")


def test_a_file_is_read_again_by_a_button_only(commit: Commit) -> None:
    document = unreadable()
    DocumentText.objects.update(state="read", text="von gestern", problem="")
    client = person(None, None, portal_team=True)
    with commit():
        assert client.get(f"{LIST}{document.pk}/").status_code == 405
    assert DocumentText.objects.get().text == "von gestern"
    with commit():
        assert client.post(f"{LIST}{document.pk}/", follow=True).status_code == 200
    assert DocumentText.objects.get().problem == "damaged"


def test_the_list_shows_what_has_no_text_and_on_demand_everything() -> None:
    for title, content, name in (("Lesbar", b"Text", "a.txt"), ("Kaputt", files.PDF, "a.pdf")):
        document = DocumentFactory(title=title)
        upload(document, content, name)
        document_reading.refresh(document.pk)
    DocumentFactory(title="Ohne Datei")
    client = person(None, None, portal_team=True)
    assert [document.title for document, _ in client.get(LIST).context["rows"]] == ["Kaputt"]
    assert [document.title for document, _ in client.get(LIST, {"stand": "alle"}).context["rows"]] == [
        "Kaputt",
        "Lesbar",
    ]


def test_an_empty_list_says_why_it_is_empty() -> None:
    client = person(None, None, portal_team=True)

    def said() -> str:
        return str(client.get(LIST).context["empty"])

    assert said() == "Noch hat kein Dokument eine Datei."
    document = DocumentFactory()
    upload(document, "Text", "a.txt")
    assert "1 Datei ist noch nicht gelesen" in said()
    document_reading.refresh(document.pk)
    assert said() == "Die Suche kennt den Text jeder Datei."


def test_the_reports_have_a_heading() -> None:
    client = person(None, None, portal_team=True)
    for address in (LIST, "/verwaltung/suche/"):
        assert re.search(r"<h1[^>]*>.*?\w.*?</h1>", client.get(address).content.decode(), re.DOTALL)


def test_the_menu_speaks_of_documents_without_text_only_while_there_are_some() -> None:
    town = OrganisationFactory()
    client = person(Role.AUTHOR, town)
    unreadable(owner=OrganisationFactory())
    assert LIST not in client.get("/verwaltung/").content.decode()
    unreadable(owner=town)
    assert LIST in client.get("/verwaltung/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (None, "not been read"),
        ({"state": "read", "pages": 1}, "is searched: 1 page."),
        ({"state": "read"}, "is searched."),
        ({"state": "cut", "pages": 500}, "beginning of its text is searched: 500 pages."),
        ({"state": "cut"}, "beginning of its text is searched."),
        ({"state": "empty", "pages": 3}, "text recognition"),
        ({"state": "unknown"}, "not read for the search"),
        ({"state": "broken", "problem": "locked"}, "password"),
    ],
    ids=range(8),
)
def test_the_page_of_a_document_says_what_the_search_has_of_it(fields: dict[str, Any] | None, words: str) -> None:
    document = DocumentFactory()
    version = upload(document, "Text")
    if fields:
        DocumentText.objects.create(document=document, sha256=version.sha256, **fields)
    with translation.override("en"):
        assert words in summary(document)
    page = person(None, None, portal_team=True).get(f"/verwaltung/dokumente/edit/{document.pk}/").content.decode()
    assert summary(document) in page
    assert f'href="{LIST}"' in page
