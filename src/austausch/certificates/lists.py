"""The signed lists by which anybody can check: whom to trust, and what was revoked. Static files, in effect.

They are signed anew when something has changed and, unchanged, before half their time is over, so that a checker's
copy is never refused for age while the worker runs. Each has a serial number, and a checker that has seen a newer one
refuses an older one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from vdseal import jws, profiles
from vdseal.authority import load_certificate
from vdseal.status import Status, StatusListBuilder
from vdseal.trust import Issuer, TrustList

from austausch.certificates import journal, keys
from austausch.certificates.models import Certificate, IssueLog, PublishedList, School, SigningKey, StatusList

TRUST: Final = "vertrauen"
TRUST_HOLDS: Final = dt.timedelta(days=14)
STATUS_HOLDS: Final = dt.timedelta(days=3)
# How many certificates share a list: the more, the less its address says. Three quarters are given away.
PLACES: Final = 2**20
FULL: Final = 0.75
KEPT: Final = 30


def address(path: str) -> str:
    """An address of the portal, as seals and lists name it."""
    base = settings.AUSTAUSCH_BASE_URL or settings.WAGTAILADMIN_BASE_URL
    return f"{base.rstrip('/')}/{path}"


def host() -> str:
    return address("").removeprefix("https://").removeprefix("http://").rstrip("/")


def check_address() -> str:
    """Where anybody can check, as it is printed on paper."""
    return address("pruefen/")


def open_list() -> StatusList:
    """The status list that gives away places; a new one when the last is full. Locked by the caller's transaction."""
    found = StatusList.objects.select_for_update().giving().first()
    if found is not None and found.used < found.size * FULL:
        return found
    if found is not None:
        found.open = False
        found.save(update_fields=["open"])
    number = (StatusList.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    return StatusList.objects.create(number=number, uri=address(f"pruefen/listen/status/{number}"), size=PLACES)


def status_name(found: StatusList) -> str:
    return f"status/{found.number}"


def newest(name: str) -> PublishedList | None:
    return PublishedList.objects.filter(name=name).order_by("-serial").first()


def refresh(*, now: dt.datetime | None = None) -> list[str]:
    """Signs anew what has changed or grows old; returns the names of those lists. Run by the worker each minute."""
    now = now or timezone.now()
    if not SigningKey.objects.active().filter(purpose=SigningKey.Purpose.LISTS).exists():
        return []
    return [name for name in _due(now) if publish(name, now=now)]


@transaction.atomic
def publish(name: str, *, now: dt.datetime | None = None) -> PublishedList:
    """Signs a list now. Raises SealKeyError, StatusList.DoesNotExist."""
    # One after the other, so that serial numbers and times grow together; and after every revocation that has begun,
    # for its transaction holds the same lock: a list never says that it is younger than what it does not contain.
    SigningKey.objects.select_for_update().active().filter(purpose=SigningKey.Purpose.LISTS).order_by("pk").first()
    if name != TRUST:
        StatusList.objects.select_for_update().get(number=name.removeprefix("status/"))
    now = (now or timezone.now()).replace(microsecond=0)
    last = newest(name)
    if last is not None and last.issued_at >= now:
        # A clock that was set back must not make a list that checkers would take for an old one.
        now = last.issued_at + dt.timedelta(seconds=1)
    holds = TRUST_HOLDS if name == TRUST else STATUS_HOLDS
    token = _trust(now, now + holds) if name == TRUST else _status(name, now, now + holds)
    made = PublishedList.objects.create(
        name=name,
        serial=(last.serial if last else 0) + 1,
        content=token.encode("ascii"),
        issued_at=now,
        expires_at=now + holds,
    )
    PublishedList.objects.filter(name=name, serial__lte=made.serial - KEPT).delete()
    journal.write(None, None, journal.Line(IssueLog.Action.PUBLISHED, data={"list": name, "serial": made.serial}))
    return made


def _due(now: dt.datetime) -> Iterator[str]:
    trust = newest(TRUST)
    changed = SigningKey.objects.aggregate(
        made=Max("made_at"), retired=Max("retired_at"), withdrawn=Max("withdrawn_at")
    ).values()
    changed_since = trust is None or any(when and when >= trust.issued_at for when in changed)
    if trust is None or changed_since or _old(trust, now) or StatusList.objects.count() != _lists_in(trust):
        yield TRUST
    for found in StatusList.objects.all():
        last = newest(status_name(found))
        if last is None or _old(last, now) or found.changed_at >= last.issued_at:
            yield status_name(found)


def _old(last: PublishedList, now: dt.datetime) -> bool:
    return now >= last.issued_at + (last.expires_at - last.issued_at) / 2


def _lists_in(trust: PublishedList) -> int:
    return len(jws.parse(bytes(trust.content).decode("ascii"), "trustlist+jwt").payload["status_lists"])


def _trust(issued: dt.datetime, expires: dt.datetime) -> str:
    signer = keys.list_signer()
    profile = profiles.school_certificate()
    listed = SigningKey.objects.published().select_related("school")
    status_keys = {found.uri: signer.certificate.public_key() for found in StatusList.objects.all()}
    trust = TrustList.of(
        issued=issued,
        expires=expires,
        issuers=[_issuer(key, profile.uuid) for key in listed.iterator(chunk_size=2000)],
        profiles=[profile],
        status_keys=status_keys,  # type: ignore[arg-type]
    )
    # Without each school's certificate: five thousand schools would make it three times as long, and its signature
    # vouches for the keys. The certificates have addresses of their own.
    return trust.sign(signer, certificates=False)


def _issuer(key: SigningKey, profile: str) -> Issuer:
    certificate = load_certificate(bytes(key.certificate))
    school = cast(School, key.school)
    return Issuer(
        country="D",
        signer="DEZV",
        reference=key.reference,
        public_key=certificate.public_key(),  # type: ignore[arg-type]
        names=(school.name,),
        not_before=key.valid_from,
        not_after=key.valid_until,
        profiles=frozenset({profile}),
        certificate=certificate,
        revoked_from=key.valid_from if key.state == SigningKey.State.WITHDRAWN else None,
        # A school's key seals for this school and no other, whatever name stands beside it.
        fields={"school_number": frozenset({school.number})},
    )


def _status(name: str, issued: dt.datetime, expires: dt.datetime) -> str:
    found = StatusList.objects.get(number=name.removeprefix("status/"))
    builder = StatusListBuilder(found.size, bits=1)
    revoked = Certificate.objects.filter(status_list=found, state=Certificate.State.REVOKED)
    for index in revoked.values_list("status_index", flat=True).iterator(chunk_size=10_000):
        builder.set(index, Status.REVOKED)
    return builder.sign(keys.list_signer(), uri=found.uri, issued=issued, expires=expires)
