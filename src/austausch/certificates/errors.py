"""What goes wrong in this room, in words for the person who can mend it."""

from __future__ import annotations


class CertificateError(Exception):
    """This cannot be done now; the message says why, and what to do."""


class QuotaError(CertificateError):
    """The school has issued as much as it may in a day."""
