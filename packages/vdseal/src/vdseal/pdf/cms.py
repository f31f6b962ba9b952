"""The signature itself: a detached CMS as PAdES baseline B-B has it (ETSI EN 319 142-1, EN 319 122-1; RFC 5652)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from vdseal.errors import PdfError
from vdseal.keys import Signer
from vdseal.signatures import public_key_of

# DER of ECDSA on 256 bits is 72 bytes at most; attributes and names of algorithms stay well below the rest.
_ROOM: Final = 700


def detached(digest: bytes, *, signer: Signer, chain: Sequence[x509.Certificate] = ()) -> bytes:
    """A CMS over content with this SHA-256 (RFC 5652, section 5; ETSI EN 319 122-1).

    The time stands in the signature dictionary of the PDF, not here: PAdES wants it there.
    """
    if public_key_of(signer.certificate).curve.key_size != 256:
        raise PdfError("PDFs are signed with keys on curves of 256 bits.")
    certificates = [_der(each) for each in (signer.certificate, *chain)]
    identifier, own, packed = _fixed(tuple(certificates))
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [digest]},
            {"type": "signing_certificate_v2", "values": [own]},
        ]
    )
    signature = signer.sign(attributes.dump())
    half = len(signature) // 2
    der = encode_dss_signature(int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {"issuer_and_serial_number": identifier},
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": der,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": packed,
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def room(signer: Signer, chain: Sequence[x509.Certificate] = ()) -> int:
    """How many bytes to leave for the CMS, before it is made (RFC 5652)."""
    certificates = [_der(each) for each in (signer.certificate, *chain)]
    # The issuer's name stands in the signer's information too.
    return sum(map(len, certificates)) + 2 * len(signer.certificate.issuer.public_bytes()) + _ROOM


@lru_cache(maxsize=64)
def _fixed(certificates: tuple[bytes, ...]) -> tuple[Any, Any, Any]:
    """What is the same in all signatures by one certificate."""
    parsed = [asn1_x509.Certificate.load(each) for each in certificates]
    own = parsed[0]
    identifier = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
    attribute = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(certificates[0]).digest()}]})
    packed = [cms.CertificateChoices({"certificate": each}) for each in parsed]
    return identifier, attribute, packed


@lru_cache(maxsize=256)
def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
