"""What a catalogue file may say of an entry. The format's description for people is docs/catalogue-files.md."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, Field, model_validator

from austausch.catalogue.loading.dates import When
from austausch.catalogue.loading.fields import (
    Part,
    Points,
    Several,
    address_part,
    anything,
    day,
    flag,
    key,
    line,
    lines,
    may,
    moment,
    months,
    must,
    number,
    one_of,
    web_address,
    wrong,
)
from austausch.catalogue.models import (
    RESERVED_ADDRESSES,
    Approach,
    DocumentKind,
    EventFormat,
    Evidence,
    FundingPer,
    Kind,
    Level,
)
from austausch.people.models import Organisation

MAX_AMOUNT_DIGITS = 12


class Body(Part):
    """An organisation. `place` by name or key."""

    name: Annotated[str, must(line(200))]
    kind: Annotated[str, must(one_of(Organisation.Kind))]
    place: Annotated[str, must(line(100, empty=True))] = ""


class Name(Part):
    """The names of a topic or target group, where they differ from the ones the portal would give."""

    name: Annotated[str, must(line(80))]
    name_en: Annotated[str, must(line(80, empty=True))] = ""
    slug: Annotated[str | None, may(address_part(60))] = None


class Period(Part):
    """From and to as exactly as the source says, or an open end."""

    start: Annotated[When | None, may(moment)] = Field(None, alias="from")
    end: Annotated[When | None, may(moment)] = Field(None, alias="to")
    open_end: Annotated[bool, must(flag)] = False

    @model_validator(mode="after")
    def in_order(self) -> Period:
        if self.start and self.end and self.end.last < self.start.first:
            raise wrong(_("The end lies before the beginning."), _("Swap “from” and “to” or mend one of them."))
        if self.end and self.open_end:
            raise wrong(_("There is both an end and an open end."), _("Keep either “to” or “open_end”."))
        return self


class Funding(Part):
    amount_eur: Annotated[Decimal, must(number(whole=MAX_AMOUNT_DIGITS, decimals=2))]
    per: Annotated[str, must(one_of(FundingPer))]


class Effort(Part):
    staff: Annotated[str, must(line(200, empty=True))] = ""
    cost: Annotated[str, must(line(200, empty=True))] = ""
    duration: Annotated[str, must(line(200, empty=True))] = ""
    town_size: Annotated[str, must(line(200, empty=True))] = ""


class LegalBasis(Part):
    title: Annotated[str, must(line(300))]
    reference: Annotated[str, must(line(100, empty=True))] = ""
    url: Annotated[str | None, may(web_address(200))] = None


class Document(Part):
    """A document is the same one wherever title, kind and date are the same."""

    title: Annotated[str, must(line(300))]
    kind: Annotated[str, must(one_of(DocumentKind))]
    issued_on: Annotated[dt.date | None, may(day)] = Field(None, alias="date")
    valid_from: Annotated[dt.date | None, may(day)] = None
    valid_to: Annotated[dt.date | None, may(day)] = None
    slug: Annotated[str | None, may(address_part(120))] = None

    @model_validator(mode="after")
    def in_order(self) -> Document:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise wrong(_("The end of validity lies before its beginning."), _("Mend one of the two dates."))
        return self


class Link(Part):
    """Written as an address alone, or with a title."""

    url: Annotated[str, must(web_address(500))]
    title: Annotated[str, must(line(200, empty=True))] = ""


class Office(Part):
    name: Annotated[str, must(line(200, empty=True))] = ""
    place: Annotated[str, must(line(100, empty=True))] = ""
    facts: Annotated[str, must(line(300, empty=True))] = ""

    @model_validator(mode="after")
    def named(self) -> Office:
        if not self.name and not self.place:
            raise wrong(_("The office has neither a name nor a place."), _("Give it “name” or “place”."))
        return self


class DatedAction(Part):
    """Something on given days, both included."""

    starts_on: Annotated[dt.date, must(day)] = Field(alias="from")
    ends_on: Annotated[dt.date | None, may(day)] = Field(None, alias="to")
    places: Several[Annotated[str, must(line(100))]] = []
    district: Annotated[str, must(line(100, empty=True))] = ""

    @model_validator(mode="after")
    def in_order(self) -> DatedAction:
        if self.ends_on and self.ends_on < self.starts_on:
            raise wrong(_("The end lies before the beginning."), _("Swap “from” and “to” or mend one of them."))
        return self


class Review(Part):
    checked_on: Annotated[dt.date | None, may(day)] = None
    checked_by: Annotated[str, must(line(150, empty=True))] = ""
    every_months: Annotated[int | None, may(months)] = None


def _link(value: object) -> object:
    return {"url": value} if isinstance(value, str) else value


def _basis(value: object) -> object:
    return {"title": value} if isinstance(value, str) else value


class Entry(Part):
    """An entry. What the file leaves out stays as it is; what it gives empty becomes empty."""

    slug: Annotated[str, must(address_part(100))]
    title: Annotated[str, must(line(200))]
    summary: Annotated[str | None, may(lines(600))] = None
    body: Annotated[str, must(line(60))]
    partners: Several[Annotated[str, must(line(200))]] = []
    approach: Annotated[str, must(one_of(Approach))]
    kind: Annotated[str, must(one_of(Kind))]
    level: Annotated[str | None, may(one_of(Level))] = None
    starting_point: Points = []
    goals: Points = []
    procedure: Points = []
    facts: Points = []
    results: Points = []
    lessons: Points = []
    transferability: Points = []
    period: Annotated[Period | None, may(anything)] = None
    place: Annotated[str | None, may(line(200))] = None
    format: Annotated[str | None, may(one_of(EventFormat))] = None
    actions: Several[DatedAction] = []
    funding: Annotated[Funding | None, may(anything)] = None
    effort: Annotated[Effort | None, may(anything)] = None
    evidence: Annotated[str | None, may(one_of(Evidence))] = None
    legal_bases: Several[Annotated[LegalBasis, must(_basis)]] = []
    documents: Several[Document] = []
    offices: Several[Office] = []
    links: Several[Annotated[Link, must(_link)]] = []
    places: Several[Annotated[str, must(line(100))]] = []
    topics: Several[Annotated[str, must(key)]] = []
    target_groups: Several[Annotated[str, must(key)]] = []
    review: Annotated[Review | None, may(anything)] = None
    archived: Annotated[dt.date | None, may(day)] = None
    draft: Annotated[bool, must(flag)] = False

    @model_validator(mode="after")
    def address_is_free(self) -> Entry:
        if self.slug in RESERVED_ADDRESSES:
            raise wrong(_("This address is taken by a page of the portal."), _("Choose another slug."))
        return self


# Their order says nothing, so files hold them sorted.
EMPTY: tuple[object, ...] = ("", [], {})
UNORDERED = ("places", "topics", "target_groups")
FIELDS = tuple(Entry.model_fields)


def plain(value: object) -> object:
    """A parsed value as files hold it: mappings without empty values, dates with their precision, links short."""
    if isinstance(value, Link):
        return {"url": value.url, "title": value.title} if value.title else value.url
    if isinstance(value, LegalBasis) and not (value.reference or value.url):
        return value.title
    if isinstance(value, DatedAction):
        value = value.model_copy(update={"ends_on": value.ends_on or value.starts_on})
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        pairs = ((field.alias or name, plain(getattr(value, name))) for name, field in fields.items())
        return without_empty(dict(pairs))
    if isinstance(value, When):
        return value.written
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return amount(value)
    return value


def amount(value: Decimal) -> int | Decimal:
    """A number without needless decimals."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is absent, empty or says no."""
    return {
        key: value for key, value in values.items() if value is not None and value is not False and value not in EMPTY
    }


def said(entry: Entry) -> dict[str, Any]:
    """What the file says of an entry, empty values included, in the file's own form."""
    found: dict[str, Any] = {name: plain(getattr(entry, name)) for name in FIELDS if name in entry.model_fields_set}
    for name in UNORDERED:
        if name in found:
            found[name] = sorted(dict.fromkeys(found[name]))
    return found
