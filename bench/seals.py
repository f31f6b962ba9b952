"""How fast seals are made and checked, and PDFs signed.

`python -m bench.seals` measures in one run, in turns, by CPU time of this process: the bare signature of OpenSSL beside
the whole seal and the whole verdict, keys in files beside a key in SoftHSM over PKCS#11, and our PDF signature beside
pyHanko's (PAdES baseline B-B, the same file and key).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore
from vdseal import issuing, keys, profiles, vectors
from vdseal.authority import Authority
from vdseal.codec import decode
from vdseal.pdf import sign_pdf
from vdseal.vectors import AT
from vdseal.verifying import Outcome, verify

from bench import machine

LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
_TYPST = b"""
#set document(title: "Schulbescheinigung", date: datetime(year: 2026, month: 9, day: 1))
#set text(lang: "de")
= Schulbescheinigung
#lorem(200)
#pdf.attach("x.xml", bytes("<a/>"), relationship: "alternative", mime-type: "application/xml", description: "Daten")
"""


@dataclass(frozen=True)
class Measured:
    """Something done over and over; `beside` names the row it is compared with."""

    name: str
    do: Callable[[], object]
    beside: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each row in each round (default: 1)")
    parser.add_argument("--rounds", type=int, default=5, help="the median of so many counts (default: 5)")
    options = parser.parse_args()
    print("\n".join(f"- {name}: {value}" for name, value in machine.facts(None).items()))
    if warning := machine.busy():
        print(f"- {warning}")
    with tempfile.TemporaryDirectory(prefix="bench-seals-") as folder:
        rows = [*_seals(), *_hardware(Path(folder)), *_pdfs()]
        rates = _rates(rows, seconds=options.seconds, rounds=options.rounds)
    print("\n| what | per CPU second | beside | ratio |\n| --- | --- | --- | --- |")
    for row in rows:
        print(f"| {row.name} | {rates[row.name]:,.0f} | {row.beside} | {rates[row.name] / rates[row.beside]:.2f} |")
    return 0


def _rates(rows: list[Measured], *, seconds: float, rounds: int) -> dict[str, float]:
    """All rows in turn, backwards in every second round, so that a slow minute of the machine meets all."""
    windows: dict[str, list[float]] = {row.name: [] for row in rows}
    for number in range(rounds):
        for row in rows if number % 2 == 0 else reversed(rows):
            windows[row.name].append(_rate(row.do, seconds))
    return {name: statistics.median(values) for name, values in windows.items()}


def _rate(do: Callable[[], object], seconds: float) -> float:
    do()
    done, begin = 0, time.process_time()
    while (taken := time.process_time() - begin) < seconds:
        do()
        done += 1
    return done / taken


def _seals() -> list[Measured]:
    world = vectors.world()
    bare = "OpenSSL signs, P-256"
    rows = []
    for curve, name in (("P-256", "school"), ("brainpoolP256r1", "brainpool")):
        signer = _plain(world.signers[name])
        private_key = signer.private_key
        algorithm = ec.ECDSA(hashes.SHA256())
        seal = vectors.make(world, name)
        message = decode(seal).signed_bytes
        assert verify(seal, trust=world.trust, status_lists=world.status_lists, at=AT).outcome is Outcome.VALID
        rows += [
            Measured(f"OpenSSL signs, {curve}", lambda k=private_key, m=message, a=algorithm: k.sign(m, a), bare),
            Measured(f"a seal is made, {curve}", lambda s=signer: _make(s), bare),
            Measured(
                f"a seal is verified, {curve}",
                lambda d=seal: verify(d, trust=world.trust, status_lists=world.status_lists, at=AT),
                bare,
            ),
        ]
    seal = vectors.make(world)
    return [*rows, Measured("a seal is taken apart", lambda: decode(seal), bare)]


def _hardware(folder: Path) -> list[Measured]:
    """The module computes in this process, so CPU time counts its work too."""
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    command = ["softhsm2-util", "--init-token", "--free", "--label", "bench", "--pin", "1234", "--so-pin", "12345678"]
    subprocess.run(command, check=True, capture_output=True)
    token = keys.Token(LIBRARY, "bench", "1234")
    period = {"not_before": AT, "not_after": AT.replace(year=2030)}
    root = Authority.create("Bench", organisation="Bench", **period)
    public_key = keys.generate_in_token(token, "seal")
    certificate = root.certify(public_key, common_name="Bench", organisation="Bench", **period)
    key = keys.Pkcs11Key(token, "seal", certificate)
    data = bytes(300)
    return [
        Measured("SoftHSM signs over PKCS#11, P-256", lambda: key.sign(data), "OpenSSL signs, P-256"),
        Measured("a seal is made over PKCS#11, P-256", lambda: _make(key), "a seal is made, P-256"),
    ]


def _pdfs() -> list[Measured]:
    pdf: bytes = typst.compile(_TYPST, format="pdf", pdf_standards=["a-3a", "ua-1"])
    signer = _plain(vectors.world().signers["school"])
    foreign = _pyhanko(signer)
    metadata = signers.PdfSignatureMetadata(field_name="Signature", subfilter=SigSeedSubFilter.PADES)

    def by_pyhanko() -> object:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        work = signers.PdfSigner(metadata, signer=foreign).async_sign_pdf(writer)
        return loop.run_until_complete(work)

    loop = asyncio.new_event_loop()
    name = "a PDF is signed by pyHanko, PAdES B-B"
    return [
        Measured(name, by_pyhanko, name),
        Measured(
            "a PDF is signed by us, PAdES B-B, field tagged",
            lambda: sign_pdf(pdf, signer=signer, at=AT, field_name="Signature", tooltip="Signature of the school"),
            name,
        ),
    ]


def _plain(signer: keys.FileKey) -> keys.FileKey:
    """The key of a vector without its fixed nonces, which cost time."""
    return keys.FileKey(signer.private_key, signer.certificate, certificate_reference=signer.certificate_reference)


def _make(signer: keys.Signer) -> bytes:
    return issuing.seal(
        profile=_PROFILE,
        values=vectors.VALUES,
        signer=signer,
        issued=AT.date(),
        signed=AT.date(),
        valid_from=AT.date(),
        valid_to=AT.date(),
        certificate_uri="https://status.example.org/certificate",
        status_uri="https://status.example.org/fresh",
        status_index=4711,
    )


_PROFILE = profiles.school_certificate()


def _pyhanko(signer: keys.FileKey) -> Any:
    packed = signer.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(signer.certificate.public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(packed),
        cert_registry=SimpleCertificateStore(),
    )


if __name__ == "__main__":
    raise SystemExit(main())
