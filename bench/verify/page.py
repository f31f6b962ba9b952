"""Times in a headless browser. The server is the tests' own; the browser is on the same machine."""

from __future__ import annotations

import base64
import random
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connections
from django.test.testcases import LiveServerThread
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page, sync_playwright
from vdseal import carriers

from tests.browser.conftest import ARGUMENTS
from tests.certificates.checking.published import publish
from tests.certificates.checking.world import HOST, World, make

# Of the printed page: more than any picture of it has, so that the picture alone blurs.
DOTS = 400
A4 = (3307, 4677)
PHOTO = (3024, 4032)
TABLE = 90


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
        first, _answer = _timed(page, picture=pictures[0][1])
        yield f"first photograph, reader not started yet: {first:.0f} ms"
        link_time = statistics.median(_timed(page, link=link)[0] for _ in range(10))
        yield f"the QR code's own link: p50 {link_time:.0f} ms"
        for name, offline in (("with a network", False), ("without a network", True)):
            page.context.set_offline(offline)
            yield from _of_all(name, page, pictures, link_time)
        browser.close()


def _of_all(name: str, page: Page, pictures: Sequence[tuple[Shot, bytes]], link_time: float) -> Iterator[str]:
    read, unread = [], []
    for number, (shot, picture) in enumerate(pictures, start=1):
        milliseconds, answer = _timed(page, picture=picture)
        if answer == "valid":
            read.append(milliseconds)
        else:
            unread.append((number, milliseconds, shot))
    if not read:
        raise RuntimeError("No photograph was read.")
    p50, p95 = statistics.median(read), sorted(read)[max(0, round(len(read) * 0.95) - 1)]
    yield (
        f"{name}: {len(read)} of {len(pictures)} photographs read, p50 {p50:.0f} ms, p95 {p95:.0f} ms "
        f"({p50 / link_time:.0f} times the link)"
    )
    for number, milliseconds, shot in unread:
        yield f"  not read, said after {milliseconds:.0f} ms: {number} ({shot})"


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


@dataclass(frozen=True)
class Shot:
    """How a telephone held by a hand in a hurry takes a page: everything that makes a code hard to read."""

    turned: float
    """Degrees."""
    tilted: float
    """By how much of its width the far edge of the page is narrower, on both sides together."""
    filled: float
    """How much of the picture's height the page takes."""
    blur: float
    """Radius in pixels of the picture."""
    shade: float
    """How bright the darkest corner is; 1 is even light."""
    noise: float
    """Standard deviation, of 255."""
    quality: int
    """Of JPEG."""

    @classmethod
    def by(cls, chance: random.Random) -> Shot:
        return cls(
            turned=chance.choice((0, 0, 0, 90, 180, 270)) + chance.uniform(-15, 15),
            tilted=chance.uniform(0, 0.2),
            filled=chance.uniform(0.7, 0.98),
            blur=chance.uniform(0.4, 2.2),
            shade=chance.uniform(0.35, 1),
            noise=chance.uniform(2, 14),
            quality=chance.randint(35, 90),
        )

    def __str__(self) -> str:
        return (
            f"turned {self.turned:.0f}°, tilted {self.tilted:.2f}, page {self.filled:.2f} of the height, "
            f"blur {self.blur:.1f} px, darkest corner {self.shade:.2f}, noise {self.noise:.0f}, JPEG {self.quality}"
        )


def _photographs(world: World, count: int) -> Iterator[tuple[Shot, bytes]]:
    chance = random.Random(7)
    for number in range(count):
        sheet = _sheet(world.sealed(certificate_number=f"100001-2627-{number:06d}"))
        shot = Shot.by(chance)
        yield shot, photographed(sheet, shot, seed=number)


def _sheet(seal: bytes) -> Image.Image:
    """A page as it is printed: lines of text, and both codes with modules of 0.3386 mm."""
    sheet = Image.new("L", A4, 255)
    pen = ImageDraw.Draw(sheet)
    for line in range(400, 3200, 96):
        for word in range(400, 2900, 180):
            pen.rectangle((word, line, word + 60 + (word * line) % 100, line + 36), fill=40)
    left = 400
    for code in (carriers.data_matrix(seal), carriers.qr_code(carriers.to_link(seal, host=HOST))):
        picture = Image.open(BytesIO(carriers.png(code, scale=6)))
        side = round(carriers.modules(code) * 0.3386 / 25.4 * DOTS)
        sheet.paste(picture.resize((side, side), Image.Resampling.LANCZOS), (left, 3600))
        left += side + 300
    return sheet


def photographed(sheet: Image.Image, shot: Shot, *, seed: int) -> bytes:
    """The sheet on a table, as a picture of 12 megapixels."""
    upright = sheet.rotate(shot.turned, expand=True, fillcolor=TABLE, resample=Image.Resampling.BICUBIC)
    width, height = PHOTO
    scale = shot.filled * min(width / upright.width, height / upright.height)
    half_width, half_height = upright.width * scale / 2, upright.height * scale / 2
    far = 1 - shot.tilted
    corners = [
        (width / 2 - half_width * far, height / 2 - half_height),
        (width / 2 + half_width * far, height / 2 - half_height),
        (width / 2 + half_width, height / 2 + half_height),
        (width / 2 - half_width, height / 2 + half_height),
    ]
    flat = [(0, 0), (upright.width, 0), upright.size, (0, upright.height)]
    photo = upright.transform(
        PHOTO, Image.Transform.PERSPECTIVE, _perspective(corners, flat), Image.Resampling.BICUBIC, fillcolor=TABLE
    )
    photo = photo.filter(ImageFilter.GaussianBlur(shot.blur))
    source = np.random.default_rng(seed)
    towards = source.uniform(0, 2 * np.pi)
    across = np.add.outer(np.linspace(-1, 1, height) * np.sin(towards), np.linspace(-1, 1, width) * np.cos(towards))
    light = np.interp(across, (across.min(), across.max()), (shot.shade, 1))
    seen = np.asarray(photo, dtype=np.float32) * light + source.normal(0, shot.noise, (height, width))
    written = BytesIO()
    Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)).save(written, "JPEG", quality=shot.quality)
    return written.getvalue()


def _perspective(seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]) -> list[float]:
    """The eight numbers with which Pillow finds for each point of the picture the one of the flat page."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(values))]
