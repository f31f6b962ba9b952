"""The PDF and the XSchule message, as other people's programs read them."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from asn1crypto.x509 import Certificate as AsnCertificate
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.storage import storages
from django.utils import timezone
from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from vdseal import carriers
from vdseal.authority import load_certificate

from austausch.certificates import content, keys, lists, paper, sealing, xschule
from austausch.certificates.content import Content
from austausch.certificates.models import Certificate, School
from tests.certificates.school import issued, issuer, pupils_of

SCHEMAS = Path(__file__).resolve().parents[3] / "shared" / "facts" / "schemas" / "xschule"
NAMES = {"family_name": "Müller-Ștefănescu", "first_names": "Ayşe Łucja"}
HOSTILE = ['<script>alert("1")</script>', "#panic()", "]]><!--", "&lt;b&gt;", "$ x $ *fett* @ref", "'; DROP TABLE x;--"]


@pytest.fixture
def certificate(db: None) -> Certificate:
    at = issuer(name="Gesamtschule Musterhausen", phone="+49 000 000000")
    return issued(at, pupils_of(at.school, 1, **NAMES))[0]


def pdf_of(certificate: Certificate) -> bytes:
    with storages["private"].open(certificate.file) as file:
        return bytes(file.read())


def rendered(pdf: bytes, *, scale: float = 3.0) -> Any:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=scale).to_numpy().copy()
    finally:
        document.close()


def judged(pdf: bytes) -> Any:
    """pyHanko's judgement, with our root as the only one it trusts."""
    roots = [AsnCertificate.load(root.public_bytes(Encoding.DER)) for root in keys.roots()]
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=roots, moment=timezone.now()))


def test_pyhanko_believes_the_signature(certificate: Certificate) -> None:
    status = judged(pdf_of(certificate))
    assert status.bottom_line
    assert status.docmdp_ok
    assert status.coverage.name == "ENTIRE_FILE"


def test_poppler_believes_the_signature(certificate: Certificate, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(pdf_of(certificate))
    said = subprocess.run(["pdfsig", "-nocert", "x.pdf"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature is Valid" in said.stdout
    assert "Total document signed" in said.stdout


def test_a_changed_byte_fails(certificate: Certificate) -> None:
    pdf = bytearray(pdf_of(certificate))
    place = pdf.index(b"/MediaBox") + 12
    pdf[place] ^= 0x01
    assert not judged(bytes(pdf)).bottom_line


def test_what_is_added_to_the_file_later_is_called_a_change_that_is_not_allowed(certificate: Certificate) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf_of(certificate)))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    note = {"/Type": "/Annot", "/Subtype": "/FreeText", "/DA": "/Helv 12 Tf", "/Contents": "gilt bis 2099"}
    values = {generic.pdf_name(key): generic.pdf_name(value) if value[0] == "/" else generic.pdf_string(value)
              for key, value in note.items()}  # fmt: skip
    values[generic.pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (50, 50, 200, 100)))
    page["/Annots"].append(writer.add_object(generic.DictionaryObject(values)))
    writer.update_container(page["/Annots"])
    changed = io.BytesIO()
    writer.write(changed)
    status = judged(changed.getvalue())
    assert status.intact, "the signature itself still holds for what it covers"
    assert status.docmdp_ok is False
    assert not status.bottom_line


def test_a_second_reader_finds_tags_language_title_and_the_field(certificate: Certificate) -> None:
    with pikepdf.open(io.BytesIO(pdf_of(certificate))) as pdf:
        assert str(pdf.Root.Lang) == "de-DE"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]) == f"Schulbescheinigung {certificate.number}"
        with pdf.open_metadata() as data:
            assert (data["pdfaid:part"], data["pdfaid:conformance"], data["pdfuaid:part"]) == ("3", "A", "1")
        kinds = [str(kind) for kind in structure(pdf.Root.StructTreeRoot)]
        assert {"/H1", "/H2", "/Figure", "/Table", "/Form"} <= set(kinds)
        assert kinds.count("/Figure") == 2
        (field,) = pdf.Root.AcroForm.Fields
        assert str(field.TU)
        assert "/StructParent" in field


def structure(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from structure(kid)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node.S
        yield from structure(node.get("/K", pikepdf.Array()))


def test_the_attached_message_fits_the_schema_and_our_rules(certificate: Certificate) -> None:
    if not SCHEMAS.exists():
        pytest.skip("XSchule's schema is not ours to redistribute and lies in ../shared/facts, which is absent.")
    with pikepdf.open(io.BytesIO(pdf_of(certificate))) as pdf:
        message = pdf.attachments[xschule.FILE_NAME].get_file().read_bytes()
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "xschule.xsd"))
    schema.assertValid(etree.fromstring(message))
    assert list(xschule.problems(message)) == []
    assert "Ayşe Łucja".encode() in message


