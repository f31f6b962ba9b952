"""Searches that people keep: what they do with them, and what is new in them by mail."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from austausch.catalogue.models import Entry
from austausch.core import digest, outbox
from austausch.core.models import Mail
from austausch.people.models import User
from austausch.search.asking import Query
from austausch.search.finding import Hits
from austausch.search.models import Arrival, Edition, SavedSearch
from austausch.search.saved import actions, feed, news
from austausch.search.saved.matching import matching
from tests.factories import EntryFactory, OrganisationFactory, TopicFactory, UserFactory
from tests.killing import dies_everywhere, undone

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Rhythm = SavedSearch.Rhythm


def morning(days: int = 1) -> dt.datetime:
    """Eight o'clock, so many days from now."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(8)))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def user() -> User:
    person: User = UserFactory()
    return person


def save(user: User, params: str = "", *, rhythm: str = Rhythm.DAILY, **values: Any) -> SavedSearch:
    query = Hits(Query.from_params(QueryDict(params)), user).query
    return actions.save(user, query=query, name=values.pop("name", "Meine Suche"), rhythm=rhythm, **values)


def sent() -> list[tuple[str, str]]:
    """Receiver and text of what has been sent since the last time one asked."""
    outbox.deliver()
    said = [(message.to[0], f"{message.subject}\n{message.body}") for message in django_mail.outbox]
    django_mail.outbox.clear()
    return said


def news_of(days: int = 1) -> list[tuple[str, str]]:
    news.tell(morning(days))
    return sent()


# ── What is new ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_there_before_is_no_news_and_what_comes_is_told_once(user: User) -> None:
    EntryFactory(published=True, title="Schon lange da")
    Arrival.objects.update(arrived_at=timezone.now() - dt.timedelta(hours=2))
    save(user)
    EntryFactory(published=True, title="Frisch dazugekommen")
    ((receiver, said),) = news_of()
    assert receiver == user.email
    assert "Frisch dazugekommen" in said
    assert "Schon lange da" not in said
    assert news_of() == []
    assert news_of(2) == []


def test_only_what_the_search_finds_is_told(user: User) -> None:
    topic = TopicFactory(key="wohnen", name="Wohnen")
    save(user, "thema=wohnen", name="Alles zum Wohnen")
    save(user, "q=Lotsen", name="Nur Lotsen")
    EntryFactory(published=True, title="Wohnungsaufsicht", topics=[topic])
    EntryFactory(published=True, title="Lotsen im Quartier")
    EntryFactory(published=True, title="Ganz anderes")
    ((_receiver, said),) = news_of()
    assert said.index("Alles zum Wohnen") < said.index("Wohnungsaufsicht")
    assert said.index("Nur Lotsen") < said.index("Lotsen im Quartier")
    assert "Ganz anderes" not in said


def test_all_of_a_persons_searches_are_one_mail_with_one_click_to_end_it(user: User) -> None:
    save(user, name="Erste")
    save(user, "q=Neues", name="Zweite")
    EntryFactory(published=True, title="Neues")
    news.tell(morning())
    outbox.deliver()
    (message,) = django_mail.outbox
    assert "1 neue Maßnahme in Ihren gespeicherten Suchen" in message.subject
    headers = message.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    Client().post(headers["List-Unsubscribe"].strip("<>"), {"List-Unsubscribe": "One-Click"})
    assert digest.choices_of(user)["saved-searches"] == digest.Choice.NONE
    EntryFactory(published=True, title="Neues danach")
    django_mail.outbox.clear()
    assert news_of(2) == []


# On a Sunday, too, what is saved is told the next morning; on a Monday, that week's mails are out already.
@pytest.mark.parametrize(("saved_on", "days"), [("2026-11-25", 5), ("2026-11-29", 1), ("2026-11-30", 7)])
def test_a_weekly_mail_waits_for_monday(user: User, saved_on: str, days: int) -> None:
    with time_machine.travel(f"{saved_on} 12:00Z"):
        Edition.objects.create(day=timezone.localdate())
        save(user, rhythm=Rhythm.WEEKLY)
        EntryFactory(published=True, title="Neues")
        for early in range(1, days):
            assert news_of(early) == []
        assert "Neues" in news_of(days)[0][1]


