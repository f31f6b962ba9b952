"""Contact persons: who sees them, what consent does, and that one edit changes every entry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from austausch.catalogue.models import ContactReference, Entry
from austausch.core.models import Mail
from austausch.core.policy import Action, policy
from austausch.people import consent_reminders, contact_actions, vcard
from austausch.people.models import Contact, Membership, User
from tests.factories import ContactFactory, EntryFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Role, Visibility = Membership.Role, Contact.Visibility
TODAY = dt.date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False):
        yield


def member(contact: Contact, role: Role) -> User:
    user: User = MembershipFactory(organisation=contact.organisation, role=role).user
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def naming(contact: Contact, **fields: Any) -> Entry:
    """A published entry that names the contact."""
    entry: Entry = EntryFactory(lead=contact.organisation, **fields)
    entry.contact_references.add(ContactReference(contact=contact, task="Fragen zum Ablauf"))
    entry.save()
    entry.save_revision().publish()
    entry.refresh_from_db()
    return entry


def page(entry: Entry, client: Client | None = None) -> str:
    return (client or Client()).get(entry.get_absolute_url()).content.decode()


# Seeing


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        (Visibility.PUBLIC, {"visitor", "stranger", "reader", "author"}),
        (Visibility.SIGNED_IN, {"stranger", "reader", "author"}),
        (Visibility.ORGANISATION, {"reader", "author"}),
    ],
)
def test_a_contact_with_consent_is_seen_by_those_it_is_meant_for(visibility: Visibility, seen_by: set[str]) -> None:
    contact = ContactFactory(visibility=visibility, name="Erika Beispiel")
    entry = naming(contact)
    clients = {
        "visitor": Client(),
        "stranger": signed_in(MembershipFactory(role=Role.ADMINISTRATOR).user),
        "reader": signed_in(member(contact, Role.READER)),
        "author": signed_in(member(contact, Role.AUTHOR)),
    }
    assert {who for who, client in clients.items() if "Erika Beispiel" in page(entry, client)} == seen_by
    cards = {who for who, client in clients.items() if client.get(f"/kontakte/{contact.pk}.vcf").status_code == 200}
    assert cards == seen_by


@pytest.mark.parametrize("consent", [{"without_consent": True}, {"consent_given_on": dt.date(2024, 1, 1)}])
def test_without_valid_consent_only_those_who_keep_it_see_a_person(consent: dict[str, Any]) -> None:
    contact = ContactFactory(visibility=Visibility.PUBLIC, **consent)
    assert not policy.may(member(contact, Role.READER), Action.VIEW, contact)
    assert policy.may(member(contact, Role.AUTHOR), Action.VIEW, contact)
    assert not policy.may(MembershipFactory(role=Role.ADMINISTRATOR).user, Action.VIEW, contact)


@pytest.mark.parametrize(
    ("day", "seen"), [("2026-03-01", False), ("2026-03-02", True), ("2026-05-01", True), ("2026-05-02", False)]
)
def test_consent_counts_from_its_first_to_its_last_day(day: str, seen: bool) -> None:
    contact = ContactFactory(consent_given_on=TODAY, consent_expires_on=dt.date(2026, 5, 1))
    with time_machine.travel(f"{day}T12:00:00+00:00", tick=False):
        assert contact.may_be_shown() is seen
        stranger = MembershipFactory().user
        assert policy.may(stranger, Action.VIEW, contact) is seen


def test_an_entry_names_the_functional_address_instead_of_a_person_who_may_not_be_shown() -> None:
    contact = ContactFactory(without_consent=True, name="Erika Beispiel")
    entry = naming(contact)
    assert "Ansprechperson wird nachgetragen" in page(entry)
    ContactFactory(office=True, organisation=contact.organisation, name="Poststelle Musterstadt")
    text = page(entry)
    assert "Poststelle Musterstadt" in text
    assert "nachgetragen" not in text
    assert "Erika" not in text


def test_the_deputy_is_named_as_far_as_the_deputy_agreed() -> None:
    hidden = ContactFactory(without_consent=True, name="Stille Vertretung")
    contact = ContactFactory(deputy=hidden)
    entry = naming(contact)
    assert "Stille Vertretung" not in page(entry)
    contact.deputy = ContactFactory(name="Bekannte Vertretung")
    contact.save()
    assert "Bekannte Vertretung" in page(entry)


def test_a_page_out_of_the_cache_ends_with_the_consent() -> None:
    contact = ContactFactory(name="Erika Beispiel")
    entry = naming(contact)
    assert "Erika Beispiel" in page(entry)
    contact_actions.withdraw_consent(contact, member(contact, Role.AUTHOR))
    assert "Erika Beispiel" not in page(entry)
    contact = ContactFactory(name="Max Muster", consent_given_on=TODAY, consent_expires_on=TODAY)
    entry = naming(contact)
    assert "Max Muster" in page(entry)
    with time_machine.travel("2026-03-03T12:00:00+00:00", tick=False):
        assert "Max Muster" not in page(entry)


def test_what_a_member_sees_never_gets_into_the_cache_for_visitors() -> None:
    contact = ContactFactory(visibility=Visibility.SIGNED_IN, name="Erika Beispiel")
    entry = naming(contact)
    assert "Erika Beispiel" in page(entry, signed_in(MembershipFactory().user))
    assert "Erika Beispiel" not in page(entry)


def test_one_edit_changes_every_entry_and_no_version_holds_what_stood_there() -> None:
    contact = ContactFactory(name="Erika Beispiel", office=True)
    first, second = naming(contact), naming(contact)
    contact.name = "Neue Stelle"
    contact_actions.change_contact(contact, member(contact, Role.AUTHOR))
    assert "Neue Stelle" in page(first)
    assert "Neue Stelle" in page(second)
    assert "Erika" not in str(first.latest_revision.content)


# Keeping


def test_only_authors_of_the_organisation_keep_its_contacts() -> None:
    contact = ContactFactory()
    for user in (member(contact, Role.READER), MembershipFactory(role=Role.ADMINISTRATOR).user):
        with pytest.raises(PermissionDenied):
            contact_actions.change_contact(contact, user)
        with pytest.raises(PermissionDenied):
            contact_actions.record_consent(contact, user, given_on=TODAY, expires_on=TODAY)
        with pytest.raises(PermissionDenied):
            contact_actions.make_contact(ContactFactory.build(organisation=contact.organisation), user)
    with pytest.raises(PermissionDenied):
        contact_actions.delete_contact(contact, member(contact, Role.AUTHOR))


def test_a_contact_stays_with_its_organisation() -> None:
    contact = ContactFactory()
    user = member(contact, Role.AUTHOR)
    contact.organisation = MembershipFactory(user=user, role=Role.AUTHOR).organisation
    with pytest.raises(contact_actions.ContactError):
        contact_actions.change_contact(contact, user)


@pytest.mark.parametrize("change", [{"name": "Jemand anders"}, {"visibility": Visibility.PUBLIC}])
def test_another_person_or_a_larger_circle_needs_a_new_consent(change: dict[str, str]) -> None:
    contact = ContactFactory(visibility=Visibility.SIGNED_IN)
    for name, value in change.items():
        setattr(contact, name, value)
    contact_actions.change_contact(contact, member(contact, Role.AUTHOR))
    contact.refresh_from_db()
    assert contact.consent_given_on is None


@pytest.mark.parametrize("change", [{"phone": "0211 123-4"}, {"visibility": Visibility.ORGANISATION}])
def test_another_number_or_a_smaller_circle_needs_none(change: dict[str, str]) -> None:
    contact = ContactFactory(visibility=Visibility.SIGNED_IN)
    for name, value in change.items():
        setattr(contact, name, value)
    contact_actions.change_contact(contact, member(contact, Role.AUTHOR))
    contact.refresh_from_db()
    assert contact.may_be_shown()


def test_whoever_makes_a_contact_does_not_bring_its_consent_along() -> None:
    organisation = OrganisationFactory()
    user = MembershipFactory(organisation=organisation, role=Role.AUTHOR).user
    made = ContactFactory.build(organisation=organisation)
    contact_actions.make_contact(made, user)
    assert Contact.objects.get().consent_given_on is None


@pytest.mark.parametrize(
    ("given", "expires"),
    [
        ("2026-03-03", "2027-01-01"),
        ("2025-01-01", "2026-03-01"),
        ("2026-03-02", "2026-03-01"),
        ("2026-03-02", "2029-06-01"),
    ],
)
def test_consent_of_the_future_the_past_and_for_ever_is_refused(given: str, expires: str) -> None:
    contact = ContactFactory(without_consent=True)
    with pytest.raises(contact_actions.ContactError):
        contact_actions.record_consent(
            contact,
            member(contact, Role.AUTHOR),
            given_on=dt.date.fromisoformat(given),
            expires_on=dt.date.fromisoformat(expires),
        )


def test_consent_says_who_recorded_it() -> None:
    contact = ContactFactory(without_consent=True)
    author = member(contact, Role.AUTHOR)
    contact_actions.record_consent(contact, author, given_on=TODAY, expires_on=dt.date(2027, 3, 2))
    contact.refresh_from_db()
    assert (contact.consent_recorded_by, contact.consent_recorded_at) == (author, timezone.now())


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent_expires_on": None},
        {"consent_given_on": None},
        {"consent_expires_on": dt.date(2020, 1, 1)},
        {"email": "", "phone": ""},
    ],
)
def test_the_database_itself_refuses_what_makes_no_sense(wrong: dict[str, Any]) -> None:
    contact = ContactFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(**wrong)


def test_a_contact_that_is_named_is_not_deleted_and_the_message_says_where() -> None:
    contact = ContactFactory()
    published = naming(contact, title="Sprechstunde im Quartier")
    draft = EntryFactory(lead=contact.organisation, title="Noch ein Entwurf")
    draft.contact_references.add(ContactReference(contact=contact))
    draft.save_revision()
    client = signed_in(member(contact, Role.PUBLISHER))
    response = client.post(f"/netz/kontakte/{contact.pk}/loeschen/")
    assert response.status_code == 409
    assert published.title in response.content.decode()
    assert draft.title in response.content.decode()
    assert Contact.objects.filter(pk=contact.pk).exists()


def test_the_message_names_no_draft_of_others() -> None:
    contact = ContactFactory()
    draft = EntryFactory(title="Geheimer Entwurf")
    draft.contact_references.add(ContactReference(contact=contact))
    draft.save_revision()
    with pytest.raises(contact_actions.ContactInUseError) as error:
        contact_actions.delete_contact(contact, member(contact, Role.PUBLISHER))
    assert "Geheimer" not in str(error.value)
    assert draft.lead.name in str(error.value)


def test_deleting_reaches_former_versions_which_can_still_be_opened() -> None:
    contact = ContactFactory()
    entry = naming(contact)
    former = entry.latest_revision
    entry.contact_references.clear()
    entry.save_revision().publish()
    contact_actions.delete_contact(contact, member(contact, Role.PUBLISHER))
    former.refresh_from_db()
    assert list(former.as_object().contact_references.all()) == []
    assert not Contact.objects.exists()


def test_nothing_that_is_logged_says_who_it_was() -> None:
    contact = ContactFactory(name="Erika Beispiel", email="erika@example.org", phone="0211 4711")
    author, publisher = member(contact, Role.AUTHOR), member(contact, Role.PUBLISHER)
    contact_actions.change_contact(contact, author)
    contact_actions.withdraw_consent(contact, author)
    contact_actions.delete_contact(contact, publisher)
    logged = str(list(ModelLogEntry.objects.values()))
    assert "consent_withdrawn" in logged
    assert not any(secret in logged for secret in ("Erika", "erika@", "4711"))


def test_the_form_offers_only_deputies_whom_the_user_may_see() -> None:
    hidden = ContactFactory(without_consent=True)
    contact = ContactFactory()
    client = signed_in(member(contact, Role.AUTHOR))
    assert hidden.name not in client.get(f"/netz/kontakte/{contact.pk}/bearbeiten/").content.decode()
    contact.deputy = hidden
    with pytest.raises(contact_actions.ContactError):
        contact_actions.change_contact(contact, member(contact, Role.AUTHOR))


def test_an_editor_names_only_contacts_that_are_to_be_seen_and_keeps_those_that_were_named() -> None:
    ContactFactory(name="Sichtbare Person")
    hidden = ContactFactory(name="Verborgene Person", without_consent=True)
    author = MembershipFactory(role=Role.AUTHOR)
    entry = EntryFactory(lead=author.organisation)
    entry.contact_references.add(ContactReference(contact=hidden))
    entry.save()
    text = signed_in(author.user).get(f"/verwaltung/massnahmen/edit/{entry.pk}/").content.decode()
    assert "Sichtbare Person" in text
    assert "Verborgene Person" not in text
    assert f'value="{hidden.pk}" selected' in text


def test_the_list_finds_by_task_and_organisation_but_not_by_language() -> None:
    ContactFactory(name="Erika Beispiel", responsibility="Wohnungsaufsicht", languages="Dolmetschsprache")
    client = signed_in(MembershipFactory().user)
    assert "Erika" in client.get("/netz/kontakte/?q=wohnungsaufsicht").content.decode()
    assert "Erika" not in client.get("/netz/kontakte/?q=Dolmetschsprache").content.decode()


# The card


def test_a_card_escapes_what_would_begin_a_new_line_or_field() -> None:
    contact = ContactFactory(
        name="Erika; Beispiel, \\ Amt",
        role="Leitung\r\nTEL:666",
        phone="+49 (0)211 12-34",
        languages="Deutsch, Polnisch",
    )
    lines = vcard.written(contact).decode().split("\r\n")
    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual"]
    assert lines[-2:] == ["END:VCARD", ""]
    assert "FN:Erika\\; Beispiel\\, \\\\ Amt" in lines
    assert "TITLE:Leitung\\nTEL:666" in lines
    assert "TEL;VALUE=uri;TYPE=work,voice:tel:+492111234" in lines
    assert not any(line.startswith("TEL:") for line in lines)


def test_long_lines_of_a_card_are_folded_between_characters() -> None:
    contact = ContactFactory(name="Ä" * 150)
    raw = vcard.written(contact)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert f"FN:{'Ä' * 150}" in raw.decode().replace("\r\n ", "")


# Reminders


def mails() -> list[Mail]:
    return list(Mail.objects.filter(category="consent").order_by("pk"))


def test_those_who_keep_a_contact_are_reminded_once_before_and_once_after() -> None:
    contact = ContactFactory(name="Erika Beispiel", consent_given_on=TODAY, consent_expires_on=dt.date(2026, 6, 30))
    administrator = member(contact, Role.ADMINISTRATOR)
    member(contact, Role.AUTHOR)
    counts = []
    for day in (
        dt.date(2026, 5, 30),
        dt.date(2026, 5, 31),
        dt.date(2026, 6, 30),
        dt.date(2026, 7, 1),
        dt.date(2026, 7, 2),
    ):
        consent_reminders.remind(day)
        counts.append(len(mails()))
    assert counts == [0, 1, 1, 2, 2]
    assert {mail.user for mail in mails()} == {administrator}
    assert f"/netz/kontakte/{contact.pk}/" in mails()[0].text
    assert "Erika" not in mails()[0].text


def test_a_reminder_goes_to_the_portal_team_where_nobody_keeps_the_contacts() -> None:
    ContactFactory(consent_given_on=TODAY, consent_expires_on=TODAY)
    team = UserFactory(portal_team=True)
    consent_reminders.remind(TODAY)
    assert [mail.user for mail in mails()] == [team]


def test_renewed_consent_is_reminded_of_again_when_it_ends() -> None:
    contact = ContactFactory(consent_given_on=TODAY, consent_expires_on=TODAY)
    author = member(contact, Role.AUTHOR)
    consent_reminders.remind(TODAY)
    contact_actions.record_consent(contact, author, given_on=TODAY, expires_on=dt.date(2027, 3, 2))
    consent_reminders.remind(TODAY)
    assert len(mails()) == 1
    consent_reminders.remind(dt.date(2027, 3, 1))
    assert len(mails()) == 2


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", range(8))
def test_a_run_that_is_killed_at_any_step_and_begun_again_sends_everything_once(
    monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    for _ in range(2):
        contact = ContactFactory(consent_given_on=TODAY, consent_expires_on=TODAY)
        for _ in range(2):
            member(contact, Role.ADMINISTRATOR)
    post, passed = consent_reminders.outbox.post, []

    def dying(**kwargs: Any) -> bool:
        # Each mail is two steps: before it is written, and after.
        for after in (False, True):
            if after:
                sent = post(**kwargs)
            if len(passed) == step:
                passed.append(None)
                raise Killed
            passed.append(None)
        return sent

    monkeypatch.setattr(consent_reminders.outbox, "post", dying)
    with pytest.raises(Killed):
        consent_reminders.remind(TODAY)
    monkeypatch.setattr(consent_reminders.outbox, "post", post)
    consent_reminders.remind(TODAY)
    consent_reminders.remind(TODAY)
    assert len(mails()) == 4
    assert len({mail.user_id for mail in mails()}) == 4


def test_the_catalogue_can_be_loaded_again_without_losing_whom_to_ask(tmp_path: Any) -> None:
    contact = ContactFactory()
    entry = naming(contact, title="Aus der Datei", slug="aus-der-datei")
    UserFactory(portal_team=True)
    file = tmp_path / "stand.yaml"
    call_command("export_catalogue", str(file))
    file.write_text(file.read_text().replace("Aus der Datei", "Neuer Titel"))
    call_command("load_catalogue", str(file), "--apply")
    entry.refresh_from_db()
    assert entry.title == "Neuer Titel"
    assert [reference.contact for reference in entry.contact_references.all()] == [contact]
