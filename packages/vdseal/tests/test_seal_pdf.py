"""PDF signatures: two foreign programs accept them, a changed byte fails, and tags are as they were."""

from __future__ import annotations

import io
import re
import subprocess
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst
from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from sealing import world
from vdseal import keys
from vdseal.authority import Authority
from vdseal.errors import PdfError
from vdseal.pdf import sign_pdf
from vdseal.pdf.document import PdfFile
from vdseal.pdf.objects import parse, write
from vdseal.vectors import AT

TOOLTIP = "Elektronische Unterschrift der Schule"
_TYPST = """
#set document(title: "Schulbescheinigung", date: datetime(year: 2026, month: 9, day: 1))
#set text(lang: "de")
= Schulbescheinigung
Şevin Łucja besucht die Schule. (Klammern\\) und mehr)
#pagebreak()
Zweite Seite
#pdf.attach("x.xml", bytes("<a/>"), relationship: "alternative", mime-type: "application/xml", description: "Daten")
"""


@cache
def _typst() -> bytes:
    """What typst writes as PDF/A-3a and PDF/UA-1 at once."""
    pdf: bytes = typst.compile(_TYPST.encode(), format="pdf", pdf_standards=["a-3a", "ua-1"])
    return pdf


@cache
def _streams() -> bytes:
    """The same with cross-reference and object streams."""
    with pikepdf.open(io.BytesIO(_typst())) as pdf:
        result = io.BytesIO()
        pdf.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()


@cache
def _untagged() -> bytes:
    pdf: bytes = typst.compile(b"= Text", format="pdf", pdf_tags=False)
    return pdf


def _sign(pdf: bytes, **options: Any) -> bytes:
    settings: dict[str, Any] = {
        "signer": world().signers["school"],
        "at": AT,
        "field_name": "Unterschrift",
        "tooltip": TOOLTIP,
        "reason": "Schulbescheinigung Öztürk",
    }
    return sign_pdf(pdf, **settings | options)


def _validate(pdf: bytes, *, at: int = 0) -> Any:
    trusted = [asn1_x509.Certificate.load(world().root.public_bytes(Encoding.DER))]
    context = ValidationContext(trust_roots=trusted, moment=AT)
    reader = PdfFileReader(io.BytesIO(pdf))
    return validate_pdf_signature(reader.embedded_signatures[at], signer_validation_context=context)


def _pdfsig(pdf: bytes, folder: Path) -> str:
    file = folder / "signed.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout


FILES = pytest.mark.parametrize("file", [_typst, _streams, _untagged])


