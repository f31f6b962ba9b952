"""Taking over and adapting: the copy knows its source, its owners hear of changes and decide field by field."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from austausch.catalogue import actions as entry_actions
from austausch.catalogue.adoption import actions, changes
from austausch.catalogue.adoption.actions import AdoptionError
from austausch.catalogue.adoption.fields import FIELDS, values
from austausch.catalogue.models import Adoption, Decision, Entry, LegalBasis, Link
from austausch.core import outbox
from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, Organisation, User
from tests.factories import (
    DocumentFactory,
    EntryFactory,
    MembershipFactory,
    OrganisationFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
Choice = Decision.Choice


def member(organisation: Organisation, role: int = Role.PUBLISHER) -> User:
    return MembershipFactory.create(organisation=organisation, role=role).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def ours() -> Organisation:
    return OrganisationFactory.create(name="Musterstadt", key="musterstadt")


@pytest.fixture
def author(ours: Organisation) -> User:
    return member(ours, Role.AUTHOR)


@pytest.fixture
def publisher(ours: Organisation) -> User:
    return member(ours)


@pytest.fixture
def source() -> Entry:
    entry = EntryFactory.create(
        title="Wohnen prüfen",
        slug="wohnen-pruefen",
        summary="Kurz gesagt.",
        goals=["Häuser kennen", "Menschen schützen"],
        results=["Zwölf Häuser"],
        effort_staff="zwei Stellen",
        topics=[TopicFactory.create(key="wohnen")],
    )
    entry.legal_bases.add(LegalBasis(title="Wohnraumstärkungsgesetz", reference="§ 1"))
    entry.links.add(Link(url="https://example.org/", title="Mehr"))
    entry.citations.create(document=DocumentFactory.create(slug="leitfaden"))
    entry.save()
    return publish(entry)


def publish(entry: Entry, **values: Any) -> Entry:
    version = entry.get_latest_revision_as_object() if entry.latest_revision else entry
    for name, value in values.items():
        setattr(version, name, value)
    version.save_revision().publish()
    return Entry.objects.get(pk=entry.pk)


def adapt(source: Entry, organisation: Organisation, user: User, fields: list[str] | None = None) -> Adoption:
    usual = [field.name for field in FIELDS.values() if field.usual]
    return actions.adapt(source, organisation, user, usual if fields is None else fields)


def fresh(adoption: Adoption) -> Adoption:
    return Adoption.objects.select_related("source", "copy").get(pk=adoption.pk)


def decide(adoption: Adoption, user: User, field: str, choice: str, reason: str = "") -> Decision:
    adoption = fresh(adoption)
    (change,) = (change for change in changes.of(adoption) if change.field.name == field)
    return actions.decide(adoption, user, field, choice, seen=change.seen, reason=reason)


def version(adoption: Adoption) -> Entry:
    copy = fresh(adoption).copy
    assert copy is not None
    latest: Entry = copy.get_latest_revision_as_object()
    return latest


# --- taking over ------------------------------------------------------------------------------------------------------


def test_a_copy_is_a_draft_of_ones_own_with_exactly_the_chosen_fields(
    source: Entry, ours: Organisation, author: User
) -> None:
    adoption = adapt(source, ours, author)
    copy = version(adoption)
    assert (copy.lead, copy.live, copy.title, copy.slug) == (ours, False, "Wohnen prüfen", "wohnen-pruefen-musterstadt")
    for name, value in values(copy).items():
        assert value == (values(source)[name] if name in adoption.fields else FIELDS[name].read(Entry())), name
    assert copy.results == []
    assert [basis.title for basis in copy.legal_bases.all()] == ["Wohnraumstärkungsgesetz"]
    assert [citation.document.slug for citation in copy.citations.all()] == ["leitfaden"]
    assert copy.checked_on is None


def test_provenance_is_source_version_and_day(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    assert (adoption.source, adoption.root, adoption.made_by) == (source, source, author)
    assert adoption.source_published_at == source.last_published_at


def test_what_a_copy_does_not_take_over_is_not_compared_later(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author, ["goals"])
    publish(source, summary="Anders.", goals=["Nur noch eins"])
    assert [change.field.name for change in changes.of(fresh(adoption))] == ["goals"]


def test_every_field_that_can_be_taken_over_survives_reading_and_writing(source: Entry) -> None:
    other = Entry(lead=source.lead, slug="anders")
    for name, field in FIELDS.items():
        field.write(other, field.read(source))
        assert field.read(other) == field.read(source), name
        assert all(isinstance(line, str) for line in field.lines(field.read(source)))


def test_slugs_of_copies_never_collide(source: Entry, ours: Organisation, author: User) -> None:
    EntryFactory.create(slug="wohnen-pruefen-musterstadt")
    long = publish(EntryFactory.create(slug="x" * 100))
    assert version(adapt(source, ours, author)).slug == "wohnen-pruefen-musterstadt-2"
    assert len(version(adapt(long, ours, author)).slug) <= 100


def test_an_organisation_takes_over_the_same_once_and_again_after_it_ended(
    source: Entry, ours: Organisation, author: User, publisher: User
) -> None:
    adoption = actions.take_over(source, ours, author)
    with pytest.raises(AdoptionError, match="bereits"):
        adapt(source, ours, author)
    actions.end(adoption, publisher, "Zu teuer")
    assert adapt(source, ours, author).copy is not None


def test_nobody_takes_over_their_own_entry_a_draft_or_for_others(
    source: Entry, ours: Organisation, author: User
) -> None:
    own = member(source.lead, Role.AUTHOR)
    with pytest.raises(AdoptionError):
        actions.take_over(source, source.lead, own)
    with pytest.raises(PermissionDenied):
        actions.take_over(source, ours, own)
    with pytest.raises(PermissionDenied):
        actions.take_over(source, ours, member(ours, Role.READER))
    with pytest.raises(Entry.DoesNotExist):
        actions.take_over(EntryFactory.create(), ours, author)


# --- changes ----------------------------------------------------------------------------------------------------------


def test_each_owner_is_told_once_of_a_publication(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    member(ours, Role.READER)
    publisher = member(ours)
    publish(source, goals=["Neu"])
    assert changes.tell() == 1
    assert changes.tell() == 0
    assert {mail.user for mail in Mail.objects.all()} == {author, publisher}
    mail = Mail.objects.first()
    assert mail is not None
    assert "Ziele" in mail.text
    assert f"/netz/uebernahmen/{adoption.pk}/" in mail.text
    publish(source)
    changes.tell()
    assert Mail.objects.count() == 2
    publish(source, goals=["Noch neuer"])
    changes.tell()
    assert Mail.objects.count() == 4


def test_a_change_of_what_was_not_taken_over_tells_nobody(source: Entry, ours: Organisation, author: User) -> None:
    adapt(source, ours, author, ["goals"])
    publish(source, results=["Dreizehn Häuser"])
    entry_actions.confirm_checked(source, UserFactory.create(portal_team=True))
    changes.tell()
    assert not Mail.objects.exists()


class Killed(BaseException):
    pass


@pytest.mark.parametrize("call", range(1, 8))
@pytest.mark.parametrize("name", ["of", "digest", "_owners", "_tell", "outbox.post", "outbox.address"])
def test_telling_that_is_killed_anywhere_tells_everybody_once(
    source: Entry, ours: Organisation, author: User, monkeypatch: pytest.MonkeyPatch, name: str, call: int
) -> None:
    member(ours)
    other = OrganisationFactory.create()
    adapt(source, ours, author)
    adapt(source, other, member(other, Role.AUTHOR))
    publish(source, goals=["Neu"])
    owner: Any = outbox if name.startswith("outbox.") else changes
    attribute = name.removeprefix("outbox.")
    original: Callable[..., Any] = getattr(owner, attribute)
    calls = 0

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        result = original(*args, **kwargs)
        if calls == call:
            raise Killed
        return result

    with monkeypatch.context() as patched:
        patched.setattr(owner, attribute, dying)
        with suppress(Killed):
            changes.tell()
    changes.tell()
    assert Mail.objects.count() == Mail.objects.values("user").distinct().count() == 3


def test_fields_are_compared_three_ways(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    copy = fresh(adoption).copy
    assert copy is not None
    edited = copy.get_latest_revision_as_object()
    edited.summary = "Bei uns."
    edited.goals = ["Gleich"]
    edited.save_revision()
    publish(source, summary="Neu gesagt.", goals=["Gleich"], procedure=["Erster Schritt"])
    found = {change.field.name: change for change in changes.of(fresh(adoption))}
    # Both have come to say the same about goals: nothing to decide.
    assert found.keys() == {"summary", "procedure"}
    assert (found["summary"].then, found["summary"].now, found["summary"].own) == (
        "Kurz gesagt.",
        "Neu gesagt.",
        "Bei uns.",
    )
    assert found["summary"].is_conflict
    assert not found["procedure"].is_conflict


def test_one_field_is_taken_over_and_the_others_stay_open(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    publish(source, summary="Neu gesagt.", procedure=["Erster Schritt"])
    decide(adoption, author, "procedure", Choice.TAKEN)
    assert version(adoption).procedure == ["Erster Schritt"]
    assert version(adoption).summary == "Kurz gesagt."
    assert [change.field.name for change in changes.of(fresh(adoption))] == ["summary"]
    assert fresh(adoption).open_changes == 1


def test_a_published_copy_changes_only_with_its_next_publication(
    source: Entry, ours: Organisation, author: User
) -> None:
    adoption = adapt(source, ours, author)
    copy = publish(version(adoption))
    publish(source, goals=["Neu"])
    decide(adoption, author, "goals", Choice.TAKEN)
    copy.refresh_from_db()
    assert copy.goals == ["Häuser kennen", "Menschen schützen"]
    assert copy.has_unpublished_changes
    assert version(adoption).goals == ["Neu"]


@pytest.mark.parametrize("choice", [Choice.KEPT, Choice.DISMISSED])
def test_what_is_kept_or_dismissed_comes_back_with_the_next_change_only(
    source: Entry, ours: Organisation, author: User, choice: str
) -> None:
    adoption = adapt(source, ours, author)
    publish(source, goals=["Neu"])
    decide(adoption, author, "goals", choice, reason="Passt hier nicht")
    assert changes.of(fresh(adoption)) == []
    assert version(adoption).goals == ["Häuser kennen", "Menschen schützen"]
    publish(source, goals=["Noch neuer"])
    (change,) = changes.of(fresh(adoption))
    assert change.then == ["Neu"]


def test_a_dismissal_needs_a_reason_and_an_unknown_choice_does_nothing(
    source: Entry, ours: Organisation, author: User
) -> None:
    adoption = adapt(source, ours, author)
    publish(source, goals=["Neu"])
    for choice in (Choice.DISMISSED, "", "delete"):
        with pytest.raises(ValidationError):
            decide(adoption, author, "goals", choice)
    assert len(changes.of(fresh(adoption))) == 1
    assert not Decision.objects.exists()


def test_nobody_decides_about_what_they_have_not_seen(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    publish(source, goals=["Neu"])
    (change,) = changes.of(fresh(adoption))
    publish(source, goals=["Noch neuer"])
    with pytest.raises(AdoptionError, match="noch einmal"):
        actions.decide(fresh(adoption), author, "goals", Choice.TAKEN, seen=change.seen)
    assert version(adoption).goals == ["Häuser kennen", "Menschen schützen"]


@pytest.mark.parametrize("choice", list(Choice.values))
def test_a_decision_can_be_taken_back(source: Entry, ours: Organisation, author: User, choice: str) -> None:
    adoption = adapt(source, ours, author)
    publish(source, goals=["Neu"])
    decision = decide(adoption, author, "goals", choice, reason="Grund")
    actions.undo(decision, author)
    assert version(adoption).goals == ["Häuser kennen", "Menschen schützen"]
    assert [change.field.name for change in changes.of(fresh(adoption))] == ["goals"]
    with pytest.raises(AdoptionError):
        actions.undo(decision, author)


def test_taking_back_never_overwrites_what_was_written_since(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    publish(source, goals=["Neu"])
    decision = decide(adoption, author, "goals", Choice.TAKEN)
    edited = version(adoption)
    edited.goals = ["Von Hand"]
    edited.save_revision()
    with pytest.raises(AdoptionError, match="bearbeitet"):
        actions.undo(decision, author)
    assert version(adoption).goals == ["Von Hand"]


def test_a_withdrawn_source_leaves_the_copy_standing_and_says_so(
    source: Entry, ours: Organisation, author: User
) -> None:
    adoption = adapt(source, ours, author)
    copy = publish(version(adoption))
    entry_actions.withdraw(source, UserFactory.create(portal_team=True))
    changes.tell()
    assert "zurückgezogen" in Mail.objects.get().subject.lower() + Mail.objects.get().text.lower()
    page = Client().get(copy.get_absolute_url()).content.decode()
    assert "Die Quelle dieses Eintrags wurde zurückgezogen" in page
    assert changes.of(fresh(adoption)) == []


def test_what_a_withdrawn_source_is_called_in_its_drafts_stays_with_its_owners(
    source: Entry, ours: Organisation, author: User
) -> None:
    adoption = actions.take_over(source, ours, author)
    published = source.title
    entry_actions.withdraw(source, UserFactory.create(portal_team=True))
    Entry.objects.filter(pk=source.pk).update(title="Geheimer Entwurf")
    changes.tell()
    client = signed_in(author)
    for path in ("/netz/", "/netz/uebernahmen/", f"/netz/uebernahmen/{adoption.pk}/"):
        page = client.get(path).content.decode()
        assert "Geheimer Entwurf" not in page
        assert path == "/netz/" or published in page
    mail = Mail.objects.get()
    assert "Geheimer Entwurf" not in mail.subject + mail.text + str(fresh(adoption))


def test_a_source_that_others_rest_on_is_not_deleted(source: Entry, ours: Organisation, author: User) -> None:
    team = UserFactory.create(portal_team=True)
    actions.take_over(source, ours, author)
    entry_actions.withdraw(source, team)
    with pytest.raises(entry_actions.RefusedError):
        entry_actions.delete(source, team)
    answer = signed_in(team).post(f"/verwaltung/massnahmen/delete/{source.pk}/", follow=True)
    assert "haben ihn übernommen" in answer.content.decode()
    assert Entry.objects.filter(pk=source.pk).exists()


# --- counted ----------------------------------------------------------------------------------------------------------


def test_only_what_is_confirmed_is_counted_and_shown_with_its_report(
    source: Entry, ours: Organisation, author: User, publisher: User
) -> None:
    adoption = actions.take_over(source, ours, author)
    page = source.get_absolute_url()
    assert "Musterstadt" not in Client().get(page).content.decode()
    actions.confirm(adoption, publisher, effort="Eine Stelle", results="Gut", failures="Die Technik")
    html = Client().get(page).content.decode()
    assert "Von 1 Kommune übernommen" in html
    assert all(text in html for text in ("Musterstadt", "Eine Stelle", "Gut", "Die Technik"))
    actions.end(adoption, publisher, "Geheimer Grund")
    html = Client().get(page).content.decode()
    assert "Musterstadt" not in html


def test_authors_prepare_and_publishers_confirm(source: Entry, ours: Organisation, author: User) -> None:
    adoption = actions.take_over(source, ours, author)
    with pytest.raises(PermissionDenied):
        actions.confirm(adoption, author)
    with pytest.raises(PermissionDenied):
        actions.end(adoption, author, "")


def test_a_foreign_contact_cannot_be_given(source: Entry, ours: Organisation, author: User, publisher: User) -> None:
    from austausch.people.models import Contact

    foreign = Contact.objects.create(organisation=source.lead, kind="office", name="Fremd", email="a@example.org")
    adoption = actions.take_over(source, ours, author)
    with pytest.raises(AdoptionError):
        actions.confirm(adoption, publisher, contact=foreign)
    answer = signed_in(publisher).post(f"/netz/uebernahmen/{adoption.pk}/bericht/", {"contact": foreign.pk})
    assert answer.status_code == 200
    assert fresh(adoption).confirmed_on is None


def test_list_and_single_answer_of_the_policy_agree(source: Entry, ours: Organisation, author: User) -> None:
    adapt(source, ours, author)
    confirmed = actions.take_over(source, OrganisationFactory.create(), UserFactory.create(portal_team=True))
    actions.confirm(confirmed, UserFactory.create(portal_team=True))
    people = [author, member(ours, Role.READER), member(source.lead), UserFactory.create()]
    for user in people:
        for action in Action:
            rows = set(policy.which(user, action, Adoption.objects.all()))
            assert rows == {row for row in Adoption.objects.all() if policy.may(user, action, row)}
    assert set(policy.which(people[2], Action.VIEW, Adoption.objects.all())) == {confirmed}


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_whole_story_through_the_pages_without_scripts(
    source: Entry, ours: Organisation, author: User, publisher: User
) -> None:
    assert "/konto/login/" in Client().get("/netz/uebernehmen/wohnen-pruefen/").headers["Location"]
    client = signed_in(author)
    page = client.get("/netz/uebernehmen/wohnen-pruefen/").content.decode()
    assert "Übernehmen oder anpassen" in page
    form = {"organisation": ours.pk, "how": "angepasst", "fields_taken": ["summary", "goals"]}
    answer = client.post("/netz/uebernehmen/wohnen-pruefen/", form, follow=True)
    assert "Keine offenen Änderungen" in answer.content.decode()
    adoption = Adoption.objects.get()
    publish(source, summary="Neu gesagt.")
    changes.tell()
    assert "1 offene Änderung" in client.get("/netz/").content.decode()
    address = f"/netz/uebernahmen/{adoption.pk}/"
    page = client.get(address).content.decode()
    assert "<del>Kurz</del><ins>Neu</ins> gesagt." in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    answer = client.post(f"{address}entscheiden/", {"field": "summary", "choice": "taken", "seen": seen}, follow=True)
    assert "Keine offenen Änderungen" in answer.content.decode()
    assert version(adoption).summary == "Neu gesagt."
    decision = Decision.objects.get()
    client.post(f"{address}zuruecknehmen/{decision.pk}/")
    assert version(adoption).summary == "Kurz gesagt."
    assert client.get(f"{address}bericht/").status_code == 403
    client = signed_in(publisher)
    client.post(f"{address}bericht/", {"effort": "", "results": "Gut", "failures": ""})
    assert fresh(adoption).confirmed_on
    client.post(f"{address}beenden/", {"reason": "Vorbei"})
    assert fresh(adoption).ended_on


def test_others_do_not_learn_what_is_being_prepared(source: Entry, ours: Organisation, author: User) -> None:
    adoption = adapt(source, ours, author)
    for user in (member(source.lead), member(ours, Role.READER), UserFactory.create()):
        client = signed_in(user)
        for end in ("", "bericht/", "beenden/"):
            assert client.get(f"/netz/uebernahmen/{adoption.pk}/{end}").status_code == 404
        assert client.post(f"/netz/uebernahmen/{adoption.pk}/entscheiden/").status_code == 404
        seen = "Musterstadt" in client.get("/massnahmen/wohnen-pruefen/weitergabe/").content.decode()
        assert seen == user.organisations.filter(pk=ours.pk).exists()


def test_a_reader_is_told_who_can_take_over(source: Entry, ours: Organisation) -> None:
    page = signed_in(member(ours, Role.READER)).get("/netz/uebernehmen/wohnen-pruefen/").content.decode()
    assert "Sie schreiben für keine Organisation" in page
