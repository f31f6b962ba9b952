"""The page /pruefen/ in a browser: every way to show a code, every answer, without a network, and nothing leaves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer
from vdseal import carriers
from vdseal.status import StatusListBuilder
from vdseal.values import FieldType

from austausch.certificates.models import PublishedList
from tests.browser.conftest import Visitors
from tests.browser.test_every_page import barriers
from tests.certificates.checking.published import publish, publish_lists
from tests.certificates.checking.world import HOST, PROFILE, STATUS_URI, World, forged, make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make(now=timezone.now())
    publish(made)
    return made


def fragment(seal: bytes) -> str:
    return "#" + carriers.to_link(seal, host=HOST).partition("#")[2]


def qr_picture(seal: bytes, *, host: str = HOST) -> bytes:
    return carriers.png(carriers.qr_code(carriers.to_link(seal, host=host)), scale=5)


def shown(page: Page, answer: str) -> None:
    """The answer stands there, and has the focus: a screen reader has read it."""
    title = page.locator(".verdict__title").first
    expect(title).to_have_text(answer)
    expect(title).to_be_focused()


def ready_offline(page: Page) -> None:
    page.locator("[data-checker][data-offline-ready]").wait_for()


def test_a_link_is_checked_and_neither_request_nor_history_keeps_it(
    page: Page, live_server: LiveServer, world: World
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(f"{request.url} {request.post_data or ''} {request.headers}")

    page.context.on("request", note)
    secret = fragment(world.sealed())
    page.goto(f"{live_server.url}/konto/login/")
    page.goto(f"{live_server.url}/pruefen/{secret}")
    shown(page, "Echt und gültig")
    for value in ("Muster-Șerban", "Łucja Yağmur", "01.03.2016", "Grundschule am Beispielweg (Demonstration)"):
        expect(page.locator(".verdict__sealed")).to_contain_text(value)
    expect(page.locator(".verdict__compare")).to_contain_text("mit der Person")
    assert page.url == f"{live_server.url}/pruefen/"
    assert any("/pruefen/listen/" in one for one in asked)
    # The document's own request holds the fragment in the browser's tool only; a server never sees one.
    sent = [one for one in asked if not one.startswith(f"{live_server.url}/pruefen/{secret}")]
    assert not any(secret[1:40] in one for one in sent)
    page.go_back()
    page.go_forward()
    assert "#" not in page.url


def test_the_server_is_never_told_what_is_checked(
    page: Page, live_server: LiveServer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    answer = WSGIHandler.__call__

    def told(self: WSGIHandler, environ: dict[str, object], start_response: object) -> object:
        seen.append(str({name: value for name, value in environ.items() if isinstance(value, str)}))
        return answer(self, environ, start_response)

    monkeypatch.setattr(WSGIHandler, "__call__", told)
    secret = fragment(world.sealed())
    page.goto(f"{live_server.url}/pruefen/{secret}")
    shown(page, "Echt und gültig")
    assert not any(secret[2:40] in one for one in seen)


def test_nothing_about_a_certificate_is_kept(page: Page, live_server: LiveServer, world: World) -> None:
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed())}")
    shown(page, "Echt und gültig")
    ready_offline(page)
    page.get_by_role("button", name="Leeren und die nächste prüfen").click()
    expect(page.locator(".verdict")).to_have_count(0)
    kept = page.evaluate(
        """async () => {
          const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              texts.push(request.url);
              if (!/woff2|wasm|\\.mjs|\\.js/.test(request.url)) texts.push(await (await cache.match(request)).text());
            }
          }
          return texts.join("\\n") + document.body.innerText;
        }"""
    )
    for secret in ("Șerban", "Yağmur", fragment(world.sealed())[2:60]):
        assert secret not in kept


@pytest.mark.parametrize("kind", ["qr", "matrix", "photograph"])
def test_a_picture_is_read_on_the_device(page: Page, live_server: LiveServer, world: World, kind: str) -> None:
    seal = world.sealed()
    picture = carriers.png(carriers.data_matrix(seal), scale=5) if kind == "matrix" else qr_picture(seal)
    if kind == "photograph":
        picture = photographed(picture)
    page.goto(f"{live_server.url}/pruefen/")
    page.locator("[data-file]").set_input_files({"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": picture})
    shown(page, "Echt und gültig")


def photographed(code: bytes) -> bytes:
    """The code on a page, taken at an angle, with soft edges and JPEG's traces."""
    page = Image.new("L", (1654, 2339), 255)
    page.paste(Image.open(BytesIO(code)).resize((420, 420)), (1100, 1700))
    turned = page.rotate(4, expand=True, fillcolor=200, resample=Image.Resampling.BICUBIC)
    written = BytesIO()
    turned.save(written, "JPEG", quality=55)
    return written.getvalue()


