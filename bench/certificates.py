"""Whole certificates per CPU second, beside segno + WeasyPrint + pyHanko in the same run.

    python -m bench.certificates                     a quick run (two or three minutes)
    python -m bench.certificates --memory 20000      memory over a long run
    python -m bench.certificates --stages            where the time goes
    python -m bench.certificates --pkcs11            with the key in a token, too

A whole certificate is a seal, both codes, the PDF (PDF/UA-1 and PDF/A-3a with XSchule inside) and its signature. The
stack beside makes less: its PDF is neither tagged nor for archives, holds no XSchule, and has a QR code only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import multiprocessing
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "austausch.settings.test")
os.environ["DATABASE_URL"] = ""

import django

django.setup()

from django.utils import timezone  # noqa: E402
from vdseal import carriers  # noqa: E402
from vdseal.authority import Authority  # noqa: E402
from vdseal.keys import (  # noqa: E402
    FileKey,
    Pkcs11Key,
    Signer,
    Token,
    generate_in_token,
    generate_private_key,
)
from vdseal.profiles import school_certificate  # noqa: E402
from vdseal.status import StatusListBuilder  # noqa: E402
from vdseal.trust import Issuer, TrustList  # noqa: E402
from vdseal.verifying import Outcome, verify  # noqa: E402

from austausch.certificates import paper, sealing, xschule  # noqa: E402
from austausch.certificates.content import Content, SchoolContent  # noqa: E402
from austausch.certificates.numbers import certificate_number  # noqa: E402
from bench import machine  # noqa: E402
from bench.report import table  # noqa: E402

PUPILS = 2_500_000
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
AIM = 20.0
ROUNDS = 5
URI = "https://austausch.example.org/pruefen/listen/status/1"
PLACES = sealing.Places(
    host="austausch.example.org",
    check="https://austausch.example.org/pruefen/",
    certificate="https://austausch.example.org/pruefen/zertifikate/0123456789abcdef0123456789abcdef",
    status=URI,
)
NAMES = ("Ștefănescu", "Müller", "Yıldız", "Łukasiewicz", "Schmidt", "García")


def signer() -> FileKey:
    now = timezone.now()
    days = {"not_before": now - dt.timedelta(days=2), "not_after": now + dt.timedelta(days=400)}
    root = Authority.create("Root", organisation="Bench", **days)
    key = generate_private_key()
    return FileKey(key, root.certify(key.public_key(), common_name="900001 Schule", organisation="Bench", **days))


def content(number: int) -> Content:
    today = timezone.localdate()
    school = SchoolContent(
        "900001", "Gesamtschule Musterhausen", "gesamtschule", "kommune", "Stadt Musterhausen", "Beispielweg", "1",
        "00000", "Musterhausen", "+49 000 000000", "buero@schule.example.org", "schule.example.org",
    )  # fmt: skip
    first = Content(
        number=certificate_number(school="900001", year="2627", sequence=number % 999_999 + 1),
        family_name=f"{NAMES[number % len(NAMES)]}{number % 977}", first_names=f"Ayşe {number % 613}",
        birth_date=dt.date(2014, 1 + number % 12, 1 + number % 28), birth_place="Musterort", street="Musterstraße",
        house_number=str(number % 99), postal_code="00000", town="Musterhausen", grade="6",
        grade_code="jahrgangsstufe_6", class_name="6a", attending_since=today - dt.timedelta(days=400),
        attended_until=today + dt.timedelta(days=900), status="besucht", issued_on=today,
        valid_until=today + dt.timedelta(days=200), year_begins=today, year_ends=today + dt.timedelta(days=200),
        nonce=f"{number:032x}", school=school,
    )  # fmt: skip
    return replace(first)


def ours(number: int, key: Signer) -> bytes:
    made = sealing.make(
        content(number), signer=key, places=PLACES, status_index=number % 2**20, signed_at=timezone.localtime()
    )
    return made.pdf


def stock_maker(key: FileKey) -> Callable[[int], bytes]:
    """What one would put together without much thought."""
    import segno
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore
    from weasyprint import HTML, Attachment

    private = key.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pdf_signer = signers.SimpleSigner(
        signing_cert=Certificate.load(key.certificate.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )

    def make(number: int) -> bytes:
        said = content(number)
        seal = sealing.seal_of(said, signer=key, places=PLACES, status_index=number, signed_on=said.issued_on)
        code = segno.make(carriers.to_link(seal, host=PLACES.host), micro=False).svg_inline(scale=1)
        # segno writes no Data Matrix: a second QR code stands in.
        raw = segno.make(seal, micro=False).svg_inline(scale=1)
        rows = "".join(f"<tr><td>{label}<td>{text}" for label, text in paper.sealed_facts(said))
        page = f"<h1>Schulbescheinigung</h1><p>{paper.statement(said)}</p><table>{rows}</table>{code}{raw}"
        html = HTML(string=f"<html lang=de><title>{said.number}</title><body>{page}")
        attached = Attachment(string=xschule.write(said).decode(), name=xschule.FILE_NAME)
        pdf = io.BytesIO(html.write_pdf(pdf_variant="pdf/ua-1", attachments=[attached]))
        meta = signers.PdfSignatureMetadata(field_name="Signatur", md_algorithm="sha256")
        return bytes(signers.sign_pdf(IncrementalPdfFileWriter(pdf), meta, pdf_signer).getvalue())

    return make


def per_cpu_second(make: Callable[[int], Any], amount: int) -> float:
    make(0)
    before = time.process_time()
    for number in range(1, amount + 1):
        make(number)
    return amount / (time.process_time() - before)


def in_turns(key: FileKey, amount: int, stock: int) -> tuple[float, float]:
    """Ours and the stack beside per CPU second, a part of each in turn: the machine's pace changes within a run."""
    stock_make = stock_maker(key)
    parts = [
        (per_cpu_second(lambda n: ours(n, key), amount // ROUNDS), per_cpu_second(stock_make, stock // ROUNDS))
        for _round in range(ROUNDS)
    ]
    return median(mine for mine, _other in parts), median(other for _mine, other in parts)


def memory(amount: int, key: FileKey) -> list[tuple[str, str]]:
    """The process's memory at the beginning of a run and at its end."""
    rows = []
    for number in range(amount + 1):
        ours(number, key)
        if number in {amount // 10, amount // 2, amount}:
            rows.append((f"after {number:,}", f"{_resident():.0f} MiB"))
    return rows


def _resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def _worker(amount: int, ready: Any, begin: Any, used: Any) -> None:
    key = signer()
    ours(0, key)
    ready.release()
    begin.wait()
    before = time.process_time()
    for number in range(amount):
        ours(number, key)
    used.put(time.process_time() - before)


def with_workers(workers: int, amount: int) -> tuple[float, float]:
    """Certificates per second of the clock, and per CPU second, with this many processes."""
    context = multiprocessing.get_context("spawn")
    ready, begin, used = context.Semaphore(0), context.Event(), context.Queue()
    running = [context.Process(target=_worker, args=(amount, ready, begin, used)) for _ in range(workers)]
    for process in running:
        process.start()
    for _ in running:
        ready.acquire()
    before = time.perf_counter()
    begin.set()
    for process in running:
        process.join()
    seconds = time.perf_counter() - before
    return workers * amount / seconds, workers * amount / sum(used.get() for _ in running)


def seals(key: FileKey) -> list[tuple[str, str]]:
    """Seals signed and verified per CPU second."""
    said, now = content(1), timezone.now()
    profile = school_certificate()
    today = said.issued_on
    issuer = Issuer.of(
        key, names=["Schule"], not_before=today - dt.timedelta(days=1), not_after=today + dt.timedelta(days=300),
        profiles=[profile.uuid],
    )  # fmt: skip
    public = key.private_key.public_key()
    trust = TrustList.of(
        issued=now, expires=now + dt.timedelta(days=7), issuers=[issuer], profiles=[profile], status_keys={URI: public}
    )
    from vdseal.status import StatusList

    token = StatusListBuilder(2**20, bits=1).sign(key, uri=URI, issued=now, expires=now + dt.timedelta(days=3))
    lists = {URI: StatusList.read(token, public_key=public, uri=URI)}
    made = sealing.seal_of(said, signer=key, places=PLACES, status_index=1, signed_on=said.issued_on)
    assert verify(made, trust=trust, status_lists=lists, at=now).outcome is Outcome.VALID
    sign = per_cpu_second(
        lambda n: sealing.seal_of(said, signer=key, places=PLACES, status_index=n, signed_on=said.issued_on), 2000
    )
    check = per_cpu_second(lambda n: verify(made, trust=trust, status_lists=lists, at=now), 2000)
    return [("seals signed per CPU second", f"{sign:,.0f}"), ("seals verified per CPU second", f"{check:,.0f}")]


def in_hardware(amount: int) -> list[tuple[str, str]]:
    """Seals and whole certificates with the school's key in a token (SoftHSM computes in the process, so it counts)."""
    with tempfile.TemporaryDirectory(prefix="bench-certificates-") as folder:
        key = token_key(Path(folder))
        said = content(1)
        sign = per_cpu_second(
            lambda n: sealing.seal_of(said, signer=key, places=PLACES, status_index=n, signed_on=said.issued_on), 1000
        )
        whole = per_cpu_second(lambda number: ours(number, key), amount)
    return [
        ("seals over PKCS#11 (SoftHSM) per CPU second", f"{sign:,.0f}"),
        ("whole certificates over PKCS#11 (SoftHSM) per CPU second", f"{whole:.1f}"),
    ]


def token_key(folder: Path) -> Pkcs11Key:
    """A school's key in a token of its own."""
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    command = ["softhsm2-util", "--init-token", "--free", "--label", "bench", "--pin", "1234", "--so-pin", "12345678"]
    subprocess.run(command, check=True, capture_output=True)
    token = Token(LIBRARY, "bench", "1234")
    now = timezone.now()
    days = {"not_before": now - dt.timedelta(days=2), "not_after": now + dt.timedelta(days=400)}
    root = Authority.create("Root", organisation="Bench", **days)
    public = generate_in_token(token, "school")
    return Pkcs11Key(token, "school", root.certify(public, common_name="900001 Schule", organisation="Bench", **days))


def stages(key: FileKey, amount: int) -> list[tuple[str, str]]:
    """Milliseconds of each step."""
    said = content(1)
    seal = sealing.seal_of(said, signer=key, places=PLACES, status_index=1, signed_on=said.issued_on)
    pdf = paper.certificate_pdf(sealing.sheet(said, seal, host=PLACES.host), check_at=PLACES.check)

    def sheet(number: int) -> paper.Sheet:
        return sealing.sheet(content(number), seal, host=PLACES.host)

    steps: dict[str, Callable[[int], Any]] = {
        "seal": lambda n: sealing.seal_of(said, signer=key, places=PLACES, status_index=n, signed_on=said.issued_on),
        "codes": sheet,
        "codes and PDF": lambda n: paper.certificate_pdf(sheet(n), check_at=PLACES.check),
        "signature of the PDF": lambda n: sealing.signed(pdf, said, signer=key, at=timezone.localtime()),
    }
    return [(name, f"{1000 / per_cpu_second(step, amount):.2f} ms") for name, step in steps.items()]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.certificates", description=__doc__)
    parser.add_argument("--certificates", type=int, default=300)
    parser.add_argument("--stock", type=int, default=25)
    parser.add_argument("--memory", type=int, default=1000)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--stages", action="store_true")
    parser.add_argument("--pkcs11", action="store_true", help="also with the key in a token (needs SoftHSM)")
    given = parser.parse_args(arguments)
    if warning := machine.busy():
        print(f"**{warning}**\n")
    key = signer()
    mine, other = in_turns(key, given.certificates, given.stock)
    rows = [
        ("whole certificates per CPU second", f"{mine:.1f}"),
        ("segno + WeasyPrint + pyHanko", f"{other:.1f}"),
        ("ratio", f"{mine / other:.1f}× (aim {AIM:.0f}×: {'met' if mine / other >= AIM else '**not met**'})"),
    ]
    print("\n".join(table(("figure", ""), rows + seals(key))))
    if given.pkcs11:
        print("\n".join(table(("key in a token", ""), in_hardware(min(given.certificates, 200)))))
    if given.stages:
        print("\n".join(table(("step", "CPU time"), stages(key, 100))))
    if given.memory:
        print("\n".join(table(("memory of one process", ""), memory(given.memory, key))))
    if given.workers:
        _scaling(given.workers, given.certificates)


def _scaling(workers: Sequence[int], amount: int) -> None:
    rows, one = [], 0.0
    for number in workers:
        rate, per_cpu = with_workers(number, amount)
        one = one or rate / number
        hours, cpu_hours = PUPILS / rate / 3600, PUPILS / per_cpu / 3600
        row = (
            f"{rate:.1f}",
            f"{rate / one:.2f}×",
            f"{per_cpu:.1f}",
            f"{hours:.1f} hours",
            f"{cpu_hours:.1f} CPU hours",
        )
        rows.append((str(number), *row))
    heading = ("workers", "per second", "scaling", "per CPU second", f"{PUPILS:,} pupils", "of processor time")
    print("\n".join(table(heading, rows)))


if __name__ == "__main__":
    main()