@FILES
def test_pyhanko_and_poppler_accept_the_signature(file: Callable[[], bytes], tmp_path: Path) -> None:
    signed = _sign(file())
    status = _validate(signed)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.signer_reported_dt == AT
    said = _pdfsig(signed, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


@FILES
def test_what_was_there_is_untouched_and_comes_first(file: Callable[[], bytes]) -> None:
    assert _sign(file()).startswith(file())


def test_a_key_on_another_curve_signs_too() -> None:
    assert _validate(_sign(_typst(), signer=world().signers["brainpool"])).bottom_line


def test_a_changed_byte_anywhere_outside_the_gap_fails(tmp_path: Path) -> None:
    signed = _sign(_typst())
    begin, end = _gap(signed)
    places = [*range(200, begin, begin // 12), begin - 1, end, end + 40, len(signed) - 8]
    for place in places:
        changed = bytearray(signed)
        changed[place] ^= 0x01
        assert not _holds(bytes(changed)), place
    changed = bytearray(signed)
    changed[begin // 2] ^= 0x01
    assert "Signature is Valid" not in _pdfsig(bytes(changed), tmp_path)


def test_a_changed_signature_fails() -> None:
    signed = bytearray(_sign(_typst()))
    begin, _ = _gap(bytes(signed))
    information = cms.ContentInfo.load(bytes.fromhex(signed[begin + 1 : begin + 4000].split(b">")[0].decode()))
    value = information["content"]["signer_infos"][0]["signature"].native.hex().encode()
    at = signed.index(value) + 80
    signed[at : at + 1] = b"0" if signed[at : at + 1] != b"0" else b"1"
    assert not _holds(bytes(signed))


def test_something_appended_is_seen() -> None:
    status = _validate(_sign(_typst()) + b"\n% more\n")
    assert status.coverage.name != "ENTIRE_FILE"


class TestCertified:
    """A signature that says that nothing may be changed any more."""

    @FILES
    def test_two_foreign_programs_accept_it(self, file: Callable[[], bytes], tmp_path: Path) -> None:
        signed = _sign(file(), certify=True)
        status = _validate(signed)
        assert status.bottom_line
        assert status.docmdp_ok
        assert status.coverage.name == "ENTIRE_FILE"
        (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
        assert signature.docmdp_level is MDPPerm.NO_CHANGES
        said = _pdfsig(signed, tmp_path)
        assert "Signature is Valid" in said
        assert "Total document signed" in said

    def test_another_program_adds_no_signature_to_it(self) -> None:
        """What a plain signature has to put up with."""
        ours, root = world().signers["school"], asn1_x509.Certificate.load(world().root.public_bytes(Encoding.DER))
        private = ours.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        other = signers.SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(ours.certificate.public_bytes(Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(private),
            cert_registry=SimpleCertificateStore.from_certs([root]),
        )
        meta = signers.PdfSignatureMetadata(field_name="Fremd", md_algorithm="sha256")
        signer = signers.PdfSigner(meta, other)
        signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(_sign(_typst()))))
        with pytest.raises(SigningError, match="forbids all changes"):
            signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(_sign(_typst(), certify=True))))

    def test_a_changed_page_is_no_allowed_change(self) -> None:
        writer = IncrementalPdfFileWriter(io.BytesIO(_sign(_typst(), certify=True)))
        page = writer.root["/Pages"]["/Kids"][0].get_object()
        page["/Rotate"] = generic.NumberObject(180)
        writer.update_container(page)
        status = _validate(_written(writer))
        assert not status.docmdp_ok
        assert not status.bottom_line

    def test_it_is_the_first_signature_and_the_last(self) -> None:
        with pytest.raises(PdfError, match="certified"):
            _sign(_sign(_typst(), certify=True), field_name="Zweite")
        with pytest.raises(PdfError, match="only a first"):
            _sign(_sign(_typst()), field_name="Zweite", certify=True)

    def test_it_holds_what_pdf_a_asks_for_and_no_more(self) -> None:
        with pikepdf.open(io.BytesIO(_sign(_typst(), certify=True))) as pdf:
            assert list(pdf.Root.Perms.keys()) == ["/DocMDP"]
            signature = pdf.Root.Perms.DocMDP
            assert signature.objgen == pdf.Root.AcroForm.Fields[0].V.objgen
            (reference,) = signature.Reference
            assert {str(key) for key in reference} == {"/Type", "/TransformMethod", "/TransformParams"}
            assert (int(reference.TransformParams.P), str(reference.TransformParams.V)) == (1, "/1.2")


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


def test_the_field_is_tagged_as_pdf_ua_asks() -> None:
    for file in (_typst, _streams):
        with pikepdf.open(io.BytesIO(_sign(file()))) as pdf:
            page: Any = pdf.pages[0].obj
            assert page.Tabs == "/S"
            widget = page.Annots[-1]
            assert str(widget.TU) == TOOLTIP
            assert widget.FT == "/Sig"
            assert [float(each) for each in widget.Rect] == [0, 0, 0, 0]
            assert int(widget.F) == 132
            tree: Any = pdf.Root.StructTreeRoot
            numbers = list(tree.ParentTree.Nums)
            place = [int(each) for each in numbers[::2]].index(int(widget.StructParent))
            element = numbers[2 * place + 1]
            assert element.S == "/Form"
            assert str(element.Alt) == TOOLTIP
            assert element.K.Type == "/OBJR"
            assert element.K.Obj.objgen == widget.objgen
            assert element.objgen in [each.objgen for each in element.P.K]
            assert int(tree.ParentTreeNextKey) > int(widget.StructParent)
            assert pdf.Root.AcroForm.SigFlags == 3


def test_tags_language_title_and_attachment_are_as_they_were() -> None:
    with pikepdf.open(io.BytesIO(_typst())) as before, pikepdf.open(io.BytesIO(_sign(_typst()))) as after:
        assert after.Root.Lang == before.Root.Lang == "de"
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert after.Root.MarkInfo.Marked
        assert after.Root.ViewerPreferences.DisplayDocTitle
        assert after.docinfo["/Title"] == before.docinfo["/Title"]
        assert after.attachments["x.xml"].get_file().read_bytes() == b"<a/>"
        assert _tags(after.Root.StructTreeRoot.K) == [*_tags(before.Root.StructTreeRoot.K), "/Form"]
        assert after.check_pdf_syntax() == []
        assert len(after.pages) == 2


def test_the_cms_is_what_pades_baseline_asks_for() -> None:
    signed = _sign(_typst())
    begin, end = _gap(signed)
    information = cms.ContentInfo.load(bytes.fromhex(signed[begin + 1 : end - 1].decode()), strict=False)
    data = information["content"]
    signer = data["signer_infos"][0]
    kinds = {attribute["type"].native for attribute in signer["signed_attrs"]}
    assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}
    # Read and written again by a library that knows DER, nothing changes.
    packed = information.dump(force=True)
    assert bytes.fromhex(signed[begin + 1 : end - 1].decode())[: len(packed)] == packed
    assert data["encap_content_info"]["content"].native is None
    assert signer["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"


def test_certificates_between_signer_and_root_are_carried_along() -> None:
    period = {"not_before": AT - timedelta(days=1), "not_after": AT + timedelta(days=9)}
    root = Authority.create("Root", organisation="Example", **period)
    between = keys.generate_private_key()
    middle = Authority(
        between,
        root.certify(between.public_key(), common_name="Middle", organisation="E", authority=True, **period),
    )
    own = keys.generate_private_key()
    leaf = middle.certify(own.public_key(), common_name="Schule", organisation="E", **period)
    signed = _sign(_typst(), signer=keys.FileKey(own, leaf), chain=[middle.certificate])
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root.certificate.public_bytes(Encoding.DER))], moment=AT
    )
    reader = PdfFileReader(io.BytesIO(signed))
    assert validate_pdf_signature(reader.embedded_signatures[0], signer_validation_context=context).bottom_line


