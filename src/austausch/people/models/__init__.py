"""Organisations, the people in them and what their role lets them do."""

from austausch.people.models.accounts import SetupAddress, User, UserManager
from austausch.people.models.contacts import Contact
from austausch.people.models.organisations import FormerName, Membership, Organisation
from austausch.people.models.registration import EmailDomain, Invitation, Registration

__all__ = [
    "Contact",
    "EmailDomain",
    "FormerName",
    "Invitation",
    "Membership",
    "Organisation",
    "Registration",
    "SetupAddress",
    "User",
    "UserManager",
]
