"""Whether addresses elsewhere still answer: asked politely, judged after days, with the last word for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from austausch.catalogue import link_health
from austausch.catalogue.link_addresses import collect, normal
from austausch.catalogue.link_requests import NoAnswerError
from austausch.catalogue.models import Entry, LegalBasis, Link, LinkAddress, LinkHost, LinkUse
from austausch.core import generation
from austausch.people.models import Membership, Organisation, User
from tests.catalogue.local_web import LocalWeb, local_web
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.killing import dies_everywhere, undone

pytestmark = pytest.mark.django_db

Role = Membership.Role
State = LinkAddress.State
DAY = dt.timedelta(days=1)
URL = "http://stadt.example/seite"
BEGIN = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with local_web() as running:
        yield running


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(BEGIN, tick=False) as traveller:
        yield traveller


def naming(*urls: str, lead: Organisation | None = None, published: bool = True, **fields: Any) -> Entry:
    """A published entry with these links."""
    entry = EntryFactory(lead=lead or OrganisationFactory(), **fields)
    entry.links = [Link(url=url) for url in urls]
    entry.save()
    if published:
        entry.save_revision().publish()
    return Entry.objects.get(pk=entry.pk)


def address(url: str = URL) -> LinkAddress:
    return LinkAddress.objects.get(url=url)


def step(web: LocalWeb) -> int:
    """What can be asked now without waiting for a host: one step for each host."""
    return link_health.work(seconds=60, resolve=web.resolve)


def check(web: LocalWeb, clock: Any) -> LinkAddress:
    """A whole check, as long as it takes, of the only address."""
    before = LinkAddress.objects.get().checked_at
    for _pause in range(20):
        step(web)
        found = LinkAddress.objects.get()
        if found.checked_at != before:
            return found
        clock.shift(link_health.PAUSE)
    raise AssertionError("The check does not end.")


def next_check(web: LocalWeb, clock: Any) -> LinkAddress:
    clock.move_to(LinkAddress.objects.get().next_step_at)
    return check(web, clock)


def member(town: Organisation, role: Role) -> User:
    return MembershipFactory(organisation=town, role=role).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


# ── Which addresses ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_is_kept_once_however_many_entries_name_it_and_in_whatever_spelling() -> None:
    naming(URL, "HTTP://Stadt.example/seite#unten")
    other = naming(URL)
    other.legal_bases = [LegalBasis(title="Gesetz", url="https://gesetze.example/1")]
    other.save_revision().publish()
    assert set(LinkAddress.objects.values_list("url", flat=True)) == {URL, "https://gesetze.example/1"}
    assert address().uses.count() == 2


def test_drafts_are_not_asked_and_what_is_withdrawn_or_changed_is_forgotten(web: LocalWeb) -> None:
    naming("http://entwurf.example/", published=False)
    entry = naming(URL)
    assert LinkAddress.objects.count() == 1
    entry.links = [Link(url="http://neu.example/")]
    entry.save_revision()
    assert not LinkAddress.objects.filter(url__contains="neu").exists()
    entry.get_latest_revision().publish()
    assert [use.address.url for use in LinkUse.objects.all()] == ["http://neu.example/"]
    Entry.objects.get(pk=entry.pk).unpublish()
    assert not LinkUse.objects.exists()
    step(web)
    assert not LinkAddress.objects.exists()
    assert web.asked == []


def test_what_was_published_before_there_was_a_list_is_found(web: LocalWeb) -> None:
    naming(URL)
    LinkAddress.objects.all().delete()
    web.pages["stadt.example/seite"] = 200
    step(web)
    assert address().state == State.OK


def test_collecting_again_changes_nothing() -> None:
    entry = naming(URL, "http://zwei.example/")
    before = list(LinkUse.objects.values())
    collect([entry.pk, entry.pk])
    assert list(LinkUse.objects.values()) == before


@pytest.mark.parametrize("url", ["http://[", "x" * 500, "http://a b/", "ftp://stadt.example/"])
def test_what_is_no_address_of_a_page_is_unclear_and_asks_nobody(web: LocalWeb, url: str) -> None:
    entry = naming()
    Link.objects.create(entry=entry, url=url, sort_order=0)
    collect([entry.pk])
    step(web)
    found = LinkAddress.objects.get(url=normal(url))
    assert (found.state, web.asked) == (State.UNCLEAR, [])


# ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_that_answers_is_reachable_and_left_alone_for_a_week(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    web.pages["stadt.example/seite"] = 200
    found = check(web, clock)
    assert (found.state, found.last_ok_at) == (State.OK, timezone.now())
    assert web.asked == ["HEAD stadt.example/seite"]
    clock.shift(6 * DAY)
    assert step(web) == 0
    clock.shift(2 * DAY)
    assert step(web) == 1


def test_where_head_is_refused_get_has_the_last_word(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    for refusal in (405, 404, 501, 403, 0):
        LinkAddress.objects.update(next_step_at=timezone.now())
        web.pages = {"HEAD stadt.example/seite": refusal, "GET stadt.example/seite": 206}
        assert check(web, clock).state == State.OK, refusal
        clock.shift(DAY)


def test_between_two_requests_to_a_host_there_are_ten_seconds_whoever_asks(web: LocalWeb, clock: Any) -> None:
    naming(*(f"http://stadt.example/{number}" for number in range(3)), "http://andere.example/")
    assert step(web) == 2
    assert step(web) == 0
    clock.shift(9)
    assert step(web) == 0
    clock.shift(1)
    assert step(web) == 2
    assert len(web.asked) == 4


def test_a_host_with_many_addresses_does_not_keep_others_waiting(web: LocalWeb, clock: Any) -> None:
    naming(*(f"http://gross.example/{number}" for number in range(100)))
    naming("http://klein.example/")
    step(web)
    assert "HEAD klein.example/" in web.asked


def test_redirects_are_followed_and_a_permanent_one_is_a_suggestion(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    web.pages = {
        "stadt.example/seite": (301, {"Location": "/neu"}),
        "stadt.example/neu": (308, {"Location": "http://land.example/ziel#unten"}),
        "land.example/ziel": 200,
    }
    found = check(web, clock)
    assert (found.state, found.moved_to) == (State.OK, "http://land.example/ziel")
    web.pages["stadt.example/neu"] = (302, {"Location": "http://land.example/ziel"})
    assert next_check(web, clock).moved_to == ""


def test_who_redirects_for_ever_is_unclear_after_five_times(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    web.pages["stadt.example/seite"] = (302, {"Location": "/seite"})
    found = check(web, clock)
    assert (found.state, found.detail) == (State.UNCLEAR, "redirects")
    assert len(web.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://n:p@innen.example/", "http://[", "ftp://a.example/"])
def test_a_redirect_to_what_is_no_page_is_not_followed(web: LocalWeb, clock: Any, target: str) -> None:
    naming(URL)
    web.pages["stadt.example/seite"] = (302, {"Location": target})
    found = check(web, clock)
    assert (found.state, found.detail, len(web.asked)) == (State.UNCLEAR, "address", 1)


def test_a_redirect_is_checked_like_any_address(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    web.pages["stadt.example/seite"] = (302, {"Location": "http://innen.example/"})

    def resolve(host: str, port: int) -> Any:
        if host == "innen.example":
            raise NoAnswerError("not_public")
        return web.resolve(host, port)

    for _step in range(2):
        link_health.work(seconds=60, resolve=resolve)
        clock.shift(10)
    assert (address().state, address().detail) == (State.UNCLEAR, "not_public")


# ── What is found ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_is_broken_after_failures_on_three_days_and_whole_with_the_first_answer(
    web: LocalWeb, clock: Any, status: int
) -> None:
    entry = naming(URL)
    web.pages["stadt.example/seite"] = status
    assert check(web, clock).state == State.UNCLEAR
    # Asked again on the same day: it counts days.
    LinkAddress.objects.update(next_step_at=timezone.now())
    assert check(web, clock).failures == 1
    assert next_check(web, clock).state == State.UNCLEAR
    before = generation.current()
    found = next_check(web, clock)
    assert (found.state, found.failures) == (State.BROKEN, 3)
    # The page says so at once.
    assert generation.current() > before
    assert "derzeit nicht erreichbar, geprüft am" in Client().get(entry.get_absolute_url()).content.decode()
    web.pages["stadt.example/seite"] = 200
    assert next_check(web, clock).state == State.OK
    assert address().failures == 0
    assert "nicht erreichbar" not in Client().get(entry.get_absolute_url()).content.decode()


def test_a_name_that_does_not_exist_counts_like_a_missing_page(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    web.missing.add("stadt.example")
    states = [check(web, clock).state, next_check(web, clock).state, next_check(web, clock).state]
    assert states == [State.UNCLEAR, State.UNCLEAR, State.BROKEN]


@pytest.mark.parametrize("status", [401, 403, 405, 429, 500, 503])
def test_a_refusal_or_an_error_of_the_server_is_unclear_for_ever_and_asked_ever_more_rarely(
    web: LocalWeb, clock: Any, status: int
) -> None:
    naming(URL)
    web.pages["stadt.example/seite"] = status
    waits = []
    for _check in range(8):
        found = check(web, clock)
        assert (found.state, found.failures) == (State.UNCLEAR, 0)
        waits.append((found.next_step_at - timezone.now()).days)
        clock.move_to(found.next_step_at)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_an_unclear_answer_says_nothing_against_what_was_certain(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    for _day in range(3):
        LinkAddress.objects.update(next_step_at=timezone.now())
        check(web, clock)
        clock.shift(DAY)
    assert address().state == State.BROKEN
    web.pages["stadt.example/seite"] = 503
    assert next_check(web, clock).state == State.BROKEN


def test_who_asks_to_be_left_alone_is(web: LocalWeb, clock: Any) -> None:
    naming(URL, "http://stadt.example/zweite")
    web.pages["stadt.example/seite"] = (429, {"Retry-After": str(3600 * 24 * 10)})
    step(web)
    assert web.asked == ["HEAD stadt.example/seite"]
    assert address().next_step_at >= timezone.now() + 10 * DAY
    # Nor is the rest of the host, for a day.
    clock.shift(3600)
    assert step(web) == 0
    clock.shift(DAY)
    assert step(web) == 1


def test_a_host_that_has_had_enough_is_left_alone_for_an_hour(web: LocalWeb, clock: Any) -> None:
    naming(URL, "http://stadt.example/zweite")
    web.pages["stadt.example/seite"] = 429
    step(web)
    clock.shift(3599)
    assert step(web) == 0
    clock.shift(1)
    assert step(web) == 1


# ── Killed ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_dies_anywhere_in_a_run_loses_nothing_and_counts_nothing_twice(web: LocalWeb, clock: Any) -> None:
    naming(URL, "http://weg.example/", "http://umgezogen.example/")
    web.pages = {"stadt.example/seite": 200, "umgezogen.example/": (301, {"Location": "http://stadt.example/neu"})}
    web.missing.add("weg.example")
    web.pages["stadt.example/neu"] = 200

    def whole_run() -> None:
        for _pause in range(4):
            step(web)
            clock.shift(link_health.PAUSE)

    def finish(place: int) -> None:
        with undone():
            now = timezone.now()
            # Whoever died holds what was claimed no longer than this.
            clock.shift(link_health.LEASE)
            whole_run()
            found = {one.url: (one.state, one.failures, one.moved_to) for one in LinkAddress.objects.all()}
            assert found == {
                URL: (State.OK, 0, ""),
                "http://weg.example/": (State.UNCLEAR, 1, ""),
                "http://umgezogen.example/": (State.OK, 0, "http://stadt.example/neu"),
            }, f"killed at {place}"
            clock.move_to(now)

    assert dies_everywhere(whole_run, finish) > 10


def test_a_step_that_somebody_else_has_taken_up_since_is_not_written(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    claimed = link_health._claim()
    assert claimed is not None
    clock.shift(link_health.LEASE)
    web.pages["stadt.example/seite"] = 200
    step(web)
    link_health._note(claimed, NoAnswerError("no_host"))
    assert (address().state, address().failures) == (State.OK, 0)


def test_hosts_are_forgotten(web: LocalWeb, clock: Any) -> None:
    naming(URL)
    check(web, clock)
    clock.shift(2 * DAY)
    step(web)
    assert not LinkHost.objects.filter(free_at__lt=timezone.now() - DAY).exists()


# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def town() -> Organisation:
    return OrganisationFactory(name="Musterstadt")


def broken(**values: Any) -> LinkAddress:
    LinkAddress.objects.update(state=State.BROKEN, failures=3, checked_at=timezone.now(), detail="http", status=404)
    return LinkAddress.objects.get(**values)


def test_a_person_has_the_last_word_for_a_time(town: Organisation, clock: Any) -> None:
    entry = naming(URL, lead=town)
    user = member(town, Role.PUBLISHER)
    broken()
    today = timezone.localdate()
    link_health.say(address(), user, state="ok", because="Nur im Browser", until=today + 5 * DAY)
    assert "nicht erreichbar" not in Client().get(entry.get_absolute_url()).content.decode()
    assert address().effective_state == State.OK
    assert list(LinkAddress.objects.in_state(State.OK)) == [address()]
    clock.shift(6 * DAY)
    assert address().effective_state == State.BROKEN
    assert list(LinkAddress.objects.in_state(State.BROKEN)) == [address()]
    assert "nicht erreichbar" in Client().get(entry.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("state", "because", "days"), [("ok", " ", 5), ("ok", "Grund", 0), ("ok", "Grund", 400), ("unclear", "Grund", 5)]
)
def test_no_word_without_a_reason_and_an_end(town: Organisation, state: str, because: str, days: int) -> None:
    naming(URL, lead=town)
    until = timezone.localdate() + days * DAY
    with pytest.raises(link_health.OverrideError):
        link_health.say(address(), member(town, Role.PUBLISHER), state=state, because=because, until=until)
    assert address().said == ""


def test_authors_have_it_checked_publishers_say_better_and_others_do_neither(town: Organisation) -> None:
    naming(URL, lead=town)
    author, stranger = member(town, Role.AUTHOR), member(OrganisationFactory(), Role.ADMINISTRATOR)
    until = timezone.localdate() + DAY
    for user in (author, stranger):
        with pytest.raises(PermissionDenied):
            link_health.say(address(), user, state="ok", because="Grund", until=until)
    with pytest.raises(PermissionDenied):
        link_health.check_again(address(), stranger)
    LinkAddress.objects.update(next_step_at=timezone.now() + 9 * DAY)
    link_health.check_again(address(), author)
    assert list(LinkAddress.objects.to_be_asked()) == [address()]


def test_nobody_says_of_an_address_what_then_stands_on_anothers_page(town: Organisation) -> None:
    naming(URL, lead=town)
    publisher = member(town, Role.PUBLISHER)
    until = timezone.localdate() + DAY
    link_health.say(address(), publisher, state="ok", because="Heute gesehen", until=until)
    naming(URL)
    with pytest.raises(PermissionDenied):
        link_health.say(address(), publisher, state="broken", because="Grund", until=until)


def test_the_report_shows_what_own_entries_name_and_nothing_of_others(town: Organisation) -> None:
    naming(URL, lead=town, title="Unser Angebot")
    naming(URL, "http://fremd.example/", title="Fremdes Angebot")
    broken(url=URL)
    client = signed_in(member(town, Role.AUTHOR))
    page = client.get("/verwaltung/links/?stand=kaputt").content.decode()
    assert URL in page
    assert "Unser Angebot" in page
    assert "Fremdes Angebot" not in page
    assert "fremd.example" not in page
    foreign = LinkAddress.objects.get(url="http://fremd.example/")
    for path in ("", "zuruecknehmen/", "pruefen/"):
        assert client.post(f"/verwaltung/links/{foreign.pk}/{path}").status_code == 404
    assert client.get(f"/verwaltung/links/{foreign.pk}/").status_code == 404
    assert signed_in(member(town, Role.READER)).get("/verwaltung/links/").status_code in {302, 403}


def test_the_form_says_at_its_field_what_is_wrong_and_keeps_what_is_right(town: Organisation) -> None:
    naming(URL, lead=town)
    client = signed_in(member(town, Role.PUBLISHER))
    page = f"/verwaltung/links/{broken().pk}/"
    assert client.post(page, {"state": "ok", "because": "", "until": "2020-01-01"}).status_code == 200
    assert address().said == ""
    until = timezone.localdate() + 30 * DAY
    assert client.post(page, {"state": "ok", "because": "Gesehen", "until": until.isoformat()}).status_code == 302
    assert (address().said, address().said_until) == ("ok", until)
    assert "Gesehen" in client.get(page).content.decode()
    client.post(f"{page}zuruecknehmen/")
    assert address().effective_state == State.BROKEN


def test_asking_for_checks_is_limited(town: Organisation) -> None:
    naming(URL, lead=town)
    client = signed_in(member(town, Role.AUTHOR))
    answers = [client.post(f"/verwaltung/links/{address().pk}/pruefen/").status_code for _attempt in range(31)]
    caches["shared"].clear()
    assert answers == [302] * 30 + [429]


def test_the_worker_asks_only_where_it_is_switched_on(web: LocalWeb, settings: Any, monkeypatch: Any) -> None:
    from austausch.operation import work

    called: list[float] = []
    monkeypatch.setattr(link_health, "work", lambda seconds: called.append(seconds))
    work._check_links()
    assert called == []
    settings.AUSTAUSCH_CHECK_LINKS = "on"
    work._check_links()
    assert len(called) == 1


def test_an_entrys_page_costs_one_query_more_however_many_links_it_has(django_assert_num_queries: Any) -> None:
    few, many = naming(URL), naming(*(f"http://stadt.example/{number}" for number in range(40)))
    user = UserFactory()
    for entry in (few, many):
        entry = Entry.objects.with_parts().get(pk=entry.pk)
        with django_assert_num_queries(1):
            link_health.broken_in(entry, user)
