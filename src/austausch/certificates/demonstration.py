"""Made-up certificates of the demonstration's school, for whoever wants to see what `/pruefen/` says of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from vdseal import codec
from vdseal.carriers import to_link

from austausch.certificates.models import Certificate
from austausch.core import demonstration

# Begins with 9, as no real school's of this state does.
SCHOOL_NUMBER: Final = "999001"
FAMILY_NAME_TAG: Final = 0x0B


@dataclass(frozen=True)
class Example:
    """A seal, and what it is an example of; `fragment` is what the page reads behind its address."""

    label: str | Promise
    seal: bytes

    @property
    def fragment(self) -> str:
        # The host is cut off again: any will do.
        return "#" + to_link(self.seal, host="example.org").partition("#")[2]


def examples() -> list[Example]:
    """None where no demonstration is shown, so that no made-up certificate stands on a real portal."""
    return list(_examples()) if demonstration.is_on() else []


def _examples() -> Iterator[Example]:
    own = Certificate.objects.filter(school__number=SCHOOL_NUMBER).exclude(seal=b"").order_by("sequence")
    genuine = own.filter(state=Certificate.State.ISSUED).first()
    revoked = own.filter(state=Certificate.State.REVOKED).first()
    if genuine is not None:
        yield Example(_("a genuine one"), bytes(genuine.seal))
    if revoked is not None:
        yield Example(_("a revoked one"), bytes(revoked.seal))
    if genuine is not None:
        yield Example(_("one in which somebody changed the name"), tampered(bytes(genuine.seal)))


def tampered(seal: bytes) -> bytes:
    """The same seal with another first letter of the family name, as somebody would change it who has no key."""
    name = codec.decode(seal).tags[FAMILY_NAME_TAG]
    place = seal.index(bytes((FAMILY_NAME_TAG, len(name))) + name) + 2
    changed = bytearray(seal)
    changed[place] = ord("X") if changed[place] != ord("X") else ord("Y")
    return bytes(changed)