def test_a_pdf_file_is_read_on_the_device(page: Page, live_server: LiveServer, world: World) -> None:
    written = BytesIO()
    sheets = [Image.new("L", (1654, 2339), 255) for _ in range(2)]
    for sheet, seal in zip(sheets, (world.sealed(), world.sealed(status_index=7)), strict=True):
        sheet.paste(Image.open(BytesIO(qr_picture(seal))), (900, 1500))
    sheets[0].save(written, "PDF", save_all=True, append_images=sheets[1:], resolution=200)
    page.goto(f"{live_server.url}/pruefen/")
    file = {"name": "antrag.pdf", "mimeType": "application/pdf", "buffer": written.getvalue()}
    page.locator("[data-file]").set_input_files(file)
    shown(page, "Echt und gültig")
    expect(page.locator(".verdict__title")).to_have_text(["Echt und gültig", "Echt, aber nicht gültig"])
    expect(page.locator("[data-said]")).to_contain_text("2 Bescheinigungen gefunden")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7 broken", "Die Datei lässt sich nicht lesen"),
        (b"just text", "Wählen Sie ein Bild oder eine PDF-Datei."),
        (b"", "Wählen Sie ein Bild oder eine PDF-Datei."),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_the_next_one_works(
    page: Page, live_server: LiveServer, world: World, content: bytes, told: str
) -> None:
    page.goto(f"{live_server.url}/pruefen/")
    choose = page.locator("[data-file]")
    choose.set_input_files({"name": "a.bin", "mimeType": "application/octet-stream", "buffer": content})
    expect(page.locator("[data-said]")).to_contain_text(told)
    choose.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": qr_picture(world.sealed())})
    shown(page, "Echt und gültig")


def test_a_picture_without_a_seal_says_so(page: Page, live_server: LiveServer, world: World) -> None:
    other = carriers.png(carriers.qr_code("https://example.org/"), scale=5)
    page.goto(f"{live_server.url}/pruefen/")
    choose = page.locator("[data-file]")
    choose.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": other})
    expect(page.locator("[data-said]")).to_contain_text("enthält aber kein Siegel")
    empty = BytesIO()
    Image.new("L", (400, 400), 255).save(empty, "PNG")
    choose.set_input_files({"name": "b.png", "mimeType": "image/png", "buffer": empty.getvalue()})
    expect(page.locator("[data-said]")).to_contain_text("Kein Code gefunden")