@pytest.mark.parametrize("what", ["none", "paused", "removed", "inactive"])
def test_nobody_is_told_who_does_not_want_it_now(user: User, what: str) -> None:
    search = save(user, rhythm=Rhythm.NONE if what == "none" else Rhythm.DAILY)
    EntryFactory(published=True)
    if what == "paused":
        actions.pause(search, user)
    if what == "removed":
        actions.remove(search, user)
    if what == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert news_of() == []


def test_after_a_pause_only_what_comes_then_is_new(user: User) -> None:
    search = save(user)
    actions.pause(search, user)
    EntryFactory(published=True, title="In der Pause")
    Arrival.objects.update(arrived_at=timezone.now() - dt.timedelta(hours=2))
    news.tell(morning())
    actions.resume(search, user)
    EntryFactory(published=True, title="Danach")
    ((_receiver, said),) = news_of(2)
    assert "Danach" in said
    assert "In der Pause" not in said


def test_what_was_withdrawn_before_the_mail_goes_out_is_not_named(user: User) -> None:
    save(user)
    gone = EntryFactory(published=True, title="Gleich wieder fort")
    EntryFactory(published=True, title="Bleibt")
    news.tell(morning())
    gone.unpublish()
    ((_receiver, said),) = sent()
    assert "Bleibt" in said
    assert "Gleich wieder fort" not in said


def test_a_mail_of_which_nothing_is_left_is_not_sent(user: User) -> None:
    search = save(user)
    EntryFactory(published=True)
    news.tell(morning())
    actions.remove(search, user)
    assert sent() == []
    assert Mail.objects.get().state == Mail.State.DROPPED


def test_what_comes_back_after_a_while_is_no_news(user: User) -> None:
    entry = EntryFactory(published=True)
    news.tell(morning())
    save(user)
    entry.unpublish()
    entry.save_revision().publish()
    assert news_of(2) == []


def test_what_a_slow_transaction_publishes_is_in_the_next_edition(user: User) -> None:
    save(user)
    news.tell(morning())
    late = EntryFactory(published=True, title="Lange geladen")
    # It began long before the edition, and became visible after it.
    Arrival.objects.filter(pk=late.pk).update(arrived_at=timezone.now())
    assert "Lange geladen" in news_of(2)[0][1]


def test_a_topic_that_no_longer_exists_does_not_turn_a_search_into_everything(user: User) -> None:
    topic = TopicFactory(key="wohnen")
    search = save(user, "thema=wohnen")
    topic.delete()
    EntryFactory(published=True, title="Anderes")
    assert news_of() == []
    page = signed_in(user).get(search.get_absolute_url()).content.decode()
    assert "Das gibt es nicht mehr" in page
    assert "Anderes" not in page


def test_killed_at_any_statement_everybody_hears_of_everything_once() -> None:
    people = [UserFactory() for _ in range(3)]
    for person in people:
        save(person, "q=Neues")
        save(person, "q=Neues&sort=titel", name="Zweite")
    quiet = save(UserFactory(), "q=Altes")
    EntryFactory(published=True, title="Neues")

    def finish(step: int) -> None:
        with undone():
            news.tell(morning())
            told = [mail.user_id for mail in Mail.objects.all()]
            assert sorted(told) == sorted(person.pk for person in people), f"killed at {step}"
            assert all(len(mail.data["news"]) == 2 for mail in Mail.objects.all()), f"killed at {step}"
            assert not SavedSearch.objects.to_be_told(morning().date()).exists()
            assert news.tell(morning()) == 0

    assert dies_everywhere(lambda: news.tell(morning()), finish) > 10
    quiet.refresh_from_db()
    assert quiet.told_on == morning().date()
    assert len(sent()) == 3


