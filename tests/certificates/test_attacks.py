"""What somebody with bad intentions would try, each against the verifier that checkers use."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from vdseal import issuing as sealing_library
from vdseal import profiles
from vdseal.authority import Authority
from vdseal.errors import TokenError
from vdseal.keys import FileKey, generate_private_key
from vdseal.status import StatusList
from vdseal.trust import TrustList
from vdseal.verifying import Code, Outcome, Verdict, verify

from austausch.certificates import issuing, keys, lists, revoking, sealing
from austausch.certificates.content import Content
from austausch.certificates.models import Certificate, IssueBatch, PublishedList, SigningKey
from tests.certificates.school import asked, issued, issuer, make_keys, pupils_of

pytestmark = pytest.mark.django_db


def trust_list() -> TrustList:
    newest = lists.newest(lists.TRUST)
    assert newest is not None
    return TrustList.read(bytes(newest.content).decode(), roots=keys.roots())


def status_lists(serial: int | None = None) -> dict[str, StatusList]:
    trust = trust_list()
    found = {}
    for uri, key in trust.status_keys.items():
        rows = PublishedList.objects.filter(name=f"status/{uri.rpartition('/')[2]}").order_by("-serial")
        row = rows.get(serial=serial) if serial else rows[0]
        found[uri] = StatusList.read(bytes(row.content).decode(), public_key=key, uri=uri)
    return found


def judged(seal: bytes, **changes: Any) -> Verdict:
    values = {"trust": trust_list(), "status_lists": status_lists(), "at": timezone.now(), **changes}
    return verify(seal, **values)


def forged(certificate: Certificate, **changes: Any) -> bytes:
    """A seal with other content, by the real key: what somebody with access to a school's key could make."""
    assert certificate.key is not None
    said = Content.from_json(certificate.content)
    content = replace(said, **{name: value for name, value in changes.items() if name != "school"})
    if "school" in changes:
        content = replace(content, school=changes["school"])
    return sealing.seal_of(
        content,
        signer=keys.signer_of(certificate.key),
        places=issuing.places_of(certificate.key, certificate.status_list),
        status_index=certificate.status_index,
        signed_on=said.issued_on,
    )


def test_a_certificate_is_genuine_and_valid() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    verdict = judged(bytes(certificate.seal))
    assert verdict.outcome is Outcome.VALID
    assert verdict.document is not None
    assert verdict.document.values["certificate_number"] == certificate.number


def test_a_seal_copied_to_another_certificate_shows_the_other_persons_data() -> None:
    at = issuer()
    first, second = issued(at, pupils_of(at.school, 2))
    document = judged(bytes(first.seal)).document
    assert document is not None
    assert document.values["family_name"] != second.content["family_name"]


def test_each_changed_byte_of_a_seal_is_not_valid() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    trust, status = trust_list(), status_lists()
    for place in range(len(certificate.seal)):
        changed = bytearray(certificate.seal)
        changed[place] ^= 0x10
        verdict = verify(bytes(changed), trust=trust, status_lists=status, at=timezone.now())
        assert verdict.outcome is not Outcome.VALID, place
        assert verdict.document is None, place


def test_a_school_cannot_seal_in_the_name_of_another_school() -> None:
    at, other = issuer(), issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    said = Content.from_json(certificate.content)
    swapped = replace(said.school, number=other.school.number, name=other.school.name)
    assert judged(forged(certificate, school=swapped)).code is Code.ISSUER_NOT_AUTHORISED


