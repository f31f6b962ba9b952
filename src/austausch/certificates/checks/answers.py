"""What is answered: by a seal against the published lists, by a number from the table of certificates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from vdseal.authority import load_certificate
from vdseal.carriers import from_link
from vdseal.codec import MAGIC
from vdseal.errors import CarrierError, SealError
from vdseal.status import StatusList
from vdseal.trust import TrustList
from vdseal.verifying import Outcome, Verdict, verify

from austausch.certificates import lists
from austausch.certificates.models import Certificate, SigningKey

OUTCOMES: Mapping[str, tuple[str, str | Promise]] = {
    "valid": ("success", _("Genuine and valid")),
    "not_in_force": ("warning", _("Genuine, but not valid")),
    "not_genuine": ("danger", _("Not genuine")),
    "undecided": ("info", _("Cannot be decided")),
}
# What numbers alone and files that hold no seal are answered; codes of seals are those of vdseal.verifying.
REASONS: Mapping[str, str | Promise] = {
    "valid": _("Issued and not revoked. Compare the data with the person and the paper."),
    "number_valid": _(
        "A certificate with this number is issued and valid. The number alone proves nothing about a paper."
    ),
    "unknown_number": _("No certificate has this number. Check how it is written."),
    "revoked": _("The school has revoked it."),
    "suspended": _("The school has suspended it."),
    "expired": _("Its last day is over."),
    "not_yet_valid": _("Its first day is still to come."),
    "malformed": _("The seal is not built as it has to be."),
    "wrong_signature": _("The signature does not fit the data."),
    "test_seal": _("Made with a key for tests."),
    "issuer_period": _("The key was not allowed to seal on that day."),
    "issuer_revoked": _("The key has been withdrawn."),
    "issuer_not_authorised": _("The key belongs to another school."),
    "profile_violation": _("The data break the rules for school certificates."),
    "not_a_seal": _("This is no digital seal."),
    "unsupported_type": _("A seal of another kind."),
    "trust_list_missing": _("There is no list of schools to check against yet."),
    "trust_list_expired": _("The list of schools is too old; the portal team has to look."),
    "trust_list_not_yet_valid": _("The list of schools is younger than the clock of the server."),
    "unknown_issuer": _("The issuer is not in the list of schools."),
    "unknown_profile": _("No school certificate of the kind known here."),
    "signed_in_future": _("The seal names a day that is still to come."),
    "status_list_missing": _("Genuine; whether it was revoked is unknown."),
    "status_list_expired": _("Genuine; whether it was revoked is unknown, the list is too old."),
    "status_list_not_yet_valid": _(
        "Genuine; the list of revoked certificates is younger than the clock of the server."
    ),
    "status_unknown": _("Genuine; the list of revoked certificates says nothing about it."),
    "no_code": _("No code was found in the file. Check the paper with the camera, or scan it again with 300 dpi."),
    "locked": _("The file is locked with a password."),
    "damaged": _("The file is damaged, or neither a picture nor a PDF."),
    "large": _("The file is too large to be read."),
    "slow": _("Reading the file took too long."),
}


@dataclass(frozen=True)
class Answer:
    """`sealed` holds what the seal says by field, and only where it is believed."""

    outcome: str
    code: str
    certificate_number: str = ""
    valid_until: dt.date | None = None
    sealed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lists:
    """The newest published lists, checked up to the root. `trust` is None where there is none, or none to believe."""

    trust: TrustList | None
    status: Mapping[str, StatusList]

    @classmethod
    def newest(cls) -> Lists:
        trust = _trust()
        if trust is None:
            return cls(None, {})
        return cls(trust, dict(_status(trust)))


def of_seal(seal: bytes, believed: Lists) -> Answer:
    if believed.trust is None:
        return Answer(Outcome.UNDECIDED, "trust_list_missing")
    verdict = verify(seal, trust=believed.trust, status_lists=believed.status, at=timezone.now())
    return _answered(verdict)


def of_text(text: str, believed: Lists) -> Answer:
    """Of what a scanner wrote: the link of the QR code, or the bytes of the seal in hexadecimal digits."""
    seal = seal_of(text)
    return of_seal(seal, believed) if seal is not None else Answer(Outcome.UNDECIDED, "not_a_seal")


def seal_of(text: str) -> bytes | None:
    try:
        return from_link(text)
    except CarrierError:
        pass
    try:
        seal = bytes.fromhex(text)
    except ValueError:
        return None
    return seal if seal[:1] == bytes((MAGIC,)) else None


def of_number(number: str) -> Answer:
    """The status of a certificate by its number: nothing of what it says about a person."""
    found = Certificate.objects.out().filter(number=number).first()
    if found is None:
        return Answer(Outcome.UNDECIDED, "unknown_number", number[:30])
    today = timezone.localdate()
    if found.state == Certificate.State.REVOKED:
        outcome, code = Outcome.NOT_IN_FORCE, "revoked"
    elif today > found.valid_until:
        outcome, code = Outcome.NOT_IN_FORCE, "expired"
    elif today < found.issued_on:
        outcome, code = Outcome.NOT_IN_FORCE, "not_yet_valid"
    else:
        outcome, code = Outcome.VALID, "number_valid"
    return Answer(outcome, code, found.number, found.valid_until)


def _answered(verdict: Verdict) -> Answer:
    document = verdict.document
    if document is None:
        return Answer(verdict.outcome, verdict.code)
    sealed = {
        name: value.isoformat() if isinstance(value, dt.date) else str(value) for name, value in document.values.items()
    }
    return Answer(
        verdict.outcome, verdict.code, str(sealed.get("certificate_number", ""))[:30], document.valid_to, sealed
    )


def _trust() -> TrustList | None:
    listed = lists.newest(lists.TRUST)
    roots = SigningKey.objects.filter(purpose=SigningKey.Purpose.ROOT).exclude(state=SigningKey.State.WITHDRAWN)
    if listed is None:
        return None
    try:
        certificates = [load_certificate(bytes(root.certificate)) for root in roots]
        return TrustList.read(bytes(listed.content).decode("ascii"), roots=certificates)
    except (SealError, UnicodeDecodeError):
        return None


def _status(trust: TrustList) -> Iterator[tuple[str, StatusList]]:
    """A list that cannot be believed is as good as none: its certificates cannot be decided about."""
    for uri, key in trust.status_keys.items():
        name = "/".join(uri.rsplit("/", 2)[1:])
        listed = lists.newest(name)
        if listed is None:
            continue
        with suppress(SealError):
            token = bytes(listed.content).decode("ascii", "replace")
            yield uri, StatusList.read(token, public_key=key, uri=uri)
