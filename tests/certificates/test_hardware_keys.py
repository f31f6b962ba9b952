"""Keys in hardware: a school's key lives in a PKCS#11 token (here SoftHSM), and certificates are issued with it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from vdseal.errors import SigningKeyError
from vdseal.verifying import Outcome

from austausch.certificates import issuing, keys
from austausch.certificates.models import Certificate, IssueBatch, PublishedList, School, SigningKey
from tests.certificates.school import Issuer, asked, issued, issuer, pupils_of
from tests.certificates.test_attacks import judged, trust_list
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db
LIBRARY = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711-4711"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A token as docs/certificates.md sets one up, in a folder of its own."""
    if not Path(LIBRARY).exists():
        pytest.fail("These tests need Debian's package softhsm2: apt-get install softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        label = "schulsiegel"
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "12345678"]
        subprocess.run(command, check=True, capture_output=True)
        # Other tests may have loaded the module with a folder of their own.
        pkcs11.lib(LIBRARY).reinitialize()
        yield {"library": LIBRARY, "token": label, "pin": PIN}


@pytest.fixture
def at(token: dict[str, str], settings: Any) -> Issuer:
    settings.AUSTAUSCH_SEAL_HARDWARE = token
    return issuer()


def test_without_its_token_no_key_is_made_and_nothing_is_left_half_done(token: dict[str, str], settings: Any) -> None:
    SchoolFactory()
    settings.AUSTAUSCH_SEAL_HARDWARE = {**token, "token": "nicht eingesteckt"}
    with pytest.raises(keys.SealKeyError, match="Hardware"):
        issuer()
    assert set(SigningKey.objects.values_list("purpose", flat=True)) <= {SigningKey.Purpose.ROOT}


def test_a_wrong_pin_is_told_and_not_tried_again(token: dict[str, str], settings: Any, at: Issuer) -> None:
    key = SigningKey.objects.get(school=at.school)
    keys.forget_opened()
    settings.AUSTAUSCH_SEAL_HARDWARE = {**token, "pin": "0000-0000"}
    pkcs11.lib(LIBRARY).reinitialize()
    with pytest.raises(SigningKeyError, match="PinIncorrect"):
        keys.signer_of(key).sign(b"data")


def test_the_private_keys_of_schools_and_lists_are_in_the_token_and_not_in_the_database(at: Issuer) -> None:
    issued(at, pupils_of(at.school, 1))
    made = SigningKey.objects.exclude(purpose=SigningKey.Purpose.ROOT)
    assert {key.store for key in made} == {SigningKey.Store.HARDWARE}
    assert {bytes(key.encrypted_key) for key in made} == {b""}
    labels = [key.hardware_label for key in made]
    assert len(set(labels)) == len(labels) >= 2
    # The portal's own login holds for the whole process.
    with pkcs11.lib(LIBRARY).get_token(token_label="schulsiegel").open() as session:
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}
        held = {key.label: key for key in session.get_objects(wanted)}
        assert set(labels) <= set(held)
        for label in labels:
            assert not held[label][pkcs11.Attribute.EXTRACTABLE]
            with pytest.raises(pkcs11.exceptions.PKCS11Error):
                held[label][pkcs11.Attribute.VALUE]
    # The root signs rarely and is to be carried away: it stays encrypted with the passphrase.
    assert SigningKey.objects.get(purpose=SigningKey.Purpose.ROOT).store == SigningKey.Store.ENCRYPTED


def test_a_certificate_is_issued_listed_and_checked_with_keys_in_hardware(at: Issuer) -> None:
    (certificate,) = issued(at, pupils_of(at.school, 1))
    assert certificate.key is not None
    assert certificate.key.store == SigningKey.Store.HARDWARE
    assert certificate.file
    verdict = judged(bytes(certificate.seal))
    assert verdict.outcome is Outcome.VALID
    assert PublishedList.objects.filter(name__startswith="status/").exists()
    assert certificate.key.reference in {reference for _country, _signer, reference in trust_list().issuers}


def test_a_school_whose_key_was_encrypted_goes_on_with_it_until_it_is_rotated_into_the_token(
    token: dict[str, str], settings: Any
) -> None:
    at = issuer()
    (before,) = issued(at, pupils_of(at.school, 1))
    assert before.key is not None
    settings.AUSTAUSCH_SEAL_HARDWARE = token
    call_command("certificate_keys", "--rotate", at.school.number, "--apply", verbosity=0)
    (after,) = issued(at, pupils_of(at.school, 1))
    assert after.key is not None
    assert (before.key.store, after.key.store) == (SigningKey.Store.ENCRYPTED, SigningKey.Store.HARDWARE)
    assert judged(bytes(before.seal)).outcome is Outcome.VALID
    assert judged(bytes(after.seal)).outcome is Outcome.VALID


def test_a_token_that_is_pulled_out_stops_a_batch_without_a_half_certificate(
    at: Issuer, token: dict[str, str], settings: Any
) -> None:
    batch = asked(at, pupils_of(at.school, 2))
    keys.forget_opened()
    settings.AUSTAUSCH_SEAL_HARDWARE = {**token, "token": "nicht eingesteckt"}
    issuing.run(batch.pk)
    batch.refresh_from_db()
    assert batch.state == IssueBatch.State.STOPPED
    assert batch.problem
    assert not Certificate.objects.out().exists()
    keys.forget_opened()
    settings.AUSTAUSCH_SEAL_HARDWARE = token
    IssueBatch.objects.filter(pk=batch.pk).update(state=IssueBatch.State.QUEUED, problem="")
    issuing.run(batch.pk)
    assert Certificate.objects.out().count() == 2
    assert School.objects.get().certificates.filter(state=Certificate.State.ISSUED).count() == 2


def test_the_root_is_needed_only_to_make_keys(at: Issuer) -> None:
    """So that whoever runs the portal may take the passphrase away once the keys of a year are in the token."""
    pupils = pupils_of(at.school, 1)
    keys.forget_opened()
    with override_settings(AUSTAUSCH_SEAL_PASSPHRASE=""):
        (certificate,) = issued(at, pupils)
    assert certificate.issued_on == timezone.localdate()
