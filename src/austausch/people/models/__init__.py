"""Organisations, the people in them and what their role lets them do."""

from austausch.people.models.accounts import SetupAddress, User, UserManager
from austausch.people.models.organisations import Membership, Organisation

__all__ = ["Membership", "Organisation", "SetupAddress", "User", "UserManager"]
