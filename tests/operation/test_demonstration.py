"""A demonstration to try everything with, which leaves nothing behind."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from austausch.catalogue.adoption import actions, changes
from austausch.catalogue.models import Adoption, Entry
from austausch.certificates import demonstration as demonstrated
from austausch.certificates import journal, lists
from austausch.certificates.checks.answers import Lists, of_seal, of_text
from austausch.certificates.models import (
    Certificate,
    Check,
    IssueBatch,
    IssueLog,
    LogChain,
    PublishedList,
    School,
    SchoolYear,
    SigningKey,
    StatusList,
    Watch,
)
from austausch.core import outbox
from austausch.core.models import Mail
from austausch.events.models import Event
from austausch.exchange import post_actions
from austausch.operation import demonstration, demonstration_school
from austausch.people.models import Membership, Organisation, User
from austausch.search import index
from austausch.search.saved import news
from tests.certificates.school import make_keys
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, PlaceFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="On a database server the demonstration is refused."),
]
# What only counts or caches, and tables that are no content.
PASSING = {"core.Generation", "contenttypes.ContentType", "sessions.Session", "search.WordParts"}


@pytest.fixture(autouse=True)
def _allowed(settings: Any) -> None:
    settings.AUSTAUSCH_DEMONSTRATION_ALLOWED = True
    # Places are there before anything else is set up.
    PlaceFactory(ags="05", name="Nordrhein-Westfalen", kind="state")


def everything() -> dict[str, set[Any]]:
    """The primary keys of all rows of all tables."""
    models = [model for model in apps.get_models() if model._meta.label not in PASSING]
    return {model._meta.label: set(model._default_manager.values_list("pk", flat=True)) for model in models}


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def signed_in_as(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_role_can_sign_in_with_what_is_printed() -> None:
    said = run("--apply")
    password = said.split("password: ")[1].split("\n")[0]
    held = set(Membership.objects.filter(user__email__endswith=demonstration.DOMAIN).values_list("role", flat=True))
    assert held == set(Membership.Role.values)
    assert User.objects.filter(email__endswith=demonstration.DOMAIN, is_superuser=True).count() == 1
    for user in User.objects.filter(email__endswith=demonstration.DOMAIN):
        assert user.email in said
        client = Client()
        assert client.login(email=user.email, password=password)
        assert client.get("/netz/").status_code == 200


def test_a_newcomer_finds_copies_a_changed_source_questions_and_due_reminders() -> None:
    run("--apply")
    town = Adoption.objects.get(organisation__key="demonstration-musterhausen")
    assert [change.field.name for change in changes.of(town)] == ["goals"]
    assert Adoption.objects.count() == 3
    assert "Von 2 Kommunen übernommen" in Client().get(town.source.get_absolute_url()).content.decode()
    client = Client()
    user = User.objects.get(email="veroeffentlichen@demo.example.org")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    home = client.get("/netz/").content.decode()
    assert "1 offene Änderung" in home
    assert "Zur Prüfung fällig" in home
    assert Entry.objects.due_for_check().filter(pk=town.copy_id).exists()
    saved = signed_in_as("lesen@demo.example.org").get("/netz/suchen/").content.decode()
    assert "Lotsinnen und Lotsen" in saved
    news.tell(timezone.now() + dt.timedelta(days=1))
    assert Mail.objects.filter(category=news.NEWS.key, user__email="lesen@demo.example.org").exists()
    questions = client.get(f"/netz/massnahmen/{town.source.slug}/").content.decode()
    assert "Wie wurden die Lotsinnen und Lotsen gefunden?" in questions
    assert "Elterncafés" in questions


def test_the_checking_page_offers_one_certificate_for_each_answer_and_only_in_a_demonstration() -> None:
    assert "Zum Ausprobieren" not in Client().get("/pruefen/").content.decode()
    assert demonstrated.examples() == []
    run("--apply")
    page = Client().get("/pruefen/").content.decode()
    found = Lists.newest()
    answers = [of_seal(example.seal, found).code for example in demonstrated.examples()]
    assert answers == ["valid", "revoked", "wrong_signature"]
    for example in demonstrated.examples():
        assert example.fragment in page
        assert of_text(f"https://example.org/pruefen/{example.fragment}", found).code in answers
    run("--clear", "--apply")
    assert "Zum Ausprobieren" not in Client().get("/pruefen/").content.decode()


def test_an_office_may_check_and_its_person_finds_each_answer_a_watch_and_the_log() -> None:
    said = run("--apply")
    assert "pruefen@demo.example.org" in said
    client = signed_in_as("pruefen@demo.example.org")
    assert client.get("/netz/pruefen/neu/").status_code == 200
    check = Check.objects.get()
    page = client.get(f"/netz/pruefen/{check.pk}/").content.decode()
    for answer in ("Echt und gültig", "Echt, aber nicht gültig", "Nicht echt"):
        assert answer in page
    assert Watch.objects.get().case_number == check.case_number
    assert check.case_number in client.get("/netz/pruefen/protokoll/").content.decode()
    assert client.get("/netz/pruefen/schluessel/").status_code == 200


@pytest.mark.parametrize("path", ["/massnahmen/", "/zahlen/", "/konto/login/", "/en/documents/", "/gibt-es-nicht/"])
def test_every_page_says_that_it_is_a_demonstration(path: str) -> None:
    mark = 'class="demonstration"'
    assert mark not in Client().get(path).content.decode()
    run("--apply")
    assert mark in Client().get(path).content.decode()
    run("--clear", "--apply")
    assert mark not in Client().get(path).content.decode()


def test_clearing_removes_exactly_what_was_made() -> None:
    town = OrganisationFactory.create()
    author = MembershipFactory.create(organisation=town, role=Membership.Role.PUBLISHER).user
    real = EntryFactory.create(published=True, lead=town)
    before = everything()
    run("--apply")
    made = everything()
    assert made["people.Organisation"] - before["people.Organisation"]
    # Somebody tries it: the demonstration's people touch what is real, and the other way round.
    demo_town = Organisation.objects.get(key="demonstration-musterhausen")
    demo_person = User.objects.get(email="veroeffentlichen@demo.example.org")
    adapted = actions.adapt(real, demo_town, demo_person, ["title"])
    actions.take_over(Entry.objects.get(slug="demonstration-lotsen"), town, author)
    post_actions.ask(real, demo_person, organisation=demo_town, text="Eine Frage aus der Demonstration")
    assert adapted.copy is not None
    outbox.deliver()
    run("--clear", "--apply")
    after = everything()
    # What was sent to real people about it stays noted, so that it is not sent again.
    sent = {mail.pk for mail in Mail.objects.filter(user=author)}
    assert after.pop("core.Mail") - before.pop("core.Mail") <= sent
    assert {label: rows for label, rows in after.items() if rows != before[label]} == {}
    assert not index.compare()
    assert Client().get(real.get_absolute_url()).status_code == 200


def test_clearing_leaves_keys_and_lists_that_were_here_before() -> None:
    """Somebody has made keys and not entered a school yet."""
    make_keys()
    lists.refresh()
    central = (SigningKey, StatusList, PublishedList, SchoolYear, LogChain, IssueLog)
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in central}
    assert before[SigningKey]
    run("--apply")
    run("--clear", "--apply")
    for model, rows in before.items():
        assert rows <= set(model._default_manager.values_list("pk", flat=True)), model
    assert not School.objects.exists()
    assert not SigningKey.objects.exclude(school=None).exists()
    assert list(journal.breaks()) == []
    assert lists.newest(lists.TRUST) is not None


def test_without_apply_nothing_happens() -> None:
    before = everything()
    assert "Nothing was done" in run()
    assert "Nothing was done" in run("--clear")
    assert everything() == before


def test_a_second_one_is_refused_and_the_first_left_alone() -> None:
    run("--apply")
    before = everything()
    with pytest.raises(CommandError, match="demo-clear"):
        run("--apply")
    assert everything() == before


def test_it_is_refused_outside_the_embedded_default(settings: Any) -> None:
    settings.AUSTAUSCH_DEMONSTRATION_ALLOWED = False
    with pytest.raises(CommandError):
        run("--apply")
    assert not User.objects.exists()


def test_it_is_refused_on_a_database_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with pytest.raises(CommandError, match="SQLite"):
        run("--apply")
    monkeypatch.undo()
    assert not User.objects.exists()


def test_the_made_up_school_has_issued_revoked_and_waits_for_its_management() -> None:
    run("--apply")
    school = School.objects.get(number=demonstration_school.NUMBER)
    assert Certificate.objects.filter(school=school, state="issued").count() == 3
    assert Certificate.objects.filter(school=school, state="revoked").count() == 1
    assert IssueBatch.objects.undecided().filter(school=school).count() == 1
    assert list(journal.breaks()) == []


def test_a_newcomer_finds_an_event_to_come_that_is_booked_out_and_one_that_is_over() -> None:
    run("--apply")
    coming = Event.objects.get(organiser__key="demonstration-ministerium", capacity__isnull=False)
    assert coming.begins > timezone.now()
    assert (coming.format, coming.registrations.coming().count(), coming.registrations.waiting().count()) == (
        "hybrid", 3, 1,
    )  # fmt: skip
    page = Client().get(coming.get_absolute_url()).content.decode()
    for words in ("Begrüßung", "Anmelden", "Einladung zum Fachtag", "Demonstration"):
        assert words in page
    series = Client().get(coming.series.get_absolute_url()).content.decode()
    assert "Sprechstunden im Quartier" in series
    assert all(mail.address.endswith(demonstration.DOMAIN) for mail in Mail.objects.filter(key__startswith="events:"))