@FILES
def test_a_second_signature_leaves_the_first_standing(file: Callable[[], bytes]) -> None:
    twice = _sign(_sign(file()), field_name="Zweite Unterschrift", at=AT + timedelta(minutes=1))
    assert _validate(twice, at=1).bottom_line
    assert _validate(twice, at=0).intact
    with pytest.raises(PdfError, match="already has a field"):
        _sign(twice)


@pytest.mark.parametrize(
    "options",
    [
        {"at": datetime(2026, 9, 1)},
        {"field_name": ""},
        {"field_name": "a.b"},
        {"tooltip": ""},
        {"tooltip": "half a character: \ud83d"},
        {"reason": "\ud83d"},
    ],
)
def test_a_field_that_breaks_rules_is_not_made(options: dict[str, Any]) -> None:
    with pytest.raises(PdfError):
        _sign(_typst(), **options)


def test_text_cannot_leave_its_string() -> None:
    evil = ") /AA << /JS (app.alert(1)) >> \\ (>><script>"
    with pikepdf.open(io.BytesIO(_sign(_typst(), tooltip=evil, field_name="x) /JS (", reason=evil))) as pdf:
        widget: Any = pdf.pages[0].obj.Annots[-1]
        assert str(widget.TU) == evil
        assert "/AA" not in widget
        assert str(widget.V.Reason) == evil


def test_a_time_is_written_in_utc() -> None:
    signed = _sign(_typst(), at=datetime(2026, 9, 14, 12, tzinfo=UTC))
    assert b"/M (D:20260914120000Z)" in signed


