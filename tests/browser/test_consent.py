"""Third-party media in a real browser: the third party here is a stand-in that writes down every request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from austausch.pages.models import ContentPage, HomePage, Provider
from austausch.pages.setup import ensure_pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

THIRD_PARTY = "video.example.org"


@pytest.fixture
def film(live_server: LiveServer) -> str:
    """The address of a page with two media of one provider."""
    provider = Provider.objects.create(
        key="beispielvideo",
        name="Beispielvideo",
        hosts=[THIRD_PARTY],
        transmitted="Ihre IP-Adresse",
        privacy_url=f"https://{THIRD_PARTY}/datenschutz",
    )
    ensure_pages()
    home = HomePage.objects.get(locale__language_code="de")
    media = [
        {
            "type": "medium",
            "id": f"{number}" * 8 + "-1111-4111-8111-111111111111",
            "value": {
                "provider": provider.pk,
                "address": f"https://{THIRD_PARTY}/embed/{number}",
                "title": f"Film {number}",
                "description": "Ein Film über das Wohnen.",
            },
        }
        for number in (1, 2)
    ]
    page = ContentPage(title="Filme", slug="film", locale=home.locale, body=json.dumps(media))
    home.add_child(instance=page)
    page.save_revision().publish()
    return f"{live_server.url}/film/"


class Watched:
    """A visitor whose requests to other hosts are answered by the stand-in and written down."""

    def __init__(self, browser: Browser, own: str, *, scripts: bool) -> None:
        self.context = browser.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 3000})
        self.context.route(lambda url: urlsplit(url).netloc != own, self._stand_in)
        self.foreign: list[str] = []
        self.page: Page = self.context.new_page()

    def _stand_in(self, route: Route) -> None:
        self.foreign.append(route.request.url)
        route.fulfill(content_type="text/html", body="<!doctype html><title>Film</title><p>Film läuft</p>")

    def clicks(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words)).to_be_visible()

    def has_frames(self, number: int) -> None:
        """Wait for the page a click led to, and for what its frames ask for."""
        expect(self.page.locator("iframe")).to_have_count(number)
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator("iframe")).to_have_count(number)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def visitor(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer) -> Iterator[Watched]:
    watched = Watched(browser, urlsplit(live_server.url).netloc, scripts=request.param)
    yield watched
    watched.context.close()


def test_nothing_is_asked_before_the_click_and_one_item_after_it(
    visitor: Watched, film: str, live_server: LiveServer
) -> None:
    visitor.page.goto(film)
    visitor.has_frames(0)
    visitor.clicks("Nur diesen Inhalt laden", "link")
    visitor.sees("Ihre IP-Adresse")
    assert visitor.foreign == []
    visitor.clicks("Nur diesen Inhalt laden")
    visitor.has_frames(1)
    assert visitor.foreign == [f"https://{THIRD_PARTY}/embed/1"]
    visitor.page.goto(film)
    visitor.has_frames(0)
    assert len(visitor.foreign) == 1


def test_after_revocation_nothing_is_asked_any_more(visitor: Watched, film: str, live_server: LiveServer) -> None:
    visitor.page.goto(film)
    visitor.clicks("Inhalte von Beispielvideo immer laden", "link")
    visitor.clicks("Inhalte von Beispielvideo immer laden")
    visitor.has_frames(2)
    assert sorted(set(visitor.foreign)) == [f"https://{THIRD_PARTY}/embed/{number}" for number in (1, 2)]
    visitor.page.goto(f"{live_server.url}/einwilligungen/")
    visitor.clicks("Zustimmung zu Beispielvideo widerrufen")
    visitor.sees("Ihre Zustimmung ist widerrufen.")
    visitor.foreign.clear()
    visitor.page.goto(film)
    visitor.has_frames(0)
    visitor.page.go_back()
    visitor.page.go_back()
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.foreign == []


def test_the_asking_page_and_the_centre_work_by_keyboard(visitor: Watched, film: str) -> None:
    visitor.page.goto(film)
    visitor.page.get_by_role("link", name="Nur diesen Inhalt laden").first.focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("button", name="Nur diesen Inhalt laden").focus()
    visitor.page.keyboard.press("Enter")
    visitor.has_frames(1)


def test_a_form_with_errors_moves_the_focus_to_their_summary(visitor: Watched, live_server: LiveServer) -> None:
    visitor.page.goto(f"{live_server.url}/hinweis/?art=error&seite=/zahlen/")
    visitor.clicks("Nachricht senden")
    visitor.page.locator("#fehler:focus").wait_for()
    visitor.page.get_by_role("link", name="Ihre Nachricht").press("Enter")
    expect(visitor.page.locator("#id_message")).to_be_visible()
