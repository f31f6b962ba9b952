"""Vectors that every verifier of our seals has to agree on (`docs/formats.md`, Shared vectors).

A made-up world of issuers, lists and a moment; seals in it for every code of a verdict; and mutants of them, the same
for the same seed. Half of the mutants are changed before they are signed, so that they reach the rules behind the
signature. Keys are fixed and public: nothing here is fit for real use.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from vdseal import codec, jws, profiles
from vdseal.authority import Authority, Purpose
from vdseal.codec import Message
from vdseal.issuing import seal
from vdseal.keys import CURVES, FileKey
from vdseal.mutation import mutate
from vdseal.signatures import dump_public_key, from_der, hash_for, public_key_of
from vdseal.status import Status, StatusList, StatusListBuilder
from vdseal.trust import Issuer, TrustList
from vdseal.values import FieldType, Value
from vdseal.verifying import Verdict, verify

AT: Final = datetime(2026, 9, 14, 10, 0, tzinfo=UTC)
_FRESH: Final = "https://status.example.org/fresh"
_STALE: Final = "https://status.example.org/stale"
_EARLY: Final = "https://status.example.org/early"
_UNKNOWN: Final = "https://status.example.org/unknown"
VALUES: Final[dict[str, Value]] = {
    "certificate_number": "123456-2026-000001",
    "family_name": "Muster-Öztürk",
    "first_names": "Șevin Łucja",
    "birth_date": date(2014, 2, 3),
    "school_number": "123456",
    "school_name": "Gesamtschule Musterstadt",
    "grade": "7b",
    "attending_since": date(2024, 8, 1),
    "expected_end": date(2030, 7, 31),
    "status": "besucht",
}


@dataclass(frozen=True)
class _FixedKey(FileKey):
    """Signs the same bytes the same way each time, so that vectors can be told apart by their bytes."""

    def sign(self, data: bytes) -> bytes:
        curve = self.private_key.curve
        algorithm = ec.ECDSA(hash_for(curve), deterministic_signing=True)
        return from_der(self.private_key.sign(data, algorithm), curve)


@dataclass(frozen=True)
class Vector:
    """A seal, how it is looked at, and what Python says of it."""

    name: str
    data: bytes
    verdict: Verdict
    at: datetime = AT
    expect_test: bool = False


@dataclass(frozen=True)
class World:
    """Everything a verdict depends on besides the seal."""

    root: x509.Certificate
    trust_token: str
    trust: TrustList
    status_tokens: Mapping[str, str]
    status_lists: Mapping[str, StatusList]
    signers: Mapping[str, FileKey] = field(repr=False)

    def vector(self, name: str, data: bytes, *, at: datetime = AT, expect_test: bool = False) -> Vector:
        """A seal with the verdict on it."""
        verdict = verify(data, trust=self.trust, status_lists=self.status_lists, at=at, expect_test=expect_test)
        return Vector(name, data, verdict, at, expect_test)


def world() -> World:
    """The made-up world. Its certificates and tokens are new each time, its seals are not."""
    root = Authority.create(
        "Wurzel für Tests",
        organisation="Beispiel",
        not_before=AT - timedelta(days=900),
        not_after=AT.replace(year=2040),
    )
    signers = {
        name: _signer(root, name, number, curve=curve)
        for number, (name, curve) in enumerate(
            (
                ("school", "P-256"),
                ("neighbour", "P-256"),
                ("brainpool", "brainpoolP256r1"),
                ("test", "P-256"),
                ("former", "P-256"),
                ("stolen", "P-256"),
                ("other", "P-256"),
                ("lists", "P-256"),
                ("stranger", "P-256"),
                ("lists of others", "P-256"),
            ),
            start=1,
        )
    }
    key = public_key_of(signers["lists"].certificate)
    trust = TrustList.of(
        issued=AT - timedelta(days=2),
        expires=AT + timedelta(days=5),
        issuers=_issuers(signers),
        profiles=[profiles.school_certificate()],
        status_keys=dict.fromkeys((_FRESH, _STALE, _EARLY), key),
    )
    tokens = {
        uri: _status_list(signers["lists"], uri, issued=issued, expires=issued + timedelta(days=2))
        for uri, issued in (
            (_FRESH, AT - timedelta(hours=3)),
            (_STALE, AT - timedelta(days=9)),
            (_EARLY, AT + timedelta(hours=1)),
        )
    }
    token = trust.sign(signers["lists"])
    return World(
        root.certificate,
        token,
        TrustList.read(token, roots=[root.certificate]),
        tokens,
        {uri: StatusList.read(each, public_key=key, uri=uri) for uri, each in tokens.items()},
        signers,
    )


def vectors(of: World) -> Iterator[Vector]:
    """Seals for every place where verification can end."""
    yield from _in_force(of)
    yield from _by_issuer(of)
    yield from _by_contents(of)
    yield from _by_form(of)


def mutants(of: World, *, seed: int, count: int) -> Iterator[Vector]:
    """So many mutated seals with Python's verdict; the same seals for the same seed."""
    source = random.Random(seed)  # noqa: S311
    bases = [(each.data, each.at, each.expect_test) for each in vectors(of) if len(each.data) > 100]
    signers = list(of.signers.values())
    for number in range(count):
        data, at, expect_test = source.choice(bases)
        changed = mutate(data, source, signers)
        if source.random() < 0.1:
            at += timedelta(hours=source.randrange(-2000, 12000))
        yield of.vector(f"mutant-{number}", changed, at=at, expect_test=expect_test)