def test_a_code_that_names_a_forgers_page_is_checked_here_and_never_opened(
    page: Page, live_server: LiveServer, world: World
) -> None:
    picture = qr_picture(world.sealed(by=forged(world)), host="pruefen-schule.example.com")
    page.goto(f"{live_server.url}/pruefen/")
    page.locator("[data-file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture})
    shown(page, "Nicht echt")
    expect(page.locator("[data-note]")).to_contain_text("pruefen-schule.example.com")
    expect(page.locator(".verdict")).not_to_contain_text("Șerban")


def test_a_revoked_an_expired_and_a_foreign_certificate(page: Page, live_server: LiveServer, world: World) -> None:
    today = world.now.date()
    over = world.sealed(
        issued=today - 9 * DAY, signed=today - 9 * DAY, valid_from=today - 9 * DAY, valid_to=today - DAY
    )
    stranger = make(now=world.now)
    cases = [
        (world.sealed(status_index=7), "Echt, aber nicht gültig", "widerrufen"),
        (over, "Echt, aber nicht gültig", "Sie galt bis zum"),
        (stranger.sealed(), "Keine Aussage möglich", "nicht in der Liste der Schulen"),
        (world.sealed(school_number="100002"), "Nicht echt", "anderen Schule"),
    ]
    page.goto(f"{live_server.url}/pruefen/")
    for seal, answer, reason in cases:
        page.evaluate("hash => { location.hash = hash; }", fragment(seal))
        expect(page.locator(".verdict__reason")).to_contain_text(reason)
        shown(page, answer)


def test_script_in_every_text_field_is_shown_as_text(page: Page, live_server: LiveServer, world: World) -> None:
    evil = "<img src=x onerror=f()>"
    # Which number a school may seal stands in the trust list, and what a status may be in the profile.
    names = [each.name for each in PROFILE.fields if each.type is FieldType.TEXT]
    free = [name for name in names if name not in {"school_number", "status"}]
    assert len(free) == 5
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed(**dict.fromkeys(free, evil)))}")
    shown(page, "Echt und gültig")
    assert page.locator(".verdict dd", has_text=evil).count() == len(free)
    assert page.locator(".verdict img, .verdict script").count() == 0


def test_script_in_what_a_scanner_types_is_shown_as_text(page: Page, live_server: LiveServer, world: World) -> None:
    digits = fragment(world.sealed())
    page.goto(f"{live_server.url}/pruefen/")
    page.get_by_text("Handscanner oder Code als Text").press("Enter")
    field = page.get_by_label("Was der Scanner schreibt")
    field.fill(f"https://<img src=x onerror=f()>.example.org/{digits}")
    field.press("Enter")
    shown(page, "Echt und gültig")
    expect(page.locator("[data-note]")).to_contain_text("<img src=x onerror=f()>.example.org")
    assert page.locator(".verdict img").count() == 0


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/", "javascript:alert(1)", "//evil.example.org/", "data:,x"]
)
def test_addresses_in_a_genuine_seal_are_neither_asked_nor_shown_as_links(
    page: Page, live_server: LiveServer, world: World, address: str
) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/pruefen/")
    for changes, answer in (
        ({"profile_uri": address, "certificate_uri": address}, "Echt und gültig"),
        # The school may name its own list only.
        ({"status_uri": address}, "Nicht echt"),
    ):
        page.evaluate("hash => { location.hash = hash; }", fragment(world.sealed(**changes)))
        shown(page, answer)
        assert page.locator(".verdict a").count() == 0
    # That nothing at another host was asked, `visitors` sees to for every test.
    assert not any(address in url for url in asked if not url.startswith(("data:image", "blob:")))


def test_a_seal_copied_onto_another_paper_shows_whose_it_is(page: Page, live_server: LiveServer, world: World) -> None:
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed(family_name='Wirklich', first_names='Ganz'))}")
    shown(page, "Echt und gültig")
    expect(page.locator(".verdict__sealed")).to_contain_text("Wirklich")
    expect(page.locator(".verdict__compare")).to_contain_text("mit dem Papier")


@pytest.mark.parametrize(("days", "told"), [(-3, "Uhr"), (8, "zu alt"), (4000, "zu alt")])
def test_a_clock_that_was_moved_makes_nothing_valid(
    page: Page, live_server: LiveServer, world: World, days: int, told: str
) -> None:
    page.clock.set_fixed_time(world.now + days * DAY)
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed())}")
    shown(page, "Keine Aussage möglich")
    expect(page.locator(".verdict__reason")).to_contain_text(told)
    # What was revoked stays revoked, but for a list from the future, which says nothing.
    page.evaluate("hash => { location.hash = hash; }", fragment(world.sealed(status_index=7)))
    expect(page.locator(".verdict__title")).not_to_have_text("Echt und gültig")


