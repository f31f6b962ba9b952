"""Changing seals at random, before and after they are signed (for vectors and fuzzing)."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final

from vdseal import codec
from vdseal.errors import SealError
from vdseal.keys import Signer

_INTERESTING: Final = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xC3, 0xDC, 0xFE, 0xFF)
_TEXTS: Final = (
    b"",
    b"x",
    b"123456",
    b"654321",
    b"besucht",
    b"hat besucht",
    b"20260914",
    b"20260931",
    b"00000101",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf0\x9f\x8f\xab",
    b"\xc2\xad",
    b"\xff",
    b"a" * 130,
    b"a" * 300,
    b"https://status.example.org/fresh",
    b"https://status.example.org/stale",
)


def mutate(data: bytes, source: random.Random, signers: Sequence[Signer]) -> bytes:
    """One changed seal; about half of them are signed again, mostly by the key their header names."""
    if source.random() < 0.5:
        changed = bytearray(data)
        for _ in range(source.choice((1, 1, 1, 2, 3))):
            source.choice(_RAW)(changed, source)
        return bytes(changed)
    return _resigned(data, source, signers)


def _resigned(data: bytes, source: random.Random, signers: Sequence[Signer]) -> bytes:
    try:
        seal = codec.decode(data)
    except SealError:
        return data
    signer = source.choice(signers)
    if source.random() < 0.9:
        signer = next((each for each in signers if each.certificate_reference == seal.certificate_reference), signer)
    start = len(seal.signed_bytes) - sum(_tlv_size(message) for message in seal.messages)
    header = bytearray(data[:start])
    messages = list(seal.messages)
    for _ in range(source.choice((1, 1, 2))):
        source.choice(_SIGNED)(header, messages, source)
    body = b"".join(_tlv(message) for message in messages)
    unsigned = bytes(header) + body
    return codec.attach_signature(unsigned, signer.sign(unsigned))


def _flip(data: bytearray, source: random.Random) -> None:
    if data:
        data[source.randrange(len(data))] ^= 1 << source.randrange(8)


def _replace(data: bytearray, source: random.Random) -> None:
    if data:
        data[source.randrange(len(data))] = source.choice(_INTERESTING)


def _insert(data: bytearray, source: random.Random) -> None:
    data.insert(source.randrange(len(data) + 1), source.choice(_INTERESTING))


def _delete(data: bytearray, source: random.Random) -> None:
    if data:
        del data[source.randrange(len(data))]


def _cut(data: bytearray, source: random.Random) -> None:
    del data[source.randrange(len(data) + 1) :]


def _append(data: bytearray, source: random.Random) -> None:
    data += source.randbytes(source.randrange(1, 70))


def _noise(data: bytearray, source: random.Random) -> None:
    data[2:] = source.randbytes(source.randrange(200))


def _header_bit(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    _flip(header, source)


def _header_type(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    header[-2:] = bytes(source.choice(tuple(codec.DOCUMENT_TYPES)))


def _header_date(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    month, day, year = source.randrange(14), source.randrange(33), source.choice((999, 1000, 2025, 2026, 2027, 9999))
    start = source.choice((-8, -5))
    header[start : start + 3 or None] = (month * 1_000_000 + day * 10_000 + year).to_bytes(3, "big")


def _new_value(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    if messages:
        at = source.randrange(len(messages))
        messages[at] = codec.Message(messages[at].tag, source.choice(_TEXTS))


def _value_bit(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    if messages:
        at = source.randrange(len(messages))
        value = bytearray(messages[at].value)
        _flip(value, source)
        messages[at] = codec.Message(messages[at].tag, bytes(value))


def _digit(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    """Another digit in a date: most of them stay dates."""
    dates = [at for at, message in enumerate(messages) if len(message.value) == 8 and message.value.isdigit()]
    if dates:
        at = source.choice(dates)
        value = bytearray(messages[at].value)
        value[source.randrange(8)] = 0x30 + source.randrange(10)
        messages[at] = codec.Message(messages[at].tag, bytes(value))


def _place(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    for at, message in enumerate(messages):
        if message.tag == 0x06:
            index = source.choice((source.randrange(8), source.randrange(2**32)))
            messages[at] = codec.Message(0x06, index.to_bytes(source.choice((4, 5)), "big"))


def _new_tag(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    messages.append(codec.Message(source.randrange(0xFF), source.choice(_TEXTS)))


def _less(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    if messages:
        del messages[source.randrange(len(messages))]


def _order(header: bytearray, messages: list[codec.Message], source: random.Random) -> None:
    source.shuffle(messages)


_RAW: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    _flip,
    _flip,
    _flip,
    _replace,
    _insert,
    _delete,
    _cut,
    _append,
    _noise,
)
_SIGNED: Final[tuple[Callable[[bytearray, list[codec.Message], random.Random], None], ...]] = (
    _header_bit,
    _header_type,
    _header_date,
    _new_value,
    _new_value,
    _value_bit,
    _value_bit,
    _digit,
    _digit,
    _place,
    _new_tag,
    _less,
    _order,
)


def _tlv(message: codec.Message) -> bytes:
    return codec.encode_tlv(message.tag, message.value)


def _tlv_size(message: codec.Message) -> int:
    return len(_tlv(message))