def to_json(of: World, seals: Iterator[Vector]) -> dict[str, Any]:
    """The file that another implementation reads (`docs/formats.md`)."""
    key = public_key_of(of.signers["lists"].certificate)
    return {
        "root": base64.b64encode(of.root.public_bytes(Encoding.DER)).decode("ascii"),
        "trust_list_kid": jws.key_id(key),
        "trust_list_key": base64.b64encode(dump_public_key(key)).decode("ascii"),
        "trust_list": of.trust_token,
        "status_lists": dict(of.status_tokens),
        "at": int(AT.timestamp()),
        "expect_test": False,
        "seals": [_vector_to_json(each) for each in seals],
    }


def make(
    of: World, signer: str = "school", *, days: int = 0, index: int = 0, uri: str | None = _FRESH, **values: Value
) -> bytes:
    """A seal of the made-up world, signed so many days from its moment."""
    day = (AT + timedelta(days=days)).date()
    return seal(
        profile=replace(profiles.school_certificate(), status=profiles.Presence.OPTIONAL),
        values={**VALUES, **values},
        signer=of.signers[signer],
        issued=day,
        signed=day,
        valid_from=day,
        valid_to=day + timedelta(days=180),
        certificate_uri="https://status.example.org/certificate",
        status_uri=uri,
        status_index=None if uri is None else index,
    )


def _in_force(of: World) -> Iterator[Vector]:
    yield of.vector("valid", make(of))
    yield of.vector("valid-brainpool", make(of, "brainpool"))
    yield of.vector("valid-without-end", make(of, expected_end=""))
    yield of.vector("valid-on-last-day", make(of, days=-180))
    yield of.vector("revoked", make(of, index=1))
    yield of.vector("revoked-in-stale-list", make(of, index=1, uri=_STALE))
    yield of.vector("revoked-and-expired", make(of, days=-181, index=1))
    yield of.vector("suspended", make(of, index=2))
    yield of.vector("reserved-status", make(of, index=3))
    yield of.vector("no-such-place", make(of, index=99_999))
    yield of.vector("stale-list", make(of, uri=_STALE))
    yield of.vector("early-list", make(of, uri=_EARLY))
    yield of.vector("unknown-list", make(of, uri=_UNKNOWN))
    yield of.vector("expired", make(of, days=-181))
    yield of.vector("before-the-status-list", make(of), at=AT - timedelta(hours=12))
    yield of.vector("trust-list-expired", make(of), at=AT + timedelta(days=5))
    yield of.vector("trust-list-early", make(of), at=AT - timedelta(days=3))
    yield of.vector("signed-tomorrow", make(of, days=1))
    # 23:58 in Berlin: the seal of the next day is within five minutes.
    yield of.vector("signed-in-two-minutes", make(of, days=1), at=datetime(2026, 9, 14, 21, 58, tzinfo=UTC))


def _by_issuer(of: World) -> Iterator[Vector]:
    yield of.vector("test-key", make(of, "test"))
    yield of.vector("test-key-in-test-mode", make(of, "test"), expect_test=True)
    yield of.vector("issuer-period", make(of, "former"))
    yield of.vector("issuer-revoked", make(of, "stolen"))
    yield of.vector("not-this-profile", make(of, "other"))
    yield of.vector("unknown-issuer", make(of, "stranger"))
    yield of.vector("swapped-schools", make(of, "neighbour"))
    yield of.vector("neighbour-valid", make(of, "neighbour", school_number="654321"))
    yield of.vector("status-list-of-others", make(of, "neighbour", school_number="654321", uri=_STALE))
    # The right names in header and certificate, but another key.
    own = of.signers["school"]
    false = replace(of.signers["stranger"], certificate_reference=own.certificate_reference)
    yield of.vector("foreign-key", make(replace(of, signers={"school": false})))
    copied = bytearray(make(of))
    copied[copied.index(b"Muster")] ^= 0x01
    yield of.vector("copied-on-other-data", bytes(copied))


