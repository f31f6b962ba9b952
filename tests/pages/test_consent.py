from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import PageViewRestriction

from austausch.pages.blocks import MediumBlock
from austausch.pages.models import ContentPage, HomePage, Provider
from austausch.pages.setup import ensure_pages

pytestmark = pytest.mark.django_db

COOKIE = settings.AUSTAUSCH_CONSENT_COOKIE
FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def provider() -> Provider:
    return Provider.objects.create(
        key="beispielvideo",
        name="Beispielvideo",
        hosts=["video.example.org", "stream.example.org:8443"],
        transmitted="Ihre IP-Adresse",
        privacy_url="https://video.example.org/datenschutz",
    )


def make_page(provider: Provider, slug: str = "film") -> ContentPage:
    ensure_pages()
    home = HomePage.objects.get(locale__language_code="de")
    media = [
        {
            "type": "medium",
            "id": key,
            "value": {
                "provider": provider.pk,
                "address": f"https://video.example.org/embed/{number}",
                "title": f"Film {number}",
                "description": "Ein Film über das Wohnen.",
                "preview": None,
                "transcript": "<p>Gesprochener Text</p>",
            },
        }
        for number, key in ((1, FIRST), (2, SECOND))
    ]
    import json

    page = ContentPage(title="Filme", slug=slug, locale=home.locale, body=json.dumps(media))
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.fixture
def page(provider: Provider) -> ContentPage:
    return make_page(provider)


def _load(client: Client, page: ContentPage, item: str, scope: str) -> Any:
    return client.post(f"/einwilligungen/laden/?seite={page.pk}&inhalt={item}", {"umfang": scope})


def _frames(html: str) -> list[str]:
    return re.findall(r'<iframe[^>]* src="([^"]*)"', html)


@pytest.mark.parametrize(
    "address",
    [
        "http://video.example.org/1", "https://evil.example.org/1", "https://video.example.org.evil.example/1",
        "https://video.example.org@evil.example/1", "https://u:p@video.example.org/1", "https://video.example.org:8443/",
        "//video.example.org/1", "javascript:alert(1)", "data:text/html,x", "https://", "https://video.example.org:x/",
        "https://[video.example.org/", "",
    ],
)  # fmt: skip
def test_a_provider_covers_no_address_but_https_on_its_own_hosts(provider: Provider, address: str) -> None:
    assert not provider.allows(address)


@pytest.mark.parametrize(
    "address",
    ["https://video.example.org/embed/1?x=y", "https://VIDEO.example.org:443/", "https://stream.example.org:8443/1"],
)
def test_a_provider_covers_its_hosts(provider: Provider, address: str) -> None:
    assert provider.allows(address)


@pytest.mark.parametrize(
    "host", ["https://video.example.org", "*.example.org", "a b", "x;y", "VIDEO.example.org", "'self'"]
)
def test_what_is_no_host_is_refused(provider: Provider, host: str) -> None:
    provider.hosts = [host]
    with pytest.raises(ValidationError, match=r"Servers|host"):
        provider.full_clean()


def test_editors_cannot_embed_what_the_provider_does_not_cover(provider: Provider) -> None:
    block = MediumBlock()
    value = block.to_python(
        {"provider": provider.pk, "address": "https://evil.example/", "title": "x", "description": "x"}
    )
    with pytest.raises(ValidationError) as refused:
        block.clean(value)
    assert "address" in refused.value.block_errors  # type: ignore[attr-defined]


def test_before_consent_the_page_names_the_medium_and_loads_nothing(client: Client, page: ContentPage) -> None:
    response = client.get("/film/")
    html = response.content.decode()
    assert not _frames(html)
    assert "https://video.example.org" not in html
    assert "frame-src" not in response["Content-Security-Policy"]
    assert "Ein Film über das Wohnen." in html
    assert "Gesprochener Text" in html
    assert "Nur diesen Inhalt laden" in html
    assert "Inhalte von Beispielvideo immer laden" in html
    assert "public" in response["Cache-Control"]
    assert not response.cookies