@pytest.mark.parametrize(
    "damage",
    [
        lambda pdf: b"",
        lambda pdf: b"hello",
        lambda pdf: pdf[: len(pdf) // 2],
        lambda pdf: pdf.replace(b"startxref", b"startxxxx"),
        lambda pdf: re.sub(rb"startxref\n\d+", b"startxref\n9", pdf),
        lambda pdf: re.sub(rb"startxref\n\d+", b"startxref\n99999999999", pdf),
        lambda pdf: pdf.replace(b"/Root ", b"/Rxxt "),
        lambda pdf: pdf.replace(b"trailer\n<<", b"trailer\n<</Encrypt 1 0 R "),
        lambda pdf: pdf.replace(b"trailer\n<<", b"trailer\n<</Prev %d " % PdfFile(pdf).start),
        lambda pdf: pdf.replace(b"/Pages ", b"/Pxges "),
        lambda pdf: pdf.replace(b"/ParentTreeNextKey", b"/ParentTreeNextKxy"),
        lambda pdf: pdf.replace(b"00000 n", b"00000 f"),
    ],
)
def test_a_broken_pdf_is_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(PdfError):
        _sign(damage(_typst()))


@given(st.integers(0, 40_000), st.binary(min_size=1, max_size=4))
def test_a_damaged_pdf_is_signed_or_refused(place: int, patch: bytes) -> None:
    pdf = bytearray(_streams() if place % 2 else _typst())
    place %= len(pdf)
    pdf[place : place + len(patch)] = patch
    try:
        _sign(bytes(pdf))
    except PdfError as error:
        assert str(error)  # noqa: PT017


def _hostile(stream: bytes, *, before: bytes = b"", rows: int = 4, widths: bytes = b"1 2 1") -> bytes:
    """A PDF with cross-references in a stream, put together by somebody who means harm."""
    body = before + b"9 0 obj\n<</Type/XRef/Root 1 0 R/Size %d/W[%s]" % (rows, widths)
    return b"%%PDF-1.7\n%s%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (body, stream, 9 + len(before))


_ROWS = b"\0\0\0\0\2\0\3\0\0\0\0\0\1\0\x09\0\2\0\3\0"
_TABLE = b"%%PDF-1.7\nxref\n%s\n0000000000 65535 f \ntrailer<</Root %s>>\nstartxref\n9\n%%%%EOF"


@pytest.mark.parametrize(
    "pdf",
    [
        # Rows of cross-references as long as all memory.
        _hostile(
            b"/Length 12/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 999999999999999>>>>stream\n"
            + zlib.compress(bytes(4))
        ),
        # The length of an object stream, in that stream.
        _hostile(
            b"/Length 20>>stream\n" + _ROWS,
            before=b"3 0 obj\n<</Type/ObjStm/N 1/First 4/Length 4 0 R>>stream\n4 0 10\nendstream\nendobj\n",
            rows=5,
        ),
        # Numbers too long for a number.
        _TABLE % (b"1" * 5000 + b" 1", b"1 0 R"),
        _TABLE % (b"0 1", b"1" * 5000 + b" 0 R"),
        _hostile(
            b"/Length 20>>stream\n" + _ROWS,
            before=b"3 0 obj\n<</Type/ObjStm/N 1/First 5002/Length 5003>>stream\n4 %s\n0\nendstream\nendobj\n"
            % (b"1" * 4999),
            rows=5,
        ),
        # A row of signs that begin a comment: tried in every split, this takes years.
        _TABLE % (b"0 1", b"%" * 99),
    ],
)
def test_a_pdf_made_to_do_harm_is_refused(pdf: bytes) -> None:
    with pytest.raises(PdfError):
        _sign(pdf)


def test_a_size_that_is_too_small_does_not_make_new_objects_replace_old_ones() -> None:
    with pikepdf.open(io.BytesIO(_typst())) as before:
        contents: Any = before.pages[1].obj.Contents
        drawn, number = contents.read_bytes(), contents.objgen[0]
    body, _, trailer = _typst().rpartition(b"/Size ")
    shrunk = b"%s/Size %d%s" % (body, number, trailer.lstrip(b"0123456789"))
    with pikepdf.open(io.BytesIO(_sign(shrunk))) as after:
        assert after.pages[1].obj.Contents.read_bytes() == drawn


@given(st.binary(max_size=80))
def test_any_bytes_are_an_object_or_an_error_of_ours(data: bytes) -> None:
    try:
        value, _ = parse(data, 0)
    except PdfError:
        return
    assert parse(write(value), 0)[0] == value


def _gap(pdf: bytes) -> tuple[int, int]:
    match = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", pdf)
    assert match is not None
    return int(match[1]), int(match[2])


def _holds(pdf: bytes) -> bool:
    try:
        return bool(_validate(pdf).bottom_line)
    except Exception:
        return False


def _tags(node: Any) -> list[str]:
    if isinstance(node, pikepdf.Array):
        return [tag for each in node for tag in _tags(each)]
    if isinstance(node, pikepdf.Dictionary) and "/S" in node:
        return [str(node.S), *_tags(node.get("/K", pikepdf.Array([])))]
    return []
