"""A made-up state (world.py) published by the platform: its keys and lists as rows, its certificates, too."""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone
from vdseal import codec
from vdseal.keys import FileKey
from vdseal.signatures import dump_public_key, public_key_of

from austausch.certificates import lists
from austausch.certificates.models import Certificate, IssueBatch, PublishedList, SigningKey, StatusList
from tests.certificates.checking.world import STATUS_URI, World
from tests.factories import SchoolFactory, SchoolYearFactory


def publish(world: World) -> None:
    """What a checker sees: the root, the key for lists (here the same), the newest lists."""
    for purpose in (SigningKey.Purpose.ROOT, SigningKey.Purpose.LISTS):
        _key(world.root, purpose=purpose)
    publish_lists(world)


def publish_lists(world: World, *, serial: int = 1) -> None:
    names = {
        lists.TRUST: world.trust_token,
        **{f"status/{uri.rsplit('/', 1)[1]}": token for uri, token in world.status_tokens.items()},
    }
    for name, token in names.items():
        PublishedList.objects.create(
            name=name,
            serial=serial,
            content=token.encode(),
            issued_at=world.trust.issued,
            expires_at=world.trust.expires,
        )


def issued(world: World, seal: bytes, *, number: str, valid_until: dt.date | None = None) -> Certificate:
    """The row of a certificate whose seal is this one."""
    tags = codec.decode(seal).tags
    school = SchoolFactory(number="100001")
    year = SchoolYearFactory()
    status_list, _made = StatusList.objects.get_or_create(number=1, defaults={"uri": STATUS_URI, "size": 1024})
    today = timezone.localdate(world.now)
    batch = IssueBatch.objects.create(
        school=school, school_year=year, scope="school", purpose="Nachweis", valid_until=today + dt.timedelta(days=90)
    )
    key = SigningKey.objects.filter(purpose=SigningKey.Purpose.LISTS).get()
    return Certificate.objects.create(
        number=number,
        school=school,
        school_year=year,
        sequence=42,
        state=Certificate.State.ISSUED,
        batch=batch,
        key=key,
        status_list=status_list,
        status_index=int.from_bytes(tags[6], "big"),
        issued_on=today - dt.timedelta(days=1),
        valid_until=valid_until or today + dt.timedelta(days=90),
        seal=seal,
        issued_at=world.now,
        retention_ends_on=today + dt.timedelta(days=400),
    )


def _key(key: FileKey, *, purpose: str) -> SigningKey:
    today = timezone.localdate()
    return SigningKey.objects.create(
        purpose=purpose,
        reference=f"{purpose}-{key.certificate_reference}",
        store=SigningKey.Store.ENCRYPTED,
        public_key=dump_public_key(public_key_of(key.certificate)),
        certificate=key.certificate.public_bytes(Encoding.DER),
        state=SigningKey.State.ACTIVE,
        valid_from=today - dt.timedelta(days=300),
        valid_until=today + dt.timedelta(days=300),
    )
