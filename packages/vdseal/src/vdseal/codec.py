"""Seals as bytes: header, messages, signature (TR-03137 part 1; administrative documents: TR-03171).

`decode` accepts exactly one way of writing each seal and refuses everything else with the reason. It says nothing
about whether a seal is genuine: that is `vdseal.verifying`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from vdseal import c40
from vdseal.errors import (
    BadDateError,
    DatesOutOfOrderError,
    HeaderError,
    LengthError,
    MissingSignatureError,
    NotASealError,
    RepeatedTagError,
    SignatureFormError,
    TrailingBytesError,
    TruncatedError,
    UnknownCategoryError,
    UnsupportedVersionError,
)

MAGIC: Final = 0xDC
SIGNATURE_TAG: Final = 0xFF
# Header version 2 and the older German seals of version 3: four characters signer, five reference.
_FIXED_REFERENCE: Final = 5
_SIGNER: Final = 4
# The only signer whose length of the reference is written in decimal digits.
_DECIMAL_SIGNER: Final = "DEZV"
_SIGNATURE_LENGTHS: Final = frozenset({56, 64, 96, 128, 132})
_LONGEST_VALUE: Final = 0xFFFF

ADMINISTRATIVE_08: Final = (0x01, 0xC8)
ADMINISTRATIVE_09: Final = (0x01, 0xC9)
# Feature definition and category of the document types in use.
DOCUMENT_TYPES: Final[dict[tuple[int, int], str]] = {
    ADMINISTRATIVE_08: "administrative document (TR-03171 0.8)",
    ADMINISTRATIVE_09: "administrative document (TR-03171 0.9)",
    (0xF7, 0x0B): "temporary identity card",
    (0xF8, 0x0A): "address sticker, passport",
    (0xF9, 0x08): "address sticker, identity card",
    (0xF9, 0x0C): "address sticker, residence permit",
    (0xFA, 0x06): "supplementary sheet to the residence permit",
    (0xFB, 0x06): "residence permit",
    (0xFC, 0x04): "social insurance card",
    (0xFD, 0x02): "arrival attestation",
    (0x5D, 0x01): "visa",
    (0x5E, 0x03): "emergency travel document",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One tag and its value (TR-03137 part 1)."""

    tag: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal taken apart (TR-03137 part 1). `signed_bytes` are header and messages as they stood in the code."""

    version: int
    country: str
    signer: str
    certificate_reference: str
    issued: date
    signed: date
    feature: int
    category: int
    messages: tuple[Message, ...]
    signature: bytes
    signed_bytes: bytes

    @property
    def tags(self) -> dict[int, bytes]:
        """The messages by tag (TR-03137 part 1)."""
        return {message.tag: message.value for message in self.messages}

    @property
    def document_type(self) -> str:
        """The name of the document type (TR-03137 part 1, TR-03171)."""
        return DOCUMENT_TYPES[self.feature, self.category]

    @property
    def status_key(self) -> bytes:
        """SHA-256 of header and messages **without** the signature (TR-03171).

        From an ECDSA signature anybody can make a second valid one; a key with it could be dodged.
        """
        return hashlib.sha256(self.signed_bytes).digest()


def decode(data: bytes, *, allow_unsigned: bool = False) -> Seal:
    """Take a seal apart, or raise a `SealError` that says why not (TR-03137 part 1)."""
    if not data or data[0] != MAGIC:
        raise NotASealError("This is not a digital seal: it does not begin with the byte DC.")
    if len(data) < 2:
        raise TruncatedError("The seal ends within its header.")
    version = data[1]
    if version not in (2, 3):
        raise UnsupportedVersionError(f"Seals of header version {version} are not supported, only 2 and 3.")
    country = _country(_take(data, 2, 2))
    signer, reference, at = _signer(data, version)
    issued, signed = decode_date(_take(data, at, 3)), decode_date(_take(data, at + 3, 3))
    feature, category = _take(data, at + 6, 2)
    messages, signature, end = _messages(data, at + 8)
    if not signature and not allow_unsigned:
        raise MissingSignatureError("The seal carries no signature.")
    _check_type(feature, category, issued, signed)
    return Seal(
        version, country, signer, reference, issued, signed, feature, category, messages, signature, bytes(data[:end])
    )


def encode_unsigned(
    *,
    version: int = 3,
    country: str,
    signer: str,
    certificate_reference: str,
    issued: date,
    signed: date,
    feature: int,
    category: int,
    messages: Iterable[Message],
) -> bytes:
    """Header and messages: the bytes that are signed (TR-03137 part 1)."""
    _check_type(feature, category, issued, signed)
    result = bytearray((MAGIC, version))
    result += _encode_country(country)
    result += _encode_signer(version, signer, certificate_reference)
    result += encode_date(issued) + encode_date(signed)
    result += bytes((feature, category))
    seen: set[int] = set()
    for message in messages:
        if message.tag in seen:
            raise RepeatedTagError(f"Tag {message.tag:02X} occurs twice.")
        if not 0 <= message.tag < SIGNATURE_TAG:
            raise HeaderError(f"{message.tag} is no tag of a message: 0 to 254.")
        seen.add(message.tag)
        result += encode_tlv(message.tag, message.value)
    return bytes(result)


def attach_signature(signed_bytes: bytes, signature: bytes) -> bytes:
    """The whole seal from header, messages and plain r‖s (TR-03137 part 1)."""
    if len(signature) not in _SIGNATURE_LENGTHS:
        raise SignatureFormError("A signature is r and s of equal length, 28 to 66 bytes each.")
    return signed_bytes + encode_tlv(SIGNATURE_TAG, signature)


def encode(
    *,
    version: int = 3,
    country: str,
    signer: str,
    certificate_reference: str,
    issued: date,
    signed: date,
    feature: int,
    category: int,
    messages: Iterable[Message],
    signature: bytes,
) -> bytes:
    """The bytes of a seal whose signature is known; `decode` takes them apart again (TR-03137 part 1)."""
    unsigned = encode_unsigned(
        version=version,
        country=country,
        signer=signer,
        certificate_reference=certificate_reference,
        issued=issued,
        signed=signed,
        feature=feature,
        category=category,
        messages=messages,
    )
    return attach_signature(unsigned, signature)


def encode_date(day: date) -> bytes:
    """The number MMDDYYYY in three bytes (TR-03137 part 1)."""
    if day.year < 1000:
        raise BadDateError(f"{day} lies too far back.")
    return (day.month * 1_000_000 + day.day * 10_000 + day.year).to_bytes(3, "big")


def decode_date(data: bytes) -> date:
    """The inverse of `encode_date` (TR-03137 part 1)."""
    number = int.from_bytes(data, "big")
    try:
        day = date(number % 10_000, number // 1_000_000, number // 10_000 % 100)
    except ValueError:
        raise BadDateError(f"{number:08} is no date of the form MMDDYYYY.") from None
    if day.year < 1000:
        raise BadDateError(f"{number:08} lies too far back.")
    return day


def encode_tlv(tag: int, value: bytes) -> bytes:
    """Tag, length in the shortest form, value (TR-03137 part 1)."""
    length = len(value)
    if length > _LONGEST_VALUE:
        raise LengthError(f"The value of tag {tag:02X} has {length} bytes; {_LONGEST_VALUE} are possible.")
    if length < 0x80:
        head = bytes((tag, length))
    elif length < 0x100:
        head = bytes((tag, 0x81, length))
    else:
        head = bytes((tag, 0x82)) + length.to_bytes(2, "big")
    return head + value


def _check_type(feature: int, category: int, issued: date, signed: date) -> None:
    kind = (feature, category)
    if kind not in DOCUMENT_TYPES:
        raise UnknownCategoryError(f"No document type is known for category {feature:02X} {category:02X}.")
    # Identity documents are sealed weeks before the day printed on them; an administrative document is not.
    if kind in (ADMINISTRATIVE_08, ADMINISTRATIVE_09) and issued > signed:
        raise DatesOutOfOrderError(f"The seal was signed on {signed}, before the document was issued on {issued}.")


def _take(data: bytes, start: int, length: int) -> bytes:
    if start + length > len(data):
        raise TruncatedError(f"The seal ends at byte {len(data)}, within what should go on to {start + length}.")
    return bytes(data[start : start + length])


def _country(data: bytes) -> str:
    country = c40.decode(data).rstrip(" ")
    if not country.isalpha():
        raise HeaderError(f"{country!r} is no code of a country.")
    return country


def _encode_country(country: str) -> bytes:
    if not (1 <= len(country) <= 3 and country.isascii() and country.isalpha() and country.isupper()):
        raise HeaderError(f"{country!r} is no code of a country: one to three capital letters.")
    return c40.encode(country.ljust(3))


def _signer(data: bytes, version: int) -> tuple[str, str, int]:
    """Signer, certificate reference and where the dates begin."""
    start = 4
    if version == 2:
        return _fixed(data, start)
    head = c40.decode(_take(data, start, 4))
    if len(head) != _SIGNER + 2:
        raise HeaderError("Signer and length of the certificate reference are not six characters.")
    signer, digits = head[:_SIGNER], head[_SIGNER:]
    if digits == "00":
        # Old arrival attestations say version 3 but write five characters; no reference is empty, so nothing clashes.
        return _fixed(data, start)
    length = _reference_length(signer, digits)
    size = c40.encoded_length(length)
    reference = c40.decode(_take(data, start + 4, size))
    if len(reference) != length:
        raise LengthError(f"The certificate reference has {len(reference)} characters, the header says {length}.")
    _check_signer(signer, reference)
    return signer, reference, start + 4 + size


def _fixed(data: bytes, start: int) -> tuple[str, str, int]:
    text = c40.decode(_take(data, start, 6))
    if len(text) != _SIGNER + _FIXED_REFERENCE:
        raise HeaderError("Signer and certificate reference are not nine characters.")
    signer, reference = text[:_SIGNER], text[_SIGNER:]
    _check_signer(signer, reference)
    return signer, reference, start + 6


def _reference_length(signer: str, digits: str) -> int:
    base = 10 if signer == _DECIMAL_SIGNER else 16
    allowed = "0123456789ABCDEF"[:base]
    if any(digit not in allowed for digit in digits):
        raise LengthError(f"{digits!r} is no length of a certificate reference.")
    return int(digits, base)


def _check_signer(signer: str, reference: str) -> None:
    for name, text in (("signer", signer), ("certificate reference", reference)):
        if not (text.isascii() and text.isalnum()):
            raise HeaderError(f"{text!r} is no {name}: letters A to Z and digits only.")


def _encode_signer(version: int, signer: str, reference: str) -> bytes:
    if len(signer) != _SIGNER:
        raise HeaderError(f"{signer!r} is no signer: four letters or digits.")
    _check_signer(signer, reference)
    if version == 2:
        if len(reference) != _FIXED_REFERENCE:
            raise HeaderError(f"Header version 2 needs a certificate reference of {_FIXED_REFERENCE} characters.")
        return c40.encode(signer + reference)
    if version != 3:
        raise UnsupportedVersionError(f"Seals of header version {version} are not supported, only 2 and 3.")
    if not 1 <= len(reference) <= (99 if signer == _DECIMAL_SIGNER else 255):
        raise LengthError("The certificate reference is too long for the header.")
    digits = f"{len(reference):02d}" if signer == _DECIMAL_SIGNER else f"{len(reference):02X}"
    return c40.encode(signer + digits) + c40.encode(reference)


def _messages(data: bytes, start: int) -> tuple[tuple[Message, ...], bytes, int]:
    """The messages, the signature and where the signature begins."""
    messages: list[Message] = []
    seen: set[int] = set()
    position = start
    while position < len(data):
        tag, begin = data[position], position
        length, position = _length(data, position + 1)
        value = _take(data, position, length)
        position += length
        if tag == SIGNATURE_TAG:
            if len(value) not in _SIGNATURE_LENGTHS:
                raise SignatureFormError(f"A signature of {length} bytes is of no curve that seals use.")
            if position != len(data):
                raise TrailingBytesError(f"{len(data) - position} bytes follow the signature.")
            return tuple(messages), value, begin
        if tag in seen:
            raise RepeatedTagError(f"Tag {tag:02X} occurs twice.")
        seen.add(tag)
        messages.append(Message(tag, value))
    return tuple(messages), b"", len(data)


def _length(data: bytes, position: int) -> tuple[int, int]:
    first = _take(data, position, 1)[0]
    if first < 0x80:
        return first, position + 1
    if first not in (0x81, 0x82):
        raise LengthError(f"A length cannot begin with {first:02X}.")
    count = first - 0x80
    length = int.from_bytes(_take(data, position + 1, count), "big")
    if length < (0x80 if count == 1 else 0x100):
        raise LengthError(f"The length {length} is written in more bytes than it needs.")
    return length, position + 1 + count
