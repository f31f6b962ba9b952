"""Certificates for issuers: a root, issuers below it, and whether a chain ends at a root one knows (RFC 5280).

Large installations bring certificates of their own authority; this one is for everybody else and for tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID

from vdseal.errors import SigningKeyError, TokenError
from vdseal.keys import generate_private_key
from vdseal.signatures import PublicKey, hash_for

_LONGEST_CHAIN: Final = 5
# What the checks below understand; a critical extension beyond them means that something would be overlooked.
_UNDERSTOOD: Final = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
}
# All that the library for certificates raises over one that is broken or beyond it.
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
# id-kp-documentSigning (RFC 9336): the mark of keys that seal documents.
_DOCUMENT_SIGNING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class Purpose(StrEnum):
    """What a certified key is for. A key marked for seals can never sign a list, whoever gets hold of it."""

    ANY = "any"
    SEALS = "seals"


@dataclass(frozen=True)
class Authority:
    """A key that certifies others, with its certificate (RFC 5280)."""

    private_key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate

    @classmethod
    def create(
        cls, common_name: str, *, organisation: str, not_before: datetime, not_after: datetime, curve: str = "P-256"
    ) -> Authority:
        """A new root that signs its own certificate (RFC 5280)."""
        key = generate_private_key(curve)
        name = _name(common_name, organisation)
        certificate = _certificate(
            name, name, key.public_key(), key, not_before=not_before, not_after=not_after, authority=True
        )
        return cls(key, certificate)

    def certify(
        self,
        public_key: PublicKey,
        *,
        common_name: str,
        organisation: str,
        not_before: datetime,
        not_after: datetime,
        authority: bool = False,
        purpose: Purpose = Purpose.SEALS,
    ) -> x509.Certificate:
        """A certificate for a key: an issuer's, a list signer's or, with `authority`, an authority's (RFC 5280).

        A list signer's needs `Purpose.ANY`. Issuers' keys are many and lie in many places: whoever forgets the purpose
        must not have made one that decides whom all checkers believe.
        """
        return _certificate(
            _name(common_name, organisation),
            self.certificate.subject,
            public_key,
            self.private_key,
            not_before=not_before,
            not_after=not_after,
            authority=authority,
            purpose=Purpose.ANY if authority else purpose,
        )


def check_chain(
    certificate: x509.Certificate,
    *,
    intermediates: Sequence[x509.Certificate],
    roots: Iterable[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    """The chain from a certificate to one of `roots`, or a `TokenError` (RFC 5280, section 6, without policies).

    Each link is checked for signature, time, the right to certify and its length; the root for all but its signature.
    """
    pinned = list(roots)
    chain = [certificate]
    _check_time(certificate, at)
    _check_extensions(certificate)
    while True:
        last = chain[-1]
        if last in pinned:
            return tuple(chain)
        issuer = _issuer_of(last, [*pinned, *intermediates])
        if issuer is None or issuer in chain or len(chain) >= _LONGEST_CHAIN:
            raise TokenError("The certificate does not lead to a root that is trusted here.")
        _check_authority(issuer, below=len(chain) - 1)
        _check_time(issuer, at)
        _check_extensions(issuer)
        chain.append(issuer)


def only_seals(certificate: x509.Certificate) -> bool:
    """Whether the certificate is marked for seals, so that its key cannot sign lists (RFC 9336)."""
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return _DOCUMENT_SIGNING in usages


def load_certificate(data: bytes) -> x509.Certificate:
    """A certificate from PEM or DER (RFC 5280)."""
    try:
        certificate = (
            x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
        )
        # Names, extensions and key are read only when asked for; whoever asks shall not meet an error then.
        _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key()
    except _UNREADABLE as error:
        raise SigningKeyError(f"The certificate cannot be read: {error}.") from None
    return certificate


def dump_certificate(certificate: x509.Certificate) -> bytes:
    """A certificate as PEM (RFC 7468)."""
    return certificate.public_bytes(Encoding.PEM)


def _issuer_of(certificate: x509.Certificate, candidates: Iterable[x509.Certificate]) -> x509.Certificate | None:
    for candidate in candidates:
        if candidate.subject != certificate.issuer:
            continue
        try:
            certificate.verify_directly_issued_by(candidate)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            continue
        return candidate
    return None


def _check_authority(certificate: x509.Certificate, *, below: int) -> None:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        raise TokenError("A certificate in the chain does not say that it may certify.") from None
    if not basic.ca or not usage.key_cert_sign:
        raise TokenError("A certificate in the chain may not certify others.")
    if basic.path_length is not None and basic.path_length < below:
        raise TokenError("The chain of certificates is longer than one of them allows.")


def _check_extensions(certificate: x509.Certificate) -> None:
    try:
        critical = {each.oid for each in certificate.extensions if each.critical}
    except _UNREADABLE:
        raise TokenError("A certificate in the chain has extensions that cannot be read.") from None
    if critical - _UNDERSTOOD:
        raise TokenError("A certificate in the chain has a critical extension that is not understood here.")


def _check_time(certificate: x509.Certificate, at: datetime) -> None:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise TokenError(
            f"A certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d} "
            f"to {certificate.not_valid_after_utc:%Y-%m-%d}, not on {at:%Y-%m-%d}."
        )


def _name(common_name: str, organisation: str) -> x509.Name:
    try:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
            ]
        )
    except ValueError as error:
        raise SigningKeyError(f"The name cannot stand in a certificate: {error}.") from None


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: PublicKey,
    signing_key: ec.EllipticCurvePrivateKey,
    *,
    not_before: datetime,
    not_after: datetime,
    authority: bool,
    purpose: Purpose = Purpose.ANY,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_usage(authority=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    if purpose is Purpose.SEALS:
        builder = builder.add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
    return builder.sign(signing_key, hash_for(signing_key.curve))


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
