"""Writing, showing, confirming and withdrawing versions: what is refused first, then what is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from austausch.catalogue.models import Entry
from austausch.counselling.models import Office
from austausch.languages import actions, kinds
from austausch.languages.actions import VersionError
from austausch.languages.models import Version
from austausch.languages.policy import may_confirm
from austausch.people.models import Membership, User
from tests.factories import (
    EntryFactory,
    InformationFactory,
    MembershipFactory,
    OfficeFactory,
    UserFactory,
    version_of,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
TEXTS = {"title": "Titlu", "summary": "Pe scurt", "goals": "Unu\nDoi"}


@pytest.fixture
def entry() -> Entry:
    made: Entry = EntryFactory(title="Titel", summary="Kurz", goals=["Eins", "Zwei"], published=True)
    return made


def member(of: object, role: Role = Role.AUTHOR) -> User:
    user: User = MembershipFactory(organisation=of, role=role).user
    return user


def seen_of(version: Version) -> str:
    """What a person who has just read the version sends."""
    return kinds.fingerprint(Version.objects.get(pk=version.pk).texts)


def write(source: object, user: User, language: str = "ro", **changes: object) -> Version:
    version = Version.objects.of(source).filter(language=language).first()  # type: ignore[arg-type]
    given = {
        "texts": TEXTS,
        "seen_german": kinds.fingerprint(kinds.german(source)),
        "seen_texts": kinds.fingerprint(version.texts) if version else "",
        **changes,
    }
    return actions.write(source=source, language=language, user=user, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["de", "fr", "", "RO", "ro' --"])
def test_a_language_that_is_none_of_ours_is_refused(entry: Entry, language: str) -> None:
    with pytest.raises(VersionError, match="Sprache"):
        write(entry, member(entry.lead), language)


def test_nothing_written_is_no_version(entry: Entry) -> None:
    with pytest.raises(VersionError, match="nichts geschrieben"):
        write(entry, member(entry.lead), texts={"title": " \n ", "goals": "\n\n"})
    assert not Version.objects.exists()


def test_a_text_that_is_too_long_is_named_with_its_field_and_what_fits(entry: Entry) -> None:
    with pytest.raises(VersionError) as refused:
        write(entry, member(entry.lead), texts={**TEXTS, "title": "x" * 301, "goals": "kurz\n" + "x" * 2001})
    assert set(refused.value.fields) == {"title", "goals"}
    assert refused.value.fields["title"] == "301 Zeichen sind zu viele; 300 haben Platz."
    assert not Version.objects.exists()


def test_more_lines_than_anybody_reads_are_refused(entry: Entry) -> None:
    with pytest.raises(VersionError) as refused:
        write(entry, member(entry.lead), texts={**TEXTS, "goals": "kurz\n" * 101})
    assert refused.value.fields == {"goals": "101 Zeilen sind zu viele; 100 haben Platz."}


def test_fields_that_the_source_does_not_have_are_left_out(entry: Entry) -> None:
    version = write(entry, member(entry.lead), texts={**TEXTS, "slug": "anders", "lead": "1", "live": "False"})
    assert set(version.texts) == {"title", "summary", "goals"}


def test_signs_that_turn_the_direction_or_nobody_sees_are_dropped_and_those_of_arabic_stay(entry: Entry) -> None:
    joined = "می\u200cخواهم"
    texts = {"title": f"\u202eTit\u0000lu\u2066 {joined}", "summary": "a\r\n\r\nb\t c"}
    version = write(entry, member(entry.lead), "ar", texts=texts)
    assert version.texts == {"title": f"Titlu {joined}", "summary": "a b c"}


def test_markup_stays_text(entry: Entry) -> None:
    assert write(entry, member(entry.lead), texts={"title": "<b>x</b>"}).texts == {"title": "<b>x</b>"}


def test_nobody_writes_beside_a_german_text_that_has_changed_meanwhile(entry: Entry) -> None:
    with pytest.raises(VersionError, match="inzwischen geändert"):
        write(entry, member(entry.lead), seen_german="0" * 64)


def test_nobody_writes_over_what_somebody_else_has_written(entry: Entry) -> None:
    user = member(entry.lead)
    write(entry, user)
    with pytest.raises(VersionError, match="Jemand anderes"):
        write(entry, user, seen_texts="", texts={"title": "Anders"})
    with pytest.raises(VersionError, match="Jemand anderes"):
        write(entry, user, "tr", seen_texts="1" * 64)
    assert Version.objects.get().texts["title"] == "Titlu"


@pytest.mark.parametrize("role", [None, Role.READER])
def test_readers_and_strangers_write_nothing(entry: Entry, role: Role | None) -> None:
    stranger = UserFactory() if role is None else member(entry.lead, role)
    with pytest.raises(PermissionDenied):
        write(entry, stranger)
    with pytest.raises(PermissionDenied):
        write(entry, MembershipFactory(role=Role.ADMINISTRATOR).user)


def test_an_author_writes_drafts_and_a_publisher_decides_what_the_public_reads(entry: Entry) -> None:
    author, publisher = member(entry.lead), member(entry.lead, Role.PUBLISHER)
    version = write(entry, author)
    assert version.state == Version.State.DRAFT
    with pytest.raises(PermissionDenied):
        actions.show(version, author, seen_texts=seen_of(version))
    actions.show(version, publisher, seen_texts=seen_of(version))
    with pytest.raises(PermissionDenied):
        write(entry, author, texts={**TEXTS, "title": "Alt titlu"})
    assert write(entry, publisher, texts={**TEXTS, "title": "Alt titlu"}).state == Version.State.UNCONFIRMED
    with pytest.raises(PermissionDenied):
        actions.withdraw(version, author)


@pytest.mark.parametrize("act", [actions.show, actions.delete])
def test_nobody_shows_or_deletes_what_they_have_not_seen(entry: Entry, act: Callable[..., None]) -> None:
    publisher = member(entry.lead, Role.PUBLISHER)
    version = write(entry, publisher)
    seen = seen_of(version)
    write(entry, publisher, texts={**TEXTS, "summary": "Altceva"})
    with pytest.raises(VersionError, match="inzwischen geändert"):
        act(version, publisher, seen_texts=seen)
    version.refresh_from_db()
    assert (version.state, version.texts["summary"]) == (Version.State.DRAFT, "Altceva")


def test_a_draft_may_lack_what_a_version_for_the_public_needs(entry: Entry) -> None:
    publisher = member(entry.lead, Role.PUBLISHER)
    version = write(entry, publisher, texts={"title": "Titlu"})
    with pytest.raises(VersionError) as refused:
        actions.show(version, publisher, seen_texts=seen_of(version))
    assert set(refused.value.fields) == {"summary"}
    version.refresh_from_db()
    assert version.state == Version.State.DRAFT


def test_a_confirmation_names_a_person_and_a_day_and_nothing_else(entry: Entry) -> None:
    author = member(entry.lead)
    version = version_of(entry)
    actions.confirm(version, author, seen_texts=kinds.fingerprint(version.texts))
    version.refresh_from_db()
    assert (version.state, version.confirmed_as, version.confirmed_by) == ("confirmed", str(author), author)
    entry_in_log = ModelLogEntry.objects.get(action="austausch.version_confirmed")
    assert (entry_in_log.user, entry_in_log.data) == (author, {"language": "Română"})


def test_nobody_confirms_what_they_have_not_read(entry: Entry) -> None:
    with pytest.raises(VersionError, match="noch einmal"):
        actions.confirm(version_of(entry), member(entry.lead), seen_texts="0" * 64)


@pytest.mark.parametrize("state", ["drafted", "confirmed"])
def test_only_what_is_public_and_unconfirmed_can_be_confirmed(entry: Entry, state: str) -> None:
    version = version_of(entry, **{state: True})
    with pytest.raises(VersionError, match="Bestätigt werden kann nur"):
        actions.confirm(version, member(entry.lead), seen_texts=kinds.fingerprint(version.texts))


def test_a_stranger_confirms_no_entry_but_every_author_of_the_network_an_information_page(entry: Entry) -> None:
    elsewhere, reader = MembershipFactory(role=Role.AUTHOR).user, MembershipFactory(role=Role.READER).user
    of_entry, of_page = version_of(entry), version_of(InformationFactory(), "bg")
    with pytest.raises(PermissionDenied):
        actions.confirm(of_entry, elsewhere, seen_texts=kinds.fingerprint(of_entry.texts))
    with pytest.raises(PermissionDenied):
        actions.confirm(of_page, reader, seen_texts=kinds.fingerprint(of_page.texts))
    actions.confirm(of_page, elsewhere, seen_texts=kinds.fingerprint(of_page.texts))
    assert not may_confirm(elsewhere, version_of(InformationFactory(), "tr", drafted=True))


def test_a_changed_text_has_to_be_confirmed_anew_and_an_unchanged_one_has_not(entry: Entry) -> None:
    publisher = member(entry.lead, Role.PUBLISHER)
    version = version_of(entry, confirmed=True)
    assert write(entry, publisher, texts=version.texts).state == Version.State.CONFIRMED
    changed = write(entry, publisher, texts={**version.texts, "title": "Alt titlu"})
    assert (changed.state, changed.confirmed_as, changed.confirmed_on) == ("unconfirmed", "", None)


def test_withdrawing_keeps_what_was_written_but_no_confirmation(entry: Entry) -> None:
    publisher = member(entry.lead, Role.PUBLISHER)
    version = version_of(entry, confirmed=True)
    actions.withdraw(version, publisher)
    version.refresh_from_db()
    assert (version.state, version.confirmed_as, version.texts["title"]) == ("draft", "", "ro title")
    with pytest.raises(VersionError, match="nicht öffentlich"):
        actions.withdraw(version, publisher)
    actions.delete(version, publisher, seen_texts=seen_of(version))
    assert not Version.objects.exists()


def test_what_the_public_reads_is_not_deleted(entry: Entry) -> None:
    version = version_of(entry)
    with pytest.raises(VersionError, match="zuerst zurück"):
        actions.delete(version, member(entry.lead, Role.PUBLISHER), seen_texts=seen_of(version))


def test_a_version_is_outdated_once_the_german_that_the_public_reads_changes(entry: Entry) -> None:
    version = version_of(entry)
    assert not kinds.is_outdated(version)
    draft = entry.get_latest_revision_as_object()
    draft.goals = ["Eins", "Drei"]
    revision = draft.save_revision()
    assert not kinds.is_outdated(Version.objects.get(pk=version.pk))
    revision.publish()
    assert kinds.is_outdated(Version.objects.get(pk=version.pk))


def test_what_is_no_text_outdates_nothing(entry: Entry) -> None:
    version = version_of(entry)
    Entry.objects.filter(pk=entry.pk).update(checked_by="Presseamt", venue="Aachen")
    assert not kinds.is_outdated(Version.objects.get(pk=version.pk))


def test_still_right_takes_the_mark_away_and_keeps_the_confirmation(entry: Entry) -> None:
    publisher = member(entry.lead, Role.PUBLISHER)
    version = version_of(entry, outdated=True, confirmed=True)
    assert kinds.is_outdated(version)
    with pytest.raises(VersionError, match="noch einmal geändert"):
        actions.call_still_right(version, publisher, seen_german="0" * 64)
    seen = kinds.fingerprint(kinds.german(entry))
    actions.call_still_right(version, publisher, seen_german=seen)
    version.refresh_from_db()
    assert not kinds.is_outdated(version)
    assert (version.state, version.made_from) == ("confirmed", kinds.german(entry))
    with pytest.raises(VersionError, match="schon aktuell"):
        actions.call_still_right(version, publisher, seen_german=seen)
    assert ModelLogEntry.objects.filter(action="austausch.version_still_right", user=publisher).count() == 1


def test_an_author_writes_a_draft_for_an_office_that_the_public_sees() -> None:
    office = OfficeFactory(description="Berät zu Arbeit.")
    assert write(office, member(office.owner), texts={"description": "Consiliere"}).state == Version.State.DRAFT


@pytest.mark.parametrize("text", ["Str. Musterstraße 5", "58095 Hagen", "51.3607, 7.4717"])
def test_no_version_of_protected_accommodation_says_an_address(text: str) -> None:
    office = OfficeFactory(is_protected=True, description="Schutz")
    with pytest.raises(VersionError) as refused:
        write(office, member(office.owner), texts={"description": "ok", "transport": f"Autobuz: {text}"})
    assert set(refused.value.fields) == {"transport"}


def test_of_protected_accommodation_no_german_text_is_kept_beside_a_version() -> None:
    office = OfficeFactory(is_protected=True, description="Schutz")
    version = write(office, member(office.owner), texts={"description": "Protecție"})
    assert version.made_from == {}
    Office.objects.filter(pk=office.pk).update(description="Schutz und Rat")
    assert kinds.is_outdated(Version.objects.get(pk=version.pk))


def test_an_office_that_becomes_protected_forgets_the_german_and_is_refused_while_a_version_says_an_address() -> None:
    from austausch.counselling import versions

    office = OfficeFactory(description="Musterstraße 5, 58095 Hagen")
    version = version_of(office, texts={"description": "Musterstraße 5"})
    office.is_protected = True
    assert versions.telling(office) == ["Română"]
    versions.forget_sources(office)
    version.refresh_from_db()
    assert version.made_from == {}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "confirmed", "confirmed_as": "", "confirmed_on": None},
        {"state": "unconfirmed", "confirmed_as": "Jemand"},
        {"language": "fr"},
        {"state": "other"},
    ],
)
def test_the_database_refuses_a_confirmation_by_nobody_and_unknown_words(entry: Entry, values: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        version_of(entry, **values)


def test_one_version_per_language_and_none_is_left_when_its_source_is_deleted(entry: Entry) -> None:
    version_of(entry)
    with pytest.raises(IntegrityError), transaction.atomic():
        version_of(entry)
    entry.delete()
    assert not Version.objects.exists()
