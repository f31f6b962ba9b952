"""Times in a headless browser. The server is the tests' own; the browser is on the same machine."""

from __future__ import annotations

import base64
import random
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connections
from django.test.testcases import LiveServerThread
from django.utils import timezone
from PIL import Image, ImageFilter
from playwright.sync_api import Page, sync_playwright
from vdseal import carriers

from tests.browser.conftest import ARGUMENTS
from tests.certificates.checking.published import publish
from tests.certificates.checking.world import HOST, World, make

DOTS = 200
A4 = (1654, 2339)


def measure(count: int) -> Iterator[str]:
    """Lines to print."""
    with tempfile.TemporaryDirectory() as folder:
        settings.ALLOWED_HOSTS = ["localhost"]
        connections["default"].settings_dict["NAME"] = str(Path(folder) / "bench.sqlite3")
        call_command("migrate", verbosity=0)
        world = make(now=timezone.now())
        publish(world)
        server = LiveServerThread("localhost", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        try:
            yield from _in_browser(world, f"http://localhost:{server.port}", count)
        finally:
            server.terminate()
            server.join()


def _in_browser(world: World, address: str, count: int) -> Iterator[str]:
    pictures = list(_photographs(world, count))
    link = "#" + carriers.to_link(world.sealed(), host=HOST).partition("#")[2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_context(locale="de-DE").new_page()
        answer = page.goto(f"{address}/pruefen/")
        if answer is None or not answer.ok:
            raise RuntimeError("The page could not be loaded.")
        page.locator("[data-offline-ready]").wait_for()
        # The first one also starts the reader; it is told apart.
        first, _answer = _timed(page, picture=pictures[0])
        yield f"first photograph, reader not started yet: {first:.0f} ms"
        link_time = statistics.median(_timed(page, link=link)[0] for _ in range(10))
        yield f"the QR code's own link: p50 {link_time:.0f} ms"
        for name, offline in (("with a network", False), ("without a network", True)):
            page.context.set_offline(offline)
            times, answers = zip(*(_timed(page, picture=picture) for picture in pictures), strict=True)
            read = sum(answer == "valid" for answer in answers)
            ordered = sorted(times)
            p50, p95 = statistics.median(ordered), ordered[max(0, round(len(ordered) * 0.95) - 1)]
            yield (
                f"{name}: {read} of {count} photographs read, p50 {p50:.0f} ms, p95 {p95:.0f} ms "
                f"({p50 / link_time:.0f} times the link)"
            )
        browser.close()


# Acts as a person does, and looks at what stands there; the content policy of the page allows no text as a program.
_TIMED = """async ({ picture, link }) => {
  const results = document.querySelector("[data-results]"), said = document.querySelector("[data-said]");
  results.replaceChildren();
  said.textContent = "";
  const chosen = new DataTransfer();
  if (picture) {
    const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
    chosen.items.add(new File([bytes], "foto.jpg", { type: "image/jpeg" }));
  }
  const started = performance.now();
  const done = new Promise(resolve => {
    const look = () => {
      const verdict = results.querySelector(".verdict");
      if (verdict) resolve(verdict.dataset.answer);
      else if (said.textContent && !said.textContent.includes("…")) resolve("");
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  if (picture) {
    const field = document.querySelector("[data-file]");
    field.files = chosen.files;
    field.dispatchEvent(new Event("change"));
  } else {
    location.hash = link;
  }
  return [await done, performance.now() - started];
}"""


def _timed(page: Page, *, picture: bytes = b"", link: str = "") -> tuple[float, str]:
    """Milliseconds until an answer or a word stands there, measured in the page, and which answer."""
    answer, milliseconds = page.evaluate(_TIMED, {"picture": base64.b64encode(picture).decode(), "link": link})
    return milliseconds, answer


def _photographs(world: World, count: int) -> Iterator[bytes]:
    chance = random.Random(7)
    for number in range(count):
        sheet = _sheet(world.sealed(certificate_number=f"100001-2627-{number:06d}"))
        yield photographed(sheet, chance)


def _sheet(seal: bytes) -> Image.Image:
    """A page as it is printed: text, and both codes with modules of 0.3386 mm."""
    sheet = Image.new("L", A4, 255)
    left = 200
    for code in (carriers.data_matrix(seal), carriers.qr_code(carriers.to_link(seal, host=HOST))):
        picture = Image.open(BytesIO(carriers.png(code, scale=4)))
        side = round(carriers.modules(code) * 0.3386 / 25.4 * DOTS)
        sheet.paste(picture.resize((side, side), Image.Resampling.LANCZOS), (left, 1800))
        left += side + 150
    return sheet


def photographed(sheet: Image.Image, chance: random.Random) -> bytes:
    """As a telephone takes it from above: larger, turned, a little out of focus, with a shadow, noise and JPEG."""
    size = (round(A4[0] * 1.4), round(A4[1] * 1.4))
    photo = sheet.resize(size, Image.Resampling.BICUBIC)
    photo = photo.rotate(chance.uniform(-12, 12), expand=True, fillcolor=90, resample=Image.Resampling.BICUBIC)
    photo = photo.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.4)))
    shadow = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(photo.size)
    photo = Image.composite(photo, photo.point(lambda value: value * 0.65), shadow)
    noise = Image.effect_noise(photo.size, chance.uniform(8, 24))
    photo = Image.blend(photo, noise, 0.08)
    written = BytesIO()
    photo.save(written, "JPEG", quality=chance.randint(45, 80))
    return written.getvalue()
