"""Status lists: one or two bits per certificate, compressed and signed (the shape of IETF Token Status List)."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final

from cryptography import x509

from vdseal import jws
from vdseal.errors import TokenError
from vdseal.keys import Signer
from vdseal.signatures import PublicKey

TYPE: Final = "statuslist+jwt"
# Sixteen million certificates at two bits; what unpacks to more is refused before it is unpacked.
LARGEST: Final = 4 * 1024 * 1024
_GUESSES: Final = 64


class Status(IntEnum):
    """What a list says of a certificate (IETF Token Status List, status types)."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2
    RESERVED = 3


@dataclass(frozen=True, slots=True)
class StatusList:
    """A status list whose signature has been checked."""

    uri: str
    issued: datetime
    expires: datetime
    bits: int
    data: bytes

    @property
    def size(self) -> int:
        """How many places the list has (IETF Token Status List)."""
        return len(self.data) * 8 // self.bits

    def get(self, index: int) -> Status | None:
        """The status at a place, or nothing where the list is too short (IETF Token Status List)."""
        if not 0 <= index < self.size:
            return None
        return _get(self.data, self.bits, index)

    @classmethod
    def read(
        cls,
        token: str,
        *,
        public_key: PublicKey,
        uri: str,
        minimum_issued: datetime | None = None,
    ) -> StatusList:
        """A list by the key and with the address that the trust list names (IETF Token Status List).

        `minimum_issued` is the time of issue of the newest list of this address that the caller has seen: an older
        one is a replay and could hide a revocation. Whether the list is fresh is decided when a seal is verified.
        """
        parts = jws.parse(token, TYPE)
        parts.check(public_key)
        if parts.payload.get("sub") != uri:
            raise TokenError(f"The status list is one for {parts.payload.get('sub')!r}, not for {uri!r}.")
        issued, expires = parts.moment("iat"), parts.moment("exp")
        if not issued < expires:
            raise TokenError("The status list expires before it was issued.")
        if minimum_issued is not None and issued < minimum_issued:
            raise TokenError(f"A newer status list is known: this one is of {issued:%Y-%m-%d %H:%M}.")
        body = parts.payload.get("status_list")
        body = body if isinstance(body, dict) else {}
        bits, packed = body.get("bits"), body.get("lst")
        # By type, too: True is 1 in Python, and in no other reader.
        if type(bits) is not int or bits not in (1, 2) or not isinstance(packed, str):
            raise TokenError("The status list does not hold one or two bits per certificate.")
        return cls(uri, issued, expires, bits, _unpack(jws.decode(packed)))


class StatusListBuilder:
    """A list in the making: all places are valid until set otherwise (IETF Token Status List)."""

    def __init__(self, size: int, *, bits: int = 2) -> None:
        if bits not in (1, 2):
            raise TokenError("A status takes one or two bits.")
        if not 1 <= size <= LARGEST * 8 // bits:
            raise TokenError(f"A status list has 1 to {LARGEST * 8 // bits} places.")
        self.bits = bits
        self._data = bytearray((size * bits + 7) // 8)

    @property
    def size(self) -> int:
        """How many places there are (IETF Token Status List)."""
        return len(self._data) * 8 // self.bits

    def set(self, index: int, status: Status) -> None:
        """Write a status to its place (IETF Token Status List)."""
        if not 0 <= index < self.size:
            raise TokenError(f"The list has no place {index}: its last is {self.size - 1}.")
        if status >= 1 << self.bits:
            raise TokenError(f"{status.name} does not fit into {self.bits} bit.")
        shift = index * self.bits % 8
        mask = (1 << self.bits) - 1
        position = index * self.bits // 8
        self._data[position] = self._data[position] & ~(mask << shift) & 0xFF | status << shift

    def get(self, index: int) -> Status:
        """The status at a place (IETF Token Status List)."""
        if not 0 <= index < self.size:
            raise TokenError(f"The list has no place {index}: its last is {self.size - 1}.")
        return _get(self._data, self.bits, index)

    def sign(
        self,
        signer: Signer,
        *,
        uri: str,
        issued: datetime,
        expires: datetime,
        chain: Sequence[x509.Certificate] = (),
    ) -> str:
        """The list as a signed token; `uri` is where it is published and what seals name (IETF Token Status List)."""
        if not issued < expires:
            raise TokenError("The status list expires before it was issued.")
        payload = {
            "sub": uri,
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
            "status_list": {"bits": self.bits, "lst": jws.encode(zlib.compress(bytes(self._data), 9))},
        }
        return jws.sign(TYPE, payload, signer, chain=chain)


def free_index(size: int, taken: Callable[[int], bool]) -> int:
    """A random place that is not taken (IETF Token Status List, on unlinkability).

    Random, so that neighbours in the list do not tell which certificates were issued together. Where the list is
    nearly full, guessing gives way to looking at every place from a random start.
    """
    if size < 1:
        raise TokenError("The status list has no places.")
    for _ in range(_GUESSES):
        guess = secrets.randbelow(size)
        if not taken(guess):
            return guess
    start = secrets.randbelow(size)
    for step in range(size):
        index = (start + step) % size
        if not taken(index):
            return index
    raise TokenError("The status list is full; begin another.")


def _get(data: bytes | bytearray, bits: int, index: int) -> Status:
    # The lowest bits of a byte are its first places.
    return Status(data[index * bits // 8] >> (index * bits % 8) & ((1 << bits) - 1))


def _unpack(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, LARGEST + 1)
    except zlib.error:
        raise TokenError("The status list cannot be unpacked.") from None
    if len(data) > LARGEST:
        raise TokenError(f"The status list unpacks to more than {LARGEST} bytes.")
    if not unpacker.eof or unpacker.unused_data or not data:
        raise TokenError("The status list is cut off, or something follows it.")
    return data
