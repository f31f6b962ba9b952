"""Signed lists: JSON Web Signature in compact form, ES256 only (RFC 7515, RFC 7518)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from vdseal.authority import load_certificate
from vdseal.errors import SigningKeyError, TokenError
from vdseal.keys import Signer
from vdseal.signatures import PublicKey, dump_public_key, public_key_of, verifies

_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Parts:
    """A token taken apart, its signature not yet checked (RFC 7515, section 3.1)."""

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def check(self, public_key: PublicKey) -> None:
        """Whether this key made the signature (RFC 7515, section 5.2)."""
        if not isinstance(public_key.curve, ec.SECP256R1) or not verifies(public_key, self.signed, self.signature):
            raise TokenError("The signature of the list is wrong, or another key made it.")

    def certificates(self) -> list[x509.Certificate]:
        """The certificates the header brings, the signer's first (RFC 7515, section 4.1.6)."""
        entries = self.header.get("x5c")
        if not isinstance(entries, list) or not 1 <= len(entries) <= 5:
            raise TokenError("The list names no certificate of its signer.")
        return [_certificate(entry) for entry in entries]

    def moment(self, name: str) -> datetime:
        """A time of the payload (RFC 7519, section 2: NumericDate)."""
        return moment(self.payload.get(name), name)


def sign(typ: str, payload: Mapping[str, Any], signer: Signer, *, chain: Sequence[x509.Certificate] = ()) -> str:
    """A compact token that brings its signer's certificate (RFC 7515, section 7.1)."""
    key = public_key_of(signer.certificate)
    if not isinstance(key.curve, ec.SECP256R1):
        raise SigningKeyError("Lists are signed with a key on P-256: status lists ask for ES256.")
    certificates = [signer.certificate, *chain]
    header = {
        "alg": "ES256",
        "typ": typ,
        "kid": key_id(key),
        "x5c": [base64.b64encode(each.public_bytes(Encoding.DER)).decode("ascii") for each in certificates],
    }
    signed = f"{encode(_json(header))}.{encode(_json(payload))}"
    return f"{signed}.{encode(signer.sign(signed.encode('ascii')))}"


def parse(token: str, typ: str) -> Parts:
    """A compact token of this type, taken apart strictly (RFC 7515, section 5.2)."""
    if len(token) > _LARGEST:
        raise TokenError("The list is larger than any list can be.")
    parts = token.strip(" \t\r\n").split(".")
    if len(parts) != 3:
        raise TokenError("This is no signed list: three parts joined by dots are expected.")
    header = _object(decode(parts[0]), "header")
    if header.get("alg") != "ES256" or header.get("typ") != typ or "crit" in header:
        raise TokenError(f"This is no list of the type {typ} signed with ES256.")
    payload = _object(decode(parts[1]), "payload")
    return Parts(header, payload, f"{parts[0]}.{parts[1]}".encode("ascii"), decode(parts[2]))


def key_id(key: PublicKey) -> str:
    """base64url of the SHA-256 of the SubjectPublicKeyInfo: what a verifier pins (RFC 7515, section 4.1.4)."""
    return encode(hashlib.sha256(dump_public_key(key)).digest())


def moment(value: object, name: str) -> datetime:
    """A time in seconds since 1970 (RFC 7519, section 2)."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**35:
        raise TokenError(f"{name} is no time.")
    return datetime.fromtimestamp(value, UTC)


def encode(data: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The inverse of `encode`; nothing else is taken for it (RFC 7515, section 2)."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or encode(data) != text:
        raise TokenError("A part of the list is no base64url.")
    return data


def unbase64(text: object, name: str) -> bytes:
    """Strict base64 with padding (RFC 4648, section 4)."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise TokenError(f"{name} is no base64.") from None


def _certificate(entry: object) -> x509.Certificate:
    try:
        return load_certificate(unbase64(entry, "A certificate"))
    except SigningKeyError as error:
        raise TokenError(str(error)) from None


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _object(data: bytes, name: str) -> dict[str, Any]:
    try:
        # As text: from bytes the module would read UTF-16, too, which other readers do not.
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=unique, parse_float=_not_whole, parse_constant=_not_whole)
    except (ValueError, RecursionError):
        raise TokenError(
            f"The {name} of the list is no JSON, names something twice, or holds a number that is not whole."
        ) from None
    if not isinstance(value, dict):
        raise TokenError(f"The {name} of the list is no object.")
    return value


def _not_whole(text: str) -> float:
    raise ValueError(f"{text} is no whole number")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: an object that names something twice is refused, because readers could disagree (RFC 7515)."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name occurs twice")
    return result