@pytest.mark.parametrize("kind", School.Kind.values)
def test_every_school_type_makes_a_valid_message(certificate: Certificate, kind: str) -> None:
    if not SCHEMAS.exists():
        pytest.skip("XSchule's schema is not ours to redistribute and lies in ../shared/facts, which is absent.")
    said = Content.from_json(certificate.content)
    message = xschule.write(replace(said, school=replace(said.school, kind=kind, body="kirchlich")))
    etree.XMLSchema(etree.parse(SCHEMAS / "xschule.xsd")).assertValid(etree.fromstring(message))


def test_our_rules_find_what_the_schema_lets_pass() -> None:
    if not SCHEMAS.exists():
        pytest.skip("XSchule's examples are not ours to redistribute and lie in ../shared/facts, which is absent.")
    assert list(xschule.problems((SCHEMAS / "example-01.xml").read_bytes())) == []
    bad = (SCHEMAS / "example-02-ends-before-it-begins.xml").read_bytes()
    assert list(xschule.problems(bad)) == ["The attendance ends before it begins."]


def test_entities_and_document_types_are_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    (problem,) = xschule.problems(bomb)
    assert "read safely" in problem


def test_both_codes_are_read_from_the_printed_page_and_hold_the_same_seal(certificate: Certificate) -> None:
    page = rendered(pdf_of(certificate))
    assert carriers.read_image(page) == [bytes(certificate.seal)]
    kinds = {code.format for code in zxingcpp.read_barcodes(page)}
    assert len(kinds) == 2


def test_modules_are_large_enough_for_printers(certificate: Certificate) -> None:
    sheet = sealing.sheet(Content.from_json(certificate.content), bytes(certificate.seal), host=lists.host())
    assert all(code.module >= paper.SMALLEST_MODULE for code in sheet.codes)
    assert all(len(code.rows) * code.module < 60 for code in sheet.codes), "both fit beside each other"


def test_nothing_is_sealed_that_does_not_stand_on_the_paper(certificate: Certificate) -> None:
    said = Content.from_json(certificate.content)
    document = pypdfium2.PdfDocument(pdf_of(certificate))
    text = " ".join(document[0].get_textpage().get_text_bounded().split())
    document.close()
    for value in sealing.values_of(said).values():
        shown = paper._day(value) if isinstance(value, dt.date) else str(value)
        assert shown in text, shown


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_writes_is_set_as_text_everywhere(db: None, text: str) -> None:
    at = issuer(name=f"Schule {text}"[:60])
    fields = ["family_name", "first_names", "birth_place", "street", "house_number", "town", "class_name"]
    values = {field: text[:15] if field == "house_number" else text[:30] for field in fields}
    (certificate,) = issued(at, pupils_of(at.school, 1, **values))
    pdf = pdf_of(certificate)
    document = pypdfium2.PdfDocument(pdf)
    shown = "".join(document[0].get_textpage().get_text_bounded().split())
    document.close()
    assert "".join(text[:30].split()) in shown
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        message = opened.attachments[xschule.FILE_NAME].get_file().read_bytes()
    assert list(xschule.problems(message)) == []
    assert etree.fromstring(message).findtext(".//{*}familienname/{*}name") == " ".join(text[:30].split())


@pytest.mark.parametrize("name", ["Anna\u202eexe", "Be\u200brta", "Ca\x00rl"])
def test_invisible_characters_are_refused_by_field(name: str) -> None:
    with pytest.raises(content.ContentError, match="Vornamen"):
        content.text("Vornamen", name)


def test_names_are_composed_and_keep_every_letter() -> None:
    assert content.text("Name", "S\u0327tefa\u0306nescu  Łucja") == "Ştefănescu Łucja"


def test_long_names_stay_on_the_page(db: None) -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1, family_name="Hohenlohe" * 10, first_names="Maximiliane " * 9))
    with pikepdf.open(io.BytesIO(pdf_of(certificate))) as pdf:
        assert len(pdf.pages) == 1


def test_the_root_of_the_signature_is_ours(certificate: Certificate) -> None:
    (root,) = keys.roots()
    assert certificate.key is not None
    load_certificate(bytes(certificate.key.certificate)).verify_directly_issued_by(root)


@pytest.mark.parametrize("letter", ["W", "i", "Ș", "ﬁ", "例"])
def test_a_row_is_as_high_as_its_text_however_long(
    certificate: Certificate, letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are sure to fit on one line are not measured by typst; they look as if they had been."""

    def lowest_lines(said: Content) -> list[float]:
        pdf = paper.certificate_pdf(paper.Sheet(said, []), check_at="https://austausch.example.org/pruefen/")
        page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
        return [page.get_charbox(index)[1] for index in range(page.count_chars())]

    said = Content.from_json(certificate.content)
    for length in (1, 24, 25, 26, 27, 28, 29, 30, 34, 60, 95, 100, 105, 110):
        named = replace(said, family_name=letter * length, first_names=f"{letter} " * (length // 2))
        quick = lowest_lines(named)
        with monkeypatch.context() as patch:
            patch.setattr(paper.fonts, "fits", lambda *_given: False)
            assert quick == pytest.approx(lowest_lines(named), abs=0.5), length
