"""Is this seal genuine, and does it still hold? (TR-03171, TR-03137 part 1)

The order of the questions is part of the format (`docs/formats.md`), so that every verifier gives the same answer.
Nothing is fetched: what is believed comes in as arguments.

Clocks: days are days in Germany. A list may be issued, and a seal signed, up to five minutes after `at`, because
clocks differ; nothing else is stretched. A revocation counts even in a list that has expired, since it is final.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from vdseal import profiles
from vdseal.codec import ADMINISTRATIVE_08, ADMINISTRATIVE_09, Seal, decode
from vdseal.errors import NotASealError, ProfileError, SealError, UnknownCategoryError, UnsupportedVersionError
from vdseal.profiles import Document, Profile
from vdseal.signatures import verifies
from vdseal.status import Status, StatusList
from vdseal.trust import Issuer, TrustList

ZONE: Final = ZoneInfo("Europe/Berlin")
SKEW: Final = timedelta(minutes=5)


class Outcome(StrEnum):
    """The four answers."""

    VALID = "valid"
    NOT_IN_FORCE = "not_in_force"
    NOT_GENUINE = "not_genuine"
    UNDECIDED = "undecided"


class Code(StrEnum):
    """Why: one for each place where verification ends."""

    VALID = "valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    MALFORMED = "malformed"
    WRONG_SIGNATURE = "wrong_signature"
    TEST_SEAL = "test_seal"
    ISSUER_PERIOD = "issuer_period"
    ISSUER_REVOKED = "issuer_revoked"
    ISSUER_NOT_AUTHORISED = "issuer_not_authorised"
    PROFILE_VIOLATION = "profile_violation"
    NOT_A_SEAL = "not_a_seal"
    UNSUPPORTED_TYPE = "unsupported_type"
    TRUST_LIST_EXPIRED = "trust_list_expired"
    TRUST_LIST_NOT_YET_VALID = "trust_list_not_yet_valid"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNKNOWN_PROFILE = "unknown_profile"
    SIGNED_IN_FUTURE = "signed_in_future"
    STATUS_LIST_MISSING = "status_list_missing"
    STATUS_LIST_EXPIRED = "status_list_expired"
    STATUS_LIST_NOT_YET_VALID = "status_list_not_yet_valid"
    STATUS_UNKNOWN = "status_unknown"


_IN_FORCE_NOT: Final = {Code.REVOKED, Code.SUSPENDED, Code.EXPIRED, Code.NOT_YET_VALID}
_FALSE: Final = {
    Code.MALFORMED,
    Code.WRONG_SIGNATURE,
    Code.TEST_SEAL,
    Code.ISSUER_PERIOD,
    Code.ISSUER_REVOKED,
    Code.ISSUER_NOT_AUTHORISED,
    Code.PROFILE_VIOLATION,
}
SENTENCES: Final[dict[Code, dict[str, str]]] = {
    Code.VALID: {
        "de": "Das Siegel ist echt und gültig. Bitte vergleichen Sie die Angaben mit der Person und dem Papier.",
        "en": "The seal is genuine and valid. Please compare the data with the person and the paper.",
    },
    Code.REVOKED: {
        "de": "Das Siegel ist echt, die Bescheinigung wurde aber widerrufen.",
        "en": "The seal is genuine, but the certificate has been revoked.",
    },
    Code.SUSPENDED: {
        "de": "Das Siegel ist echt, die Bescheinigung ist aber zurzeit ausgesetzt.",
        "en": "The seal is genuine, but the certificate is suspended at present.",
    },
    Code.EXPIRED: {
        "de": "Das Siegel ist echt, die Bescheinigung ist aber abgelaufen.",
        "en": "The seal is genuine, but the certificate has expired.",
    },
    Code.NOT_YET_VALID: {
        "de": "Das Siegel ist echt, die Bescheinigung gilt aber noch nicht.",
        "en": "The seal is genuine, but the certificate is not valid yet.",
    },
    Code.MALFORMED: {
        "de": "Nicht echt: Das Siegel ist nicht so aufgebaut, wie es sein muss.",
        "en": "Not genuine: the seal is not built as it has to be.",
    },
    Code.WRONG_SIGNATURE: {
        "de": "Nicht echt: Die Unterschrift passt nicht zum Inhalt.",
        "en": "Not genuine: the signature does not fit the contents.",
    },
    Code.TEST_SEAL: {
        "de": "Nicht echt: Das Siegel wurde mit einem Testschlüssel erstellt.",
        "en": "Not genuine: the seal was made with a key for tests.",
    },
    Code.ISSUER_PERIOD: {
        "de": "Nicht echt: An dem Tag, den das Siegel nennt, durfte dieser Schlüssel nicht siegeln.",
        "en": "Not genuine: this key was not allowed to seal on the day the seal names.",
    },
    Code.ISSUER_REVOKED: {
        "de": "Nicht echt: Der Schlüssel, mit dem gesiegelt wurde, ist gesperrt.",
        "en": "Not genuine: the key that made the seal has been withdrawn.",
    },
    Code.ISSUER_NOT_AUTHORISED: {
        "de": "Nicht echt: Diese Stelle darf das, was im Siegel steht, nicht bescheinigen.",
        "en": "Not genuine: this issuer may not certify what the seal says.",
    },
    Code.PROFILE_VIOLATION: {
        "de": "Nicht echt: Die Angaben im Siegel entsprechen nicht den Regeln für diese Bescheinigung.",
        "en": "Not genuine: the data in the seal break the rules for this certificate.",
    },
    Code.NOT_A_SEAL: {
        "de": "Keine Aussage möglich: Das ist kein digitales Siegel.",
        "en": "Cannot decide: this is not a digital seal.",
    },
    Code.UNSUPPORTED_TYPE: {
        "de": "Keine Aussage möglich: Siegel dieser Art werden hier nicht geprüft.",
        "en": "Cannot decide: seals of this kind are not checked here.",
    },
    Code.TRUST_LIST_EXPIRED: {
        "de": "Keine Aussage möglich: Die Liste der Aussteller ist zu alt. Bitte aktualisieren Sie sie.",
        "en": "Cannot decide: the list of issuers is too old. Please update it.",
    },
    Code.TRUST_LIST_NOT_YET_VALID: {
        "de": "Keine Aussage möglich: Die Liste der Aussteller gilt noch nicht. Bitte prüfen Sie die Uhr des Geräts.",
        "en": "Cannot decide: the list of issuers is not valid yet. Please check the clock of this device.",
    },
    Code.UNKNOWN_ISSUER: {
        "de": "Keine Aussage möglich: Der Aussteller ist nicht bekannt.",
        "en": "Cannot decide: the issuer is not known.",
    },
    Code.UNKNOWN_PROFILE: {
        "de": "Keine Aussage möglich: Die Art der Bescheinigung ist nicht bekannt.",
        "en": "Cannot decide: the kind of certificate is not known.",
    },
    Code.SIGNED_IN_FUTURE: {
        "de": "Keine Aussage möglich: Das Siegel nennt einen Tag in der Zukunft. Bitte prüfen Sie die Uhr des Geräts.",
        "en": "Cannot decide: the seal names a day in the future. Please check the clock of this device.",
    },
    Code.STATUS_LIST_MISSING: {
        "de": "Das Siegel ist echt. Ob es widerrufen wurde, ist nicht bekannt: Die Sperrliste fehlt.",
        "en": "The seal is genuine. Whether it was revoked is not known: the status list is missing.",
    },
    Code.STATUS_LIST_EXPIRED: {
        "de": "Das Siegel ist echt. Ob es widerrufen wurde, ist nicht bekannt: Die Sperrliste ist zu alt.",
        "en": "The seal is genuine. Whether it was revoked is not known: the status list is too old.",
    },
    Code.STATUS_LIST_NOT_YET_VALID: {
        "de": "Das Siegel ist echt. Ob es widerrufen wurde, ist nicht bekannt: Die Sperrliste gilt noch nicht. "
        "Bitte prüfen Sie die Uhr des Geräts.",
        "en": "The seal is genuine. Whether it was revoked is not known: the status list is not valid yet. "
        "Please check the clock of this device.",
    },
    Code.STATUS_UNKNOWN: {
        "de": "Das Siegel ist echt. Ob es widerrufen wurde, ist nicht bekannt: Die Sperrliste sagt dazu nichts.",
        "en": "The seal is genuine. Whether it was revoked is not known: the status list does not say.",
    },
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer. `document` and `issuer` are there only when the signature and the profile fit."""

    code: Code
    detail: str = ""
    seal: Seal | None = None
    issuer: Issuer | None = None
    profile: Profile | None = None
    document: Document | None = None

    @property
    def outcome(self) -> Outcome:
        """Which of the four answers it is (`docs/formats.md`, The verdict)."""
        if self.code is Code.VALID:
            return Outcome.VALID
        if self.code in _IN_FORCE_NOT:
            return Outcome.NOT_IN_FORCE
        return Outcome.NOT_GENUINE if self.code in _FALSE else Outcome.UNDECIDED

    @property
    def sentence(self) -> dict[str, str]:
        """The answer for people, German under `de` and English under `en` (`docs/formats.md`, The verdict)."""
        return SENTENCES[self.code]


