"""How an office is put into words: what is not known is said to be not known, never left out and never guessed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from austausch.counselling import languages
from austausch.counselling.finding import Found, Origin, hours_of
from austausch.counselling.hours import BERLIN, DAY, Hours, Now, Status
from austausch.counselling.models import Office, Precision, SpokenBy, State
from austausch.counselling.models.parts import Weekday
from austausch.languages.reading import Reading, Said

PLUS = " · "


def unknown() -> str:
    return _("not yet known")


@dataclass(frozen=True)
class Fact:
    """A line of the table of facts. `known` is False where nobody has told us; `url` where it can be followed; `note`
    what is said beside `text` in another language."""

    label: str
    text: str
    known: bool = True
    url: str = ""
    note: Said | None = None


@dataclass(frozen=True)
class DayHours:
    """A day of the week ahead: `text` its hours or "closed"; `why` they differ from other weeks."""

    day: dt.date
    name: str
    text: str
    why: str
    is_today: bool


def fact(label: str, text: str, url: str = "", note: Said | None = None) -> Fact:
    if note is not None:
        return Fact(label, text, True, url if text else "", note)
    return Fact(label, text or unknown(), bool(text), url if text else "")


def facts(office: Office, reading: Reading | None = None) -> list[Fact]:
    """Everything about an office except its hours, in the order of the page; notes as `reading` has them."""

    def noted(text: str, name: str, url: str = "") -> tuple[str, str, Said | None]:
        """A fact with the note beside it: joined to one text in German, apart where a version says it."""
        if reading is not None and reading.version is not None and reading.version.text(name):
            return text, url, reading.said(name, "")
        return joined(text, getattr(office, name)), url, None

    told = (
        (office.provider.name if office.provider else "", "", None),
        (where(office), "", None),
        noted(office.phone, "phone_note", phone_url(office.phone)),
        (office.email, f"mailto:{office.email}", None),
        (office.website, office.website, None),
        (online(office), office.online_url, None),
        noted("", "admission"),
        (spoken(office), "", None),
        noted(_choice(office, "cost"), "cost_note"),
        noted(_choice(office, "confidentiality"), "confidentiality_note"),
        noted(_choice(office, "step_free"), "accessibility_note"),
        noted("", "transport"),
        (areas(office), "", None),
        (", ".join(str(group) for group in office.target_groups.all()), "", None),
        (assured(office), "", None),
    )
    return [fact(label, text, url, note) for label, (text, url, note) in zip(labels(), told, strict=True)]


def missing(office: Office, told: list[Fact]) -> list[str]:
    """What nobody has told us of the office, by name; its hours among it."""
    found = [one.label for one in told if not one.known]
    return found if hours_of(office).known else [*found, _("Opening hours")]


def labels() -> list[str]:
    """What the facts are about, in their order."""
    return [
        _("Run by"),
        pgettext("office", "Where"),
        _("Telephone"),
        _("E-mail"),
        _("Website"),
        _("Online advice"),
        _("Appointment"),
        _("Languages"),
        _("Cost"),
        _("Confidentiality"),
        _("Getting in"),
        _("How to get there"),
        _("Responsible for"),
        _("For whom"),
        _("Assured"),
    ]


def where(office: Office) -> str:
    """Street and place; of protected accommodation that its address is kept secret."""
    if office.is_protected:
        return _("The address is kept secret.")
    town = " ".join(part for part in (office.postcode, office.place.name if office.place else "") if part)
    if not office.street and town:
        return _("%(place)s; the address is not yet known") % {"place": town}
    return ", ".join(part for part in (office.street, town) if part)


def areas(office: Office) -> str:
    return ", ".join(place.name for place in office.areas.all())


def online(office: Office) -> str:
    return joined(_choice(office, "online"), office.online_url)


def spoken(office: Office) -> str:
    """“Romanian (with an interpreter), German”."""
    found = []
    for row in office.spoken.all():
        how = [str(SpokenBy(row.by).label)] if row.by else []
        how += [row.note] if row.note else []
        found.append(f"{languages.name(row.code)} ({'; '.join(how)})" if how else languages.name(row.code))
    return ", ".join(found)


def assured(office: Office) -> str:
    if not office.assured_on:
        return ""
    return _("on %(day)s by %(name)s") % {"day": date_format(office.assured_on), "name": office.assured_by}


def distance(found: Found, origin: Origin | None) -> str:
    """How far it is, no more exactly than it is known; "" without a place to measure from."""
    if origin is None:
        return ""
    if found.km is None:
        return _("Responsible for %(place)s") % {"place": origin.name} if found.local else ""
    if found.office.precision == Precision.EXACT:
        return _("%(km)s km as the crow flies") % {"km": number_format(found.km, 1)}
    whole = number_format(max(1, round(found.km)), 0)
    if found.office.precision == Precision.POSTCODE:
        return _("about %(km)s km as the crow flies, to the places of its postcode") % {"km": whole}
    place = found.office.place.name if found.office.place else ""
    if found.km < 1:
        return _("in %(place)s; where exactly is not yet known") % {"place": place}
    return _("about %(km)s km as the crow flies, to the middle of %(place)s") % {"km": whole, "place": place}


def open_text(now: Now, moment: dt.datetime) -> str:
    """“Open until 17:00”, “Closed, opens again tomorrow at 09:00”, “Opening hours not yet known”."""
    if now.status is Status.OPEN and now.until:
        if now.until - moment > 2 * DAY:
            return _("Open around the clock")
        return _("Open until %(time)s") % {"time": time_format(now.until.astimezone(BERLIN).time(), "H:i")}
    if now.status is Status.UNKNOWN:
        return _("Opening hours not yet known")
    if now.next is None:
        return _("Closed")
    day, at = now.next.astimezone(BERLIN).date(), time_format(now.next.astimezone(BERLIN).time(), "H:i")
    today = moment.astimezone(BERLIN).date()
    if day == today:
        return _("Closed, opens today at %(time)s") % {"time": at}
    if day == today + DAY:
        return _("Closed, opens tomorrow at %(time)s") % {"time": at}
    return _("Closed, opens on %(day)s at %(time)s") % {"day": date_format(day, "l, j. F"), "time": at}


def open_kind(now: Now) -> str:
    """The badge for how it stands."""
    return {Status.OPEN: "success", Status.CLOSED: "neutral", Status.UNKNOWN: "undated"}[now.status]


def week(office: Office, today: dt.date | None = None) -> list[DayHours]:
    """The hours of the coming seven days, holidays and other hours included; empty where none are known."""
    hours, first = hours_of(office), today or timezone.localdate()
    if not hours.known:
        return []
    return [_day(hours, first + DAY * number, first) for number in range(7)]


def _day(hours: Hours, day: dt.date, today: dt.date) -> DayHours:
    spans = [_("%(from)s to %(to)s") % {"from": _clock(span.start), "to": _clock(span.end)} for span in hours.on(day)]
    name = f"{Weekday(day.weekday()).label}, {date_format(day, 'j. F')}"
    return DayHours(day, name, ", ".join(spans) or _("closed"), hours.why_otherwise(day), day == today)


def joined(*parts: str) -> str:
    return PLUS.join(part for part in parts if part)


def phone_url(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign.isdigit())
    if not digits:
        return ""
    return (
        f"tel:+{digits}" if phone.startswith("+") else f"tel:+49{digits[1:]}" if digits[0] == "0" else f"tel:{digits}"
    )


def _clock(moment: dt.datetime) -> str:
    return time_format(moment.astimezone(BERLIN).time(), "H:i")


def _choice(office: Office, name: str) -> str:
    return str(getattr(office, f"get_{name}_display")()) if getattr(office, name) else ""


def card_facts(office: Office) -> list[Fact]:
    """What stands in the list: how to reach it, and in which languages."""
    contact = fact(_("Telephone"), office.phone, phone_url(office.phone))
    if not office.phone and office.email:
        contact = fact(_("E-mail"), office.email, f"mailto:{office.email}")
    elif not office.phone and office.website:
        contact = fact(_("Website"), office.website, office.website)
    at = where(office)
    place = (
        fact(_("Responsible for"), areas(office))
        if not at and office.areas.all()
        else fact(pgettext("office", "Where"), at)
    )
    return [contact, place, fact(_("Languages"), spoken(office))]


def warnings(office: Office) -> list[str]:
    """What a reader must know before setting out."""
    found = []
    if office.state == State.PAUSED:
        found.append(_("This office is closed for a time."))
    entry = office.entry
    if entry is not None and entry.ends_on and entry.ends_on < timezone.localdate() and not office.assured_on:
        found.append(
            _("The measure this office belongs to ran until %(day)s by our source. Whether the office still works is "
              "not yet known.") % {"day": date_format(entry.ends_on)}
        )  # fmt: skip
    return found
