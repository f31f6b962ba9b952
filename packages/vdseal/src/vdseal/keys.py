"""Keys that sign seals: in an encrypted file, or in hardware over PKCS#11 (TR-03137 part 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from vdseal.errors import SigningKeyError
from vdseal.hardware import Pkcs11Key, Token, generate_in_token
from vdseal.signatures import from_der, hash_for, public_key_of, reference_of

__all__ = [
    "CURVES",
    "FileKey",
    "Pkcs11Key",
    "Signer",
    "Token",
    "curve_named",
    "decrypt_private_key",
    "encrypt_private_key",
    "generate_in_token",
    "generate_private_key",
    "reference_of",
]

CURVES: Final[dict[str, ec.EllipticCurve]] = {"P-256": ec.SECP256R1(), "brainpoolP256r1": ec.BrainpoolP256R1()}
_SHORTEST_PASSPHRASE: Final = 8


class Signer(Protocol):
    """Whoever can sign: who it is in the header, its certificate, and plain r‖s of bytes (TR-03137 part 1)."""

    @property
    def country(self) -> str: ...

    @property
    def signer(self) -> str: ...

    @property
    def certificate_reference(self) -> str: ...

    @property
    def certificate(self) -> x509.Certificate: ...

    def sign(self, data: bytes) -> bytes: ...


def generate_private_key(curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    """A new key for `FileKey` (TR-03137 part 1)."""
    return ec.generate_private_key(curve_named(curve))


def curve_named(name: str) -> ec.EllipticCurve:
    """A curve that seals are signed on (TR-03137 part 1)."""
    try:
        return CURVES[name]
    except KeyError:
        raise SigningKeyError(f"{name!r} is no curve for seals: {', '.join(CURVES)}.") from None


def encrypt_private_key(key: ec.EllipticCurvePrivateKey, passphrase: str) -> bytes:
    """The key as an encrypted PEM (PKCS#8); there is no unencrypted form."""
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise SigningKeyError(f"The passphrase needs at least {_SHORTEST_PASSPHRASE} characters.")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))


def decrypt_private_key(pem: bytes, passphrase: str) -> ec.EllipticCurvePrivateKey:
    """The inverse of `encrypt_private_key`; a file without encryption is refused (PKCS#8)."""
    try:
        key = load_pem_private_key(pem, passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SigningKeyError("The key cannot be opened: wrong passphrase, or no encrypted PEM.") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SigningKeyError("Only keys for ECDSA are used in seals.")
    return key


@dataclass(frozen=True)
class FileKey:
    """A key in memory, from an encrypted file (TR-03137 part 1). An empty reference means `reference_of`."""

    private_key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate
    country: str = "D"
    signer: str = "DEZV"
    certificate_reference: str = ""

    def __post_init__(self) -> None:
        if public_key_of(self.certificate) != self.private_key.public_key():
            raise SigningKeyError("The certificate belongs to another key.")
        if not self.certificate_reference:
            object.__setattr__(self, "certificate_reference", reference_of(self.certificate))

    @classmethod
    def load(
        cls,
        pem: bytes,
        passphrase: str,
        certificate: x509.Certificate,
        *,
        country: str = "D",
        signer: str = "DEZV",
        certificate_reference: str = "",
    ) -> FileKey:
        """The key in an encrypted PEM, with its certificate (TR-03137 part 1)."""
        private_key = decrypt_private_key(pem, passphrase)
        return cls(private_key, certificate, country, signer, certificate_reference)

    def sign(self, data: bytes) -> bytes:
        """Plain r‖s over `data` (TR-03137 part 1)."""
        curve = self.private_key.curve
        return from_der(self.private_key.sign(data, ec.ECDSA(hash_for(curve))), curve)
