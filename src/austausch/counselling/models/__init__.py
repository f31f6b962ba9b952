"""Offices that help, after Open Referral's HSDS 3; docs/counselling.md says which field is which there."""

from austausch.counselling.models.offices import Office, Provider
from austausch.counselling.models.parts import Opening, OpeningException, SpokenLanguage
from austausch.counselling.models.words import (
    RESERVED_ADDRESSES,
    Confidentiality,
    Cost,
    Known,
    Precision,
    Sensitive,
    SpokenBy,
    State,
    StepFree,
)

__all__ = [
    "RESERVED_ADDRESSES",
    "Confidentiality",
    "Cost",
    "Known",
    "Office",
    "Opening",
    "OpeningException",
    "Precision",
    "Provider",
    "Sensitive",
    "SpokenBy",
    "SpokenLanguage",
    "State",
    "StepFree",
]
