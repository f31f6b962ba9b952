"""Counting kinds of pages: what is counted, what is not, and that nothing of it is about anybody."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from austausch.figures import usage
from austausch.figures.models import PageUse
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
BROWSER = {"Accept-Language": "de", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    usage._waiting.take()


def counted() -> dict[str, int]:
    usage.flush()
    return dict(PageUse.objects.values_list("kind", "asked"))


def test_pages_are_counted_by_kind_also_from_the_cache(client: Client) -> None:
    for path in ("/zahlen/", "/zahlen/", "/en/zahlen/", "/termine/"):
        client.get(path, headers=BROWSER)
    assert counted() == {"figures": 3, "events": 1}
    client.get("/termine/", headers=BROWSER)
    assert counted() == {"figures": 3, "events": 2}


@pytest.mark.parametrize(
    "headers",
    [
        {**BROWSER, "User-Agent": "Mozilla/5.0 (compatible; Examplebot/2.1)"},
        {**BROWSER, "User-Agent": "curl/8.0"},
        {"User-Agent": BROWSER["User-Agent"]},
        {**BROWSER, "Sec-Purpose": "prefetch"},
        {**BROWSER, "HX-Request": "true"},
    ],
)
def test_programs_and_what_is_only_fetched_ahead_are_not_counted(client: Client, headers: dict[str, str]) -> None:
    client.get("/termine/", headers=headers)
    assert counted() == {}


def test_who_is_signed_in_is_not_counted_nor_what_is_no_page(client: Client) -> None:
    for path in ("/termine/kalender.ics", "/api/v1/events", "/termine/gibt-es-nicht/", "/konto/login/", "/healthz"):
        client.get(path, headers=BROWSER)
    client.force_login(UserFactory(), backend=BACKEND)
    client.get("/termine/", headers=BROWSER)
    assert counted() == {}


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "home"), ("/en/", "home"), ("/en", "home"), ("/massnahmen/", "measures"), ("/massnahmen/x/", "measure"),
     ("/en/termine/x/", "events"), ("/impressum/", "other"), ("/netz/", ""), ("/verwaltung/x", ""), ("//x", "other")],
)  # fmt: skip
def test_the_kind_says_less_than_the_address(path: str, kind: str) -> None:
    assert usage.kind_of(path) == kind


def test_nothing_is_set_in_the_browser(client: Client) -> None:
    assert not client.get("/termine/", headers=BROWSER).cookies


def test_small_numbers_are_hidden_and_only_editors_see_the_others(client: Client) -> None:
    today = timezone.localdate()
    PageUse.objects.create(day=today, kind="events", asked=1234)
    PageUse.objects.create(day=today, kind="figures", asked=4)
    assert client.get("/verwaltung/nutzung/").status_code == 302
    client.force_login(UserFactory(), backend=BACKEND)
    assert client.get("/verwaltung/nutzung/").status_code in {302, 403}
    client.force_login(MembershipFactory().user, backend=BACKEND)
    page = client.get("/verwaltung/nutzung/").content.decode()
    assert "1.234" in page
    assert "&lt; 5" in page


def test_counts_are_forgotten_after_three_years() -> None:
    PageUse.objects.create(day=timezone.localdate() - dt.timedelta(days=1200), kind="events", asked=9)
    usage.forget_old()
    assert not PageUse.objects.exists()


def test_of_the_directory_no_number_grows_while_somebody_looks_at_it(client: Client) -> None:
    today = timezone.localdate()
    before = today.replace(day=1) - dt.timedelta(days=1)
    for day, asked in ((today, 1234), (before, 4321)):
        PageUse.objects.create(day=day, kind="counselling", asked=asked)
    client.force_login(UserFactory(portal_team=True), backend=BACKEND)
    page = client.get("/verwaltung/nutzung/").content.decode()
    assert "4.321" in page
    assert "1.234" not in page
    assert "wenn der Monat um ist" in page
