"""The first page of the editors' side: what waits, out of what the policy gives, on top no more than a day holds."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from austausch.catalogue.models import Entry, Link, LinkAddress
from austausch.catalogue.workflow import ensure_workflow
from austausch.core import editors_board
from austausch.core.editors_board import TODAY, Row, Shelf
from austausch.core.models import Report
from austausch.people.models import Membership, Organisation, User
from austausch.search.models import Search
from austausch.search.searches import this_week
from tests.factories import EntryFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role


@pytest.fixture
def town() -> Organisation:
    return OrganisationFactory(name="Musterstadt")


@pytest.fixture(autouse=True)
def _workflow() -> None:
    ensure_workflow()


def member(town: Organisation, role: Role) -> User:
    return MembershipFactory(organisation=town, role=role).user


def page(user: User) -> str:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/verwaltung/")
    assert answer.status_code == 200
    return answer.content.decode()


def shelves(text: str) -> dict[str, int]:
    """Title and count of what stands on the board."""
    found = re.findall(r'<h2 id="board-\d+">(.*?) <span class="board__count">\((\d+)\)', text)
    return {title: int(count) for title, count in found}


def on_top(text: str) -> list[str]:
    today = text.partition('id="board-today"')[2].partition('class="board__shelves"')[0]
    return re.findall(r'<a href="[^"]*">(.*?)</a>', today)


def shelf(name: str, number: int, *, calls: bool = True) -> Shelf:
    rows = [Row(f"{name}{index}", "/") for index in range(number)]
    return Shelf(name, "", number, rows, "/", calls=calls)


def broken_link(entry: Entry, url: str) -> None:
    entry.links = [Link(url=url)]
    entry.save_revision().publish()
    LinkAddress.objects.filter(url=url).update(state=LinkAddress.State.BROKEN)


def test_each_sort_that_waits_stands_there_with_its_count_and_a_way_to_all(town: Organisation) -> None:
    EntryFactory.create_batch(6, lead=town, live=True)
    entry = EntryFactory(lead=town, title="Mit Link", checked_on=dt.date.today())
    broken_link(entry, "http://weg.example/")
    EntryFactory(lead=town, title="Entwurf", has_unpublished_changes=True).save_revision()
    Search.objects.create(text="wohnungslotse", week=this_week(), asked=3, hits=0)
    text = page(member(town, Role.PUBLISHER))
    expected = {
        "Wartet auf Ihre Entscheidung": 0,
        "Zur Nacharbeit zurückgegeben": 0,
        "Nicht erreichbare Links": 1,
        "Zur Prüfung fällig": 6,
        "Gesucht, nichts gefunden": 1,
        "Entwürfe und unveröffentlichte Änderungen": 1,
    }
    assert expected.items() <= shelves(text).items()
    assert "http://weg.example/" in on_top(text)
    assert "wohnungslotse" in text
    assert "/verwaltung/pruefliste/?liste=faellig" in text
    assert "/verwaltung/links/?stand=kaputt" in text


def test_the_board_shows_nothing_of_other_towns(town: Organisation) -> None:
    foreign = EntryFactory(title="Fremdes", checked_on=None)
    broken_link(foreign, "http://fremd.example/")
    EntryFactory(title="Fremder Entwurf", has_unpublished_changes=True)
    Report.objects.create(kind="error", path="/", message="Geheimer Hinweis")
    text = page(member(town, Role.PUBLISHER))
    assert set(shelves(text).values()) == {0}
    for secret in ("Fremd", "fremd.example", "Geheimer Hinweis"):
        assert secret not in text


def test_the_portal_team_sees_reports_of_visitors_and_authors_no_searches(town: Organisation) -> None:
    Report.objects.create(kind="error", path="/seite/", message="Die Nummer ist falsch")
    Search.objects.create(text="wohnungslotse", week=this_week(), asked=3, hits=0)
    team = page(UserFactory(portal_team=True))
    assert "Die Nummer ist falsch" in on_top(team)
    author = page(member(town, Role.AUTHOR))
    assert "wohnungslotse" not in author
    assert "Die Nummer ist falsch" not in author


def test_an_empty_board_says_so(town: Organisation) -> None:
    text = page(member(town, Role.AUTHOR))
    assert on_top(text) == []
    assert "Es wartet nichts auf Sie" in text


def test_a_hundred_of_one_sort_do_not_hide_the_one_of_another() -> None:
    found = [shelf("a", 0), shelf("b", 100), shelf("c", 1), shelf("d", 50, calls=False)]
    assert [row.label for _shelf, row in editors_board.today(found)] == ["b0", "c0", "b1", "b2", "b3", "b4", "b5"]


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=8))
def test_on_top_stands_what_calls_once_each_and_never_more_than_a_day_holds(numbers: list[tuple[int, bool]]) -> None:
    found = [shelf(f"{index}-", number, calls=calls) for index, (number, calls) in enumerate(numbers)]
    top = editors_board.today(found)
    waiting = sum(number for number, calls in numbers if calls)
    assert len(top) == min(TODAY, waiting)
    assert len({row.label for _shelf, row in top}) == len(top)
    assert all(one.calls and row in one.rows for one, row in top)


def test_the_board_costs_as_many_queries_for_many_entries_as_for_few(town: Organisation) -> None:
    user = member(town, Role.PUBLISHER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(user)
        return len(captured)

    def more(number: int) -> None:
        for index in range(number):
            broken_link(EntryFactory(lead=town), f"http://weg.example/{index}")
            EntryFactory(lead=town, has_unpublished_changes=True).save_revision()

    more(2)
    queries()
    few = queries()
    more(12)
    assert queries() <= few


def test_a_room_adds_its_shelf_in_its_place(monkeypatch: pytest.MonkeyPatch, town: Organisation) -> None:
    monkeypatch.setattr(editors_board, "_shelves", [])
    editors_board.shelf(order=2)(lambda request: shelf("spät", 1))
    editors_board.shelf(order=1)(lambda request: shelf("früh", 1))
    editors_board.shelf(order=0)(lambda request: None)
    assert list(shelves(page(member(town, Role.AUTHOR)))) == ["früh", "spät"]
