"""From what a certificate says to the file: seal, both codes, PDF, signature. No database, so workers can share it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from vdseal import carriers, issuing, profiles
from vdseal.keys import Signer
from vdseal.pdf import sign_pdf
from vdseal.values import Value

from austausch.certificates import paper
from austausch.certificates.content import Content

FIELD: Final = "Signatur der Schule"


@dataclass(frozen=True)
class Places:
    """Where checkers look: addresses as they stand in the seal and on paper."""

    host: str
    check: str
    certificate: str
    status: str


@dataclass(frozen=True)
class Made:
    seal: bytes
    pdf: bytes


def make(content: Content, *, signer: Signer, places: Places, status_index: int, signed_at: dt.datetime) -> Made:
    """The whole certificate. Raises vdseal.errors.SealError where the content does not fit into a seal."""
    seal = seal_of(content, signer=signer, places=places, status_index=status_index, signed_on=signed_at.date())
    unsigned = paper.certificate_pdf(sheet(content, seal, host=places.host), check_at=places.check)
    return Made(seal, signed(unsigned, content, signer=signer, at=signed_at))


def signed(pdf: bytes, content: Content, *, signer: Signer, at: dt.datetime) -> bytes:
    """The PDF with the school's signature (PAdES) in a field that screen readers find; nothing may be changed after."""
    return sign_pdf(
        pdf,
        signer=signer,
        at=at,
        field_name=FIELD,
        tooltip=f"Elektronische Signatur der Schule: {content.school.name}",
        reason=content.number,
        certify=True,
    )


def seal_of(content: Content, *, signer: Signer, places: Places, status_index: int, signed_on: dt.date) -> bytes:
    return issuing.seal(
        profile=profiles.school_certificate(),
        values=values_of(content),
        signer=signer,
        issued=content.issued_on,
        signed=signed_on,
        valid_from=content.issued_on,
        valid_to=content.valid_until,
        certificate_uri=places.certificate,
        status_uri=places.status,
        status_index=status_index,
    )


def values_of(content: Content) -> dict[str, Value]:
    """The sealed fields, by the names of the profile. All of them stand on the paper, too."""
    values: dict[str, Value] = {
        "certificate_number": content.number,
        "family_name": content.family_name,
        "first_names": content.first_names,
        "birth_date": content.birth_date,
        "school_number": content.school.number,
        "school_name": content.school.name,
        "grade": content.grade,
        "attending_since": content.attending_since,
        "status": content.status,
    }
    if content.attended_until:
        values["expected_end"] = content.attended_until
    return values


def sheet(content: Content, seal: bytes, *, host: str) -> paper.Sheet:
    """The paper's content with both carriers of the seal."""
    link = carriers.to_link(seal, host=host)
    return paper.Sheet(
        content,
        [
            paper.Code(carriers.rows(carriers.data_matrix(seal)), *paper.data_matrix_words()),
            paper.Code(carriers.qr_rows(link), *paper.qr_words()),
        ],
    )
