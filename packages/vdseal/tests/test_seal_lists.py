"""Trust list and status list: believed only as a whole, from the right key, for the right address, in time."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from sealing import world
from vdseal import jws, keys, status, trust
from vdseal.authority import Authority, Purpose
from vdseal.errors import SigningKeyError, TokenError
from vdseal.keys import FileKey
from vdseal.signatures import public_key_of
from vdseal.status import Status, StatusList, StatusListBuilder, free_index
from vdseal.trust import Issuer, TrustList
from vdseal.vectors import AT

URI = "https://status.example.org/one"


def _signer() -> FileKey:
    return world().signers["lists"]


def _status_token(signer: FileKey | None = None, *, issued: int = 0, **changes: Any) -> str:
    builder = StatusListBuilder(1000)
    builder.set(7, Status.REVOKED)
    moment = AT + timedelta(hours=issued)
    options: dict[str, Any] = {"uri": URI, "issued": moment, "expires": moment + timedelta(days=1)} | changes
    return builder.sign(signer or _signer(), **options)


def _read_status(token: str, **options: Any) -> StatusList:
    return StatusList.read(token, **{"public_key": public_key_of(_signer().certificate), "uri": URI} | options)


def _read_trust(token: str, **options: Any) -> TrustList:
    return TrustList.read(token, **{"roots": [world().root]} | options)


def _forged(token: str, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> str:
    """The token with another header or payload, signed by the right key."""
    parts = token.split(".")
    header, payload = (json.loads(jws.decode(part)) for part in parts[:2])
    change(header, payload)
    signed = ".".join(jws.encode(json.dumps(each).encode()) for each in (header, payload))
    return f"{signed}.{jws.encode(_signer().sign(signed.encode()))}"


# ── Status list ─────────────────────────────────────────────────────────────────────────────────────────────


@given(st.sampled_from((1, 2)), st.dictionaries(st.integers(0, 499), st.sampled_from(Status), max_size=30))
def test_what_is_set_is_read_and_nothing_else(bits: int, marks: dict[int, Status]) -> None:
    builder = StatusListBuilder(500, bits=bits)
    marks = {place: mark for place, mark in marks.items() if mark < 1 << bits}
    for place, mark in marks.items():
        builder.set(place, mark)
    token = builder.sign(_signer(), uri=URI, issued=AT, expires=AT + timedelta(days=1))
    listed = _read_status(token)
    assert {place: listed.get(place) for place in range(500) if listed.get(place)} == {
        place: mark for place, mark in marks.items() if mark
    }
    assert listed.get(-1) is None
    assert listed.get(listed.size) is None


def test_a_status_can_be_taken_back() -> None:
    builder = StatusListBuilder(10)
    builder.set(3, Status.SUSPENDED)
    builder.set(3, Status.VALID)
    assert builder.get(3) is Status.VALID


def test_the_example_of_the_draft_is_packed_the_same_way() -> None:
    """Sixteen statuses of one bit: 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1 are the bytes B9 A3."""
    builder = StatusListBuilder(16, bits=1)
    for place, mark in enumerate((1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1)):
        builder.set(place, Status(mark))
    assert _read_status(builder.sign(_signer(), uri=URI, issued=AT, expires=AT + timedelta(1))).data == b"\xb9\xa3"


def test_three_million_places_with_few_revocations_stay_small() -> None:
    builder = StatusListBuilder(3_000_000, bits=1)
    for place in range(0, 3_000_000, 211):
        builder.set(place, Status.REVOKED)
    assert len(builder.sign(_signer(), uri=URI, issued=AT, expires=AT + timedelta(1))) < 60_000


def test_a_status_list_by_a_foreign_key_is_refused() -> None:
    with pytest.raises(TokenError, match="signature"):
        _read_status(_status_token(world().signers["stranger"]))


def test_a_replayed_status_list_is_refused_once_a_newer_one_is_known() -> None:
    old, new = _status_token(), _status_token(issued=5)
    known = _read_status(new).issued
    with pytest.raises(TokenError, match="newer"):
        _read_status(old, minimum_issued=known)
    assert _read_status(new, minimum_issued=known).issued == known


def test_a_list_for_another_address_is_refused() -> None:
    with pytest.raises(TokenError, match="not for"):
        _read_status(_status_token(uri="https://status.example.org/two"))


def _bomb(length: int) -> str:
    return jws.encode(zlib.compress(bytes(length), 9))


@pytest.mark.parametrize(
    ("says", "body"),
    [
        ("more than", {"bits": 1, "lst": _bomb(status.LARGEST + 1)}),
        ("more than", {"bits": 1, "lst": _bomb(200_000_000)}),
        ("unpacked", {"bits": 1, "lst": jws.encode(b"no zlib")}),
        ("cut off", {"bits": 1, "lst": jws.encode(zlib.compress(b"abc")[:-1])}),
        ("follows", {"bits": 1, "lst": jws.encode(zlib.compress(b"abc") + b"x")}),
        ("base64url", {"bits": 1, "lst": "a=="}),
        ("one or two bits", {"bits": 4, "lst": _bomb(1)}),
        ("one or two bits", {"bits": "1", "lst": _bomb(1)}),
        ("one or two bits", {"bits": 1}),
        ("one or two bits", "x"),
    ],
)
def test_a_list_that_cannot_be_unpacked_safely_is_refused(says: str, body: object) -> None:
    token = _forged(_status_token(), lambda _, payload: payload.update(status_list=body))
    with pytest.raises(TokenError, match=says):
        _read_status(token)


@pytest.mark.parametrize(
    "change",
    [
        lambda header, _: header.update(alg="none"),
        lambda header, _: header.update(alg="HS256"),
        lambda header, _: header.update(typ="JWT"),
        lambda header, _: header.update(typ="trustlist+jwt"),
        lambda header, _: header.update(crit=["b64"]),
        lambda _, payload: payload.update(iat="now"),
        lambda _, payload: payload.update(iat=True),
        lambda _, payload: payload.update(iat=-1),
        lambda _, payload: payload.update(exp=payload["iat"]),
        lambda _, payload: payload.update(exp=1e300),
        lambda _, payload: payload.pop("exp"),
        lambda _, payload: payload.pop("sub"),
    ],
)
def test_a_list_of_another_form_is_refused_even_from_the_right_key(change: Callable[[Any, Any], None]) -> None:
    with pytest.raises(TokenError):
        _read_status(_forged(_status_token(), change))


def test_json_that_says_something_twice_is_refused() -> None:
    header, payload, _ = _status_token().split(".")
    doubled = jws.decode(payload).replace(b'{"sub"', b'{"sub":"https://other.example.org/","sub"', 1)
    signed = f"{header}.{jws.encode(doubled)}"
    with pytest.raises(TokenError, match="twice"):
        _read_status(f"{signed}.{jws.encode(_signer().sign(signed.encode()))}")


@given(st.text(max_size=60), st.integers(0, 3))
def test_any_text_is_no_list(text: str, dots: int) -> None:
    with pytest.raises(TokenError):
        jws.parse(text + "." * dots, "statuslist+jwt")


@given(st.data())
def test_a_token_changed_anywhere_is_refused(data: st.DataObject) -> None:
    token = _status_token()
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126))
    if other == token[at]:
        return
    with pytest.raises(TokenError):
        _read_status(token[:at] + other + token[at + 1 :])


@pytest.mark.parametrize(
    "build",
    [
        lambda: StatusListBuilder(0),
        lambda: StatusListBuilder(10, bits=4),
        lambda: StatusListBuilder(status.LARGEST * 9),
        lambda: StatusListBuilder(8, bits=1).set(8, Status.REVOKED),
        lambda: StatusListBuilder(8, bits=1).set(-1, Status.REVOKED),
        lambda: StatusListBuilder(8, bits=1).set(1, Status.SUSPENDED),
        lambda: StatusListBuilder(8).get(8),
        lambda: _status_token(expires=AT),
    ],
)
def test_a_list_that_nobody_could_read_is_not_made(build: Callable[[], object]) -> None:
    with pytest.raises(TokenError):
        build()


def test_places_are_given_out_at_random_and_only_once() -> None:
    taken: set[int] = set()
    order = []
    for _ in range(300):
        place = free_index(300, taken.__contains__)
        taken.add(place)
        order.append(place)
    assert sorted(order) == list(range(300))
    assert order != sorted(order)
    with pytest.raises(TokenError, match="full"):
        free_index(300, taken.__contains__)


def test_lists_are_not_signed_with_a_key_that_browsers_cannot_check() -> None:
    with pytest.raises(SigningKeyError, match="P-256"):
        _status_token(world().signers["brainpool"])


# ── Trust list ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_trust_list_comes_back_as_it_was_signed() -> None:
    again = _read_trust(world().trust.sign(_signer()))
    assert again == world().trust
    school = world().signers["school"]
    issuer = again.find("D", "DEZV", school.certificate_reference)
    assert issuer is not None
    assert issuer.fields == {"school_number": frozenset({"123456"})}


def test_without_certificates_the_list_is_shorter_and_says_the_same() -> None:
    listed = world().trust
    short, long = listed.sign(_signer(), certificates=False), listed.sign(_signer())
    assert len(short) < 0.75 * len(long)
    without = {key: replace(issuer, certificate=None) for key, issuer in listed.issuers.items()}
    assert _read_trust(short).issuers == without


def test_a_trust_list_by_a_signer_of_another_root_is_refused() -> None:
    period = {"not_before": AT - timedelta(30), "not_after": AT + timedelta(30)}
    foreign = Authority.create("Wurzel für Tests", organisation="Beispiel", **period)
    private_key = keys.generate_private_key()
    certificate = foreign.certify(
        private_key.public_key(),
        common_name="lists",
        organisation="Beispiel",
        purpose=Purpose.ANY,
        **period,
    )
    with pytest.raises(TokenError, match="does not lead"):
        _read_trust(world().trust.sign(FileKey(private_key, certificate)))
    with pytest.raises(TokenError, match="does not lead"):
        _read_trust(world().trust_token, roots=[])


def test_the_certificate_of_one_signer_with_the_signature_of_another_is_refused() -> None:
    other = world().signers["lists of others"]
    assert _read_trust(world().trust.sign(other)) == world().trust
    token = _forged(world().trust_token, lambda header, _: header.update(x5c=[_der(other)]))
    with pytest.raises(TokenError, match="signature"):
        _read_trust(token)


def test_a_broken_certificate_in_the_header_is_refused_like_any_other() -> None:
    """What stands in the header is read before anything is known of who wrote it."""
    lists, root = (each.public_bytes(Encoding.DER) for each in (_signer().certificate, world().root))
    key = lists.index(bytes.fromhex("06072a8648ce3d0201"))
    broken = [
        # The version of the certificate, the kinds of its key, the number of an extension: one twice.
        lists.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020103"), 1),
        lists[: key + 3] + b"\x7f" + lists[key + 4 :],
        lists[: key + 12] + b"\x7f" + lists[key + 13 :],
        lists.replace(bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d0f"), 1),
        lists[:20],
        *(lists[:at] + bytes((lists[at] ^ 0x40,)) + lists[at + 1 :] for at in range(0, len(lists), 5)),
    ]
    for certificate in broken:
        for chain in ([certificate], [lists, certificate]):
            token = _with_header(world().trust_token, x5c=[base64.b64encode(each).decode() for each in chain])
            with pytest.raises(TokenError):
                _read_trust(token, roots=[])
    for at in range(0, len(root), 5):
        chain = [lists, root[:at] + bytes((root[at] ^ 0x01,)) + root[at + 1 :]]
        token = _with_header(world().trust_token, x5c=[base64.b64encode(each).decode() for each in chain])
        with pytest.raises(TokenError):
            _read_trust(token, roots=[])


def _with_header(token: str, **changes: Any) -> str:
    """The token with another header and the old signature."""
    header, rest = token.split(".", 1)
    return f"{jws.encode(json.dumps({**json.loads(jws.decode(header)), **changes}).encode())}.{rest}"


def test_the_key_of_a_school_cannot_make_a_trust_list_although_it_has_the_same_root() -> None:
    payload = json.loads(jws.decode(world().trust_token.split(".")[1]))
    for name in ("school", "stranger"):
        signer = world().signers[name]
        with pytest.raises(TokenError, match="for seals, not for lists"):
            _read_trust(jws.sign(trust.TYPE, payload, signer))
        with pytest.raises(TokenError, match="for seals, not for lists"):
            world().trust.sign(signer)


def test_a_trust_list_that_no_checker_would_believe_is_not_signed() -> None:
    with pytest.raises(TokenError, match="outlive"):
        replace(world().trust, expires=AT + timedelta(9999)).sign(_signer())
    issuer = replace(next(iter(world().trust.issuers.values())), not_before=date(2000, 1, 1))
    early = replace(world().trust, issuers={("D", "DEZV", issuer.reference): issuer})
    with pytest.raises(TokenError, match="goes beyond"):
        early.sign(_signer())
    assert _read_trust(early.sign(_signer(), certificates=False)).issuers


def test_the_key_of_an_issuer_is_one_for_seals_unless_asked_for_otherwise() -> None:
    period = {"not_before": AT - timedelta(30), "not_after": AT + timedelta(30)}
    root = Authority.create("Wurzel", organisation="Beispiel", **period)

    def signer(**options: Any) -> FileKey:
        key = keys.generate_private_key()
        named = {"common_name": "x", "organisation": "Beispiel", **period, **options}
        return FileKey(key, root.certify(key.public_key(), **named))

    def token(issuer: FileKey, by: FileKey) -> str:
        day = AT.date()
        issuers = [Issuer.of(issuer, names=["x"], not_before=day, not_after=day, profiles=[])]
        listed = TrustList.of(issued=AT, expires=AT + timedelta(1), issuers=issuers, profiles=[])
        payload = json.loads(jws.decode(listed.sign(lists).split(".")[1]))
        return jws.sign(trust.TYPE, payload, by)

    lists, school = signer(purpose=Purpose.ANY), signer()
    assert _read_trust(token(school, lists), roots=[root.certificate])
    with pytest.raises(TokenError, match="for seals, not for lists"):
        _read_trust(token(school, school), roots=[root.certificate])
    # A school whose key could make trust lists is not published.
    with pytest.raises(TokenError, match="not marked for seals"):
        _read_trust(token(lists, lists), roots=[root.certificate])


def test_a_replayed_trust_list_is_refused() -> None:
    with pytest.raises(TokenError, match="newer"):
        _read_trust(world().trust_token, minimum_issued=world().trust.issued + timedelta(seconds=1))
    assert _read_trust(world().trust_token, minimum_issued=world().trust.issued)


def test_a_list_does_not_outlive_its_signer() -> None:
    token = _forged(world().trust_token, lambda _, payload: payload.update(exp=payload["exp"] + 10**9))
    with pytest.raises(TokenError, match="outlive"):
        _read_trust(token)


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.pop("public_key"),
        lambda entry: entry.update(public_key="!!"),
        lambda entry: entry.update(public_key=base64.b64encode(b"x").decode()),
        # A key of a kind that nobody knows.
        lambda entry: entry.update(public_key=entry["public_key"].replace("KoZIzj0CAQ", "KoZIzj0CAn")),
        lambda entry: entry.update(certificate=_der(world().signers["neighbour"])),
        lambda entry: entry.update(not_before="tomorrow"),
        lambda entry: entry.update(not_before="2025-W31-5"),
        lambda entry: entry.update(revoked_from=""),
        lambda entry: entry.update(not_before="2000-01-01"),
        lambda entry: entry.update(not_after="2100-01-01"),
        lambda entry: entry.update(not_after=7),
        lambda entry: entry.update(names="Schule"),
        lambda entry: entry.update(profiles=[1]),
        lambda entry: entry.update(test="yes"),
        lambda entry: entry.update(fields=[]),
        lambda entry: entry.update(fields={"school_number": "123456"}),
        lambda entry: entry.update(country=None),
    ],
)
def test_one_wrong_entry_spoils_the_list(change: Callable[[dict[str, Any]], object]) -> None:
    def spoil(_: dict[str, Any], payload: dict[str, Any]) -> None:
        change(payload["issuers"][0])

    with pytest.raises(TokenError):
        _read_trust(_forged(world().trust_token, spoil))


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload.pop("issuers"),
        lambda payload: payload.update(issuers=[7]),
        lambda payload: payload.update(profiles={}),
        lambda payload: payload["profiles"].append(payload["profiles"][0]),
        lambda payload: payload["issuers"].append(payload["issuers"][0]),
        lambda payload: payload["profiles"][0].update(version="2"),
        lambda payload: payload["profiles"][0]["fields"][0].update(tag=float("1e308") * 10),
        lambda payload: payload["status_lists"][0].pop("uri"),
        lambda payload: payload["status_lists"].append(payload["status_lists"][0]),
        lambda payload: payload.update(iat=payload["exp"]),
    ],
)
def test_a_list_of_another_shape_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    def spoil(_: dict[str, Any], payload: dict[str, Any]) -> None:
        change(payload)

    with pytest.raises(TokenError):
        _read_trust(_forged(world().trust_token, spoil))


def test_the_same_issuer_twice_is_not_signed() -> None:
    issuer = Issuer.of(
        world().signers["school"], names=["x"], not_before=date(2026, 1, 1), not_after=date(2026, 2, 1), profiles=[]
    )
    with pytest.raises(TokenError, match="twice"):
        TrustList.of(issued=AT, expires=AT + timedelta(1), issuers=[issuer, issuer], profiles=[])
    with pytest.raises(TokenError, match="expires before"):
        TrustList.of(issued=AT, expires=AT, issuers=[], profiles=[])


def _der(signer: FileKey) -> str:
    return base64.b64encode(signer.certificate.public_bytes(Encoding.DER)).decode()
