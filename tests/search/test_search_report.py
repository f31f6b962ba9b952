"""The report of searches: who may see it, what it shows, and what one click does."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from austausch.people.models import Membership
from austausch.search.models import Search
from austausch.search.searches import this_week
from tests.factories import EntryFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role
REPORT = "/verwaltung/suche/"
TABLE = "/verwaltung/suche/liste.csv"
SETTLED = "/verwaltung/suche/erledigt/"


def person(role: Role | None = None, *, portal_team: bool = False) -> Client:
    user = UserFactory(portal_team=portal_team)
    if role is not None:
        MembershipFactory(user=user, role=role)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def publisher() -> Client:
    return person(Role.PUBLISHER)


def asked(text: str, times: int = 1, *, hits: int = 0, weeks_ago: int = 0) -> Search:
    week = this_week() - dt.timedelta(weeks=weeks_ago)
    return Search.objects.create(text=text, week=week, asked=times, hits=hits)


def shown(client: Client, **params: object) -> list[str]:
    """The texts that the report lists, in order."""
    return [row.text for row in client.get(REPORT, params).context["rows"]]


# ── Who may ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "portal_team", "allowed"),
    [
        (None, False, False),
        (Role.READER, False, False),
        (Role.AUTHOR, False, False),
        (Role.PUBLISHER, False, True),
        (Role.ADMINISTRATOR, False, True),
        (None, True, True),
    ],
)
def test_the_portal_team_and_publishers_see_it_and_nobody_else(
    role: Role | None, portal_team: bool, allowed: bool
) -> None:
    asked("kita")
    client = person(role, portal_team=portal_team)
    answers = [client.get(REPORT), client.get(TABLE), client.post(SETTLED, {"text": "kita"})]
    # Wagtail leads those who may enter the editors' side, but not here, to its first page.
    refused = [answer.status_code == 403 or answer.headers.get("Location") == "/verwaltung/" for answer in answers]
    assert refused == [not allowed] * 3
    assert Search.objects.exists() == (not allowed)


@pytest.mark.parametrize("address", [REPORT, TABLE, SETTLED])
def test_visitors_are_sent_to_sign_in(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/konto/login/")


def test_the_menu_offers_it_to_those_who_may() -> None:
    for client, offered in ((person(Role.AUTHOR), False), (person(Role.PUBLISHER), True)):
        assert (f'"{REPORT}"' in client.get("/verwaltung/").content.decode()) == offered


def test_nothing_is_deleted_by_following_a_link(publisher: Client) -> None:
    asked("kita")
    assert publisher.get(SETTLED, {"text": "kita"}).status_code == 405
    assert Search.objects.exists()


# ── What it shows ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "params", [{"liste": "x", "wochen": "999"}, {"wochen": "-1"}, {"seite": "nix"}, {"wochen": "٤"}]
)
def test_addresses_made_up_show_the_first_tab(publisher: Client, params: dict[str, str]) -> None:
    asked("kita")
    assert shown(publisher, **params) == ["kita"]


def test_what_was_not_found_comes_first_the_most_frequent_on_top(publisher: Client) -> None:
    asked("selten", 1)
    asked("oft", 3)
    asked("gefunden", 9, hits=2)
    assert shown(publisher) == ["oft", "selten"]
    assert shown(publisher, liste="haeufig") == ["gefunden", "oft", "selten"]


def test_weeks_add_up_and_the_last_number_of_hits_decides(publisher: Client) -> None:
    asked("früher nichts", 5, hits=0, weeks_ago=2)
    asked("früher nichts", 1, hits=3)
    asked("jetzt nichts", 1, hits=3, weeks_ago=3)
    asked("jetzt nichts", 2, hits=0)
    [row] = publisher.get(REPORT).context["rows"]
    assert (row.text, row.times, row.weeks, row.last, row.found) == ("jetzt nichts", 3, 2, this_week(), 0)


def test_the_period_can_be_chosen(publisher: Client) -> None:
    asked("neu", weeks_ago=3)
    asked("im quartal", weeks_ago=11)
    asked("im jahr", weeks_ago=51)
    assert shown(publisher) == ["neu"]
    assert shown(publisher, wochen=12) == ["neu", "im quartal"]
    assert shown(publisher, wochen=52) == ["neu", "im quartal", "im jahr"]


def test_what_is_found_by_now_is_marked(publisher: Client) -> None:
    asked("schrottimmobilien", 2)
    asked("einhornzucht")
    asked("datenschutz")
    EntryFactory(title="Aktion gegen Schrottimmobilien", published=True)
    EntryFactory(title="Opferschutz", published=True)
    rows = {row.text: row for row in publisher.get(REPORT).context["rows"]}
    assert (rows["schrottimmobilien"].solved, rows["schrottimmobilien"].hits_now) == (True, 1)
    assert (rows["einhornzucht"].solved, rows["einhornzucht"].hits_now) == (False, 0)
    # Found by a piece of the word alone, which is hardly ever what was meant.
    assert (rows["datenschutz"].solved, rows["datenschutz"].hits_now) == (False, 0)


def test_drafts_do_not_count_as_found(publisher: Client) -> None:
    asked("schrottimmobilien")
    EntryFactory(title="Aktion gegen Schrottimmobilien")
    assert not publisher.get(REPORT).context["rows"][0].solved


def test_long_lists_have_pages(publisher: Client) -> None:
    for number in range(31):
        asked(f"wort {number:02}")
    assert len(shown(publisher)) == 30
    assert shown(publisher, seite=2) == ["wort 30"]


def test_what_people_typed_is_text_and_nothing_else(publisher: Client) -> None:
    asked('<script>alert(1)</script> & "x"')
    page = publisher.get(REPORT).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# ── What one click does ─────────────────────────────────────────────────────────────────────────────────────


def test_the_form_for_a_synonym_opens_with_the_words_filled_in() -> None:
    client = person(portal_team=True)
    asked("schrott & müll")
    address = client.get(REPORT).context["rows"][0].synonym
    assert f'href="{address}&amp;next=' in client.get(REPORT).content.decode()
    assert parse_qs(urlsplit(address).query) == {"words": ["schrott & müll"]}
    form = client.get(address)
    assert form.status_code == 200
    assert "schrott &amp; müll" in form.content.decode()


def test_who_adds_a_synonym_comes_back_to_the_same_report_also_after_a_mistake(publisher: Client) -> None:
    for number in range(31):
        asked(f"gesucht {number:02}")
    report = f"{REPORT}?liste=ohne-treffer&wochen=12&seite=2"
    (address,) = re.findall(r'href="([^"]*/add/[^"]*)"', publisher.get(report).content.decode())
    address = html.unescape(address)
    assert parse_qs(urlsplit(address).query) == {"words": ["gesucht 30"], "next": [report]}
    sent_to = publisher.get(address).context["action_url"]
    mistaken = publisher.post(sent_to, {"words": "!!!", "both_ways": "on", "active": "on"})
    assert mistaken.status_code == 200
    saved = {"words": "gesucht 30\nKita", "both_ways": "on", "active": "on"}
    response = publisher.post(mistaken.context["action_url"], saved)
    assert (response.status_code, response["Location"]) == (302, report)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://boese.example/", "//boese.example", "javascript:alert(1)", "http:///boese.example", "\\\\boese"],
)
def test_a_link_to_the_form_made_by_others_leads_nowhere_else(publisher: Client, elsewhere: str) -> None:
    address = reverse("wagtailsnippets_search_synonym:add")
    page = publisher.get(address, {"next": elsewhere})
    assert page.context["action_url"] == address
    sent = {"words": "Kita\nHort", "both_ways": "on", "active": "on", "next": elsewhere}
    response = publisher.post(f"{address}?{urlencode({'next': elsewhere})}", sent)
    assert response["Location"] == reverse("wagtailsnippets_search_synonym:list")


def test_the_search_can_be_tried(publisher: Client) -> None:
    asked("schrott & müll")
    address = publisher.get(REPORT).context["rows"][0].address
    assert publisher.get(address).context["listing"].query.text == "schrott & müll"


def test_settled_forgets_the_text_in_all_weeks_and_leads_back(publisher: Client) -> None:
    asked("kita", weeks_ago=1)
    asked("kita")
    asked("kitas")
    back = f"{REPORT}?liste=ohne-treffer&wochen=12"
    response = publisher.post(SETTLED, {"text": "kita", "next": back})
    assert response.headers["Location"] == back
    assert list(Search.objects.values_list("text", flat=True)) == ["kitas"]


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_settled_leads_nowhere_else(publisher: Client, back: str) -> None:
    response = publisher.post(SETTLED, {"text": "gibt es nicht", "next": back})
    assert response.headers["Location"] == reverse("search_report:report")


def test_the_table_holds_all_rows_and_no_formula(publisher: Client) -> None:
    asked("=1+1", 2)
    for number in range(31):
        asked(f"wort; {number:02}")
    response = publisher.get(TABLE, {"liste": "ohne-treffer", "wochen": "4"})
    assert "attachment" in response.headers["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 33
    assert rows[1] == ["'=1+1", "2", "1", this_week().isoformat(), "0"]
