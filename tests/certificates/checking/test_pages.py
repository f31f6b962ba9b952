"""What surrounds the page /pruefen/: its headers, its plan for no network, the keys it pins, and how files are read."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from vdseal import carriers

from austausch.certificates.checks.reading import FileError, seals_in
from austausch.certificates.models import PublishedList, SigningKey
from tests.certificates.checking.published import publish
from tests.certificates.checking.world import HOST, World, make

CLOSED = "camera=()"


@pytest.fixture
def world(db: None) -> World:
    made = make(now=timezone.now())
    publish(made)
    return made


def policy_of(client: Client, path: str) -> dict[str, str]:
    header = client.get(path).headers["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


def test_camera_webassembly_and_workers_are_allowed_on_this_page_alone(client: Client, world: World) -> None:
    for path in ("/pruefen/", "/en/pruefen/"):
        assert "camera=(self)" in client.get(path).headers["Permissions-Policy"]
        policy = policy_of(client, path)
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["worker-src"] == "'self'"
        assert policy["connect-src"] == "'self'"
    for path in ("/konto/login/", "/hinweis/", "/pruefen/offline.js"):
        assert CLOSED in client.get(path).headers["Permissions-Policy"]
        assert "wasm" not in policy_of(client, path).get("script-src", "")


def test_the_page_pins_the_keys_for_lists_and_no_withdrawn_one(client: Client, world: World) -> None:
    pinned = re.findall(r'data-anchor="([^"]*)"', client.get("/pruefen/").content.decode())
    (key,) = pinned[0].split()
    row = SigningKey.objects.get(purpose=SigningKey.Purpose.LISTS)
    row.state, row.withdrawn_at = SigningKey.State.WITHDRAWN, timezone.now()
    row.save()
    assert key not in client.get("/pruefen/").content.decode()


def plan_of(client: Client) -> dict[str, object]:
    text = client.get("/pruefen/offline.js").content.decode()
    found: dict[str, object] = json.loads(text.partition("self.plan = ")[2].partition(";\n")[0])
    return found


def test_a_new_text_of_the_page_is_a_new_plan_and_signing_in_is_not(client: Client, world: World) -> None:

    before = plan_of(client)
    client.cookies["sessionid"] = "x"
    assert plan_of(client) == before
    del client.cookies["sessionid"]
    SigningKey.objects.filter(purpose=SigningKey.Purpose.LISTS).delete()
    assert plan_of(client)["version"] != before["version"]


def test_another_list_of_the_same_serial_number_is_another_list_to_a_browser(client: Client, world: World) -> None:
    """As after a demonstration was removed and made again: what is kept must not be taken for what is new."""
    answer = client.get("/pruefen/listen/vertrauen")
    same = client.get("/pruefen/listen/vertrauen", headers={"If-None-Match": answer.headers["ETag"]})
    assert (answer.status_code, same.status_code) == (200, 304)
    PublishedList.objects.update(content=make(now=world.now).trust_token.encode())
    other = client.get("/pruefen/listen/vertrauen", headers={"If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200


def test_the_app_has_its_own_scope_in_each_language(client: Client, world: World) -> None:
    for prefix in ("", "/en"):
        found = client.get(f"{prefix}/pruefen/app.webmanifest").json()
        assert (found["start_url"], found["scope"]) == (f"{prefix}/pruefen/", f"{prefix}/pruefen/")


def code(seal: bytes) -> Image.Image:
    link = carriers.to_link(seal, host=HOST)
    return Image.open(BytesIO(carriers.png(carriers.qr_code(link), scale=4)))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "PDF"])
def test_offices_files_are_read_in_a_process_that_can_do_nothing_else(kind: str) -> None:
    seal = make(now=timezone.now()).sealed()
    assert seals_in(saved(code(seal).convert("L"), kind)) == [seal]


def test_a_file_with_several_certificates_gives_each_once() -> None:
    world = make(now=timezone.now())
    seals = [world.sealed(), world.sealed(status_index=9)]
    pages = [code(seal).convert("L") for seal in (*seals, seals[0])]
    assert seals_in(saved(pages[0], "PDF", save_all=True, append_images=pages[1:])) == seals


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "damaged"),
        (b"%PDF-1.7\ngarbage", "damaged"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff", "damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>", "damaged"),
    ],
)
def test_a_hostile_file_is_named_by_its_problem_and_nothing_else_happens(content: bytes, problem: str) -> None:
    with pytest.raises(FileError) as caught:
        seals_in(content)
    assert caught.value.code == problem


def test_a_picture_larger_than_any_scan_is_refused_before_it_is_unpacked() -> None:
    large = saved(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(large) < 1_000_000
    with pytest.raises(FileError, match="large"):
        seals_in(large)
