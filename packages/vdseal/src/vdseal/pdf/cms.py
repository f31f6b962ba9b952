"""The signature itself: a detached CMS as PAdES baseline B-B has it (ETSI EN 319 142-1, EN 319 122-1; RFC 5652).

DER is put together by hand: all but the digest, the signature and the certificate is the same each time, and with a
library that models all of ASN.1 a whole signed PDF took fourteen times as long.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from vdseal.errors import PdfError
from vdseal.keys import Signer
from vdseal.signatures import public_key_of

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_CONTEXT_0: Final = 0xA0
_VERSION_1: Final = bytes.fromhex("020101")
# Object identifiers: id-data, id-signedData, the signed attributes, the algorithms.
_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
_SHA256: Final = bytes.fromhex("300b0609608648016503040201")
_ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
# A signature takes 72 bytes at most; attributes and names of algorithms stay well below the rest.
_ROOM: Final = 512


def detached(digest: bytes, *, signer: Signer, chain: Sequence[x509.Certificate] = ()) -> bytes:
    """A CMS over content with this SHA-256 (RFC 5652, section 5; ETSI EN 319 122-1).

    The time stands in the signature dictionary of the PDF, not here: PAdES wants it there.
    """
    if public_key_of(signer.certificate).curve.key_size != 256:
        raise PdfError("PDFs are signed with keys on curves of 256 bits.")
    identifier, own = _fixed(signer.certificate)
    attributes = _set(
        _sequence(_CONTENT_TYPE, _set(_DATA)),
        _sequence(_MESSAGE_DIGEST, _set(_der(_OCTETS, digest))),
        _sequence(_SIGNING_CERTIFICATE_V2, _set(own)),
    )
    signature = signer.sign(attributes)
    half = len(signature) // 2
    der = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    information = _sequence(
        _VERSION_1,
        identifier,
        _SHA256,
        # Signed as a SET, carried with a tag of its own (RFC 5652, section 5.4).
        bytes((_CONTEXT_0,)) + attributes[1:],
        _ECDSA_SHA256,
        _der(_OCTETS, der),
    )
    certificates = _der(_CONTEXT_0, *(_packed(each) for each in (signer.certificate, *chain)))
    signed = _sequence(_VERSION_1, _set(_SHA256), _sequence(_DATA), certificates, _set(information))
    return _sequence(_SIGNED_DATA, _der(_CONTEXT_0, signed))


def room(signer: Signer, chain: Sequence[x509.Certificate] = ()) -> int:
    """How many bytes to leave for the CMS, before it is made (RFC 5652)."""
    certificates = sum(len(_packed(each)) for each in (signer.certificate, *chain))
    return certificates + len(_fixed(signer.certificate)[0]) + _ROOM


@lru_cache(maxsize=256)
def _fixed(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Who signs, and the attribute that binds the certificate (RFC 5035: SHA-256 is its default)."""
    serial = certificate.serial_number
    number = _der(_INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big"))
    identifier = _sequence(certificate.issuer.public_bytes(), number)
    digest = hashlib.sha256(_packed(certificate)).digest()
    return identifier, _sequence(_sequence(_sequence(_der(_OCTETS, digest))))


@lru_cache(maxsize=256)
def _packed(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _sequence(*parts: bytes) -> bytes:
    return _der(_SEQUENCE, *parts)


def _set(*parts: bytes) -> bytes:
    """DER orders the members of a set by their bytes."""
    return _der(_SET, *sorted(parts))


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content