def test_a_foreign_key_with_a_right_looking_name_is_unknown() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    now = timezone.now()
    days = {"not_before": now - dt.timedelta(days=1), "not_after": now + dt.timedelta(days=400)}
    authority = Authority.create("Strategieaustausch", organisation="Strategieaustausch", **days)
    key = generate_private_key()
    copy = authority.certify(
        key.public_key(), common_name=f"{at.school.number} {at.school.name}", organisation="Stadt", **days
    )
    said = Content.from_json(certificate.content)
    assert certificate.key is not None
    places = issuing.places_of(certificate.key, certificate.status_list)
    values = {"places": places, "status_index": certificate.status_index, "signed_on": said.issued_on}
    assert judged(sealing.seal_of(said, signer=FileKey(key, copy), **values)).code is Code.UNKNOWN_ISSUER
    # Also when it claims the very reference of the school's own key.
    liar = FileKey(key, copy, certificate_reference=certificate.key.reference)
    assert judged(sealing.seal_of(said, signer=liar, **values)).code is Code.WRONG_SIGNATURE
    # And its own trust list leads to no root of ours.
    forged_list = TrustList.of(issued=now, expires=now + dt.timedelta(days=7), issuers=[], profiles=[])
    with pytest.raises(TokenError):
        TrustList.read(forged_list.sign(FileKey(key, copy)), roots=keys.roots())


def test_a_schools_key_cannot_sign_a_trust_list() -> None:
    issuer()
    lists.refresh()
    key = SigningKey.objects.get(purpose=SigningKey.Purpose.SCHOOL)
    known = trust_list()
    forged_list = replace(known, issuers={}, expires=known.issued + dt.timedelta(days=1))
    with pytest.raises(TokenError):
        TrustList.read(forged_list.sign(keys.signer_of(key), certificates=False), roots=keys.roots())


def test_addresses_in_a_seal_lead_nowhere() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    said = Content.from_json(certificate.content)
    assert certificate.key is not None
    seal = sealing_library.seal(
        profile=profiles.school_certificate(),
        values=sealing.values_of(said),
        signer=keys.signer_of(certificate.key),
        issued=said.issued_on,
        signed=said.issued_on,
        valid_from=said.issued_on,
        valid_to=said.valid_until,
        profile_uri="file:///etc/passwd",
        certificate_uri="http://169.254.169.254/",
        status_uri="https://example.org/all-is-well",
        status_index=0,
    )
    # pytest forbids nothing here: the verifier has no way of fetching, and says that it does not know.
    assert judged(seal).code is Code.STATUS_LIST_MISSING


def test_a_revoked_certificate_is_revoked_with_the_next_list() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    revoking.revoke(certificate, at.office, reason="lost")
    assert f"status/{certificate.status_list.number}" in lists.refresh()
    assert judged(bytes(certificate.seal)).code is Code.REVOKED


def test_a_replayed_old_status_list_is_noticed() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    old = PublishedList.objects.get(name="status/1")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        revoking.revoke(certificate, at.office, reason="lost")
        lists.refresh()
    new = status_lists()[certificate.status_list.uri]
    key = trust_list().status_keys[certificate.status_list.uri]
    with pytest.raises(TokenError, match="newer"):
        StatusList.read(
            bytes(old.content).decode(),
            public_key=key,
            uri=certificate.status_list.uri,
            minimum_issued=new.issued,
        )
    # Somebody who has never seen the new one: the old one is believed until it is too old.
    later = timezone.now() + lists.STATUS_HOLDS + dt.timedelta(minutes=1)
    replayed = status_lists(serial=old.serial)
    assert judged(bytes(certificate.seal), status_lists=replayed, at=later).outcome is Outcome.UNDECIDED


def test_the_list_of_another_address_is_none() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    row = PublishedList.objects.get(name="status/1")
    key = trust_list().status_keys[certificate.status_list.uri]
    with pytest.raises(TokenError):
        StatusList.read(bytes(row.content).decode(), public_key=key, uri="https://example.org/other")


def test_what_a_withdrawn_key_signed_is_not_believed_whatever_its_date() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    assert certificate.key is not None
    keys.withdraw(certificate.key, reason="gestohlen", user=None)
    assert lists.TRUST in lists.refresh()
    assert judged(bytes(certificate.seal)).code is Code.ISSUER_REVOKED


