"""The two carriers of one seal: raw bytes in a Data Matrix, a link with decimal digits in a QR code.

TR-03171 allows Data Matrix, QR and Aztec with raw bytes. The link is ours (`docs/formats.md`): a phone opens it
without an app, and what follows the `#` never reaches the server.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import Any, Final

from vdseal import masks
from vdseal.codec import MAGIC
from vdseal.errors import CarrierError

PATH: Final = "/pruefen/"
# The first digit says how the others are to be read, so that another form can follow.
_VERSION: Final = "1"
# As many bytes as the largest Data Matrix carries; their digits stay below what Python turns into a number.
_LONGEST: Final = 1_556
_MASKS: Final = 8
# Modules of light around a QR code (ISO/IEC 18004, 6.3.8).
_QUIET: Final = 4
# From levels of grey to dark (1) and light (0), and between these and digits.
_DARK: Final = bytes(level < 128 for level in range(256))
_DIGITS_OF: Final = bytes.maketrans(b"\0\1", b"01")
_MODULES: Final = bytes.maketrans(b"01", b"\0\1")
_DIGITS: Final = re.compile(r"1[0-9]{1,3748}")


def to_link(seal: bytes, *, host: str) -> str:
    """The link of a seal: `https://HOST/pruefen/#1` and the bytes as one decimal number (`docs/formats.md`).

    A seal begins with 0xDC, so the number has no leading zeros to lose.
    """
    if not seal or seal[0] != MAGIC:
        raise CarrierError("Only a seal can stand in the link: its first byte is DC.")
    if len(seal) > _LONGEST:
        raise CarrierError(f"The seal has {len(seal)} bytes; a code carries {_LONGEST}.")
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?", host):
        raise CarrierError(f"{host!r} is no name of a host in small letters.")
    return f"https://{host}{PATH}#{_VERSION}{int.from_bytes(seal, 'big')}"


def from_link(link: str) -> bytes:
    """The seal in a link, exactly as `to_link` wrote it (`docs/formats.md`).

    The host is ignored: a forger's code leads to his own page, but whoever scans with a checker verifies here.
    """
    if len(link) > 3 * _LONGEST:
        raise CarrierError("The link is longer than any link of a seal.")
    return from_fragment(link.strip().partition("#")[2])


def from_fragment(fragment: str) -> bytes:
    """The seal in what follows the `#` of a link (`docs/formats.md`)."""
    if not _DIGITS.fullmatch(fragment):
        raise CarrierError("The link holds no seal: after the # come 1 and decimal digits.")
    digits = fragment[1:]
    number = int(digits)
    seal = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if not seal or seal[0] != MAGIC or digits[0] == "0":
        raise CarrierError("The digits in the link are no seal.")
    return seal


def data_matrix(seal: bytes) -> Any:
    """The seal as a Data Matrix with raw bytes (TR-03171); a `zxingcpp.Barcode` for `svg` and `png`."""
    return _create(seal, _zxing().BarcodeFormat.DataMatrix)


def qr_code(link: str, *, level: str = "M") -> Any:
    """The link as a QR code, digits packed as digits (`docs/formats.md`); a `zxingcpp.Barcode`."""
    return _create(link, _zxing().BarcodeFormat.QRCode, ec_level=level)


def qr_rows(link: str, *, level: str = "M") -> list[bytes]:
    """As `rows` of `qr_code`, in half the time: for those who make many (ISO/IEC 18004, 7.8.3)."""
    symbol, size = _symbol(_masked(link, level, 0))
    if (size, level) not in _differences:
        # A mask changes the same modules whatever the content.
        changed = (symbol ^ _symbol(_masked(link, level, mask))[0] for mask in range(1, _MASKS))
        _differences[size, level] = (0, *changed)
    best = min((symbol ^ change for change in _differences[size, level]), key=lambda one: masks.penalty(one, size))
    modules = format(best, f"0{size * size}b").encode("ascii").translate(_MODULES)
    side, empty = bytes(_QUIET), [bytes(size + 2 * _QUIET)] * _QUIET
    return [*empty, *(side + modules[at : at + size] + side for at in range(0, size * size, size)), *empty]


def rows(barcode: Any) -> list[bytes]:
    """A code's modules with its quiet zone, row by row: 1 is dark, 0 light (TR-03171)."""
    image: Any = _zxing().write_barcode_to_image(barcode, scale=1)
    height, width = image.shape
    modules = memoryview(image).tobytes().translate(_DARK)
    return [modules[start : start + width] for start in range(0, height * width, width)]


def svg(barcode: Any, *, scale: int = 1) -> str:
    """A code as SVG with its quiet zone; one unit is one module at scale 1 (TR-03171 asks for 0.3386 mm)."""
    return str(_zxing().write_barcode_to_svg(barcode, scale=scale))


def png(barcode: Any, *, scale: int = 4) -> bytes:
    """A code as PNG in grey with its quiet zone, `scale` pixels for each module (ISO/IEC 15948)."""
    image: Any = _zxing().write_barcode_to_image(barcode, scale=scale)
    height, width = image.shape
    pixels = memoryview(image).tobytes()
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, height * width, width))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            _png_chunk(b"IDAT", zlib.compress(rows)),
            _png_chunk(b"IEND", b""),
        )
    )


def modules(barcode: Any) -> int:
    """How many modules a code is wide, with its quiet zone (TR-03171, for the size in print)."""
    return len(rows(barcode))


def read_image(image: Any) -> list[bytes]:
    """The seals in an image (numpy array, PIL image or buffer), from both carriers, each once (TR-03171).

    Codes that hold something else are passed over.
    """
    kinds = _zxing().BarcodeFormat
    codes = _zxing().read_barcodes(image, formats=(kinds.DataMatrix, kinds.QRCode, kinds.Aztec))
    found = (from_code(bytes(code.bytes)) for code in codes)
    return list(dict.fromkeys(seal for seal in found if seal is not None))


def from_code(content: bytes) -> bytes | None:
    """The seal in the bytes of a code: raw, or as a link; nothing where the code is another (`docs/formats.md`)."""
    if content[:1] == bytes((MAGIC,)):
        return content
    try:
        return from_link(content.decode("ascii"))
    except (UnicodeDecodeError, CarrierError):
        return None


# For each size and level in which modules a symbol with each mask differs from one with the first.
_differences: dict[tuple[int, str], tuple[int, ...]] = {}


def _masked(link: str, level: str, mask: int) -> Any:
    return _create(link, _zxing().BarcodeFormat.QRCode, ec_level=level, data_mask=mask)


def _symbol(barcode: Any) -> tuple[int, int]:
    """The modules as one whole number, row by row, and how many stand in a row."""
    image: Any = _zxing().write_barcode_to_image(barcode, scale=1, add_quiet_zones=False)
    return int(memoryview(image).tobytes().translate(_DARK).translate(_DIGITS_OF), 2), image.shape[0]


def _zxing() -> Any:
    """Loaded when a code is drawn or read: who has the bytes of a seal needs no library for pictures."""
    try:
        import zxingcpp
    except ImportError:
        raise CarrierError("Codes need the package zxing-cpp: pip install 'vdseal[codes]'.") from None
    return zxingcpp


def _create(content: bytes | str, kind: Any, **options: str | int) -> Any:
    try:
        return _zxing().create_barcode(content, kind, **options)
    except (ValueError, RuntimeError) as error:
        raise CarrierError(f"The seal does not fit into the code: {error}.") from None


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
