"""Fuzzing all that reads what strangers hold before a scanner: never anything but an answer or an error of ours.

`python packages/vdseal/fuzz/fuzz_seals.py -runs=200000` runs so many inputs; a folder as argument keeps what it learns.
Half of the inputs are signed after they were made, so that the fuzzer gets behind the signature.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["vdseal"]):
    from vdseal import carriers, codec, jws, profiles, vectors
    from vdseal.errors import SealError
    from vdseal.pdf.document import PdfFile
    from vdseal.verifying import verify

WORLD = vectors.world()
SIGNER = WORLD.signers["school"]
GOOD = codec.decode(vectors.make(WORLD))


def one_input(data: bytes) -> None:
    """Each first byte is another reader."""
    kind, rest = data[:1], data[1:]
    try:
        _READERS[(kind or b"\0")[0] % len(_READERS)](rest)
    except SealError:
        return


def _raw(data: bytes) -> None:
    _verdict(b"\xdc\x03" + data)


def _message_zone(data: bytes) -> None:
    head = len(GOOD.signed_bytes) - sum(len(codec.encode_tlv(each.tag, each.value)) for each in GOOD.messages)
    unsigned = GOOD.signed_bytes[:head] + data
    _verdict(codec.attach_signature(unsigned, SIGNER.sign(unsigned)))


def _one_field(data: bytes) -> None:
    tag = data[0] if data else 0
    messages = [codec.Message(each.tag, data[1:] if each.tag == tag else each.value) for each in GOOD.messages]
    _verdict(vectors.resigned(SIGNER, GOOD, messages))


def _verdict(data: bytes) -> None:
    verdict = verify(data, trust=WORLD.trust, status_lists=WORLD.status_lists, at=vectors.AT)
    if verdict.outcome == "valid" and verdict.document is None:
        raise AssertionError("valid without a document")


def _link(data: bytes) -> None:
    carriers.from_link(data.decode("latin-1"))


def _token(data: bytes) -> None:
    jws.parse(data.decode("latin-1"), "statuslist+jwt").certificates()


def _profile(data: bytes) -> None:
    profiles.load(data)


def _profile_xml(data: bytes) -> None:
    profiles.parse_xml(data)


def _pdf(data: bytes) -> None:
    PdfFile(b"%PDF-1.7\n" + data + b"\nstartxref\n9\n%%EOF")


_READERS = (_raw, _message_zone, _one_field, _link, _token, _profile, _profile_xml, _pdf)
_XML = b"""<profile><profileNumber>9A4223406D374EF99E2CF95E31A23846</profileNumber><versionTR>0.9</versionTR>
<validFromPresent>false</validFromPresent><validToPresent>false</validToPresent>
<entry tag="10"><name>A</name><description>a</description><type>UTF8String</type></entry></profile>"""
_PDF = b"1 0 obj\n<</Kids[2 0 R](a\\(b)<00>/N/a 1 true>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"


def _examples() -> list[bytes]:
    """One good input for each reader, to begin with."""
    seal = vectors.make(WORLD)
    zone = b"".join(codec.encode_tlv(each.tag, each.value) for each in GOOD.messages)
    token = next(iter(WORLD.status_tokens.values()))
    profile = json.dumps(profiles.to_json(profiles.school_certificate()))
    link = carriers.to_link(seal, host="example.org")
    table = _PDF + b"trailer<</Size 2/Root 1 0 R>>"
    stream = b"1 0 obj\n<</Type/XRef/W[1 2 1]/Index[0 2]/Size 2/Length 8>>stream\n12345678endstream"
    examples = [seal[2:], zone, b"\x0bMuster", link.encode(), token.encode(), profile.encode(), _XML, table]
    return [bytes((kind,)) + each for kind, each in enumerate(examples)] + [b"\x07" + stream]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for number, example in enumerate(_examples()):
            Path(folder, str(number)).write_bytes(example)
        atheris.Setup([*sys.argv, folder], one_input)
        atheris.Fuzz()
