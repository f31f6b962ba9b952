"""An entry in words: the one place where its fields become text for pages, PDF, exports and API alike.

Every function answers in the active language and says only what the entry holds: what is absent comes back as
an empty text or an empty list, and is not shown.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from austausch.catalogue.models import (
    Approach,
    Document,
    DocumentKind,
    Entry,
    EventFormat,
    Evidence,
    FundingPer,
    Kind,
    LegalBasis,
    Level,
    Link,
    Office,
    Precision,
    Status,
)

# Kinds that are rules themselves: when their period is over, they no longer hold.
RULES = frozenset({Kind.DECREE, Kind.LAW})
# A school year begins on 1 August in all German states, whatever its first day of teaching (KMK, 28 October 1964).
SCHOOL_YEAR_BEGINS = 8
TEASER_CHARACTERS = 220
CARD_PLACES = 3


@dataclass(frozen=True)
class Section:
    """One part of an entry's text. `key` is the field's name; never without points."""

    key: str
    title: str
    points: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One line of the summary box: what it is, and what the entry says about it."""

    key: str
    label: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        return "; ".join(self.values)


@dataclass(frozen=True)
class ActionText:
    """A dated action in words. `places` as the source names them; `district` may be empty."""

    period: str
    places: str
    district: str
    starts_on: dt.date
    ends_on: dt.date

    @property
    def where(self) -> str:
        return f"{self.places} ({self.district})" if self.places and self.district else self.places or self.district


# ── When ────────────────────────────────────────────────────────────────────────────────────────────────────


def period_text(entry: Entry) -> str:
    """The period with the precision of its source: "2017 to 2022", "since 2016, ongoing", "" where none is given."""
    start = date_text(entry.starts_on, entry.starts_precision) if entry.starts_on else ""
    end = date_text(entry.ends_on, entry.ends_precision) if entry.ends_on else ""
    if entry.starts_on and entry.ends_on:
        if entry.starts_precision == entry.ends_precision == Precision.DAY:
            return days_text(entry.starts_on, entry.ends_on)
        return start if start == end else _("%(start)s to %(end)s") % {"start": start, "end": end}
    if end:
        return _("until %(end)s") % {"end": end}
    if start and entry.open_end:
        return _("since %(start)s, ongoing") % {"start": start}
    if start:
        return _("from %(start)s") % {"start": start}
    return _("ongoing") if entry.open_end else ""


def date_text(day: dt.date, precision: str) -> str:
    """A date no more exact than its source: "16 August 2022", "August 2022", "2022", "school year 2021/2022"."""
    if precision == Precision.YEAR:
        return str(day.year)
    if precision == Precision.MONTH:
        return date_format(day, "F Y")
    if precision == Precision.SCHOOL_YEAR:
        first = day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1
        return _("school year %(years)s") % {"years": f"{first}/{first + 1}"}
    return date_format(day)


def days_text(first: dt.date, last: dt.date) -> str:
    """Two days, both included, without repeating what they share: "16 to 17 August 2022"."""
    if first == last:
        return date_format(first)
    if (first.year, first.month) == (last.year, last.month):
        start = date_format(first, pgettext("date format: the day alone", "j"))
    elif first.year == last.year:
        start = date_format(first, pgettext("date format: day and month", "j F"))
    else:
        start = date_format(first)
    return _("%(start)s to %(end)s") % {"start": start, "end": date_format(last)}


def action_texts(entry: Entry) -> list[ActionText]:
    """The dated actions, earliest first."""
    return [
        ActionText(
            period=days_text(action.starts_on, action.ends_on),
            places=", ".join(action.place_names),
            district=action.district,
            starts_on=action.starts_on,
            ends_on=action.ends_on,
        )
        for action in sorted(entry.actions.all(), key=lambda action: (action.starts_on, action.ends_on, action.pk or 0))
    ]


def status_label(entry: Entry) -> str:
    return str(entry.status.label)


def expired_text(entry: Entry) -> str:
    """ "No longer valid since …" for a decree or law whose period is over; otherwise empty."""
    if entry.kind not in RULES or entry.status is not Status.ENDED or entry.ends_on is None:
        return ""
    if entry.ends_precision == Precision.DAY:
        return _no_longer_valid_after(entry.ends_on)
    return _("No longer valid since the end of %(end)s") % {"end": date_text(entry.ends_on, entry.ends_precision)}


