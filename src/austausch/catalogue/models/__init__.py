"""The catalogue: entries (programmes, measures, offers), the documents they cite and the words they are filed under."""

from austausch.catalogue.models.adoption import Adoption, Decision
from austausch.catalogue.models.bookmarks import Bookmark, BookmarkList
from austausch.catalogue.models.documents import Document, DocumentVersion, private_storage
from austausch.catalogue.models.editing import ApprovalTask, EditorialComment
from austausch.catalogue.models.entries import RESERVED_ADDRESSES, Entry
from austausch.catalogue.models.links import LinkAddress, LinkHost, LinkUse
from austausch.catalogue.models.mergers import EntryMerger
from austausch.catalogue.models.parts import (
    Citation,
    ContactReference,
    DatedAction,
    EntryPart,
    LegalBasis,
    Link,
    Office,
    Partner,
)
from austausch.catalogue.models.proposals import Proposal, ProposedChange
from austausch.catalogue.models.reviews import ReviewInterval, ReviewReminder, ReviewRun
from austausch.catalogue.models.words import (
    Approach,
    DocumentKind,
    EventFormat,
    Evidence,
    FundingPer,
    Kind,
    Level,
    Precision,
    Status,
    TargetGroup,
    Topic,
    Word,
)

__all__ = [
    "RESERVED_ADDRESSES",
    "Adoption",
    "Approach",
    "ApprovalTask",
    "Bookmark",
    "BookmarkList",
    "Citation",
    "ContactReference",
    "DatedAction",
    "Decision",
    "Document",
    "DocumentKind",
    "DocumentVersion",
    "EditorialComment",
    "Entry",
    "EntryMerger",
    "EntryPart",
    "EventFormat",
    "Evidence",
    "FundingPer",
    "Kind",
    "LegalBasis",
    "Level",
    "Link",
    "LinkAddress",
    "LinkHost",
    "LinkUse",
    "Office",
    "Partner",
    "Precision",
    "Proposal",
    "ProposedChange",
    "ReviewInterval",
    "ReviewReminder",
    "ReviewRun",
    "Status",
    "TargetGroup",
    "Topic",
    "Word",
    "private_storage",
]
