"""The camera of the page /pruefen/, with a picture that Chromium plays instead of one: a rendered certificate code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from vdseal import carriers

from tests.browser.conftest import ARGUMENTS, Visitors
from tests.certificates.checking.published import publish
from tests.certificates.checking.world import HOST, World, make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILM = (1280, 720)
FAKE = ["--use-fake-device-for-media-stream"]
START = "Kamera verwenden"
# Keeps each stream that the page is given, so that a test can see whether it was let go.
KEEP_STREAMS = """
window.streams = [];
const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await given(wanted);
  await window.beforeTheStream?.();
  window.streams.push(stream);
  return stream;
};
"""
LIVE = "window.streams.flatMap(stream => stream.getTracks()).filter(track => track.readyState === 'live').length"

HOLD_THE_STREAM = """() => {
  window.asked = new Promise(asked => {
    window.beforeTheStream = () => new Promise(allow => { window.allow = allow; asked(); });
  });
}"""
# The content policy of the page forbids Playwright's own waiting for an expression.
LET_GO = f"""async () => {{
  while (window.streams.length === 0 || {LIVE} > 0) await new Promise(resolve => setTimeout(resolve, 20));
}}"""


@pytest.fixture
def world(transactional_db: None) -> World:
    made = make(now=timezone.now())
    publish(made)
    return made


def film(picture: bytes, folder: Path) -> Path:
    """A film of one still picture, in YUV4MPEG2: a line of text, then brightness and (even) colour of each frame."""
    frame = Image.new("L", FILM, 150)
    code = Image.open(BytesIO(picture)).convert("L").rotate(5, expand=True, fillcolor=255)
    code.thumbnail((FILM[1] - 40, FILM[1] - 40))
    frame.paste(code, ((FILM[0] - code.width) // 2, (FILM[1] - code.height) // 2))
    path = folder / "camera.y4m"
    colour = b"\x80" * (FILM[0] * FILM[1] // 2)
    head = f"YUV4MPEG2 W{FILM[0]} H{FILM[1]} F30:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + frame.tobytes() + colour) * 3)
    return path


class Camera:
    """Opens the page in a browser of its own, whose camera shows a picture."""

    def __init__(self, browser: Browser, live_server: LiveServer, folder: Path) -> None:
        self._type, self._server, self._folder = browser.browser_type, live_server, folder
        self._open: list[tuple[Visitors, Browser]] = []

    def __call__(self, picture: bytes, *, allowed: bool = True) -> Page:
        options = [*FAKE, f"--use-file-for-fake-video-capture={film(picture, self._folder)}"]
        if allowed:
            options.append("--use-fake-ui-for-media-stream")
        started = self._type.launch(executable_path=shutil.which("chromium"), args=[*ARGUMENTS, *options])
        visitors = Visitors(started, self._server.url.partition("//")[2])
        self._open.append((visitors, started))
        page = visitors()
        page.add_init_script(KEEP_STREAMS)
        page.goto(f"{self._server.url}/pruefen/")
        return page

    def close(self) -> list[str]:
        for visitors, started in self._open:
            visitors.close()
            started.close()
        return [problem for visitors, _started in self._open for problem in visitors.problems]


@pytest.fixture
def camera(browser: Browser, live_server: LiveServer, world: World, tmp_path: Path) -> Iterator[Camera]:
    made = Camera(browser, live_server, tmp_path)
    yield made
    assert made.close() == []


def qr_code(text: str) -> bytes:
    return carriers.png(carriers.qr_code(text), scale=6)


def empty() -> bytes:
    written = BytesIO()
    Image.new("L", (600, 600), 230).save(written, "PNG")
    return written.getvalue()


def start(page: Page) -> None:
    page.get_by_role("button", name=START).click()


def said(page: Page, text: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(text)


@pytest.mark.parametrize("kind", ["qr", "matrix"])
def test_a_certificate_held_before_the_camera_is_answered_and_the_camera_goes_off(
    camera: Camera, world: World, kind: str
) -> None:
    seal = world.sealed()
    matrix = carriers.png(carriers.data_matrix(seal), scale=8)
    page = camera(matrix if kind == "matrix" else qr_code(carriers.to_link(seal, host=HOST)))
    start(page)
    title = page.locator(".verdict__title")
    expect(title).to_have_text("Echt und gültig")
    expect(title).to_be_focused()
    expect(page.locator("[data-camera]")).to_be_hidden()
    assert page.evaluate(LIVE) == 0
    # The next paper: the same button again.
    page.get_by_role("button", name="Leeren und die nächste prüfen").press("Enter")
    expect(page.locator(".verdict")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(title).to_have_text("Echt und gültig")
    assert page.evaluate("window.streams.length") == 2
    assert page.evaluate(LIVE) == 0


def test_a_camera_that_may_not_be_used_says_what_else_works(camera: Camera, world: World) -> None:
    page = camera(qr_code(carriers.to_link(world.sealed(), host=HOST)), allowed=False)
    start(page)
    said(page, "Die Kamera darf nicht verwendet werden.")
    said(page, "wählen Sie ein Bild")
    expect(page.locator("[data-camera]")).to_be_hidden()
    expect(page.get_by_role("button", name=START)).to_be_focused()
    expect(page.get_by_role("button", name=START)).to_be_enabled()


def test_stopping_lets_the_camera_go_and_gives_the_focus_back(camera: Camera) -> None:
    page = camera(empty())
    start(page)
    said(page, "Die Kamera sucht einen Code.")
    stop = page.get_by_role("button", name="Kamera ausschalten")
    expect(stop).to_be_focused()
    assert page.evaluate(LIVE) == 1
    stop.press("Enter")
    assert page.evaluate(LIVE) == 0
    said(page, "Die Kamera ist aus.")
    expect(page.get_by_role("button", name=START)).to_be_focused()
    assert page.evaluate("document.querySelector('[data-video]').srcObject") is None


def test_a_camera_stopped_while_the_browser_still_asks_never_goes_on(camera: Camera) -> None:
    page = camera(empty())
    page.evaluate(HOLD_THE_STREAM)
    start(page)
    page.evaluate("window.asked")
    page.get_by_role("button", name="Kamera ausschalten").click()
    page.evaluate("window.allow()")
    page.evaluate(LET_GO)
    expect(page.locator("[data-camera]")).to_be_hidden()
    said(page, "Die Kamera ist aus.")


def test_another_code_before_the_camera_is_named_and_the_camera_goes_on(camera: Camera) -> None:
    page = camera(qr_code("https://example.org/pruefen/#angebote"))
    start(page)
    said(page, "Dieser Code enthält kein Siegel einer Schulbescheinigung.")
    assert page.evaluate(LIVE) == 1


def test_a_file_chosen_meanwhile_lets_the_camera_go(camera: Camera, world: World) -> None:
    page = camera(empty())
    start(page)
    said(page, "Die Kamera sucht einen Code.")
    picture = qr_code(carriers.to_link(world.sealed(status_index=7), host=HOST))
    page.locator("[data-file]").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture})
    expect(page.locator(".verdict__title")).to_have_text("Echt, aber nicht gültig")
    assert page.evaluate(LIVE) == 0


def test_a_camera_that_is_unplugged_is_told_apart_from_one_that_finds_nothing(camera: Camera) -> None:
    page = camera(empty())
    start(page)
    said(page, "Die Kamera sucht einen Code.")
    page.evaluate("window.streams[0].getTracks().forEach(track => track.stop())")
    said(page, "Die Kamera wurde getrennt oder ausgeschaltet.")
    expect(page.locator("[data-camera]")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("NotReadableError", "Ein anderes Programm benutzt die Kamera."),
        ("NotFoundError", "Hier lässt sich keine Kamera verwenden"),
    ],
)
def test_a_camera_that_cannot_start_is_named_by_its_reason(camera: Camera, name: str, told: str) -> None:
    page = camera(empty())
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); } }", name
    )
    start(page)
    said(page, told)
    expect(page.get_by_role("button", name=START)).to_be_enabled()


def test_nothing_that_is_hidden_shows_before_something_was_checked(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/pruefen/")
    page.locator("[data-checker][data-offline-ready]").wait_for()
    expect(page.get_by_role("button", name="Leeren und die nächste prüfen")).to_be_hidden()
    expect(page.get_by_role("button", name="Auf diesem Gerät installieren")).to_be_hidden()
    shown = "[...document.querySelectorAll('[hidden]')].filter(one => getComputedStyle(one).display !== 'none').length"
    assert page.evaluate(shown) == 0