@pytest.mark.parametrize(
    "params",
    ["", "q=Beratung", "q=Wohnungsberatung", "q=beratng", 'q="Beratung vor Ort"', "q=Beratung -Ort", "q=-Ort",
     "thema=wohnen", "q=Beratung&thema=wohnen", "q=thema:wohnen", "traeger=stadt-x", "status=running", "q=xyzzy"],
)  # fmt: skip
def test_a_saved_search_finds_what_the_list_finds(user: User, params: str) -> None:
    topic, town = TopicFactory(key="wohnen"), OrganisationFactory(key="stadt-x")
    for number, title in enumerate(("Beratung vor Ort", "Wohnungsberatung", "Ort der Beratung", "Etwas anderes")):
        EntryFactory(
            published=True, running=True, title=title, topics=[topic] * (number % 2), lead=town if number else None
        ) if number else EntryFactory(published=True, title=title)
    search = save(user, params)
    shown = set(Hits(Query.from_params(QueryDict(params)), user).keys)
    every = set(Entry.objects.values_list("pk", flat=True))
    assert matching([search.params], every)[search.params] == shown
    assert matching([search.params], sorted(every)[:2])[search.params] == shown & set(sorted(every)[:2])


def test_equal_words_are_asked_for_once(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = Hits.__init__

    def counted(self: Hits, query: Query, *args: Any, **kwargs: Any) -> None:
        asked.append(query.text)
        real(self, query, *args, **kwargs)

    monkeypatch.setattr(Hits, "__init__", counted)
    entry = EntryFactory(published=True, title="Beratung")
    same = ["q=Beratung", "q=Beratung&sort=titel", "q=Beratung&status=running", "status=running", "", "q=Beratung"]
    matching(same * 100, [entry.pk])
    assert sorted(asked) == ["", "Beratung"]


# ── Keeping ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_list_to_a_saved_search(user: User) -> None:
    TopicFactory(key="wohnen", name="Wohnen")
    address = "/netz/suchen/neu/?q=Lotsen&amp;thema=wohnen"
    assert address in Client().get("/massnahmen/?q=Lotsen&thema=wohnen").content.decode()
    assert Client().get("/netz/suchen/neu/?q=x")["Location"].startswith("/konto/login/?next=/netz/suchen/neu/%3Fq%3Dx")
    client = signed_in(user)
    assert "„Lotsen“, Wohnen" in client.get("/netz/suchen/neu/?q=Lotsen&thema=wohnen").content.decode()
    client.post("/netz/suchen/neu/?q=Lotsen&thema=wohnen", {"name": " Lotsen  im\nViertel ", "rhythm": "weekly"})
    search = SavedSearch.objects.get()
    assert (search.user, search.name, search.params) == (user, "Lotsen im Viertel", "q=Lotsen&thema=wohnen")
    assert "Lotsen im Viertel" in client.get("/netz/suchen/").content.decode()


@pytest.mark.parametrize(
    "given", [{}, {"name": "x"}, {"name": " ", "rhythm": "daily"}, {"name": "x", "rhythm": "hourly"},
              {"name": "x" * 101, "rhythm": "daily"}, {"name": "x", "rhythm": "daily", "instead_of": "1"}],
)  # fmt: skip
def test_a_bad_form_saves_nothing_and_says_why(user: User, given: dict[str, str]) -> None:
    save(user, name="Da")
    foreign = save(UserFactory(), "q=fremd")
    if "instead_of" in given:
        given = {**given, "instead_of": str(foreign.pk)}
    answer = signed_in(user).post("/netz/suchen/neu/?q=neu", given)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode() or "kern-error" in answer.content.decode()
    assert SavedSearch.objects.count() == 2


def test_the_same_search_is_kept_once_and_too_many_are_refused(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    save(user, "q=x", name="Erste")
    with pytest.raises(actions.AlreadySavedError, match="Erste"):
        save(user, "q=x")
    save(UserFactory(), "q=x")
    monkeypatch.setattr(actions, "MOST", 2)
    save(user, "q=y")
    with pytest.raises(actions.SavedSearchError, match="2"):
        save(user, "q=z")


def test_a_search_replaces_another_and_keeps_its_feed(user: User) -> None:
    old = save(user, "q=alt")
    actions.open_feed(old, user)
    new = save(user, "q=neu", name="Neu", instead_of=old)
    assert new.pk == old.pk
    assert SavedSearch.objects.get().feed_on


def test_deleting_can_be_undone_for_a_day(user: User) -> None:
    search = save(user, name="Versehentlich")
    client = signed_in(user)
    client.post(f"/netz/suchen/{search.pk}/loeschen/")
    assert client.get(search.get_absolute_url()).status_code == 404
    assert "Versehentlich" in client.get("/netz/suchen/").content.decode()
    client.post(f"/netz/suchen/{search.pk}/zurueckholen/")
    assert client.get(search.get_absolute_url()).status_code == 200
    client.post(f"/netz/suchen/{search.pk}/loeschen/")
    SavedSearch.objects.update(removed_at=timezone.now() - dt.timedelta(hours=25))
    assert client.post(f"/netz/suchen/{search.pk}/zurueckholen/").status_code == 404
    actions.forget_removed()
    assert not SavedSearch.objects.exists()


def test_what_was_saved_again_meanwhile_is_not_brought_back_twice(user: User) -> None:
    search = save(user, "q=x")
    actions.remove(search, user)
    save(user, "q=x", name="Wieder")
    with pytest.raises(actions.AlreadySavedError, match="Wieder"):
        actions.restore(search.pk, user)


def test_nobody_else_sees_or_changes_a_saved_search(user: User) -> None:
    search = save(user, "q=geheim", name="Geheim")
    for other in (UserFactory(), UserFactory(portal_team=True)):
        client = signed_in(other)
        assert "Geheim" not in client.get("/netz/suchen/").content.decode()
        assert client.get(search.get_absolute_url()).status_code == 404
        for step in ("pause", "loeschen", "zurueckholen", "feed"):
            assert client.post(f"{search.get_absolute_url()}{step}/").status_code == 404
    assert "geheim" not in str(search)
    search.refresh_from_db()
    assert (search.paused, search.removed_at, search.feed_on) == (False, None, False)


# ── Feed ────────────────────────────────────────────────────────────────────────────────────────────────────


def feed_of(search: SavedSearch, user: User) -> str:
    client = signed_in(user)
    client.post(f"{search.get_absolute_url()}feed/")
    page = client.get(search.get_absolute_url()).content.decode()
    return next(part for part in page.split('"') if "/feeds/suche/" in part)


def test_a_feed_shows_what_everybody_may_see_to_whoever_knows_its_address(user: User) -> None:
    search = save(user, "q=Lotsen", name="Streng vertraulich")
    EntryFactory(published=True, title="Lotsen im Quartier")
    EntryFactory(published=True, title="Anderes")
    EntryFactory(title="Lotsen im Entwurf")
    answer = Client().get(feed_of(search, user))
    said = answer.content.decode()
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "Lotsen im Quartier" in said
    for hidden in ("Anderes", "Entwurf", "Streng vertraulich", user.email, user.name):
        assert hidden not in said
    assert answer["X-Robots-Tag"] == "noindex"
    assert "private" in answer["Cache-Control"]


def test_an_address_that_ended_never_comes_back(user: User) -> None:
    search = save(user)
    first = feed_of(search, user)
    search.refresh_from_db()
    assert feed.address(search) in first
    second = feed_of(search, user)
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client = signed_in(user)
    client.post(f"{search.get_absolute_url()}feed/", {"ende": "1"})
    assert Client().get(second).status_code == 404
    third = feed_of(search, user)
    assert third not in {first, second}
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().get(third).status_code == 404


@pytest.mark.parametrize("token", ["x", "WzEsMV0", "WzEsMV0:1:2", "%F0%9F%98%80", "a/b"])
def test_invented_addresses_lead_nowhere(user: User, token: str) -> None:
    search = save(user)
    actions.open_feed(search, user)
    assert Client().get(f"/feeds/suche/{token}.atom").status_code == 404


def test_deleting_ends_the_feed_at_once_and_pausing_does_not(user: User) -> None:
    search = save(user)
    address = feed_of(search, user)
    search.refresh_from_db()
    actions.pause(search, user)
    assert Client().get(address).status_code == 200
    actions.remove(search, user)
    assert Client().get(address).status_code == 404