def test_asking_says_what_happens_and_agrees_to_nothing(client: Client, page: ContentPage) -> None:
    response = client.get(f"/einwilligungen/laden/?seite={page.pk}&inhalt={FIRST}&umfang=anbieter")
    html = response.content.decode()
    for text in (
        "Ihre IP-Adresse",
        "video.example.org",
        "https://video.example.org/datenschutz",
        "csrfmiddlewaretoken",
    ):
        assert text in html
    assert COOKIE not in response.cookies
    assert "no-store" in response["Cache-Control"]
    assert not _frames(client.get("/film/").content.decode())


def test_one_item_is_loaded_once_and_only_that_one(client: Client, page: ContentPage) -> None:
    response = _load(client, page, FIRST, "inhalt")
    assert response["Location"] == f"/film/#inhalt-{FIRST}"
    shown = client.get("/film/")
    assert _frames(shown.content.decode()) == ["https://video.example.org/embed/1"]
    assert "frame-src https://video.example.org;" in shown["Content-Security-Policy"] + ";"
    assert "no-store" in shown["Cache-Control"]
    again = client.get("/film/")
    assert not _frames(again.content.decode())
    assert "frame-src" not in again["Content-Security-Policy"]


def test_the_frame_is_fenced_in(client: Client, page: ContentPage) -> None:
    _load(client, page, FIRST, "inhalt")
    frame = re.search(r"<iframe[^>]*>", client.get("/film/").content.decode())
    assert frame
    for attribute in ('sandbox="allow-scripts', 'referrerpolicy="no-referrer"', 'loading="lazy"', 'title="Film 1"'):
        assert attribute in frame[0]
    assert "allow-top-navigation" not in frame[0]
    assert "allow-forms" not in frame[0]


def test_a_permission_for_one_item_that_was_not_used_runs_out(client: Client, page: ContentPage) -> None:
    with time_machine.travel(dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        _load(client, page, FIRST, "inhalt")
        clock.shift(121)
        assert not _frames(client.get("/film/").content.decode())


def test_consent_to_a_provider_covers_its_items_until_it_is_revoked(client: Client, page: ContentPage) -> None:
    _load(client, page, FIRST, "anbieter")
    for _ in range(2):
        assert len(_frames(client.get("/film/").content.decode())) == 2
    centre = client.get("/einwilligungen/").content.decode()
    assert "Erteilt" in centre
    client.post("/einwilligungen/", {"aktion": "widerrufen", "anbieter": "beispielvideo"})
    assert COOKIE not in client.cookies or not client.cookies[COOKIE].value
    assert not _frames(client.get("/film/").content.decode())
    assert "Nicht erteilt" in client.get("/einwilligungen/").content.decode()


def test_consent_runs_out_after_180_days(client: Client, page: ContentPage) -> None:
    with time_machine.travel(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        _load(client, page, FIRST, "anbieter")
        clock.shift(dt.timedelta(days=180) - dt.timedelta(seconds=1))
        assert _frames(client.get("/film/").content.decode())
        clock.shift(dt.timedelta(days=1))
        assert not _frames(client.get("/film/").content.decode())


@pytest.mark.parametrize(
    "change",
    [
        {"hosts": ["video.example.org", "neu.example.org"]},
        {"transmitted": "Mehr"},
        {"privacy_url": "https://x.example/"},
    ],
)
def test_consent_holds_only_for_what_was_described(
    client: Client, page: ContentPage, provider: Provider, change: dict[str, Any]
) -> None:
    _load(client, page, FIRST, "anbieter")
    for name, value in change.items():
        setattr(provider, name, value)
    provider.save()
    assert not _frames(client.get("/film/").content.decode())


def test_all_consents_are_revoked_at_once(client: Client, page: ContentPage, provider: Provider) -> None:
    Provider.objects.create(
        key="zweiter", name="Zweiter", hosts=["z.example"], transmitted="x", privacy_url="https://z.example/"
    )
    for key in ("beispielvideo", "zweiter"):
        client.post("/einwilligungen/", {"aktion": "erteilen", "anbieter": key})
    assert client.get("/einwilligungen/").content.decode().count("Erteilt") == 2
    client.post("/einwilligungen/", {"aktion": "widerrufen", "anbieter": "alle"})
    assert client.get("/einwilligungen/").content.decode().count("Nicht erteilt") == 2


def test_the_cookie_is_for_this_portal_only(client: Client, page: ContentPage) -> None:
    cookie = _load(client, page, FIRST, "anbieter").cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert cookie["max-age"] == 180 * 24 * 60 * 60
    secure = client.post(
        f"/einwilligungen/laden/?seite={page.pk}&inhalt={FIRST}", {"umfang": "anbieter"}, secure=True
    ).cookies[COOKIE]
    assert secure["secure"]


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "beispielvideo",
        "{}",
        signing.dumps({"providers": {}, "once": [FIRST, 9999999999]}, salt="other"),
        "a:b:c",
        "\u00e4",
    ],
)
def test_a_forged_cookie_agrees_to_nothing(client: Client, page: ContentPage, cookie: str) -> None:
    client.cookies[COOKIE] = cookie
    response = client.get("/film/")
    assert response.status_code == 200
    assert not _frames(response.content.decode())