def archived_text(entry: Entry) -> str:
    if entry.archived_on is None:
        return ""
    return _("Archived on %(day)s. The content is no longer maintained.") % {"day": date_format(entry.archived_on)}


def review_text(entry: Entry) -> str:
    """When the content was last checked, and by whom; empty while it never was."""
    if entry.checked_on is None:
        return ""
    day = date_format(entry.checked_on)
    if entry.checked_by:
        return _("Last checked on %(day)s by %(who)s") % {"day": day, "who": entry.checked_by}
    return _("Last checked on %(day)s") % {"day": day}


# ── Documents ───────────────────────────────────────────────────────────────────────────────────────────────


def validity_text(document: Document, today: dt.date | None = None) -> str:
    """From when to when a document holds, as far as it is known; "No longer valid since …" once that is over."""
    if document.no_longer_valid(today) and document.valid_to:
        return _no_longer_valid_after(document.valid_to)
    if document.valid_from and document.valid_to:
        return _("Valid from %(start)s to %(end)s") % {
            "start": date_format(document.valid_from),
            "end": date_format(document.valid_to),
        }
    if document.valid_to:
        return _("Valid until %(end)s") % {"end": date_format(document.valid_to)}
    if document.valid_from:
        return _("Valid from %(start)s") % {"start": date_format(document.valid_from)}
    return ""


def document_text(document: Document) -> str:
    """ "Gemeinsamer Runderlass (decree, 20 October 2022)", with its validity: a document in one line."""
    inside = [str(DocumentKind(document.kind).label)]
    if document.issued_on:
        inside.append(date_format(document.issued_on))
    if validity := validity_text(document):
        inside.append(validity)
    return f"{document.title} ({', '.join(inside)})"


def _no_longer_valid_after(last: dt.date) -> str:
    return _("No longer valid since %(day)s") % {"day": date_format(last + dt.timedelta(days=1))}


# ── Who, what, how much ─────────────────────────────────────────────────────────────────────────────────────


def sections(entry: Entry) -> list[Section]:
    """The parts of the text that have something to say, in reading order."""
    titles = {
        "starting_point": _("Starting point"),
        "goals": _("Goals"),
        "procedure": _("Procedure"),
        "facts": _("Key facts"),
        "results": _("Results"),
        "lessons": _("Lessons learned"),
        "transferability": _("What others need to take this over"),
    }
    found = ((key, title, tuple(getattr(entry, key))) for key, title in titles.items())
    return [Section(key, title, points) for key, title, points in found if points]


def teaser(entry: Entry) -> str:
    """What a list says about the entry: its summary or else the first thing its text says."""
    if entry.summary:
        return _shortened(entry.summary)
    for name in ("goals", "facts", "starting_point", "procedure", "results", "lessons", "transferability"):
        if points := getattr(entry, name):
            return _shortened(points[0])
    return ""


def _shortened(text: str) -> str:
    """As Django's Truncator does it, which looks at each letter of a long text and takes a tenth of a millisecond."""
    text = unicodedata.normalize("NFC", text)
    if len(text) <= TEASER_CHARACTERS:
        return text
    start = text[:TEASER_CHARACTERS]
    if any(map(unicodedata.combining, start)):
        return Truncator(text).chars(TEASER_CHARACTERS)
    return start[:-1] + "…"


def funding_text(entry: Entry) -> str:
    """ "5,500,000 euros in total", "6,800,000 euros per year", or empty."""
    if entry.funding_eur is None:
        return ""
    return f"{euro_text(entry.funding_eur)} {FundingPer(entry.funding_per).label}"


def euro_text(amount: Decimal) -> str:
    decimals = 0 if amount == amount.to_integral_value() else 2
    return _("%(amount)s euros") % {"amount": number_format(amount, decimal_pos=decimals, force_grouping=True)}


def effort(entry: Entry) -> list[Fact]:
    """What it takes: staff, cost, duration, size of town; only what is given."""
    given = (
        ("effort_staff", _("Staff"), entry.effort_staff),
        ("effort_cost", _("Cost"), entry.effort_cost),
        ("effort_duration", _("Duration"), entry.effort_duration),
        ("effort_town_size", _("Size of town"), entry.effort_town_size),
    )
    return [Fact(key, label, (text,)) for key, label, text in given if text]


