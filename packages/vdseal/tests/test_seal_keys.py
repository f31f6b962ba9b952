"""Keys in files and in hardware, certificates and their chains."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sealing import LIBRARY, world
from vdseal import keys, profiles, vectors
from vdseal.authority import Authority, check_chain, dump_certificate, load_certificate
from vdseal.errors import SigningKeyError, TokenError
from vdseal.signatures import public_key_of, verifies
from vdseal.trust import Issuer
from vdseal.vectors import AT
from vdseal.verifying import verify

LATER = AT + timedelta(days=400)
PIN = "1234"


def _root(name: str = "Root", *, curve: str = "P-256") -> Authority:
    return Authority.create(name, organisation="Example", not_before=AT, not_after=LATER, curve=curve)


def _certificate(
    authority: Authority, public_key: Any, *, ca: bool = False, until: datetime = LATER
) -> x509.Certificate:
    return authority.certify(
        public_key, common_name="Issuer", organisation="Example", not_before=AT, not_after=until, authority=ca
    )


# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("curve", list(keys.CURVES))
def test_a_key_from_an_encrypted_file_signs(curve: str) -> None:
    private_key = keys.generate_private_key(curve)
    certificate = _certificate(_root(), private_key.public_key())
    pem = keys.encrypt_private_key(private_key, "correct horse")
    key = keys.FileKey.load(pem, "correct horse", certificate)
    signature = key.sign(b"data")
    assert len(signature) == 64
    assert verifies(public_key_of(certificate), b"data", signature)
    assert not verifies(public_key_of(certificate), b"Data", signature)
    assert b"ENCRYPTED" in pem
    assert len(key.certificate_reference) == 32


def test_a_wrong_passphrase_a_plain_key_and_a_foreign_certificate_are_refused() -> None:
    private_key, other = keys.generate_private_key(), keys.generate_private_key()
    certificate = _certificate(_root(), private_key.public_key())
    pem = keys.encrypt_private_key(private_key, "correct horse")
    with pytest.raises(SigningKeyError, match="wrong passphrase"):
        keys.decrypt_private_key(pem, "wrong horse")
    plain = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(SigningKeyError, match="encrypted"):
        keys.decrypt_private_key(plain, "correct horse")
    with pytest.raises(SigningKeyError, match="another key"):
        keys.FileKey(other, certificate)
    with pytest.raises(SigningKeyError, match="at least"):
        keys.encrypt_private_key(private_key, "short")
    with pytest.raises(SigningKeyError, match="no curve"):
        keys.generate_private_key("secp521r1")


def test_a_key_does_not_show_itself_in_logs() -> None:
    assert "private_key" not in repr(world().signers["school"])
    assert PIN not in repr(keys.Token(LIBRARY, "x", PIN))


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    assert not verifies(public_key_of(world().root), b"x", bytes(length))


def test_zero_and_the_order_itself_are_no_signature() -> None:
    for part in (bytes(32), b"\xff" * 32):
        assert not verifies(public_key_of(world().root), b"x", part + part)


# ── Hardware ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[keys.Token]:
    """A token of SoftHSM in a folder of its own. One for all tests: a process loads the module once."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "seals", "--pin", PIN, "--so-pin", "12345678"],
            check=True,
            capture_output=True,
        )
        # Other tests may have loaded the module with a folder of their own.
        pkcs11.lib(LIBRARY).reinitialize()
        yield keys.Token(LIBRARY, "seals", PIN)


@pytest.mark.parametrize("curve", list(keys.CURVES))
def test_a_key_made_in_hardware_signs_there(token: keys.Token, curve: str) -> None:
    public_key = keys.generate_in_token(token, f"made-{curve}", curve=curve)
    key = keys.Pkcs11Key(token, f"made-{curve}", _certificate(_root(), public_key))
    assert verifies(public_key, b"data", key.sign(b"data"))
    with pytest.raises(SigningKeyError, match="already holds"):
        keys.generate_in_token(token, f"made-{curve}", curve=curve)


def test_many_threads_and_two_keys_share_one_login(token: keys.Token) -> None:
    root = _root()
    made = []
    for label in ("first", "second"):
        public_key = keys.generate_in_token(token, label)
        made.append((public_key, keys.Pkcs11Key(token, label, _certificate(root, public_key))))

    def sign(number: int) -> bool:
        public_key, key = made[number % 2]
        data = str(number).encode()
        return verifies(public_key, data, key.sign(data))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(sign, range(200)))


