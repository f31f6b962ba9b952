"""What a checker is given to begin with: the keys that may sign the trust list, and where that list is."""

from __future__ import annotations

import base64

from austausch.certificates.models import SigningKey


def pinned_keys() -> list[str]:
    """SubjectPublicKeyInfo of the roots that are believed, base64: the one in use and the one that follows it."""
    roots = SigningKey.objects.filter(purpose=SigningKey.Purpose.ROOT).exclude(state=SigningKey.State.WITHDRAWN)
    keys = roots.order_by("pk").values_list("public_key", flat=True)
    return [base64.b64encode(bytes(key)).decode("ascii") for key in keys]


def trust_list_address() -> str:
    return "/pruefen/listen/vertrauen"
