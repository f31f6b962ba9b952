"""Bytes of seals: foreign vectors, round trips, and whatever else somebody may hold before a scanner."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st
from sealing import foreign, world
from vdseal import c40, codec, errors, vectors
from vdseal.codec import Message
from vdseal.signatures import verifies

# Made by others without a signature, to show the fields.
UNSIGNED = {"administrativeDocumentV9Basic", "administrativeDocumentV9WithDates"}


# ── Seals that others made ──────────────────────────────────────────────────────────────────────────────────


def test_every_foreign_seal_is_read() -> None:
    for vector in foreign()["vectors"]:
        seal = codec.decode(bytes.fromhex(vector["hex"]), allow_unsigned=vector["name"] in UNSIGNED)
        assert bool(seal.signature) == (vector["name"] not in UNSIGNED)
        if "signer" in vector:
            assert f"{seal.signer}/{seal.certificate_reference}" == vector["signer"]
            assert seal.category == vector["cat"]


def test_an_old_arrival_attestation_is_read_although_it_says_version_3_and_writes_version_2() -> None:
    vector = next(each for each in foreign()["vectors"] if "parse_error" in each)
    seal = codec.decode(bytes.fromhex(vector["hex"]))
    assert (seal.country, seal.signer, seal.certificate_reference) == ("D", "DEME", "00008")
    assert (seal.issued, seal.signed) == (date(2016, 2, 1), date(2016, 5, 23))
    assert seal.document_type == "arrival attestation"


def test_foreign_seals_come_out_byte_for_byte_when_written_again() -> None:
    for vector in foreign()["vectors"]:
        if "parse_error" in vector:
            continue
        data = bytes.fromhex(vector["hex"])
        seal = codec.decode(data, allow_unsigned=True)
        assert _again(seal) == data


def test_foreign_seals_with_a_known_key_verify_and_fail_with_any_single_bit_flipped() -> None:
    given = foreign()
    key: Any = load_pem_public_key(given["spki_UTTS5B_pem"].encode())
    checked = 0
    for vector in given["vectors"]:
        if "verifies_with" not in vector:
            continue
        data = bytes.fromhex(vector["hex"])
        assert _verifies(data, key)
        for bit in range(len(data) * 8):
            flipped = bytearray(data)
            flipped[bit // 8] ^= 1 << bit % 8
            assert not _verifies(bytes(flipped), key), (vector["name"], bit)
        checked += 1
    assert checked == 4


def test_the_basic_seal_of_0_9_holds_what_its_maker_put_in() -> None:
    vector = next(each for each in foreign()["vectors"] if each["name"] == "administrativeDocumentV9WithDates")
    tags = codec.decode(bytes.fromhex(vector["hex"]), allow_unsigned=True).tags
    assert tags[0x01] == b"20250101"
    assert tags[0x02] == b"20251231"
    assert tags[0x03] == b"example.com/profiles"
    assert tags[0x0A] == b"Mustermann"


# ── Round trips ─────────────────────────────────────────────────────────────────────────────────────────────


_letters = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_dates = st.dates(min_value=date(1000, 1, 1))


@st.composite
def _seals(draw: st.DrawFn) -> dict[str, Any]:
    version = draw(st.sampled_from((2, 3)))
    signer = draw(st.sampled_from(("DEZV", "DETS", "A1B2")))
    length = 5 if version == 2 else draw(st.integers(1, 99 if signer == "DEZV" else 255))
    tags = draw(st.lists(st.integers(0, 254), unique=True, max_size=12))
    days = sorted(draw(st.tuples(_dates, _dates)))
    feature, category = draw(st.sampled_from(sorted(codec.DOCUMENT_TYPES)))
    return {
        "version": version,
        "country": draw(st.sampled_from(("D", "UTO", "FR"))),
        "signer": signer,
        "certificate_reference": draw(st.text(_letters, min_size=length, max_size=length)),
        "issued": days[0],
        "signed": days[1],
        "feature": feature,
        "category": category,
        "messages": tuple(Message(tag, draw(st.binary(max_size=300))) for tag in tags),
        "signature": draw(st.binary(min_size=64, max_size=64)),
    }


@given(_seals())
def test_what_is_encoded_is_decoded(parts: dict[str, Any]) -> None:
    data = codec.encode(**parts)
    seal = codec.decode(data)
    assert {name: getattr(seal, name) for name in parts} == parts
    assert data.startswith(seal.signed_bytes)


@given(st.text(st.sampled_from(" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), max_size=60))
def test_c40_comes_back(text: str) -> None:
    packed = c40.encode(text)
    assert len(packed) == c40.encoded_length(len(text))
    assert c40.decode(packed) == text


@given(st.binary(max_size=40))
def test_c40_is_written_in_one_way_only(data: bytes) -> None:
    try:
        text = c40.decode(data)
    except errors.SealError:
        return
    assert c40.decode(c40.encode(text)) == text


# ── Hostile bytes ───────────────────────────────────────────────────────────────────────────────────────────


@given(st.binary(max_size=400), st.sampled_from((b"", b"\xdc", b"\xdc\x03", b"\xdc\x02", b"\xdc\x03\x6a\xbc")))
def test_any_bytes_are_a_seal_or_an_error_of_ours(data: bytes, head: bytes) -> None:
    with contextlib.suppress(errors.SealError):
        seal = codec.decode(head + data)
        assert codec.decode(head + data) == seal


@given(st.data())
def test_a_damaged_seal_is_another_seal_or_an_error_of_ours(data: st.DataObject) -> None:
    good = bytearray(vectors.make(world()))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(errors.SealError):
        assert codec.decode(bytes(good)).signed_bytes in bytes(good)


def _good() -> bytes:
    return vectors.make(world())


def _at_signature(data: bytes) -> int:
    return len(codec.decode(data).signed_bytes)


def _insert(data: bytes, extra: bytes) -> bytes:
    at = _at_signature(data)
    return data[:at] + extra + data[at:]


@pytest.mark.parametrize(
    ("error", "code", "damage"),
    [
        (errors.NotASealError, "not_a_seal", lambda data: b""),
        (errors.NotASealError, "not_a_seal", lambda data: b"\xdd" + data[1:]),
        (errors.UnsupportedVersionError, "unsupported_version", lambda data: b"\xdc\x04" + data[2:]),
        (errors.TrailingBytesError, "trailing_bytes", lambda data: data + b"\0"),
        (errors.TrailingBytesError, "trailing_bytes", lambda data: data + data[_at_signature(data) :]),
        (errors.TruncatedError, "truncated", lambda data: data[:-1]),
        (errors.TruncatedError, "truncated", lambda data: data[:1]),
        (errors.TruncatedError, "truncated", lambda data: _insert(data, b"\x40")[: _at_signature(data) + 1]),
        (errors.MissingSignatureError, "missing_signature", lambda data: data[: _at_signature(data)]),
        (errors.RepeatedTagError, "repeated_tag", lambda data: _insert(data, b"\x13\x00")),
        (errors.LengthError, "bad_length", lambda data: _insert(data, b"\x40\x81\x01x")),
        (errors.LengthError, "bad_length", lambda data: _insert(data, b"\x40\x82\x00\x80" + bytes(128))),
        (errors.LengthError, "bad_length", lambda data: _insert(data, b"\x40\x80")),
        (errors.LengthError, "bad_length", lambda data: _insert(data, b"\x40\x84\xff\xff\xff\xff")),
        (errors.SignatureFormError, "bad_signature_form", lambda data: data[: _at_signature(data)] + b"\xff\x01x"),
        (errors.CharacterError, "bad_character", lambda data: data[:2] + b"\xff\xff" + data[4:]),
        (errors.HeaderError, "bad_header", lambda data: data[:2] + c40.encode("1  ") + data[4:]),
        (errors.LengthError, "bad_length", lambda data: data[:4] + c40.encode("DEZV2A") + data[8:]),
    ],
)
def test_a_malformed_seal_is_refused_with_the_reason(
    error: type[errors.SealError], code: str, damage: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(error) as raised:
        codec.decode(damage(_good()))
    assert raised.value.code == code
    assert len(str(raised.value)) > 10


@pytest.mark.parametrize("digits", [2292026, 13012026, 1322026, 1010999, 12310000, 0, 0xFFFFFF])
def test_a_date_that_no_calendar_has_is_refused(digits: int) -> None:
    with pytest.raises(errors.BadDateError):
        codec.decode_date(digits.to_bytes(3, "big"))


def test_an_administrative_document_is_not_signed_before_it_is_issued() -> None:
    seal = codec.decode(_good())
    parts = _parts(seal) | {"issued": date(2027, 1, 1)}
    with pytest.raises(errors.DatesOutOfOrderError):
        codec.encode_unsigned(**parts)
    identity = codec.encode_unsigned(**parts | {"feature": 0xFA, "category": 0x06})
    with pytest.raises(errors.DatesOutOfOrderError):
        codec.decode(codec.attach_signature(identity.replace(b"\xfa\x06", b"\x01\xc9", 1), seal.signature))


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(errors.UnknownCategoryError):
        codec.decode(_good().replace(b"\x01\xc9", b"\x01\xca", 1))


@pytest.mark.parametrize(
    "change",
    [
        {"country": "d"},
        {"country": "ÄÖ"},
        {"country": "DEUT"},
        {"signer": "DEZ"},
        {"signer": "DEZÖ"},
        {"certificate_reference": ""},
        {"certificate_reference": "a b"},
        {"certificate_reference": "A" * 100},
        {"version": 4},
        {"version": 2, "certificate_reference": "123456"},
        {"feature": 0x77},
        {"messages": [Message(1, b""), Message(1, b"")]},
        {"messages": [Message(0xFF, b"")]},
        {"messages": [Message(1, bytes(70_000))]},
    ],
)
def test_what_could_not_be_read_again_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(errors.SealError):
        codec.encode_unsigned(**_parts(codec.decode(_good())) | change)


def test_the_status_key_does_not_depend_on_the_signature() -> None:
    """Anybody can make a second valid signature from a first one."""
    seal = codec.decode(_good())
    other = vectors.make(world()).replace(seal.signature, seal.signature[::-1])
    assert codec.decode(other).status_key == seal.status_key


def _verifies(data: bytes, key: Any) -> bool:
    try:
        seal = codec.decode(data)
    except errors.SealError:
        return False
    return verifies(key, seal.signed_bytes, seal.signature)


def _parts(seal: codec.Seal) -> dict[str, Any]:
    names = ("version", "country", "signer", "certificate_reference", "issued", "signed", "feature", "category")
    return {name: getattr(seal, name) for name in names} | {"messages": seal.messages}


def _again(seal: codec.Seal) -> bytes:
    unsigned = codec.encode_unsigned(**_parts(seal))
    return codec.attach_signature(unsigned, seal.signature) if seal.signature else unsigned
