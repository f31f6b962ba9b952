from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.test import Client
from wagtail.models import Locale, Page, Site

from austausch.pages.checks import legal_pages_are_filled_in
from austausch.pages.models import ContentPage, HomePage
from austausch.pages.placeholders import PLACEHOLDER
from austausch.pages.setup import LEGAL, ensure_pages

pytestmark = pytest.mark.django_db

ADDRESSES = [
    ("/", "de"), ("/impressum/", "de"), ("/datenschutz/", "de"), ("/barrierefreiheit/", "de"), ("/netiquette/", "de"),
    ("/en/", "en"), ("/en/imprint/", "en"), ("/en/privacy/", "en"), ("/en/accessibility/", "en"),
    ("/en/netiquette/", "en"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "language"), ADDRESSES)
def test_every_installation_has_a_home_and_the_legal_pages_in_both_languages(
    client: Client, address: str, language: str
) -> None:
    ensure_pages()
    response = client.get(address)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.content.decode()
    assert "public" in response["Cache-Control"]
    assert not response.cookies


def test_a_second_run_makes_nothing() -> None:
    assert len(ensure_pages()) == 10
    before = list(Page.objects.order_by("pk").values_list("pk", "latest_revision_id", "url_path"))
    assert ensure_pages() == []
    assert list(Page.objects.order_by("pk").values_list("pk", "latest_revision_id", "url_path")) == before
    assert Site.objects.count() == 1
    assert Locale.objects.count() == 2


def test_an_edited_page_is_never_overwritten(client: Client) -> None:
    ensure_pages()
    page = ContentPage.objects.get(slug="impressum")
    page.title, page.slug = "Impressum der Stadt", "impressum-neu"
    page.body = [("text", "<p>Eigener Text</p>")]
    page.save_revision().publish()
    assert ensure_pages() == []
    assert "Eigener Text" in client.get("/impressum-neu/").content.decode()
    assert client.get("/impressum/").status_code == 404


def test_a_page_made_by_hand_at_the_same_address_counts() -> None:
    ensure_pages()
    ContentPage.objects.get(slug="netiquette", locale__language_code="de").delete()
    home = HomePage.objects.get(locale__language_code="de")
    home.add_child(instance=ContentPage(title="Regeln", slug="netiquette", locale=home.locale, body=[]))
    assert ensure_pages() == []


def test_a_site_that_already_has_pages_keeps_them() -> None:
    own = Page.objects.get(slug="home")
    own.add_child(instance=Page(title="Eigenes", slug="eigenes"))
    ensure_pages()
    assert Page.objects.filter(slug="eigenes").exists()


def test_the_switch_of_languages_leads_to_the_translated_page(client: Client) -> None:
    ensure_pages()
    assert 'href="/en/imprint/" hreflang="en"' in client.get("/impressum/").content.decode()
    assert 'href="/impressum/" hreflang="de"' in client.get("/en/imprint/").content.decode()


@pytest.mark.parametrize("code", ["de", "en"])
@pytest.mark.parametrize("page", LEGAL, ids=lambda page: page.key)
def test_nothing_that_only_the_operator_knows_is_invented(page: object, code: str) -> None:
    ensure_pages()
    found = ContentPage.objects.get(slug=page.slugs[code], locale__language_code=code)  # type: ignore[attr-defined]
    text = str(found.body)
    assert "@" not in text
    # No number of telephone, house or post: years and articles have at most four digits.
    import re

    assert not re.search(r"\d{5,}", text)
    assert bool(PLACEHOLDER.search(text)) == (page.key != "netiquette")  # type: ignore[attr-defined]


def test_what_is_missing_is_marked_on_the_page_and_in_the_deployment_check(client: Client) -> None:
    ensure_pages()
    html = client.get("/impressum/").content.decode()
    assert html.count('<mark class="placeholder">[Vom Betreiber einzutragen: ') == len(PLACEHOLDER.findall(html)) > 5
    warnings = legal_pages_are_filled_in()
    assert {warning.id for warning in warnings} == {"pages.W001"}
    assert len(warnings) == 6
    assert "Impressum" in warnings[0].msg
    assert [found for found in run_checks(include_deployment_checks=True) if found.id == "pages.W001"]
    assert not [found for found in run_checks() if found.id == "pages.W001"]


def test_the_check_is_silent_once_all_is_filled_in() -> None:
    ensure_pages()
    for page in ContentPage.objects.all():
        page.body = [("text", "<p>Alles eingetragen.</p>")]
        page.save_revision().publish()
    assert legal_pages_are_filled_in() == []


def test_the_privacy_page_names_every_cookie_the_software_can_set(client: Client) -> None:
    ensure_pages()
    page = client.get("/datenschutz/").content.decode()
    for name in ("sessionid", "csrftoken", "einwilligung", "messages", "farbschema", "suchverlauf"):
        assert f"<td>{name}</td>" in page


def test_the_accessibility_statement_leads_to_the_barrier_form(client: Client) -> None:
    ensure_pages()
    assert "/hinweis/?art=barrier" in client.get("/barrierefreiheit/").content.decode()
    assert "/en/hinweis/?art=barrier" in client.get("/en/accessibility/").content.decode()
