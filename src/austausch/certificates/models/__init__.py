"""Schools, their pupils, their keys, and the certificates they have issued."""

from austausch.certificates.models.certificates import Certificate, IssueBatch, Numbering, Revocation
from austausch.certificates.models.checks import (
    Check,
    CheckChain,
    CheckingOffice,
    CheckItem,
    CheckLog,
    OfficeKey,
    Watch,
)
from austausch.certificates.models.imports import ImportRow, UploadedFile
from austausch.certificates.models.keys import PublishedList, SigningKey, StatusList
from austausch.certificates.models.log import Alarm, IssueLog, LogChain
from austausch.certificates.models.pupils import Grade, ImportBatch, Pupil
from austausch.certificates.models.schools import School, SchoolRole, SchoolYear

__all__ = [
    "Alarm",
    "Certificate",
    "Check",
    "CheckChain",
    "CheckItem",
    "CheckLog",
    "CheckingOffice",
    "Grade",
    "ImportBatch",
    "ImportRow",
    "IssueBatch",
    "IssueLog",
    "LogChain",
    "Numbering",
    "OfficeKey",
    "PublishedList",
    "Pupil",
    "Revocation",
    "School",
    "SchoolRole",
    "SchoolYear",
    "SigningKey",
    "StatusList",
    "UploadedFile",
    "Watch",
]
