"""Keys that sign seals: in an encrypted file, or in hardware over PKCS#11 (TR-03137 part 1)."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from vdseal.errors import SigningKeyError
from vdseal.signatures import PublicKey, from_der, hash_for, load_public_key, public_key_of

CURVES: Final[dict[str, ec.EllipticCurve]] = {"P-256": ec.SECP256R1(), "brainpoolP256r1": ec.BrainpoolP256R1()}
_OIDS: Final = {
    "P-256": bytes.fromhex("06082a8648ce3d030107"),
    "brainpoolP256r1": bytes.fromhex("06092b2403030208010107"),
}
# Hash first, then sign: SoftHSM 2.6.1 and many modules know only the bare mechanism.
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


def reference_of(certificate: x509.Certificate) -> str:
    """A certificate reference for the header: the first 32 hexadecimal digits of the certificate's SHA-256.

    TR-03171 0.8 has 32 digits there; the number needs no register to be unique.
    """
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()[:32].upper()


def generate_private_key(curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    """A new key for `FileKey` (TR-03137 part 1)."""
    return ec.generate_private_key(_curve(curve))


def encrypt_private_key(key: ec.EllipticCurvePrivateKey, passphrase: str) -> bytes:
    """The key as an encrypted PEM (PKCS#8); there is no unencrypted form."""
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise SigningKeyError(f"The passphrase needs at least {_SHORTEST_PASSPHRASE} characters.")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))


def decrypt_private_key(pem: bytes, passphrase: str) -> ec.EllipticCurvePrivateKey:
    """The inverse of `encrypt_private_key`; a file without encryption is refused (PKCS#8)."""
    try:
        key = load_pem_private_key(pem, passphrase.encode())
    except (ValueError, TypeError):
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


@dataclass(frozen=True)
class Token:
    """A token of a PKCS#11 module, and the PIN to use it."""

    library: str
    label: str
    pin: str = field(repr=False)


class Pkcs11Key:
    """A key that never leaves its hardware (PKCS#11; signatures: TR-03137 part 1).

    One session per process, opened at the first signature and again after a fork; threads take turns. A module that
    lost its session (pulled out, restarted) is opened once more before the error goes to the caller.
    """

    def __init__(
        self,
        token: Token,
        key_label: str,
        certificate: x509.Certificate,
        *,
        country: str = "D",
        signer: str = "DEZV",
        certificate_reference: str = "",
    ) -> None:
        self.certificate = certificate
        self.country = country
        self.signer = signer
        self.certificate_reference = certificate_reference or reference_of(certificate)
        self._token = token
        self._label = key_label
        self._curve = public_key_of(certificate).curve
        self._lock = threading.Lock()
        self._key: Any = None
        self._process = 0

    def sign(self, data: bytes) -> bytes:
        """Plain r‖s over `data`, hashed here and signed in the module (TR-03137 part 1)."""
        from pkcs11 import Mechanism, PKCS11Error

        hasher = hashes.Hash(hash_for(self._curve))
        hasher.update(data)
        digest = hasher.finalize()
        with self._lock:
            for attempt in (1, 2):
                try:
                    return bytes(self._open().sign(digest, mechanism=Mechanism.ECDSA))
                except PKCS11Error as error:
                    self._key = None
                    if attempt == 2:
                        raise SigningKeyError(f"The module did not sign: {_reason(error)}.") from error
        raise AssertionError("unreachable")

    def _open(self) -> Any:
        from pkcs11 import KeyType, ObjectClass

        if self._key is None or self._process != os.getpid():
            forked = self._process not in (0, os.getpid())
            session = _session(self._token, reinitialize=forked)
            self._key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, label=self._label)
            self._process = os.getpid()
        return self._key


def generate_in_token(token: Token, key_label: str, *, curve: str = "P-256") -> PublicKey:
    """Make a key pair inside a PKCS#11 token, not extractable, and return the public half (PKCS#11)."""
    from pkcs11 import Attribute, KeyType, Mechanism, PKCS11Error
    from pkcs11.exceptions import NoSuchKey
    from pkcs11.util.ec import encode_ec_public_key

    _curve(curve)
    try:
        session = _session(token, read_write=True)
        try:
            session.get_key(label=key_label)
        except NoSuchKey:
            pass
        else:
            raise SigningKeyError(f"The token already holds a key named {key_label!r}; choose another name.")
        parameters = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: _OIDS[curve]}, local=True)
        public, _ = parameters.generate_keypair(
            label=key_label,
            store=True,
            mechanism=Mechanism.EC_KEY_PAIR_GEN,
            private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )
        return load_public_key(encode_ec_public_key(public))
    except PKCS11Error as error:
        raise SigningKeyError(f"The module made no key: {_reason(error)}.") from error


def _session(token: Token, *, read_write: bool = False, reinitialize: bool = False) -> Any:
    import pkcs11

    try:
        library = pkcs11.lib(token.library)
        if reinitialize:
            library.reinitialize()
        found = library.get_token(token_label=token.label)
    except pkcs11.PKCS11Error as error:
        raise SigningKeyError(f"The token {token.label!r} cannot be reached: {_reason(error)}.") from error
    except RuntimeError as error:
        raise SigningKeyError(f"The PKCS#11 module cannot be loaded: {error}.") from error
    return found.open(user_pin=token.pin, rw=read_write)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()


def _curve(name: str) -> ec.EllipticCurve:
    try:
        return CURVES[name]
    except KeyError:
        raise SigningKeyError(f"{name!r} is no curve for seals: {', '.join(CURVES)}.") from None