@pytest.mark.parametrize("said", [[], {}, {"providers": [], "once": 1}, {"providers": {"a": 1}, "once": ["", 0]}, None])
def test_a_cookie_of_another_version_agrees_to_nothing(client: Client, page: ContentPage, said: Any) -> None:
    client.cookies[COOKIE] = signing.dumps(said, salt="austausch.consent")
    response = client.get("/film/")
    assert response.status_code == 200
    assert not _frames(response.content.decode())


def test_nobody_gets_the_page_another_visitor_agreed_for(client: Client, page: ContentPage) -> None:
    client.get("/film/")
    _load(client, page, FIRST, "anbieter")
    assert _frames(client.get("/film/").content.decode())
    assert not _frames(Client().get("/film/").content.decode())


def test_another_site_cannot_agree_for_a_visitor(page: ContentPage) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert _load(strict, page, FIRST, "anbieter").status_code == 403
    assert strict.post("/einwilligungen/", {"aktion": "erteilen", "anbieter": "beispielvideo"}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?seite=x&inhalt=y",
        "?seite=1&inhalt=" + FIRST,
        "?seite={pk}&inhalt=../../",
        "?seite={pk}&inhalt=" + "3" * 32,
        "?seite=99999999999999999999&inhalt=" + FIRST,
    ],
)
def test_only_media_of_public_pages_can_be_asked_for(client: Client, page: ContentPage, query: str) -> None:
    assert client.get("/einwilligungen/laden/" + query.format(pk=page.pk)).status_code == 404


def test_a_draft_or_restricted_page_tells_nothing_about_its_media(client: Client, page: ContentPage) -> None:
    address = f"/einwilligungen/laden/?seite={page.pk}&inhalt={FIRST}"
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(address).status_code == 404
    restriction.delete()
    assert client.get(address).status_code == 200
    page.unpublish()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("data", [{}, {"aktion": "alles"}, {"aktion": "erteilen", "anbieter": "fremd"}])
def test_the_centre_refuses_what_it_does_not_know(client: Client, page: ContentPage, data: dict[str, str]) -> None:
    assert client.post("/einwilligungen/", data).status_code in {400, 404}
    assert _load(client, page, FIRST, "irgendwas").status_code == 400


def test_a_medium_that_its_provider_no_longer_covers_is_not_loaded(
    client: Client, page: ContentPage, provider: Provider
) -> None:
    Provider.objects.update(hosts=["anders.example.org"])
    provider.refresh_from_db()
    provider.save()
    client.post("/einwilligungen/", {"aktion": "erteilen", "anbieter": provider.key})
    response = client.get("/film/")
    assert not _frames(response.content.decode())
    assert "zurzeit nicht verfügbar" in response.content.decode()
    assert client.get(f"/einwilligungen/laden/?seite={page.pk}&inhalt={FIRST}").status_code == 404


def test_a_page_outlives_its_provider(client: Client, page: ContentPage, provider: Provider) -> None:
    provider.delete()
    response = client.get("/film/")
    assert response.status_code == 200
    assert "Ein Film über das Wohnen." in response.content.decode()


def test_without_providers_the_centre_says_there_is_nothing_to_agree_to(client: Client) -> None:
    assert "keine Inhalte von Drittanbietern" in client.get("/einwilligungen/").content.decode()
    assert "shows no content of third parties" in client.get("/en/einwilligungen/").content.decode()