def test_without_a_network_after_the_first_visit(visitors: Visitors, live_server: LiveServer, world: World) -> None:
    page = visitors()
    page.goto(f"{live_server.url}/pruefen/")
    ready_offline(page)
    expect(page.locator("[data-trust-age]")).to_contain_text("gilt bis")
    visitors.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.goto("about:blank")
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed())}")
    shown(page, "Echt und gültig")
    page.locator("[data-file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": qr_picture(world.sealed(status_index=7))}
    )
    expect(page.locator(".verdict__reason")).to_contain_text("widerrufen")
    page.get_by_role("button", name="Listen jetzt aktualisieren").click()
    expect(page.locator("[data-said]")).to_contain_text("Nicht jede Liste")
    expect(page.locator(".verdict__title")).to_have_text("Echt, aber nicht gültig")


@pytest.fixture
def stale(transactional_db: None) -> World:
    made = make(now=timezone.now(), age=8 * DAY, lasts=7 * DAY)
    publish(made)
    return made


def test_lists_that_are_too_old_decide_nothing_until_they_are_updated(
    page: Page, live_server: LiveServer, stale: World
) -> None:
    page.goto(f"{live_server.url}/pruefen/{fragment(stale.sealed())}")
    shown(page, "Keine Aussage möglich")
    expect(page.locator(".verdict__reason")).to_contain_text("zu alt")
    expect(page.locator("[data-trust-age]")).to_contain_text("zu alt: vom")
    fresh = renewed(stale)
    publish_lists(fresh, serial=2)
    page.get_by_role("button", name="Listen jetzt aktualisieren").click()
    expect(page.locator(".verdict__title")).to_have_text("Echt und gültig")
    expect(page.locator("[data-trust-age]")).to_contain_text("gilt bis")


def renewed(world: World) -> World:
    """The same keys, lists of now."""
    issued = world.now.replace(microsecond=0)
    trust = replace(world.trust, issued=issued, expires=issued + 7 * DAY)
    status = StatusListBuilder(1024, bits=1).sign(world.root, uri=STATUS_URI, issued=issued, expires=issued + 7 * DAY)
    return replace(
        world, trust=trust, trust_token=trust.sign(world.root, certificates=False), status_tokens={STATUS_URI: status}
    )


def test_an_older_list_replayed_by_the_network_is_not_taken(page: Page, live_server: LiveServer, world: World) -> None:
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed(status_index=7))}")
    shown(page, "Echt, aber nicht gültig")
    issued = world.now - 2 * DAY
    old = StatusListBuilder(1024, bits=1).sign(world.root, uri=STATUS_URI, issued=issued, expires=world.now + 7 * DAY)
    PublishedList.objects.filter(name="status/1").update(content=old.encode(), serial=2)
    page.get_by_role("button", name="Listen jetzt aktualisieren").click()
    expect(page.locator("[data-said]")).to_contain_text("Nicht jede Liste")
    expect(page.locator(".verdict__title")).to_have_text("Echt, aber nicht gültig")


def test_an_older_list_replayed_to_one_window_does_not_replace_what_another_has_kept(
    visitors: Visitors, live_server: LiveServer, world: World
) -> None:
    """The first window was opened before the revocation, the second after it; the first is then given an old list."""
    issued, good = world.now.replace(microsecond=0), world.now + 7 * DAY
    lists = {
        day: StatusListBuilder(1024, bits=1).sign(world.root, uri=STATUS_URI, issued=issued - day * DAY, expires=good)
        for day in (3, 2)
    }
    new = bytes(PublishedList.objects.get(name="status/1").content)
    page = visitors()

    def publish_status(token: bytes) -> None:
        PublishedList.objects.filter(name="status/1").update(content=token)

    publish_status(lists[3].encode())
    page.goto(f"{live_server.url}/pruefen/")
    expect(page.locator("[data-status-age]")).to_contain_text("gilt bis")
    publish_status(new)
    second = page.context.new_page()
    second.goto(f"{live_server.url}/pruefen/{fragment(world.sealed(status_index=7))}")
    shown(second, "Echt, aber nicht gültig")
    publish_status(lists[2].encode())
    page.get_by_role("button", name="Listen jetzt aktualisieren").click()
    expect(page.locator("[data-said]")).to_contain_text("Nicht jede Liste")
    visitors.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    third = page.context.new_page()
    third.goto(f"{live_server.url}/pruefen/{fragment(world.sealed(status_index=7))}")
    shown(third, "Echt, aber nicht gültig")


