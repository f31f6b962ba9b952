"""Signing keys: one for each school and year, encrypted at rest or in hardware, rotated with overlap.

`plan` says what is to be done on a day, `carry_out` does it; the command `certificate_keys` shows the first before it
does the second. A new key is published before it signs, so that no checker meets a key it does not know. The key of
the coming year is made `AHEAD` before it is needed and both sign for their own year meanwhile.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from vdseal.authority import Authority, load_certificate
from vdseal.authority import Purpose as UsedFor
from vdseal.errors import SealError
from vdseal.keys import (
    FileKey,
    Pkcs11Key,
    Signer,
    Token,
    decrypt_private_key,
    encrypt_private_key,
    generate_in_token,
    generate_private_key,
    reference_of,
)

from austausch.certificates import journal
from austausch.certificates.models import IssueLog, School, SchoolYear, SigningKey
from austausch.people.models import User

Purpose, State, Store = SigningKey.Purpose, SigningKey.State, SigningKey.Store
AHEAD: Final = dt.timedelta(days=60)
# After its year a key may still sign corrections.
LINGERS: Final = dt.timedelta(days=30)
ROOT_YEARS: Final = 15
LISTS_DAYS: Final = 3 * 365
# The key for lists is renewed this long before its end.
LISTS_RENEWED: Final = dt.timedelta(days=365)


class SealKeyError(Exception):
    """A key is missing or cannot be used; the message says what to do."""


class What(StrEnum):
    MAKE = "make"
    ACTIVATE = "activate"
    RETIRE = "retire"


@dataclass(frozen=True)
class Step:
    """One thing to do: `make` a key for a purpose, school and year; `activate` or `retire` the one named."""

    what: What
    purpose: SigningKey.Purpose
    school: School | None = None
    year: SchoolYear | None = None
    key: SigningKey | None = None

    def __str__(self) -> str:
        whose = f"{self.school}, {self.year}" if self.school else str(self.purpose.label)
        return f"{self.what}: {whose}" + (f" ({self.key.reference[:12]})" if self.key else "")


def plan(today: dt.date) -> list[Step]:
    """What is to be done so that every open school can issue today, and on the first day of the coming year."""
    return [*_central(today), *_of_schools(today), *_retirements(today)]


def carry_out(steps: list[Step], *, today: dt.date, user: User | None = None) -> list[SigningKey]:
    """Makes, activates and retires; each step in a transaction of its own, so that what was done stays done."""
    return [_carry_out(step, today=today, user=user) for step in steps]


def signer_for(school: School, year: SchoolYear, *, today: dt.date) -> tuple[SigningKey, Signer]:
    """The key with which this school signs for this year today. Raises SealKeyError."""
    key = SigningKey.objects.active().filter(purpose=Purpose.SCHOOL, school=school, school_year=year).first()
    if key is None:
        raise SealKeyError(
            _("The school has no key for this school year. The portal team makes one: certificate_keys.")
        )
    if not key.valid_from <= today <= key.valid_until:
        raise SealKeyError(
            _("The school's key signs from %(first)s to %(last)s only.")
            % {"first": f"{key.valid_from:%d.%m.%Y}", "last": f"{key.valid_until:%d.%m.%Y}"}
        )
    return key, signer_of(key)


def list_signer() -> Signer:
    """The key that signs the trust list and status lists. Raises SealKeyError."""
    key = SigningKey.objects.active().filter(purpose=Purpose.LISTS).first()
    if key is None:
        raise SealKeyError(_("There is no key for lists yet. The portal team makes one: certificate_keys."))
    return signer_of(key)


def roots() -> list[x509.Certificate]:
    """The certificates that checkers pin."""
    known = SigningKey.objects.filter(purpose=Purpose.ROOT).exclude(state=State.WITHDRAWN).order_by("pk")
    return [load_certificate(bytes(key.certificate)) for key in known]


def signer_of(key: SigningKey) -> Signer:
    """Opened once per process: opening an encrypted key is slow on purpose."""
    return _signer(key.pk, key.reference)


@transaction.atomic
def rotate(school: School, year: SchoolYear, *, today: dt.date, user: User | None) -> SigningKey:
    """A new key in place of the one in use, within the year. What the old one signed still holds."""
    new = _make(purpose=Purpose.SCHOOL, school=school, year=year, today=today, user=user)
    for old in SigningKey.objects.active().filter(purpose=Purpose.SCHOOL, school=school, school_year=year):
        _set_state(old, State.RETIRED, user)
    _set_state(new, State.ACTIVE, user)
    return new


@transaction.atomic
def withdraw(key: SigningKey, *, reason: str, user: User | None) -> None:
    """Nothing this key ever signed is believed any longer: whoever stole it writes any date. Cannot be undone."""
    row = SigningKey.objects.select_for_update().get(pk=key.pk)
    if row.state == State.WITHDRAWN:
        return
    row.withdrawal_reason, row.withdrawn_at = reason, timezone.now()
    row.save(update_fields=["withdrawal_reason", "withdrawn_at"])
    _set_state(row, State.WITHDRAWN, user)


# ── What is missing on a day ────────────────────────────────────────────────────────────────────────────────


def _central(today: dt.date) -> Iterator[Step]:
    if not SigningKey.objects.active().filter(purpose=Purpose.ROOT).exists():
        yield Step(What.MAKE, Purpose.ROOT)
    current = SigningKey.objects.active().filter(purpose=Purpose.LISTS).first()
    if current is None or current.valid_until < today + LISTS_RENEWED:
        yield Step(What.MAKE, Purpose.LISTS)


def _of_schools(today: dt.date) -> Iterator[Step]:
    years = SchoolYear.objects.filter(ends_on__gte=today, starts_on__lte=today + AHEAD).order_by("starts_on")
    keys = SigningKey.objects.filter(purpose=Purpose.SCHOOL, school_year__in=years)
    known: dict[tuple[int | None, int | None], dict[str, SigningKey]] = {}
    for key in keys:
        known.setdefault((key.school_id, key.school_year_id), {})[key.state] = key
    for school in School.objects.open(today).order_by("number"):
        for year in years:
            have = known.get((school.pk, year.pk), {})
            prepared = have.get(State.PREPARED)
            if State.ACTIVE in have:
                continue
            if prepared is None:
                yield Step(What.MAKE, Purpose.SCHOOL, school, year)
            elif prepared.valid_from <= today:
                yield Step(What.ACTIVATE, Purpose.SCHOOL, school, year, prepared)


def _retirements(today: dt.date) -> Iterator[Step]:
    over = SigningKey.objects.active().filter(purpose=Purpose.SCHOOL, valid_until__lt=today)
    for key in over.select_related("school", "school_year"):
        yield Step(What.RETIRE, Purpose.SCHOOL, key.school, key.school_year, key)


# ── Making and changing ─────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def _carry_out(step: Step, *, today: dt.date, user: User | None) -> SigningKey:
    if step.key is not None:
        _set_state(step.key, State.ACTIVE if step.what is What.ACTIVATE else State.RETIRED, user)
        return step.key
    key = _make(purpose=step.purpose, school=step.school, year=step.year, today=today, user=user)
    if step.purpose is not Purpose.SCHOOL:
        for old in SigningKey.objects.active().filter(purpose=step.purpose):
            _set_state(old, State.RETIRED, user)
    _set_state(key, State.ACTIVE, user)
    return key


def _make(
    *, purpose: SigningKey.Purpose, school: School | None, year: SchoolYear | None, today: dt.date, user: User | None
) -> SigningKey:
    first, last = _period(purpose, year, today)
    begins = dt.datetime.combine(first, dt.time.min, dt.UTC) - dt.timedelta(days=1)
    ends = dt.datetime.combine(last, dt.time.min, dt.UTC) + dt.timedelta(days=2)
    key = SigningKey(purpose=purpose, school=school, school_year=year, valid_from=first, valid_until=last)
    if purpose is Purpose.ROOT:
        made = Authority.create(
            settings.AUSTAUSCH_NAME, organisation=settings.AUSTAUSCH_NAME, not_before=begins, not_after=ends
        )
        certificate = made.certificate
        _keep(key, made.private_key)
    else:
        public = _new_pair(key)
        name = (
            f"{school.number} {school.name}" if school else _("Lists of %(name)s") % {"name": settings.AUSTAUSCH_NAME}
        )
        body = school.organisation.name if school else settings.AUSTAUSCH_NAME
        # A school's key cannot sign a list, although both lead to the same root.
        used_for = UsedFor.SEALS if school else UsedFor.ANY
        certificate = _authority().certify(
            public, common_name=name, organisation=body, not_before=begins, not_after=ends, purpose=used_for
        )
    key.certificate = certificate.public_bytes(Encoding.DER)
    key.public_key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key.reference = reference_of(certificate)
    key.full_clean(exclude=["encrypted_key", "public_key", "certificate"])
    key.save(force_insert=True)
    _log(key, user, "made")
    return key


def _period(purpose: SigningKey.Purpose, year: SchoolYear | None, today: dt.date) -> tuple[dt.date, dt.date]:
    if purpose is Purpose.ROOT:
        return today, today + dt.timedelta(days=ROOT_YEARS * 365)
    if year is None:
        return today, today + dt.timedelta(days=LISTS_DAYS)
    return year.starts_on - AHEAD, year.ends_on + LINGERS


def _new_pair(key: SigningKey) -> ec.EllipticCurvePublicKey:
    token = hardware()
    if token is None:
        private = generate_private_key()
        _keep(key, private)
        return private.public_key()
    key.store = Store.HARDWARE
    key.hardware_label = f"austausch-{secrets.token_hex(8)}"
    try:
        return generate_in_token(token, key.hardware_label)
    except SealError as error:
        raise SealKeyError(_("The hardware made no key: %(reason)s") % {"reason": error}) from error


def _keep(key: SigningKey, private: ec.EllipticCurvePrivateKey) -> None:
    key.store = Store.ENCRYPTED
    key.encrypted_key = encrypt_private_key(private, passphrase())


def _authority() -> Authority:
    root = SigningKey.objects.active().filter(purpose=Purpose.ROOT).first()
    if root is None:
        raise SealKeyError(_("There is no root yet. The portal team makes one: certificate_keys."))
    return Authority(_opened(root), load_certificate(bytes(root.certificate)))


def _set_state(key: SigningKey, state: SigningKey.State, user: User | None) -> None:
    key.state = state
    if state == State.RETIRED:
        key.retired_at = timezone.now()
    key.save(update_fields=["state", "retired_at"])
    _log(key, user, str(state))


def _log(key: SigningKey, user: User | None, what: str) -> None:
    data = {"key": key.reference, "purpose": key.purpose, "state": what}
    journal.write(key.school, user, journal.Line(IssueLog.Action.KEY, data=data))


# ── Opening ─────────────────────────────────────────────────────────────────────────────────────────────────


def passphrase() -> str:
    """With which keys are encrypted; never in the database it protects. Raises SealKeyError."""
    known: str = settings.AUSTAUSCH_SEAL_PASSPHRASE
    if len(known) < 20:
        raise SealKeyError(
            _("SEAL_PASSPHRASE is missing or shorter than 20 characters: without it no key can be opened.")
        )
    return known


def hardware() -> Token | None:
    """The PKCS#11 token in which new keys of schools and lists are made; None: they are encrypted in the database."""
    known: dict[str, str] = settings.AUSTAUSCH_SEAL_HARDWARE
    return Token(library=known["library"], label=known["token"], pin=known["pin"]) if known else None


@lru_cache(maxsize=512)
def _signer(pk: int, reference: str) -> Signer:
    key = SigningKey.objects.get(pk=pk, reference=reference)
    certificate = load_certificate(bytes(key.certificate))
    if key.store == Store.ENCRYPTED:
        return FileKey(_opened(key), certificate)
    token = hardware()
    if token is None:
        raise SealKeyError(_("The key lies in hardware, but SEAL_PKCS11_LIBRARY is not set."))
    return Pkcs11Key(token, key.hardware_label, certificate)


def _opened(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    try:
        return decrypt_private_key(bytes(key.encrypted_key), passphrase())
    except SealError as error:
        raise SealKeyError(
            _("A key cannot be opened: %(reason)s Was SEAL_PASSPHRASE changed?") % {"reason": error}
        ) from error


def forget_opened() -> None:
    """For tests: what was opened is opened again."""
    _signer.cache_clear()