def test_a_rotated_key_keeps_what_it_signed() -> None:
    at = issuer()
    (before,) = issued(at, pupils_of(at.school, 1))
    keys.rotate(at.school, before.school_year, today=timezone.localdate(), user=None)
    (after,) = issued(at, pupils_of(at.school, 1))
    assert before.key != after.key
    assert judged(bytes(before.seal)).outcome is Outcome.VALID
    assert judged(bytes(after.seal)).outcome is Outcome.VALID


def test_a_clock_set_back_makes_no_older_list() -> None:
    issuer()
    lists.publish(lists.TRUST)
    first = lists.newest(lists.TRUST)
    with time_machine.travel(timezone.now() - dt.timedelta(days=2)):
        second = lists.publish(lists.TRUST)
    assert first is not None
    assert second.serial == first.serial + 1
    assert second.issued_at > first.issued_at


def test_a_clock_set_far_ahead_signs_nothing() -> None:
    at = issuer()
    pupils = pupils_of(at.school, 1, expected_end=None)
    with time_machine.travel(timezone.now() + dt.timedelta(days=400)):
        batch = asked(at, pupils)
        issuing.run(batch.pk)
    batch.refresh_from_db()
    assert batch.state == IssueBatch.State.STOPPED
    assert not Certificate.objects.out().exists()


def test_a_certificate_is_not_valid_before_its_day_nor_after_its_last() -> None:
    at = issuer()
    soon = timezone.localdate() + dt.timedelta(days=2)
    (certificate,) = issued(at, pupils_of(at.school, 1, expected_end=soon))
    late = timezone.now() + dt.timedelta(days=4)
    assert judged(bytes(certificate.seal), at=late).code is Code.EXPIRED


def test_no_number_and_no_place_is_given_twice_even_past_the_locks() -> None:
    at = issuer()
    (certificate,) = issued(at, pupils_of(at.school, 1))
    copy = Certificate.objects.get(pk=certificate.pk)
    copy.pk, copy.pupil = None, None
    for changes in ({"number": "999999-2627-000001-00", "sequence": 77}, {"number": "x", "status_index": 5}):
        again = Certificate.objects.get(pk=certificate.pk)
        again.pk, again.pupil = None, None
        for name, value in changes.items():
            setattr(again, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


def test_the_keys_in_the_database_are_of_no_use_without_the_passphrase(settings: Any) -> None:
    issuer()
    key = SigningKey.objects.filter(purpose="school").get()
    assert b"ENCRYPTED" in bytes(key.encrypted_key)
    settings.AUSTAUSCH_SEAL_PASSPHRASE = "another passphrase altogether"
    keys.forget_opened()
    with pytest.raises(keys.SealKeyError, match="SEAL_PASSPHRASE"):
        keys.signer_of(key)
    settings.AUSTAUSCH_SEAL_PASSPHRASE = ""
    with pytest.raises(keys.SealKeyError, match="SEAL_PASSPHRASE"):
        keys.signer_of(key)


def test_the_next_years_key_is_published_before_it_signs() -> None:
    at = issuer()
    year = SigningKey.objects.get(school=at.school).school_year
    assert year is not None
    ahead = year.ends_on - dt.timedelta(days=20)
    with time_machine.travel(dt.datetime.combine(ahead, dt.time(12), dt.UTC)):
        make_keys(ahead)
        lists.refresh()
        own = SigningKey.objects.filter(school=at.school)
        assert own.count() == 2
        references = {key.reference for key in own}
        assert references <= {reference for _country, _signer, reference in trust_list().issuers}
        assert keys.plan(ahead) == []


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_take_different_numbers() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one after the other anyway; PostgreSQL shows it.")
    at = issuer()
    batches = [asked(at, pupils_of(at.school, 4)) for _ in range(3)]
    failed: list[BaseException] = []

    def work(pk: int) -> None:
        try:
            issuing.run(pk)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(batch.pk,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == list(range(1, 13))
    assert len(set(Certificate.objects.values_list("status_index", flat=True))) == 12