def _by_contents(of: World) -> Iterator[Vector]:
    base = codec.decode(make(of))

    def changed(name: str, *, drop: int | None = None, **tags: bytes) -> Vector:
        values = {message.tag: message.value for message in base.messages if message.tag != drop}
        values |= {int(tag[1:], 16): value for tag, value in tags.items()}
        return of.vector(name, resigned(of.signers["school"], base, [Message(*each) for each in values.items()]))

    yield changed("no-profile", drop=0x00)
    yield changed("other-profile", t00=bytes(16))
    yield changed("no-status-although-required", drop=0x05)
    yield changed("missing-field", drop=0x0B)
    yield changed("empty-field", t0B=b"")
    yield changed("unknown-field", t30=b"x")
    yield changed("reserved-tag", t08=b"x")
    yield changed("too-long", t10=b"x" * 25)
    yield changed("no-utf8", t0B=b"M\xfcller")
    yield changed("overlong-utf8", t0B=b"\xc0\x80")
    yield changed("surrogate", t0B=b"\xed\xa0\x80")
    yield changed("byte-order-mark", t0B=b"\xef\xbb\xbfMuster")
    yield changed("right-to-left", t0B="Muster\u202e".encode())
    yield changed("no-date", t0D=b"20140231")
    yield changed("date-with-sign", t0D=b"+2014023")
    yield changed("unknown-choice", t13=b"BESUCHT")
    yield changed("validity-out-of-order", t02=b"20200101")
    yield changed("long-index", t06=bytes(5))
    yield changed("padded-index", t06=bytes(4))
    yield changed("hostile-addresses", t03=b"https://evil.example.org/p", t04=b"file:///etc/passwd")
    yield changed("script", t0B=b"<script>alert(1)</script>")
    for each in profiles.school_certificate().fields:
        if each.type is FieldType.TEXT:
            script = b"<img src=x onerror=f()>"[: each.max_length]
            yield changed(f"script-in-{each.name}", drop=None, **{f"t{each.tag:02X}": script})


def _by_form(of: World) -> Iterator[Vector]:
    good = make(of)
    seal_ = codec.decode(good)
    yield of.vector("empty", b"")
    yield of.vector("not-a-seal", b"https://example.org/")
    yield of.vector("only-magic", b"\xdc")
    yield of.vector("version-4", b"\xdc\x04" + good[2:])
    yield of.vector("trailing-byte", good + b"\0")
    yield of.vector("cut-off", good[:-1])
    yield of.vector("unsigned", seal_.signed_bytes)
    yield of.vector("repeated-tag", seal_.signed_bytes + b"\x13\x07besucht" + good[len(seal_.signed_bytes) :])
    yield of.vector("other-s", codec.attach_signature(seal_.signed_bytes, _other_s(seal_.signature)))
    yield of.vector("identity-document", resigned(of.signers["school"], replace(seal_, feature=0xFA, category=6)))
    late = resigned(of.signers["school"], replace(seal_, feature=0xFA, category=6, issued=date(2030, 1, 1)))
    yield of.vector("issued-after-signed", late.replace(b"\xfa\x06", b"\x01\xc9", 1))


def resigned(signer: FileKey, of: codec.Seal, messages: list[Message] | None = None) -> bytes:
    """A seal with other contents, signed anew."""
    unsigned = codec.encode_unsigned(
        country=of.country,
        signer=of.signer,
        certificate_reference=of.certificate_reference,
        issued=of.issued,
        signed=of.signed,
        feature=of.feature,
        category=of.category,
        messages=of.messages if messages is None else messages,
    )
    return codec.attach_signature(unsigned, signer.sign(unsigned))


def _signer(root: Authority, name: str, number: int, *, curve: str) -> FileKey:
    private_key = ec.derive_private_key(0x5EA1_0000 + number, CURVES[curve])
    certificate = root.certify(
        private_key.public_key(),
        common_name=name,
        organisation="Beispiel",
        not_before=AT - timedelta(days=800),
        not_after=AT + timedelta(days=800),
        purpose=Purpose.ANY if name.startswith("lists") else Purpose.SEALS,
    )
    return _FixedKey(private_key, certificate, certificate_reference=f"{number:032X}")


def _issuers(signers: Mapping[str, FileKey]) -> list[Issuer]:
    number = profiles.school_certificate().uuid
    first, last = date(2025, 8, 1), date(2027, 7, 31)

    def issuer(name: str, **options: Any) -> Issuer:
        settings: dict[str, Any] = {"not_before": first, "not_after": last, "profiles": [number], **options}
        return Issuer.of(signers[name], names=[f"Schule {name}"], **settings)

    return [
        issuer("school", fields={"school_number": ["123456"]}),
        issuer("neighbour", fields={"school_number": ["654321"]}, status_uris=[_FRESH]),
        issuer("brainpool"),
        issuer("test", test=True),
        issuer("former", not_after=date(2026, 7, 31)),
        issuer("stolen", revoked_from=date(2026, 9, 1)),
        issuer("other", profiles=["0" * 32]),
    ]


def _status_list(signer: FileKey, uri: str, *, issued: datetime, expires: datetime) -> str:
    builder = StatusListBuilder(1000)
    for status in Status:
        builder.set(int(status), status)
    return builder.sign(signer, uri=uri, issued=issued, expires=expires)


def _vector_to_json(vector: Vector) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": vector.name,
        "hex": vector.data.hex(),
        "outcome": vector.verdict.outcome.value,
        "code": vector.verdict.code.value,
    }
    if vector.at != AT:
        entry["at"] = int(vector.at.timestamp())
    if vector.expect_test:
        entry["expect_test"] = True
    if vector.verdict.document is not None:
        values = vector.verdict.document.values
        entry["values"] = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    return entry


def _other_s(signature: bytes) -> bytes:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return signature[:32] + (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