def verify(
    data: bytes,
    *,
    trust: TrustList,
    status_lists: Mapping[str, StatusList],
    at: datetime,
    expect_test: bool = False,
) -> Verdict:
    """Whether a seal is genuine and in force at a moment (TR-03171, TR-03137 part 1).

    `status_lists` are by the address that seals name. `expect_test` is for test systems only: seals by test keys are
    then checked like others.
    """
    if at.tzinfo is None:
        raise ValueError("The moment of verification needs a time zone.")
    try:
        seal = decode(data)
    except SealError as error:
        return Verdict(_undecodable(error), detail=str(error))
    if (seal.feature, seal.category) not in (ADMINISTRATIVE_08, ADMINISTRATIVE_09):
        return Verdict(Code.UNSUPPORTED_TYPE)
    if at < trust.issued - SKEW:
        return Verdict(Code.TRUST_LIST_NOT_YET_VALID)
    if at >= trust.expires:
        return Verdict(Code.TRUST_LIST_EXPIRED)
    issuer = trust.find(seal.country, seal.signer, seal.certificate_reference)
    if issuer is None:
        return Verdict(Code.UNKNOWN_ISSUER)
    if not verifies(issuer.public_key, seal.signed_bytes, seal.signature):
        return Verdict(Code.WRONG_SIGNATURE)
    refusal = _issuer_refusal(issuer, seal.signed, at=at, expect_test=expect_test)
    if refusal:
        return Verdict(refusal, seal=seal)
    return _contents(seal, issuer, trust=trust, status_lists=status_lists, at=at)