def kind_label(entry: Entry) -> str:
    return str(Kind(entry.kind).label)


def approach_label(entry: Entry) -> str:
    return str(Approach(entry.approach).label)


def level_label(entry: Entry) -> str:
    level = entry.effective_level
    return str(Level(level).label) if level else ""


def evidence_label(entry: Entry) -> str:
    """How well the effect is known; empty while nobody has assessed it."""
    return str(Evidence(entry.evidence).label) if entry.evidence else ""


def place_names(entry: Entry) -> list[str]:
    """The places an entry is filed under, by name."""
    return sorted((place.name for place in entry.named_places), key=str.casefold)


def venue_text(entry: Entry) -> str:
    """ "Aachen, hybrid": where an event takes place, and in what form."""
    form = str(EventFormat(entry.event_format).label) if entry.event_format else ""
    return ", ".join(part for part in (entry.venue, form) if part)


def office_text(office: Office) -> str:
    """ "Madonna e. V., Bochum – note": an office in one line."""
    return " – ".join(part for part in (str(office), office.note) if part)


def link_text(link: Link) -> str:
    """The link's title; without one the address itself, short."""
    return link.title or link.url.removeprefix("https://").removeprefix("http://").rstrip("/")


def link_host(link: Link | LegalBasis) -> str:
    """The host a link leads to, without `www.`: what a reader decides by before following it."""
    return (urlsplit(link.url).hostname or "").removeprefix("www.")


def summary_box(entry: Entry) -> list[Fact]:
    """Who, when, how much, for whom, where: the lines of the box that every form of an entry begins with.

    Lines without content are left out, except the status, which every entry has.
    """
    lines: list[tuple[str, str, list[str]]] = [
        ("lead", _("Responsible"), [entry.lead.name]),
        ("partners", _("Together with"), [partner.name for partner in entry.partners.all()]),
        ("period", _("Period"), [period_text(entry)]),
        ("status", _("Status"), [expired_text(entry) or status_label(entry)]),
        ("funding", _("Funding"), [funding_text(entry)]),
        ("target_groups", _("For whom"), [str(group) for group in entry.target_groups.all()]),
        ("venue", _("Venue"), [venue_text(entry)]),
        ("places", _("Places"), place_names(entry)),
        ("level", _("Level"), [level_label(entry)]),
        ("kind", _("Kind"), [kind_label(entry)]),
        ("approach", _("Approach"), [approach_label(entry)]),
        ("evidence", _("Evidence of effect"), [evidence_label(entry)]),
        ("topics", _("Topics"), [str(topic) for topic in entry.topics.all()]),
        ("review", _("Last checked"), [review_value(entry)]),
    ]
    kept = ((key, label, tuple(value for value in values if value)) for key, label, values in lines)
    return [Fact(key, label, values) for key, label, values in kept if values]


def card_facts(entry: Entry) -> list[Fact]:
    """What a list says about an entry below its title: who, when, where, how much, and when somebody last checked it.

    Places after the third: a number.
    """
    places = place_names(entry)
    shown, more = places[:CARD_PLACES], len(places) - CARD_PLACES
    where = ", ".join(shown)
    if more > 0:
        where = ngettext("%(places)s and %(more)d more", "%(places)s and %(more)d more", more) % {
            "places": where,
            "more": more,
        }
    given = (
        ("lead", _("Responsible"), entry.lead.name),
        ("period", _("Period"), period_text(entry)),
        ("places", _("Places"), where),
        ("funding", _("Funding"), funding_text(entry)),
        ("review", _("Checked on"), date_format(entry.checked_on) if entry.checked_on else ""),
    )
    return [Fact(key, label, (text,)) for key, label, text in given if text]


def review_value(entry: Entry) -> str:
    """The last check for a line that already says so: "1 July 2025, press office"."""
    if entry.checked_on is None:
        return ""
    return ", ".join(part for part in (date_format(entry.checked_on), entry.checked_by) if part)


def today_text() -> str:
    """Today's date in words, for what is printed."""
    return date_format(timezone.localdate())
