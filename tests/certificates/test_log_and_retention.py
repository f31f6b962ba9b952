"""The issue log finds every change; what is past its retention is gone everywhere but in number and status."""

from __future__ import annotations

import datetime as dt
import itertools
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from austausch.certificates import journal, lists, numbers, retention, revoking
from austausch.certificates.models import Certificate, IssueLog, LogChain, Pupil, SigningKey
from tests.certificates.school import issued, issuer, pupils_of
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db
TRIGGER = "certificates_issuelog_append_only"


def without_trigger() -> None:
    """What somebody with the database's password can do."""
    on = " ON certificates_issuelog" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {TRIGGER}{on}")


def test_the_database_refuses_to_change_the_log() -> None:
    issuer()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        IssueLog.objects.update(purpose="anders")


@pytest.mark.parametrize("field", ["action", "certificate_number", "purpose", "data", "at", "actor_id", "previous"])
def test_any_altered_field_is_found(field: str) -> None:
    at = issuer()
    issued(at, pupils_of(at.school, 1))
    without_trigger()
    entry = IssueLog.objects.filter(chain=at.school.number).order_by("position")[2]
    value: dict[str, Any] = {"data": {"x": 1}, "at": timezone.now() - dt.timedelta(days=1), "actor_id": 999_999}
    IssueLog.objects.filter(pk=entry.pk).update(**{field: value.get(field, "read")})
    assert {(found.chain, found.position) for found in journal.breaks()} >= {(at.school.number, entry.position)}


@pytest.mark.parametrize("which", [0, 2, -1])
def test_a_removed_entry_is_found_also_the_last_one(which: int) -> None:
    at = issuer()
    issued(at, pupils_of(at.school, 1))
    without_trigger()
    entries = list(IssueLog.objects.filter(chain=at.school.number).order_by("position"))
    IssueLog.objects.filter(pk=entries[which].pk).delete()
    assert list(journal.breaks())
    with pytest.raises(CommandError):
        call_command("verify_issue_log", stderr=StringIO())


def test_the_command_says_that_all_is_well() -> None:
    at = issuer()
    issued(at, pupils_of(at.school, 1))
    out = StringIO()
    call_command("verify_issue_log", stdout=out)
    assert "Every entry is as it was written." in out.getvalue()
    assert LogChain.objects.get(key=at.school.number).head in out.getvalue()


def test_keys_are_made_only_when_told_to() -> None:
    SchoolFactory(number="900123")
    out = StringIO()
    call_command("certificate_keys", stdout=out)
    assert "Nothing was changed" in out.getvalue()
    assert not SigningKey.objects.exists()
    call_command("certificate_keys", apply=True, stdout=out)
    assert SigningKey.objects.filter(school__number="900123", state="active").exists()
    assert lists.newest(lists.TRUST) is not None
    with pytest.raises(CommandError, match="reason"):
        call_command("certificate_keys", withdraw=SigningKey.objects.filter(purpose="school")[0].reference, apply=True)


def test_what_is_past_its_retention_is_gone_and_revoked_stays_revoked() -> None:
    at = issuer()
    kept, gone = issued(at, pupils_of(at.school, 2))
    revoking.revoke(gone, at.office, reason="lost")
    past = timezone.localdate() - dt.timedelta(days=1)
    Certificate.objects.filter(pk=gone.pk).update(retention_ends_on=past)
    Pupil.objects.filter(pk=gone.pupil_id).update(retention_ends_on=past)
    file = gone.file
    assert retention.forget() == (1, 1)

    gone.refresh_from_db()
    assert (gone.content, bytes(gone.seal), gone.file, gone.pupil) == ({}, b"", "", None)
    assert not storages["private"].exists(file)
    assert gone.state == Certificate.State.REVOKED
    assert not Pupil.objects.filter(family_name="x").exists()
    kept.refresh_from_db()
    assert storages["private"].exists(kept.file)
    assert list(journal.breaks()) == []
    assert retention.forget() == (0, 0)


def test_check_digits_find_a_mistyped_number() -> None:
    number = numbers.certificate_number(school="900001", year="2627", sequence=42)
    assert numbers.normalised(number.replace("-", " ")) == number
    digits = [place for place, character in enumerate(number) if character.isdecimal()]
    for place in digits:
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert numbers.normalised(wrong) is None
    for first, second in itertools.pairwise(digits):
        swapped = list(number)
        swapped[first], swapped[second] = swapped[second], swapped[first]
        if "".join(swapped) != number:
            assert numbers.normalised("".join(swapped)) is None
