"""The links in participants' mails, which are all they need to confirm and to cancel."""

from __future__ import annotations

from django.core import signing

from austausch.events.models import Registration

SALT = "austausch.events.registration"


def token(registration: Registration) -> str:
    """Neither the database alone nor the key alone can make one."""
    return signing.dumps([registration.pk, registration.secret], salt=SALT)


def read_token(text: str) -> Registration | None:
    """Whose link it is; None for a wrong one and where the registration is forgotten."""
    try:
        number, secret = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Registration.objects.select_related("event").filter(pk=number, secret=secret).first()
