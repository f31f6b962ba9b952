"""The trust list: which issuers, profiles and status lists a checker believes (`docs/formats.md`; TR-03171).

A checker never follows an address found in a seal. Profile, certificate and the key of the status list come from this
list, whose signer's certificate has to lead to a root that the checker has pinned.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from vdseal import jws, profiles
from vdseal.authority import check_chain, load_certificate, only_seals
from vdseal.errors import ProfileError, SigningKeyError, TokenError
from vdseal.keys import Signer
from vdseal.profiles import Profile
from vdseal.signatures import PublicKey, dump_public_key, load_public_key, public_key_of

T = TypeVar("T")
TYPE: Final = "trustlist+jwt"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who may seal what, and from when until when (both days included); the key is what a seal's header names."""

    country: str
    signer: str
    reference: str
    public_key: PublicKey
    names: tuple[str, ...]
    not_before: date
    not_after: date
    profiles: frozenset[str]
    certificate: x509.Certificate | None = None
    test: bool = False
    # Seals signed on this day or later are not believed. Where a key was stolen, set it to `not_before`: a thief
    # writes any date.
    revoked_from: date | None = None
    # The only values this issuer may seal, by name of the field: a school seals its own number only.
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # The only status lists its seals may name; empty: any of the trust list.
    status_uris: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        signer: Signer,
        *,
        names: Iterable[str],
        not_before: date,
        not_after: date,
        profiles: Iterable[str],
        test: bool = False,
        revoked_from: date | None = None,
        fields: Mapping[str, Iterable[str]] | None = None,
        status_uris: Iterable[str] = (),
    ) -> Issuer:
        """The entry of a signer (`docs/formats.md`)."""
        return cls(
            signer.country,
            signer.signer,
            signer.certificate_reference,
            public_key_of(signer.certificate),
            tuple(names),
            not_before,
            not_after,
            frozenset(profiles),
            signer.certificate,
            test,
            revoked_from,
            {name: frozenset(values) for name, values in (fields or {}).items()},
            frozenset(status_uris),
        )


@dataclass(frozen=True, slots=True)
class TrustList:
    """A trust list whose signature and chain have been checked, or one about to be signed."""

    issued: datetime
    expires: datetime
    issuers: Mapping[tuple[str, str, str], Issuer]
    profiles: Mapping[str, Profile]
    status_keys: Mapping[str, PublicKey]

    @classmethod
    def of(
        cls,
        *,
        issued: datetime,
        expires: datetime,
        issuers: Iterable[Issuer],
        profiles: Iterable[Profile],
        status_keys: Mapping[str, PublicKey] | None = None,
    ) -> TrustList:
        """A list from its parts; nobody and no profile occurs twice (`docs/formats.md`)."""
        if not issued < expires:
            raise TokenError("The trust list expires before it was issued.")
        by_header: dict[tuple[str, str, str], Issuer] = {}
        for issuer in issuers:
            key = (issuer.country, issuer.signer, issuer.reference)
            if key in by_header:
                raise TokenError(f"The issuer {' '.join(key)} occurs twice in the trust list.")
            by_header[key] = issuer
        by_number: dict[str, Profile] = {}
        for profile in profiles:
            if profile.uuid in by_number:
                raise TokenError(f"The profile {profile.uuid} occurs twice in the trust list.")
            by_number[profile.uuid] = profile
        return cls(issued, expires, by_header, by_number, dict(status_keys or {}))

    def find(self, country: str, signer: str, reference: str) -> Issuer | None:
        """The issuer a seal's header names (TR-03137 part 1)."""
        return self.issuers.get((country, signer, reference))

    def sign(self, signer: Signer, *, chain: Sequence[x509.Certificate] = (), certificates: bool = True) -> str:
        """The list as a signed token (`docs/formats.md`).

        `chain` are the certificates between signer and root. Without `certificates` the list is a third as long and
        its signature alone vouches for the keys in it: for browsers. What no checker would believe is not signed.
        """
        _check_signer(signer.certificate, self.expires)
        for issuer in self.issuers.values() if certificates else ():
            _check_period(issuer)
        payload = {
            "iat": int(self.issued.timestamp()),
            "exp": int(self.expires.timestamp()),
            "issuers": [_issuer_to_json(each, certificates=certificates) for each in self.issuers.values()],
            "profiles": [profiles.to_json(each) for each in self.profiles.values()],
            "status_lists": [{"uri": uri, "public_key": _key(key)} for uri, key in self.status_keys.items()],
        }
        return jws.sign(TYPE, payload, signer, chain=chain)

    @classmethod
    def read(
        cls,
        token: str,
        *,
        roots: Sequence[x509.Certificate],
        minimum_issued: datetime | None = None,
    ) -> TrustList:
        """A list whose signature, chain and contents have been checked (`docs/formats.md`).

        Whether it is still fresh is decided when a seal is verified. `minimum_issued` is the time of issue of the
        newest list the caller has seen: an older one is a replay.
        """
        parts = jws.parse(token, TYPE)
        signer, *intermediates = parts.certificates()
        issued, expires = parts.moment("iat"), parts.moment("exp")
        check_chain(signer, intermediates=intermediates, roots=roots, at=issued)
        _check_signer(signer, expires)
        try:
            parts.check(public_key_of(signer))
        except SigningKeyError as error:
            raise TokenError(str(error)) from None
        if minimum_issued is not None and issued < minimum_issued:
            raise TokenError(f"A newer trust list is known: this one is of {issued:%Y-%m-%d %H:%M}.")
        status_keys = _parsed(parts.payload, "status_lists", _status_from_json)
        if len(dict(status_keys)) != len(status_keys):
            raise TokenError("An address of a status list occurs twice in the trust list.")
        result = cls.of(
            issued=issued,
            expires=expires,
            issuers=_parsed(parts.payload, "issuers", issuer_from_json),
            profiles=_parsed(parts.payload, "profiles", profiles.from_json),
            status_keys=dict(status_keys),
        )
        for issuer in result.issuers.values():
            _check_issuer(issuer, intermediates=intermediates, roots=roots)
        return result


