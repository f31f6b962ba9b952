"""What a checker is given to begin with: the keys that may sign the trust list, and where that list is."""

from __future__ import annotations

import base64

from django.urls import reverse

from austausch.certificates.models import SigningKey


def pinned_keys() -> list[str]:
    """SubjectPublicKeyInfo of the keys for lists, base64: the one in use, and the one before or after it."""
    found = SigningKey.objects.filter(purpose=SigningKey.Purpose.LISTS).exclude(state=SigningKey.State.WITHDRAWN)
    keys = found.order_by("pk").values_list("public_key", flat=True)
    return [base64.b64encode(bytes(key)).decode("ascii") for key in keys]


def trust_list_address() -> str:
    return reverse("certificates:trust_list")