def test_a_device_whose_clock_is_wrong_is_told_so(page: Page, live_server: LiveServer, world: World) -> None:
    page.clock.set_fixed_time(world.now - 3 * DAY)
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed())}")
    shown(page, "Keine Aussage möglich")
    expect(page.locator(".verdict__reason")).to_contain_text("Uhr")


def test_a_hand_scanner_and_the_keyboard_alone_suffice(page: Page, live_server: LiveServer, world: World) -> None:
    page.goto(f"{live_server.url}/pruefen/")
    page.get_by_text("Handscanner oder Code als Text").press("Enter")
    field = page.get_by_label("Was der Scanner schreibt")
    field.fill(carriers.to_link(world.sealed(), host="anderswo.example.org"))
    field.press("Enter")
    shown(page, "Echt und gültig")
    page.get_by_role("button", name="Leeren und die nächste prüfen").press("Enter")
    expect(page.get_by_role("button", name="Kamera verwenden")).to_be_focused()
    field.fill("kein Siegel")
    field.press("Enter")
    expect(page.locator("[data-said]")).to_contain_text("Das enthält kein Siegel.")


def test_the_other_language_opens_with_the_same_certificate(page: Page, live_server: LiveServer, world: World) -> None:
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed())}")
    shown(page, "Echt und gültig")
    page.get_by_role("link", name="English").click()
    shown(page, "Genuine and valid")
    expect(page.locator(".verdict__sealed")).to_contain_text("Family name")
    assert page.url == f"{live_server.url}/en/pruefen/"


def test_without_a_camera_or_without_leave_the_page_says_what_else_works(
    page: Page, live_server: LiveServer, world: World
) -> None:
    page.goto(f"{live_server.url}/pruefen/")
    page.get_by_role("button", name="Kamera verwenden").click()
    expect(page.locator("[data-said]")).to_contain_text("Wählen Sie ein Bild")
    expect(page.locator("[data-camera]")).to_be_hidden()


def test_without_scripts_the_page_says_honestly_what_is_needed(
    visitors: Visitors, live_server: LiveServer, world: World
) -> None:
    page = visitors(java_script_enabled=False)
    page.goto(f"{live_server.url}/pruefen/")
    # Playwright's search by text passes over noscript.
    expect(page.locator("noscript .kern-alert")).to_be_visible()
    assert "rufen Sie die Schule an" in page.locator("noscript .kern-alert").inner_text()
    expect(page.locator("[data-checker]")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme", "prefix"), [(390, "light", ""), (1280, "dark", "/en")])
def test_no_answer_has_a_barrier_a_machine_can_find(
    visitors: Visitors, live_server: LiveServer, world: World, width: int, scheme: str, prefix: str
) -> None:
    page = visitors(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found: list[str] = []
    seals = [world.sealed(), world.sealed(status_index=7), world.sealed(by=forged(world)), make(now=world.now).sealed()]
    page.goto(f"{live_server.url}{prefix}/pruefen/")
    found += barriers(page, "start")
    for number, seal in enumerate(seals):
        page.evaluate("hash => { location.hash = hash; }", fragment(seal))
        page.locator(".verdict").wait_for()
        found += barriers(page, f"answer {number}")
        if (wider := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
            found.append(f"answer {number}: scrolls sideways by {wider} px")
    assert found == []


def test_everything_the_page_loads_is_in_the_plan_of_the_service_worker(
    page: Page, live_server: LiveServer, world: World
) -> None:
    """What a first visit has loaded, by page and style sheets, is there without a network, too."""
    loaded: set[str] = set()
    page.context.on("request", lambda request: loaded.add(urlsplit(request.url).path))
    page.goto(f"{live_server.url}/pruefen/{fragment(world.sealed())}")
    shown(page, "Echt und gültig")
    ready_offline(page)
    planned = set(
        page.evaluate("async () => (await (await fetch('/pruefen/offline.js')).text()).match(/\\/static\\/[^\"]+/g)")
    )
    missing = {path for path in loaded if path.startswith("/static/")} - planned
    assert missing == set()
    for path in planned:
        assert page.request.get(live_server.url + path).ok, path