def _check_signer(certificate: x509.Certificate, expires: datetime) -> None:
    if only_seals(certificate):
        raise TokenError("The key for the trust list is one for seals, not for lists.")
    if expires > certificate.not_valid_after_utc:
        raise TokenError("The trust list is meant to outlive the certificate of its signer.")


def _check_period(issuer: Issuer) -> None:
    if issuer.certificate is None:
        return
    first, last = issuer.certificate.not_valid_before_utc.date(), issuer.certificate.not_valid_after_utc.date()
    if issuer.not_before < first or issuer.not_after > last:
        raise TokenError(f"The period of {issuer.reference} goes beyond its certificate ({first} to {last}).")


def _check_issuer(
    issuer: Issuer, *, intermediates: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> None:
    """An issuer's certificate, where the list brings it, is for the same key and leads to a root."""
    certificate = issuer.certificate
    if certificate is None:
        return
    if public_key_of(certificate) != issuer.public_key:
        raise TokenError(f"The certificate of {issuer.reference} belongs to another key.")
    check_chain(certificate, intermediates=intermediates, roots=roots, at=certificate.not_valid_before_utc)
    _check_period(issuer)
    if not only_seals(certificate):
        raise TokenError(f"The certificate of {issuer.reference} is not marked for seals: its key could sign lists.")


def _issuer_to_json(issuer: Issuer, *, certificates: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "country": issuer.country,
        "signer": issuer.signer,
        "reference": issuer.reference,
        "public_key": _key(issuer.public_key),
        "names": list(issuer.names),
        "not_before": issuer.not_before.isoformat(),
        "not_after": issuer.not_after.isoformat(),
        "profiles": sorted(issuer.profiles),
    }
    if certificates and issuer.certificate is not None:
        entry["certificate"] = base64.b64encode(issuer.certificate.public_bytes(Encoding.DER)).decode("ascii")
    if issuer.test:
        entry["test"] = True
    if issuer.revoked_from:
        entry["revoked_from"] = issuer.revoked_from.isoformat()
    if issuer.fields:
        entry["fields"] = {name: sorted(values) for name, values in issuer.fields.items()}
    if issuer.status_uris:
        entry["status_uris"] = sorted(issuer.status_uris)
    return entry


def issuer_from_json(data: Mapping[str, Any]) -> Issuer:
    """The entry of an issuer, every value of the type it has to have (`docs/formats.md`, Trust list)."""
    return Issuer(
        country=_text(data["country"]),
        signer=_text(data["signer"]),
        reference=_text(data["reference"]),
        public_key=_public_key(data["public_key"]),
        names=_texts(data["names"]),
        not_before=_day(data["not_before"]),
        not_after=_day(data["not_after"]),
        profiles=frozenset(_texts(data["profiles"])),
        certificate=_certificate(data["certificate"]) if "certificate" in data else None,
        test=_flag(data.get("test", False)),
        revoked_from=_day(data["revoked_from"]) if "revoked_from" in data else None,
        fields={_text(name): frozenset(_texts(values)) for name, values in data.get("fields", {}).items()},
        status_uris=frozenset(_texts(data.get("status_uris", []))),
    )


def _status_from_json(data: Mapping[str, Any]) -> tuple[str, PublicKey]:
    return _text(data["uri"]), _public_key(data["public_key"])


def _parsed(payload: Mapping[str, Any], name: str, parse: Callable[[Any], T]) -> list[T]:
    entries = payload.get(name)
    if not isinstance(entries, list):
        raise TokenError(f"The trust list has no {name}.")
    try:
        return [parse(entry) for entry in entries]
    except ProfileError as error:
        raise TokenError(str(error)) from None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, SigningKeyError) as error:
        raise TokenError(f"An entry in {name} of the trust list lacks something or is wrong: {error}.") from None


def _key(key: PublicKey) -> str:
    return base64.b64encode(dump_public_key(key)).decode("ascii")


def _public_key(value: object) -> PublicKey:
    return load_public_key(jws.unbase64(value, "A public key"))


def _certificate(value: object) -> x509.Certificate:
    return load_certificate(jws.unbase64(value, "A certificate"))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(_text(each) for each in value)


def _day(value: object) -> date:
    day = date.fromisoformat(_text(value))
    if day.isoformat() != value:
        raise ValueError(f"{value!r} is no day of the form YYYY-MM-DD")
    return day


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value
