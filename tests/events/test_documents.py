"""Files that organisers upload for an event: the catalogue's checks and policy hold, and nothing is half done."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from austausch.catalogue.documents import DocumentError
from austausch.catalogue.models import Document, DocumentKind, DocumentVersion
from austausch.core import request_size
from austausch.events import actions, attaching
from austausch.events.errors import EventError
from austausch.events.models import Event, EventDocument
from austausch.people.models import Membership
from tests.events.test_organising import member, signed_in
from tests.factories import EventFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


def upload(
    text: str = "Was besprochen wurde", name: str = "protokoll.txt", *, is_result: bool = False
) -> attaching.Upload:
    return attaching.Upload(
        ContentFile(text.encode(), name=name), "Protokoll", DocumentKind.REPORT, is_result=is_result
    )


def test_a_publisher_uploads_a_result_and_everybody_can_fetch_it(client: Client) -> None:
    event = EventFactory()
    signed_in(client, member(event.organiser))
    file = SimpleUploadedFile("protokoll.txt", b"Was besprochen wurde")
    data = {"title": "Protokoll", "kind": "report", "is_result": "on", "file": file}
    answer = client.post(f"/netz/termine-dokumente/{event.pk}/", data)
    assert answer.headers["Location"] == f"/netz/termine/{event.pk}/"
    document = Document.objects.get()
    assert (document.owner, document.slug) == (event.organiser, "protokoll")
    visitor = Client()
    page = visitor.get(event.get_absolute_url()).content.decode()
    assert "Ergebnisse</h2>" in page
    assert document.get_absolute_url() in page
    got = visitor.get(f"{document.get_absolute_url()}datei")
    assert b"".join(got.streaming_content).decode() == "Was besprochen wurde"  # type: ignore[attr-defined]


def test_of_a_draft_nobody_else_sees_the_document() -> None:
    event = EventFactory(drafted=True)
    document = attaching.attach(event, member(event.organiser, Role.AUTHOR), upload())
    assert Client().get(document.get_absolute_url()).status_code == 404
    actions.publish(event, member(event.organiser))
    assert Client().get(document.get_absolute_url()).status_code == 200


def test_an_author_cannot_make_a_file_public_by_adding_it_to_an_announced_event(client: Client) -> None:
    event = EventFactory()
    with pytest.raises(EventError, match="noch nicht öffentlich"):
        attaching.attach(event, member(event.organiser, Role.AUTHOR), upload())
    file = SimpleUploadedFile("a.txt", b"a")
    page = signed_in(client, member(event.organiser, Role.AUTHOR)).post(
        f"/netz/termine-dokumente/{event.pk}/", {"title": "Protokoll", "kind": "report", "file": file}
    )
    assert "noch nicht öffentlich" in page.content.decode()
    assert not Document.objects.exists()
    assert not DocumentVersion.objects.exists()


def test_nobody_of_another_organisation_adds_anything(client: Client) -> None:
    event, stranger = EventFactory(), member(OrganisationFactory())
    with pytest.raises(PermissionDenied):
        attaching.attach(event, stranger, upload())
    assert signed_in(client, stranger).get(f"/netz/termine-dokumente/{event.pk}/").status_code == 404
    assert not EventDocument.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("programm.exe", b"MZ", "werden nicht angenommen"),
        ("seite.html", b"<script>", "werden nicht angenommen"),
        ("brief.pdf", b"kein PDF", "PDF"),
        ("leer.txt", b"", "leer"),
    ],
)
def test_what_is_not_accepted_is_said_at_the_file_and_nothing_is_kept(
    client: Client, name: str, content: bytes, words: str
) -> None:
    event = EventFactory()
    data = {"title": "Protokoll", "kind": "report", "file": SimpleUploadedFile(name, content)}
    page = signed_in(client, member(event.organiser)).post(f"/netz/termine-dokumente/{event.pk}/", data)
    assert words in page.content.decode()
    assert not Document.objects.exists()


def test_two_files_of_one_title_have_two_addresses() -> None:
    event, user = EventFactory(), member(EventFactory().organiser)
    user.memberships.create(organisation=event.organiser, role=Role.PUBLISHER)
    for text in ("Erster", "Zweiter"):
        attaching.attach(event, user, upload(text))
    assert sorted(Document.objects.values_list("slug", flat=True)) == ["protokoll", "protokoll-2"]


def test_a_file_that_cannot_be_read_leaves_no_document_behind() -> None:
    event = EventFactory()
    with pytest.raises(DocumentError):
        attaching.attach(event, member(event.organiser), upload(name="ohne-endung"))
    assert not Document.objects.exists()
    assert Event.objects.get(pk=event.pk).documents.count() == 0


def test_only_who_is_signed_in_may_send_as_much_as_a_document() -> None:
    event = EventFactory()
    address = reverse("events:upload", args=[event.pk])
    large = b"x" * (2 * request_size.MEGABYTE)

    def answer(client: Client, to: str) -> int:
        return client.post(to, {"file": SimpleUploadedFile("a.txt", large)}).status_code

    assert answer(Client(), address) == 413
    person = signed_in(Client(), member(event.organiser))
    assert answer(person, reverse("events:own_events")) == 413
    assert answer(person, address) not in {403, 404, 413}