def test_a_forked_worker_opens_its_own_session(token: keys.Token) -> None:
    public_key = keys.generate_in_token(token, "forked")
    key = keys.Pkcs11Key(token, "forked", _certificate(_root(), public_key))
    key.sign(b"before")
    child = os.fork()
    if child == 0:
        os._exit(0 if verifies(public_key, b"child", key.sign(b"child")) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert verifies(public_key, b"parent", key.sign(b"parent"))


def test_a_module_that_was_restarted_is_opened_again(token: keys.Token) -> None:
    public_key = keys.generate_in_token(token, "restarted")
    key = keys.Pkcs11Key(token, "restarted", _certificate(_root(), public_key))
    key.sign(b"before")
    pkcs11.lib(LIBRARY).reinitialize()
    assert verifies(public_key, b"after", key.sign(b"after"))


def test_a_seal_by_a_key_in_hardware_is_genuine(token: keys.Token) -> None:
    public_key = keys.generate_in_token(token, "school")
    key = keys.Pkcs11Key(token, "school", _certificate(_root(), public_key))
    seal = vectors.make(replace(world(), signers={"school": key}))
    number = profiles.school_certificate().uuid
    issuer = Issuer.of(key, names=["x"], not_before=AT.date(), not_after=AT.date(), profiles=[number])
    trust = replace(world().trust, issuers={("D", "DEZV", key.certificate_reference): issuer})
    verdict = verify(seal, trust=trust, status_lists=world().status_lists, at=AT)
    assert verdict.code == "valid"


def test_a_key_in_hardware_with_the_certificate_of_another_signs_nothing(token: keys.Token) -> None:
    keys.generate_in_token(token, "mixed up")
    other = _certificate(_root(), keys.generate_private_key().public_key())
    key = keys.Pkcs11Key(token, "mixed up", other)
    for _ in range(2):
        with pytest.raises(SigningKeyError, match="not the one of the certificate"):
            key.sign(b"data")


def test_hardware_that_is_not_there_says_so(token: keys.Token) -> None:
    certificate = world().signers["school"].certificate
    for wrong, label in (
        (keys.Token("/nowhere.so", "seals", PIN), "x"),
        (keys.Token(LIBRARY, "other", PIN), "x"),
        (token, "no such key"),
    ):
        with pytest.raises(SigningKeyError):
            keys.Pkcs11Key(wrong, label, certificate).sign(b"x")


# ── Chains ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("curve", list(keys.CURVES))
def test_a_chain_over_an_intermediate_leads_to_the_pinned_root(curve: str) -> None:
    root = _root(curve=curve)
    between = keys.generate_private_key()
    intermediate = Authority(between, _certificate(root, between.public_key(), ca=True))
    leaf = _certificate(intermediate, keys.generate_private_key().public_key())
    assert len(_check(leaf, root, intermediate.certificate)) == 3
    with pytest.raises(TokenError, match="does not lead"):
        _check(leaf, root)
    with pytest.raises(TokenError, match="does not lead"):
        _check(leaf, _root(), intermediate.certificate)


def test_an_issuer_cannot_certify_others() -> None:
    root = _root()
    private_key = keys.generate_private_key()
    false = Authority(private_key, _certificate(root, private_key.public_key()))
    leaf = _certificate(false, keys.generate_private_key().public_key())
    with pytest.raises(TokenError, match="may not certify"):
        _check(leaf, root, false.certificate)


def test_a_chain_holds_only_while_all_of_it_is_valid() -> None:
    root = _root()
    leaf = _certificate(root, keys.generate_private_key().public_key(), until=AT + timedelta(days=1))
    _check(leaf, root)
    for at in (AT - timedelta(days=1), AT + timedelta(days=2)):
        with pytest.raises(TokenError, match="is valid from"):
            check_chain(leaf, intermediates=[], roots=[root.certificate], at=at)


def test_a_certificate_with_a_critical_extension_nobody_understands_is_refused() -> None:
    root, public_key = _root(), keys.generate_private_key().public_key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Issuer")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(root.certificate.subject)
        .public_key(public_key)
        .serial_number(1)
        .not_valid_before(AT)
        .not_valid_after(LATER)
    )
    _check(builder.sign(root.private_key, hashes.SHA256()), root)
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.30"), b"\x30\x00")
    for extension in (strange, x509.OCSPNoCheck()):
        odd = builder.add_extension(extension, critical=True).sign(root.private_key, hashes.SHA256())
        with pytest.raises(TokenError, match="extension"):
            _check(odd, root)


def test_a_root_with_the_same_name_is_another_root() -> None:
    leaf = _certificate(_root("Root"), keys.generate_private_key().public_key())
    with pytest.raises(TokenError, match="does not lead"):
        _check(leaf, _root("Root"))


def test_certificates_are_read_from_pem_and_der_and_nothing_else(tmp_path: Path) -> None:
    root = _root().certificate
    assert load_certificate(dump_certificate(root)) == root
    assert load_certificate(root.public_bytes(Encoding.DER)) == root
    with pytest.raises(SigningKeyError):
        load_certificate(b"\x30\x00")
    with pytest.raises(SigningKeyError, match="ECDSA"):
        public_key_of(_rsa_certificate())


def _check(leaf: x509.Certificate, root: Authority, *between: x509.Certificate) -> tuple[x509.Certificate, ...]:
    return check_chain(leaf, intermediates=between, roots=[root.certificate], at=AT + timedelta(hours=1))


def _rsa_certificate() -> x509.Certificate:
    return _certificate(_root(), rsa.generate_private_key(65537, 2048).public_key())
