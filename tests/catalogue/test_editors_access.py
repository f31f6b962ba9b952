"""Every address of the editors' side, for every role: what answers, and that no draft of another town shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from austausch.catalogue.models import Document, Entry
from austausch.catalogue.workflow import ensure_workflow
from austausch.people.models import Membership, Organisation
from tests.factories import DocumentFactory, EntryFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role
SECRET = "Geheimer Entwurf"
NAMESPACES = (
    "wagtailsnippets_catalogue_entry",
    "wagtailsnippets_catalogue_document",
    "wagtailsnippets_catalogue_topic",
    "wagtailsnippets_catalogue_targetgroup",
    "wagtailsnippets_people_organisation",
    "wagtailsnippetchoosers_catalogue_entry",
    "wagtailsnippetchoosers_catalogue_document",
    "wagtailsnippetchoosers_catalogue_topic",
    "wagtailsnippetchoosers_catalogue_targetgroup",
    "wagtailsnippetchoosers_people_organisation",
    "catalogue_editing",
    "link_health",
    "review_intervals",
    "places_editing",
    "report_board",
    "search_report",
    "document_texts",
)


@pytest.fixture(autouse=True)
def _workflow() -> None:
    ensure_workflow()


def person(role: Role | None, organisation: Organisation, **fields: Any) -> Client:
    user = UserFactory(**fields)
    if role:
        MembershipFactory(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def draft(organisation: Organisation) -> Entry:
    """A published entry whose unpublished version has another title, under review."""
    entry = EntryFactory(lead=organisation, title="Öffentlicher Titel", published=True)
    entry.title = SECRET
    revision = entry.save_revision(user=UserFactory())
    entry.get_workflow().start(Entry.objects.get(pk=entry.pk), revision.user)
    return Entry.objects.get(pk=entry.pk)


def patterns(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, address, pattern.namespace or namespace)
        else:
            yield namespace, address, pattern


def addresses(entry: Entry, document: Document) -> dict[str, str]:
    """Name → address of everything in the namespaces above, filled in for this entry and this document."""
    found = {}
    for namespace, address, pattern in patterns(get_resolver()):
        if namespace not in NAMESPACES or not address.startswith("verwaltung/"):
            continue
        row: Any = document if "document" in namespace else entry
        found[f"{namespace}:{pattern.name}"] = "/" + fill(address, row)
    return found


def fill(address: str, row: Any) -> str:
    revision = row.latest_revision_id or 1
    state = row.workflow_states.first() if isinstance(row, Entry) else None
    values = {
        "<int:pk>": row.pk,
        "<str:pk>": row.pk,
        "(?P<pk>.+)": row.pk,
        "<int:revision_id>": revision,
        r"(?P<revision_id_a>live|earliest|\d+)\.\.\.(?P<revision_id_b>live|latest|\d+)": "live...latest",
        "<slug:action_name>": "approve",
        "<int:task_state_id>": state.current_task_state_id if state else 1,
        "<int:workflow_state_id>": state.pk if state else 1,
        "<int:task_id>": state.current_task_state.task_id if state else 1,
        "<int:comment_pk>": 1,
    }
    for placeholder, value in values.items():
        address = address.replace(placeholder, str(value))
    filled = address.rstrip("$")
    # A placeholder left over would test an address that does not exist.
    assert not set("<>()") & set(filled), filled
    return filled


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [None, Role.READER, Role.AUTHOR, Role.PUBLISHER, Role.ADMINISTRATOR])
def test_no_address_shows_or_changes_what_another_town_drafts(role: Role | None, method: str) -> None:
    theirs, mine = OrganisationFactory(), OrganisationFactory()
    entry = draft(theirs)
    document = DocumentFactory(title=SECRET, owner=theirs)
    client = person(role, mine)
    before = Entry.objects.values().get(pk=entry.pk)
    for name, address in addresses(entry, document).items():
        response = getattr(client, method)(address)
        assert SECRET not in response.getvalue().decode(), name
        assert response.status_code < 500, name
        if f"/{entry.pk}/" in address and "choosers" not in name:
            assert response.status_code in {302, 403, 404, 405}, name
    assert Entry.objects.values().get(pk=entry.pk) == before
    assert Document.objects.filter(pk=document.pk).exists()


TABLE = {
    # address: what a reader, an author, a publisher of the same body and the portal team get
    "list": (403, 200, 200, 200),
    "add": (403, 200, 200, 200),
    "edit": (403, 200, 200, 200),
    "history": (403, 200, 200, 200),
    "usage": (403, 200, 200, 200),
    "revisions_compare": (403, 200, 200, 200),
    "revisions_view": (403, 200, 200, 200),
    "workflow_history": (403, 200, 200, 200),
    "unpublish": (403, 302, 200, 200),
    "archive": (403, 302, 200, 200),
    "delete": (403, 302, 302, 200),
}


@pytest.mark.parametrize("name", TABLE)
def test_who_may_open_what_of_an_entry_of_the_own_body(name: str) -> None:
    town = OrganisationFactory()
    entry = draft(town)
    address = addresses(entry, DocumentFactory(owner=town))[f"wagtailsnippets_catalogue_entry:{name}"]
    assert Client().get(address).headers["Location"].startswith("/konto/login/")
    people = [person(role, town) for role in (Role.READER, Role.AUTHOR, Role.PUBLISHER)]
    people.append(person(None, town, is_superuser=True))
    assert tuple(one.get(address).status_code for one in people) == TABLE[name]


def test_the_rest_of_the_admin_is_the_portal_teams() -> None:
    client = person(Role.ADMINISTRATOR, OrganisationFactory())
    draft(OrganisationFactory())
    for path in ("reports/site-history/", "reports/workflow/", "reports/workflow_tasks/", "users/", "pages/", "images/",
                 "organisationen/", "themen/", "hinweise/", "workflows/list/", "sites/", "tag-autocomplete/",
                 "massnahmen-auswahl/", "snippets/", "collections/", "bulk/people/user/delete/"):  # fmt: skip
        response = client.get(f"/verwaltung/{path}")
        assert response.status_code in {403, 404}, path
        assert SECRET not in response.content.decode(), path


@pytest.mark.parametrize("path", ["login/", "password_reset/", "documents/"])
def test_wagtails_own_sign_in_and_files_are_closed_even_for_the_portal_team(path: str) -> None:
    response = person(None, OrganisationFactory(), is_superuser=True).get(f"/verwaltung/{path}")
    assert response.status_code == 404 or response.headers["Location"] == "/konto/login/"


def form(**changes: Any) -> dict[str, Any]:
    """A complete entry as the form sends it."""
    parts = ("partners", "actions", "offices", "contact_references", "citations", "legal_bases", "links")
    empty = {f"{part}-{key}": "0" for part in parts for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    data = {"title": "Straßenprojekt", "kind": "counselling", "approach": "integrative", "review_every_months": "12"}
    return {**empty, **data, **changes}


def test_an_address_is_made_from_the_title_and_a_second_one_gets_a_number() -> None:
    town = OrganisationFactory()
    client = person(Role.AUTHOR, town)
    for _ in range(2):
        client.post("/verwaltung/massnahmen/add/", form(lead=town.pk))
    assert sorted(Entry.objects.values_list("slug", flat=True)) == ["strassenprojekt", "strassenprojekt-2"]
    assert not Entry.objects.filter(live=True).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_on": "2020-01-01"}, "starts_precision"),
        ({"ends_on": "2020-01-01"}, "ends_precision"),
        (
            {"starts_on": "2020-01-01", "starts_precision": "day", "ends_on": "2019-01-01", "ends_precision": "day"},
            "ends_on",
        ),
        ({"ends_on": "2020-01-01", "ends_precision": "day", "open_end": "on"}, "open_end"),
        ({"funding_eur": "100"}, "funding_per"),
        ({"places": "Nirgendwo"}, "places"),
        ({"slug": "nicht erlaubt"}, "slug"),
        ({"title": ""}, "title"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_already_in_a_draft(wrong: dict[str, Any], field: str) -> None:
    town = OrganisationFactory()
    response = person(Role.AUTHOR, town).post("/verwaltung/massnahmen/add/", form(lead=town.pk, **wrong))
    assert list(response.context["form"].errors) == [field]
    assert not Entry.objects.exists()


def test_an_author_writes_for_the_own_body_only_and_cites_no_hidden_document_of_another() -> None:
    town, other = OrganisationFactory(), OrganisationFactory()
    client = person(Role.AUTHOR, town)
    response = client.post("/verwaltung/massnahmen/add/", form(lead=other.pk))
    assert "lead" in response.context["form"].errors
    hidden = DocumentFactory(owner=other)
    cited = {"citations-TOTAL_FORMS": "1", "citations-0-document": hidden.pk, "citations-0-ORDER": "1"}
    client.post("/verwaltung/massnahmen/add/", form(lead=town.pk, **cited))
    assert not Entry.objects.exists()


def test_an_author_cannot_publish_by_a_request_made_by_hand() -> None:
    town, other = OrganisationFactory(), OrganisationFactory()
    client = person(Role.AUTHOR, town)
    client.post("/verwaltung/massnahmen/add/", form(lead=town.pk, **{"action-publish": "1"}))
    assert not Entry.objects.filter(live=True).exists()
    # Nor by being a publisher elsewhere.
    user = UserFactory()
    MembershipFactory(user=user, organisation=town, role=Role.AUTHOR)
    MembershipFactory(user=user, organisation=other, role=Role.PUBLISHER)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/verwaltung/massnahmen/add/", form(lead=town.pk, slug="neu", **{"action-publish": "1"}))
    entry = EntryFactory(lead=town)
    client.post(
        f"/verwaltung/massnahmen/edit/{entry.pk}/", form(lead=town.pk, slug=entry.slug, **{"action-publish": "1"})
    )
    assert not Entry.objects.filter(live=True).exists()


def test_a_published_entry_keeps_its_address_and_body_whatever_is_sent() -> None:
    town, other = OrganisationFactory(), OrganisationFactory()
    entry = EntryFactory(lead=town, published=True)
    user = UserFactory()
    for one in (town, other):
        MembershipFactory(user=user, organisation=one, role=Role.PUBLISHER)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = form(lead=other.pk, slug="andere", title="Neu", **{"action-publish": "1"})
    client.post(f"/verwaltung/massnahmen/edit/{entry.pk}/", sent)
    after = Entry.objects.get(pk=entry.pk)
    assert (after.title, after.slug, after.lead) == ("Neu", entry.slug, town)


def test_many_at_once_does_what_is_possible_and_says_what_was_not_and_why() -> None:
    town = OrganisationFactory()
    ready, incomplete = EntryFactory(lead=town), EntryFactory(lead=town, kind="", title="Unfertig")
    foreign = EntryFactory(title=SECRET)
    client = person(Role.PUBLISHER, town)
    ids = "&".join(f"id={entry.pk}" for entry in (ready, incomplete, foreign))
    address = f"/verwaltung/bulk/catalogue/entry/publish/?{ids}&next=/verwaltung/massnahmen/"
    assert SECRET not in client.get(address).content.decode()
    page = client.post(address, follow=True).content.decode()
    assert "Unfertig" in page
    assert list(Entry.objects.filter(live=True)) == [ready]


def test_all_in_the_list_means_the_list_as_it_was_filtered() -> None:
    town = OrganisationFactory()
    client = person(Role.PUBLISHER, town)
    wanted = EntryFactory(lead=town, title="Eine Schule", published=True)
    EntryFactory(lead=town, title="Ein Bus", published=True)
    client.post(
        "/verwaltung/bulk/catalogue/entry/archive/?id=all&next=/verwaltung/massnahmen/%3Fq%3DSchule", {"reason": ""}
    )
    assert list(Entry.objects.filter(archived_on__isnull=False)) == [wanted]


def test_the_comparison_shows_points_and_parts_in_words() -> None:
    town = OrganisationFactory()
    entry = EntryFactory(lead=town, goals=["Alt", "Bleibt"], published=True)
    entry.goals = ["Bleibt", "Neu"]
    entry.partners.add(entry.partners.model(name="Verein Beispiel"))
    entry.save_revision()
    address = f"/verwaltung/massnahmen/history/{entry.pk}/revisions/compare/live...latest/"
    page = person(Role.AUTHOR, town).get(address).content.decode()
    assert 'deletion">Alt<' in page
    assert 'addition">Neu<' in page
    assert "Verein Beispiel" in page
    assert "[&#x27;" not in page


def test_the_review_list_shows_ones_own_and_one_click_settles_a_check() -> None:
    town = OrganisationFactory()
    client = person(Role.AUTHOR, town)
    mine = EntryFactory(lead=town, title="Unsere Maßnahme", published=True)
    EntryFactory(title=SECRET, published=True)
    page = client.get("/verwaltung/pruefliste/?liste=faellig").content.decode()
    assert "Unsere Maßnahme" in page
    assert SECRET not in page
    client.post(f"/verwaltung/massnahmen/stimmt-noch/{mine.pk}/", {"next": "/verwaltung/pruefliste/?liste=faellig"})
    assert Entry.objects.get(pk=mine.pk).checked_on
    assert not Entry.objects.due_for_check().filter(pk=mine.pk).exists()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PUBLISHER])
@pytest.mark.parametrize("which", ["all", "{pk}"])
def test_deleting_many_documents_names_and_deletes_none_of_another_town(role: Role, which: str) -> None:
    theirs = DocumentFactory(title=SECRET, owner=OrganisationFactory())
    mine = OrganisationFactory()
    DocumentFactory(title="Eigene Broschüre", owner=mine)
    client = person(role, mine)
    address = f"/verwaltung/bulk/catalogue/document/delete/?id={which.format(pk=theirs.pk)}"
    assert SECRET not in client.get(address).content.decode()
    client.post(address)
    assert Document.objects.filter(pk=theirs.pk).exists()


def test_the_editors_table_runs_no_formula() -> None:
    mine = OrganisationFactory()
    EntryFactory(lead=mine, title='=HYPERLINK("https://example.org")')
    answer = person(Role.AUTHOR, mine).get("/verwaltung/massnahmen/?export=csv")
    assert "'=HYPERLINK" in b"".join(answer.streaming_content).decode()
