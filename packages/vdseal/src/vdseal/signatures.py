"""ECDSA with plain r‖s, as seals and JSON Web Signatures carry it (TR-03137 part 1; RFC 7518 for ES256).

Both s and n−s are accepted and neither is made: foreign seals and hardware write whatever comes out, and nothing here
depends on a signature being the only one possible, because the key of a status never covers it
(`Seal.status_key`).
"""

from __future__ import annotations

import hashlib

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from vdseal.errors import SigningKeyError

PublicKey = ec.EllipticCurvePublicKey
Hash = hashes.SHA224 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512


def hash_for(curve: ec.EllipticCurve) -> Hash:
    """The hash that belongs to a size of curve (TR-03137 part 1)."""
    if curve.key_size <= 224:
        return hashes.SHA224()
    if curve.key_size <= 256:
        return hashes.SHA256()
    return hashes.SHA384() if curve.key_size <= 384 else hashes.SHA512()


def from_der(signature: bytes, curve: ec.EllipticCurve) -> bytes:
    """Plain r‖s from the DER form that most libraries give (TR-03137 part 1)."""
    size = (curve.key_size + 7) // 8
    r, s = decode_dss_signature(signature)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def verifies(public_key: PublicKey, data: bytes, signature: bytes) -> bool:
    """Whether plain r‖s is a signature of `data` by this key (TR-03137 part 1)."""
    curve = public_key.curve
    size = (curve.key_size + 7) // 8
    if len(signature) != 2 * size:
        return False
    r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
    try:
        public_key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hash_for(curve)))
    except InvalidSignature:
        return False
    return True


def public_key_of(certificate: x509.Certificate) -> PublicKey:
    """The certificate's key, which has to be one for ECDSA (TR-03137 part 1)."""
    try:
        return _elliptic(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(f"The key of the certificate cannot be read: {error}.") from None


def reference_of(certificate: x509.Certificate) -> str:
    """A certificate reference for the header: the first 32 hexadecimal digits of the certificate's SHA-256.

    TR-03171 0.8 has 32 digits there; the number needs no register to be unique.
    """
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()[:32].upper()


def load_public_key(der: bytes) -> PublicKey:
    """A key from its SubjectPublicKeyInfo (RFC 5280)."""
    try:
        return _elliptic(load_der_public_key(der))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(f"The public key cannot be read: {error}.") from None


def dump_public_key(key: PublicKey) -> bytes:
    """The SubjectPublicKeyInfo of a key (RFC 5280)."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _elliptic(key: object) -> PublicKey:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SigningKeyError("Only keys for ECDSA are used in seals.")
    return key
