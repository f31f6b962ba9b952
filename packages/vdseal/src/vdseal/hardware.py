"""Keys in hardware, over PKCS#11; `vdseal.keys` offers them beside keys in files.

One session per token and process: PKCS#11 knows one login per process, however many keys are used. Calls take turns,
because sessions are not made for several threads. A forked process opens its own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from vdseal.errors import SigningKeyError
from vdseal.signatures import PublicKey, hash_for, load_public_key, public_key_of, reference_of, verifies

T = TypeVar("T")
_OIDS: Final = {
    "P-256": bytes.fromhex("06082a8648ce3d030107"),
    "brainpoolP256r1": bytes.fromhex("06092b2403030208010107"),
}


@dataclass(frozen=True)
class Token:
    """A token of a PKCS#11 module, and the PIN to use it."""

    library: str
    label: str
    pin: str = field(repr=False)


class Pkcs11Key:
    """A key that never leaves its hardware (PKCS#11; signatures: TR-03137 part 1)."""

    def __init__(
        self,
        token: Token,
        key_label: str,
        certificate: x509.Certificate,
        *,
        country: str = "D",
        signer: str = "DEZV",
        certificate_reference: str = "",
    ) -> None:
        self.certificate = certificate
        self.country = country
        self.signer = signer
        self.certificate_reference = certificate_reference or reference_of(certificate)
        self._token = token
        self._label = key_label
        self._public_key = public_key_of(certificate)
        self._proved = False

    def sign(self, data: bytes) -> bytes:
        """Plain r‖s over `data` (TR-03137 part 1).

        Hashed here and signed there: SoftHSM 2.6.1 and many modules know only the bare mechanism. A module that lost
        its session (pulled out, restarted) is opened once more before the error goes to the caller. The first signature
        is checked against the certificate: a label says nothing about which key lies behind it.
        """
        from pkcs11 import Mechanism

        hasher = hashes.Hash(hash_for(self._public_key.curve))
        hasher.update(data)
        digest = hasher.finalize()

        def sign(sessions: _Sessions) -> bytes:
            return bytes(sessions.key(self._token, self._label).sign(digest, mechanism=Mechanism.ECDSA))

        signature = _twice(sign, "The module did not sign")
        if not self._proved and not verifies(self._public_key, data, signature):
            raise SigningKeyError(f"The key {self._label!r} in the token is not the one of the certificate.")
        self._proved = True
        return signature


def generate_in_token(token: Token, key_label: str, *, curve: str = "P-256") -> PublicKey:
    """Make a key pair inside a token, not extractable, and return the public half (PKCS#11)."""
    from pkcs11 import Attribute, KeyType, Mechanism
    from pkcs11.util.ec import encode_ec_public_key

    if curve not in _OIDS:
        raise SigningKeyError(f"{curve!r} is no curve for seals: {', '.join(_OIDS)}.")

    def generate(sessions: _Sessions) -> PublicKey:
        sessions.login(token)
        with sessions.token(token).open(rw=True) as session:
            if _private_keys(session, key_label):
                raise SigningKeyError(f"The token already holds a key named {key_label!r}; choose another name.")
            parameters = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: _OIDS[curve]}, local=True)
            public, _ = parameters.generate_keypair(
                label=key_label,
                store=True,
                mechanism=Mechanism.EC_KEY_PAIR_GEN,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
            return load_public_key(encode_ec_public_key(public))

    return _twice(generate, "The module made no key")


def _private_keys(session: Any, label: str) -> list[Any]:
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.KEY_TYPE: KeyType.EC, Attribute.LABEL: label}
    return list(session.get_objects(wanted))


class _Sessions:
    """What this process has open."""

    def __init__(self, *, after_fork: bool = False) -> None:
        self.lock = threading.Lock()
        self._sessions: dict[Token, Any] = {}
        self._keys: dict[tuple[Token, str], Any] = {}
        self._after_fork = after_fork

    def key(self, token: Token, label: str) -> Any:
        if (token, label) not in self._keys:
            found = _private_keys(self.login(token), label)
            if len(found) != 1:
                raise SigningKeyError(f"The token {token.label!r} holds {len(found) or 'no'} keys named {label!r}.")
            self._keys[token, label] = found[0]
        return self._keys[token, label]

    def login(self, token: Token) -> Any:
        from pkcs11.exceptions import UserAlreadyLoggedIn

        if token not in self._sessions:
            found = self.token(token)
            try:
                self._sessions[token] = found.open(user_pin=token.pin)
            except UserAlreadyLoggedIn:
                # Somebody else in this process: the login holds for all its sessions.
                self._sessions[token] = found.open()
        return self._sessions[token]

    def token(self, token: Token) -> Any:
        import pkcs11

        try:
            library = pkcs11.lib(token.library)
        except RuntimeError as error:
            raise SigningKeyError(f"The PKCS#11 module cannot be loaded: {error}.") from error
        if self._after_fork:
            library.reinitialize()
            self._after_fork = False
        return library.get_token(token_label=token.label)

    def forget(self) -> None:
        self._sessions.clear()
        self._keys.clear()


_sessions = _Sessions()


def _after_fork() -> None:
    """Sessions do not survive a fork, and another thread may have held the lock."""
    global _sessions
    _sessions = _Sessions(after_fork=True)


os.register_at_fork(after_in_child=_after_fork)


def _twice(do: Callable[[_Sessions], T], complaint: str) -> T:
    from pkcs11 import PKCS11Error
    from pkcs11.exceptions import NoSuchToken, PinIncorrect

    sessions = _sessions
    with sessions.lock:
        try:
            return do(sessions)
        except (NoSuchToken, PinIncorrect) as error:
            # Trying again helps neither; a second wrong PIN brings the token nearer to being locked.
            raise SigningKeyError(f"{complaint}: {_reason(error)}.") from error
        except PKCS11Error:
            sessions.forget()
        try:
            return do(sessions)
        except PKCS11Error as error:
            sessions.forget()
            raise SigningKeyError(f"{complaint}: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
