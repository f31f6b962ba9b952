"""The two carriers: nothing is lost between the bytes of a seal, the link, the code and its picture."""

from __future__ import annotations

import io

import numpy
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from sealing import world
from vdseal import carriers, vectors
from vdseal.errors import CarrierError

HOST = "siegel.example.org"


@given(st.binary(max_size=1_555))
def test_every_seal_survives_its_link(rest: bytes) -> None:
    seal = b"\xdc" + rest
    link = carriers.to_link(seal, host=HOST)
    assert link.startswith(f"https://{HOST}/pruefen/#1")
    assert link.rpartition("#")[2].isdigit()
    assert carriers.from_link(link) == seal


def test_zeros_at_either_end_of_the_digits_are_kept() -> None:
    for seal in (b"\xdc", b"\xdc\x00", b"\xdc" + bytes(300)):
        assert carriers.from_link(carriers.to_link(seal, host=HOST)) == seal


def test_a_forgers_page_is_not_asked_because_the_host_does_not_matter() -> None:
    seal = vectors.make(world())
    fragment = carriers.to_link(seal, host=HOST).partition("#")[2]
    for page in ("http://evil.example.org:8080/other?x=1", "https://[broken/"):
        assert carriers.from_link(f"{page}#{fragment}") == seal
    assert carriers.from_fragment(fragment) == seal


@pytest.mark.parametrize(
    "link",
    [
        "",
        "https://siegel.example.org/pruefen/",
        "https://siegel.example.org/pruefen/#",
        "https://siegel.example.org/pruefen/#1",
        "https://siegel.example.org/pruefen/#2220",
        "https://siegel.example.org/pruefen/#10220",
        "https://siegel.example.org/pruefen/#1221",
        "https://siegel.example.org/pruefen/#1-220",
        "https://siegel.example.org/pruefen/#1٢٢٠",
        "https://siegel.example.org/pruefen/#1220\n",
        "https://siegel.example.org/pruefen/#122 0",
        "https://siegel.example.org/pruefen/#1" + "9" * 3_749,
        "https://siegel.example.org/pruefen/#1" + "9" * 100_000,
        # Readers of addresses leave these out; the digits are then no longer those of the code.
        "https://siegel.example.org/pruefen/#12\n20",
        "https://siegel.example.org/pruefen/#12\t20",
    ],
)
def test_a_link_without_a_seal_is_refused(link: str) -> None:
    if link.endswith("\n"):
        assert carriers.from_link(link) == b"\xdc"
        return
    with pytest.raises(CarrierError):
        carriers.from_link(link)


@pytest.mark.parametrize("host", ["", "a/b", "a#b", "a b", "user@a", "Ä.example", "-a", "a:port", "a?"])
def test_a_host_cannot_change_the_form_of_the_link(host: str) -> None:
    with pytest.raises(CarrierError):
        carriers.to_link(b"\xdc", host=host)


def test_what_is_no_seal_or_too_long_gets_no_link() -> None:
    for data in (b"", b"\x01", b"\xdc" + bytes(1_556)):
        with pytest.raises(CarrierError):
            carriers.to_link(data, host=HOST)


def test_both_codes_are_read_from_their_pictures() -> None:
    seal = vectors.make(world())
    codes = (carriers.data_matrix(seal), carriers.qr_code(carriers.to_link(seal, host=HOST)))
    for code in codes:
        picture = Image.open(io.BytesIO(carriers.png(code, scale=4)))
        assert picture.size == (4 * carriers.modules(code),) * 2
        assert carriers.read_image(picture) == [seal]


@given(st.binary(max_size=480), st.sampled_from("LMQH"))
def test_a_qr_code_made_in_bulk_is_the_one_that_the_library_makes(rest: bytes, level: str) -> None:
    link = carriers.to_link(b"\xdc" + rest, host=HOST)
    assert carriers.qr_rows(link, level=level) == carriers.rows(carriers.qr_code(link, level=level))


def test_a_sheet_with_both_codes_a_foreign_one_and_blur_holds_one_seal() -> None:
    seal = vectors.make(world())
    sheet = Image.new("L", (1400, 600), 255)
    foreign = zxingcpp.create_barcode("https://example.org/", zxingcpp.BarcodeFormat.QRCode)
    codes = (carriers.data_matrix(seal), carriers.qr_code(carriers.to_link(seal, host=HOST)), foreign)
    for at, code in enumerate(codes):
        sheet.paste(Image.open(io.BytesIO(carriers.png(code, scale=5))), (20 + at * 470, 40))
    sheet = sheet.filter(ImageFilter.GaussianBlur(1)).rotate(3, fillcolor=255)
    assert carriers.read_image(sheet) == [seal]
    assert carriers.read_image(numpy.full((200, 200), 255, numpy.uint8)) == []


def test_a_code_is_drawn_without_anything_that_is_run() -> None:
    drawing = carriers.svg(carriers.qr_code(carriers.to_link(vectors.make(world()), host=HOST)))
    assert "<svg" in drawing
    assert "script" not in drawing
    assert "href" not in drawing


def test_what_does_not_fit_a_code_is_an_error_of_ours() -> None:
    with pytest.raises(CarrierError):
        carriers.data_matrix(b"\xdc" + bytes(5_000))


@given(st.binary(max_size=200))
def test_any_content_of_a_code_is_a_seal_or_nothing(content: bytes) -> None:
    seal = carriers.from_code(content)
    assert seal is None or seal[0] == 0xDC
