"""A made-up state in which schools seal certificates: keys, lists and seals, without any table of the platform."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vdseal import profiles
from vdseal.authority import Authority
from vdseal.issuing import seal
from vdseal.keys import FileKey, generate_private_key
from vdseal.signatures import dump_public_key, public_key_of
from vdseal.status import Status, StatusList, StatusListBuilder
from vdseal.trust import Issuer, TrustList

HOST = "pruefen.example.org"
STATUS_URI = f"https://{HOST}/pruefen/listen/status/1"
DAY = dt.timedelta(days=1)
PROFILE = profiles.school_certificate()
VALUES: Mapping[str, Any] = {
    "certificate_number": "100001-2627-000042",
    "family_name": "Muster-Șerban",
    "first_names": "Łucja Yağmur",
    "birth_date": dt.date(2016, 3, 1),
    "school_number": "100001",
    "school_name": "Grundschule am Beispielweg (Demonstration)",
    "grade": "4",
    "attending_since": dt.date(2023, 8, 7),
    "expected_end": dt.date(2027, 7, 31),
    "status": "besucht",
}


@dataclass(frozen=True)
class World:
    """Keys of a root and a school, and what the root has signed at `now`."""

    now: dt.datetime
    root: FileKey
    school: FileKey
    trust: TrustList
    trust_token: str
    status_tokens: Mapping[str, str]

    @property
    def root_key(self) -> bytes:
        """The SubjectPublicKeyInfo that a checker pins."""
        return dump_public_key(public_key_of(self.root.certificate))

    @property
    def status_lists(self) -> dict[str, StatusList]:
        key = public_key_of(self.root.certificate)
        return {uri: StatusList.read(token, public_key=key, uri=uri) for uri, token in self.status_tokens.items()}

    def sealed(self, *, by: FileKey | None = None, **changes: Any) -> bytes:
        """A seal of the school; `changes` are values of fields, or of the header."""
        today = self.now.date()
        header = {
            name: changes.pop(name, default)
            for name, default in {
                "issued": today - DAY,
                "signed": today - DAY,
                "valid_from": today - DAY,
                "valid_to": today + 90 * DAY,
                "status_uri": STATUS_URI,
                "status_index": 5,
                "profile_uri": "",
                "certificate_uri": f"https://{HOST}/pruefen/listen/vertrauen",
            }.items()
        }
        return seal(
            profile=PROFILE,
            values={**VALUES, **changes},
            signer=by or self.school,
            **header,
        )


def make(
    *,
    now: dt.datetime,
    revoked: tuple[int, ...] = (7,),
    age: dt.timedelta = dt.timedelta(hours=1),
    lasts: dt.timedelta = 7 * DAY,
    status_uri: str = STATUS_URI,
    curve: str = "P-256",
) -> World:
    """Lists made `age` ago that are good for `lasts`; the places `revoked` are revoked."""
    start, end = now - 400 * DAY, now + 400 * DAY
    authority = Authority.create("Wurzel (Demonstration)", organisation="Beispielland", not_before=start, not_after=end)
    root = FileKey(authority.private_key, authority.certificate)
    school_key = generate_private_key(curve)
    certificate = authority.certify(
        school_key.public_key(),
        common_name="Grundschule am Beispielweg (Demonstration)",
        organisation="Beispielland",
        not_before=start,
        not_after=end,
    )
    school = FileKey(school_key, certificate)
    issued = (now - age).replace(microsecond=0)
    issuer = Issuer.of(
        school,
        names=["Grundschule am Beispielweg (Demonstration)"],
        not_before=(now - 300 * DAY).date(),
        not_after=(now + 300 * DAY).date(),
        profiles=[PROFILE.uuid],
        fields={"school_number": ["100001"]},
        status_uris=[status_uri],
    )
    trust = TrustList.of(
        issued=issued,
        expires=issued + lasts,
        issuers=[issuer],
        profiles=[PROFILE],
        status_keys={status_uri: public_key_of(root.certificate)},
    )
    builder = StatusListBuilder(1024, bits=1)
    for place in revoked:
        builder.set(place, Status.REVOKED)
    status = builder.sign(root, uri=status_uri, issued=issued, expires=issued + lasts)
    return World(now, root, school, trust, trust.sign(root, certificates=False), {status_uri: status})


def forged(world: World) -> FileKey:
    """Somebody else's key under the school's name in the header."""
    other = make(now=world.now)
    return replace(other.school, certificate_reference=world.school.certificate_reference)


__all__ = ["HOST", "PROFILE", "STATUS_URI", "VALUES", "World", "forged", "make"]
