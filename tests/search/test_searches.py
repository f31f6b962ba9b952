"""Counting what is searched for: what counts, what must never be kept, and that nobody waits for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from austausch.core.page_cache import memory
from austausch.operation.work import do_what_is_due
from austausch.search import searches
from austausch.search.models import Search
from tests.factories import EntryFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_ACCEPT_LANGUAGE": "de-DE,de;q=0.9"}
LIST = "/massnahmen/"


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    searches._waiting.take()
    searches.forget_askers()
    yield
    searches._waiting.take()


def counted() -> dict[str, tuple[int, int]]:
    """What is written: text → times, hits."""
    searches.flush()
    return {row.text: (row.asked, row.hits) for row in Search.objects.all()}


def ask(client: Client, text: str, address: str = "192.0.2.1", **more: Any) -> Any:
    return client.get(LIST, {"q": text, **more}, **BROWSER, REMOTE_ADDR=address)


# ── What must never be kept ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "erika.mustermann@example.org",
        "Anruf 0211 837 1234",
        "geboren 12.03.1985",
        "030-12 34 56",
        "DE89 3704 0044 0532 0130 00",
        "https://example.org/seite",
        "https：//example.org",
        "https:／／example.org",
        "erika.mustermann＠example.org",
        "erika.mustermann﹫example.org",
        "erika.mustermann%40example.org",
        "erika mustermann (at) example.org",
        "erika mustermann（ＡＴ）example.org",
        "erika mustermann [at] example.org",
        "erika mustermann { at }example.org",
        "erika.mustermann at example.org",
        "Mustermann 3.4.85",
        "Mustermann 03. 04. 85",
        "Mustermann 3/4/85",
        "Mustermann 85‑04‑03",
        "Mustermann ３．４．８５",
        "Mustermann 3–4–'85",
        "geboren ⒊⒋85",
        "a",
        "12",
        "",
        "\x00\x01 ‮",
        "--- !!! ---",
    ],
)
def test_what_may_be_personal_or_says_nothing_is_not_counted(text: str) -> None:
    searches.note(text, 3)
    assert counted() == {}


@given(st.text())
def test_whatever_is_typed_counting_never_fails_and_what_is_kept_is_plain(text: str) -> None:
    kept = searches.countable(text)
    assert len(kept) <= 120
    assert kept == " ".join(kept.split())
    assert kept.isprintable()
    assert "@" not in kept
    assert searches.countable(kept) in {kept, ""}


def test_a_table_row_holds_nothing_but_text_week_times_and_hits() -> None:
    assert {field.name for field in Search._meta.get_fields()} == {"id", "text", "week", "asked", "hits"}


def test_inventions_do_not_fill_the_memory_or_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_WAITING", 3)
    monkeypatch.setattr(searches, "MOST_TEXTS_A_WEEK", 2)
    for text in ("eins", "zwei", "drei", "vier"):
        searches.note(text, 0)
    assert counted().keys() == {"eins", "zwei", "drei"}
    for text in ("fünf", "eins"):
        searches.note(text, 0)
    assert counted() == {"eins": (2, 0), "zwei": (1, 0), "drei": (1, 0)}


# ── What counts ─────────────────────────────────────────────────────────────────────────────────────────────


def test_case_and_spaces_make_no_difference_and_umlauts_stay_readable() -> None:
    for text in ("Straße  Müll", "straße müll", " STRAßE\tMÜLL ", "straße mu\u0308ll"):
        searches.note(text, 2)
    assert counted() == {"straße müll": (4, 2)}


@pytest.mark.parametrize(
    "text",
    [
        "§ 3 kita-gesetz",
        "artikel 3 abs. 2 nr. 1",
        "sgb viii",
        "beratung 24/7",
        "klasse 5-10",
        "einbürgerung bei 100 %",
        "at work",
        "hilfe (att) e. v.",
    ],
)
def test_numbers_and_words_that_only_look_a_little_like_dates_and_addresses_count(text: str) -> None:
    searches.note(text, 1)
    assert counted() == {text: (1, 1)}


def test_counts_of_two_writings_add_up_and_the_last_number_of_hits_stays() -> None:
    searches.note("Kita", 0)
    assert counted() == {"kita": (1, 0)}
    searches.note("Kita", 4)
    searches.note("Kita", 5)
    assert counted() == {"kita": (3, 5)}


def test_each_week_is_counted_apart_under_its_monday() -> None:
    with time_machine.travel("2026-03-15 12:00:00+01:00", tick=False):
        searches.note("Kita", 1)
    with time_machine.travel("2026-03-16 12:00:00+01:00", tick=False):
        searches.note("Kita", 1)
    searches.flush()
    assert set(Search.objects.values_list("week", "asked")) == {(dt.date(2026, 3, 9), 1), (dt.date(2026, 3, 16), 1)}


def test_a_search_counts_each_time_also_when_the_page_comes_from_the_cache(client: Client) -> None:
    EntryFactory(title="Wohnraumaufsicht", published=True)
    for number, encoding in enumerate(("identity", "gzip", "br", "br"), start=1):
        who = {**BROWSER, "HTTP_ACCEPT_ENCODING": encoding, "REMOTE_ADDR": f"192.0.2.{number}"}
        client.get(LIST, {"q": "Wohnraumaufsicht"}, **who)
    assert len(memory.pages()) == 1
    assert counted() == {"wohnraumaufsicht": (4, 1)}


def test_what_only_stands_within_longer_words_counts_as_not_found(client: Client) -> None:
    EntryFactory(title="Xyloverkehrsordnung", published=True)
    for text in ("Verkehr", "Xyloverkehrsordung", "Xyloverkehrsordnung"):
        assert "1 Maßnahme gefunden" in ask(client, text).content.decode()
    # The second was mistyped, and says so itself.
    assert counted() == {"verkehr": (1, 0), "xyloverkehrsordung": (1, 1), "xyloverkehrsordnung": (1, 1)}


def test_who_asks_again_in_the_same_week_counts_once(client: Client) -> None:
    with time_machine.travel("2026-03-15 12:00:00+01:00", tick=False):
        for text in ("Wohnraum", "wohnraum ", "Wohnraum"):
            ask(client, text)
        ask(client, "Kita")
        ask(client, "Wohnraum", address="192.0.2.2")
    assert counted() == {"wohnraum": (2, 0), "kita": (1, 0)}
    with time_machine.travel("2026-03-16 12:00:00+01:00", tick=False):
        ask(client, "Wohnraum")
        ask(client, "Wohnraum")
    searches.flush()
    assert set(Search.objects.filter(text="wohnraum").values_list("asked", flat=True)) == {1, 2}


def test_a_household_with_many_addresses_of_ipv6_counts_once(client: Client) -> None:
    for number in range(3):
        ask(client, "Wohnraum", address=f"2001:db8::{number}")
    ask(client, "Wohnraum", address="2001:db8:0:1::")
    assert counted() == {"wohnraum": (2, 0)}


def test_one_address_cannot_fill_a_week_with_its_inventions(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_TEXTS_OF_ONE", 2)
    for text in ("eins", "zwei", "drei", "eins"):
        ask(client, text)
    ask(client, "vier", address="192.0.2.2")
    assert counted().keys() == {"eins", "zwei", "vier"}
    assert searches.MOST_TEXTS_OF_ONE < searches.MOST_TEXTS_A_WEEK


def test_who_asked_what_is_remembered_as_hashes_which_no_other_process_and_no_other_week_shares() -> None:
    one, other = searches._Askers(), searches._Askers()
    for askers in (one, other):
        assert askers.first("192.0.2.1", "wohnraum")
        assert not askers.first("192.0.2.1", "wohnraum")
    assert "192.0.2.1" not in repr(vars(one))
    assert "wohnraum" not in repr(vars(one))
    assert not one._texts.keys() & other._texts.keys()
    before = set(one._texts)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(weeks=1), tick=False):
        assert one.first("192.0.2.1", "wohnraum")
    assert not before & one._texts.keys()


def test_what_is_remembered_of_many_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MOST_REMEMBERED", 10)
    askers = searches._Askers()
    for number in range(100):
        assert askers.first(f"192.0.2.{number}", "wohnraum")
        assert sum(map(len, askers._texts.values())) <= 10


def test_the_answer_for_htmx_counts_too(client: Client) -> None:
    client.get(LIST, {"q": "Wohnraum"}, **BROWSER, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="suche")
    assert counted() == {"wohnraum": (1, 0)}


def test_who_has_agreed_to_external_content_counts_like_anybody(client: Client) -> None:
    client.cookies["einwilligung"] = "x"
    ask(client, "Wohnraum")
    assert counted() == {"wohnraum": (1, 0)}


def test_filters_orders_pages_and_the_map_do_not_count_the_same_search_again(client: Client) -> None:
    topic = TopicFactory(key="wohnen")
    for number in range(26):
        EntryFactory(title=f"Wohnraum {number}", kind="law", topics=[topic], published=True)
    for more in ({"thema": "wohnen"}, {"art": "law"}, {"sort": "titel"}, {"seite": "2"}, {"ansicht": "karte"}):
        assert ask(client, "Wohnraum", **more).status_code == 200
    assert counted() == {}


def test_an_empty_search_does_not_count(client: Client) -> None:
    client.get(LIST, **BROWSER)
    client.get(LIST, {"q": "  "}, **BROWSER)
    assert counted() == {}


def test_programs_and_fetching_ahead_do_not_count(client: Client) -> None:
    client.get(LIST, {"q": "Wohnraum"})
    client.get(LIST, {"q": "Wohnraum"}, **BROWSER, HTTP_SEC_PURPOSE="prefetch;prerender")
    client.head(LIST, {"q": "Wohnraum"}, **BROWSER)
    for address in ("/massnahmen/liste.csv", "/massnahmen/liste.atom", "/api/v1/measures"):
        assert client.get(address, {"q": "Wohnraum"}, **BROWSER).status_code == 200
    assert counted() == {}


def test_who_is_signed_in_tries_things_out_and_does_not_count(client: Client) -> None:
    client.force_login(UserFactory(portal_team=True))
    ask(client, "Wohnraum")
    assert counted() == {}


# ── Nobody waits, nothing fails ─────────────────────────────────────────────────────────────────────────────


def test_a_locked_database_loses_nothing_and_disturbs_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(counts: object) -> None:
        raise DatabaseError("database is locked")

    assert ask(client, "Wohnraum").status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(searches, "_write", locked)
        searches.flush()
    assert "not counted yet" in caplog.text
    assert ask(client, "Wohnraum", address="192.0.2.2").status_code == 200
    assert counted() == {"wohnraum": (2, 0)}


def test_a_request_writes_nothing(client: Client, django_assert_num_queries: Any) -> None:
    ask(client, "Wohnraum")
    # Only the generation is asked for.
    with django_assert_num_queries(1):
        ask(client, "Wohnraum", address="192.0.2.2")
    assert not Search.objects.exists()


def test_the_writer_is_started_once_for_many_counts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Timer:
        def __init__(self, seconds: float, work: Any) -> None:
            self.work = work

        def start(self) -> None:
            started.append(self.work)

    settings.AUSTAUSCH_COUNT_SEARCHES_AFTER = 5
    monkeypatch.setattr(searches.threading, "Timer", Timer)
    monkeypatch.setattr(searches.atexit, "register", lambda work: None)
    monkeypatch.setattr(searches, "_writer", searches._Writer())
    monkeypatch.setattr(searches, "connection", type("C", (), {"close": lambda self: None})())
    wrote: list[dict[Any, Any]] = []
    monkeypatch.setattr(searches, "_write", wrote.append)
    searches.note("eins", 0)
    searches.note("zwei", 0)
    assert len(started) == 1
    started[0]()
    assert [text for text, _week in wrote[0]] == ["eins", "zwei"]
    searches.note("drei", 0)
    assert len(started) == 2


# ── What is forgotten ───────────────────────────────────────────────────────────────────────────────────────


def test_old_counts_and_what_was_asked_once_are_forgotten_by_the_worker() -> None:
    week = searches.this_week()

    def ago(weeks: int, text: str, asked: int) -> None:
        Search.objects.create(text=text, week=week - dt.timedelta(weeks=weeks), asked=asked)

    ago(54, "zu alt", 90)
    ago(53, "alt", 2)
    ago(5, "einmal", 1)
    ago(4, "einmal, neulich", 1)
    ago(5, "wieder", 1)
    ago(1, "wieder", 1)
    do_what_is_due()
    left = set(Search.objects.values_list("text", flat=True))
    assert left == {"alt", "einmal, neulich", "wieder"}
    assert Search.objects.filter(text="wieder").count() == 2


def test_visitors_may_not_see_the_counts() -> None:
    from austausch.core.policy import Action, policy

    assert not [action for action in Action if policy.may(AnonymousUser(), action, Search)]
    assert Client().get(reverse("search_report:report")).status_code == 302