def _undecodable(error: SealError) -> Code:
    if isinstance(error, NotASealError):
        return Code.NOT_A_SEAL
    if isinstance(error, UnsupportedVersionError | UnknownCategoryError):
        return Code.UNSUPPORTED_TYPE
    return Code.MALFORMED


def _issuer_refusal(issuer: Issuer, signed: date, *, at: datetime, expect_test: bool) -> Code | None:
    if issuer.test and not expect_test:
        return Code.TEST_SEAL
    if not issuer.not_before <= signed <= issuer.not_after:
        return Code.ISSUER_PERIOD
    if issuer.revoked_from is not None and signed >= issuer.revoked_from:
        return Code.ISSUER_REVOKED
    if signed > (at + SKEW).astimezone(ZONE).date():
        return Code.SIGNED_IN_FUTURE
    return None


def _contents(
    seal: Seal, issuer: Issuer, *, trust: TrustList, status_lists: Mapping[str, StatusList], at: datetime
) -> Verdict:
    try:
        number = profiles.number_of(seal)
    except ProfileError as error:
        return Verdict(Code.PROFILE_VIOLATION, detail=str(error), seal=seal)
    profile = trust.profiles.get(number)
    if profile is None or profile.document_type != (seal.feature, seal.category):
        return Verdict(Code.UNKNOWN_PROFILE, seal=seal)
    if number not in issuer.profiles:
        return Verdict(Code.ISSUER_NOT_AUTHORISED, seal=seal)
    try:
        document = profile.read(seal)
    except ProfileError as error:
        return Verdict(Code.PROFILE_VIOLATION, detail=str(error), seal=seal)
    if not _may_seal(issuer, document):
        return Verdict(Code.ISSUER_NOT_AUTHORISED, seal=seal)
    code = _in_force(document, status_lists=status_lists, at=at)
    return Verdict(code, seal=seal, issuer=issuer, profile=profile, document=document)


def _may_seal(issuer: Issuer, document: Document) -> bool:
    """Its own school number, and its own status list: not those of the school next door."""
    for name, allowed in issuer.fields.items():
        if document.values.get(name) not in allowed:
            return False
    return document.status_uri is None or not issuer.status_uris or document.status_uri in issuer.status_uris


def _in_force(document: Document, *, status_lists: Mapping[str, StatusList], at: datetime) -> Code:
    status = _status(document, status_lists=status_lists, at=at)
    if status is Code.REVOKED:
        return status
    today = at.astimezone(ZONE).date()
    if document.valid_to is not None and today > document.valid_to:
        return Code.EXPIRED
    if document.valid_from is not None and today < document.valid_from:
        return Code.NOT_YET_VALID
    return status


def _status(document: Document, *, status_lists: Mapping[str, StatusList], at: datetime) -> Code:
    if document.status_uri is None or document.status_index is None:
        return Code.VALID
    listed = status_lists.get(document.status_uri)
    if listed is None:
        return Code.STATUS_LIST_MISSING
    status = listed.get(document.status_index)
    if status is Status.REVOKED:
        return Code.REVOKED
    if at < listed.issued - SKEW:
        return Code.STATUS_LIST_NOT_YET_VALID
    if at >= listed.expires:
        return Code.STATUS_LIST_EXPIRED
    if status is Status.SUSPENDED:
        return Code.SUSPENDED
    return Code.VALID if status is Status.VALID else Code.STATUS_UNKNOWN
