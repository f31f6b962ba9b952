"""What a file may say of offices. The format's description for people is docs/counselling.md."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from pydantic import Field

from austausch.catalogue.loading.fields import (
    Check,
    Part,
    Several,
    address_part,
    day,
    did_you_mean,
    flag,
    key,
    line,
    lines,
    may,
    must,
    one_of,
    web_address,
    wrong,
)
from austausch.counselling import languages
from austausch.counselling.models import (
    RESERVED_ADDRESSES,
    Confidentiality,
    Cost,
    Known,
    Sensitive,
    SpokenBy,
    State,
    StepFree,
)

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_email = EmailValidator()


def _said(check: Check) -> Any:
    """For a text that may be empty: absent and empty are the same."""
    return must(lambda value: "" if value in (None, "") else check(value))


def _address(value: object) -> str:
    found: str = address_part(80)(value)
    if found in RESERVED_ADDRESSES:
        raise wrong(_("This address is taken by a page of the portal."), _("Choose another one."))
    return found


def _weekday(value: object) -> int:
    word = str(value).strip().casefold()
    if word not in DAYS:
        raise wrong(_("This is not a day of the week."), did_you_mean(word, DAYS))
    return DAYS.index(word)


def _time(value: object) -> dt.time:
    match = re.fullmatch(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", str(value).strip())
    if not match or (match[1] == "24" and match[2] != "00"):
        raise wrong(_("This is not a time."), _("Write it in quotes as “09:00”; midnight is “00:00”."))
    return dt.time(int(match[1]) % 24, int(match[2]))


def _mail(value: object) -> str:
    found: str = line(254)(value)
    try:
        _email(found)
    except ValidationError as error:
        raise wrong(_("This is not an e-mail address."), _("Write it as name@example.org.")) from error
    return found


def _matching(pattern: str, message: Any, remedy: Any) -> Check:
    def check(value: object) -> str:
        found: str = line(60)(value)
        if not re.fullmatch(pattern, found):
            raise wrong(str(message()), str(remedy()))
        return found

    return check


_phone = _matching(
    r"\+?[0-9][0-9 ()/-]{2,39}",
    lambda: _("This is not a telephone number."),
    lambda: _("Write for example 0211 12345."),
)
_postcode = _matching(
    r"[0-9]{5}", lambda: _("A postcode has five digits."), lambda: _("Put it in quotes, so that a leading 0 stays.")
)


def _degrees(limit: int) -> Check:
    def check(value: object) -> float:
        known = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
        if not known or abs(float(value)) > limit:  # type: ignore[arg-type]
            raise wrong(_("This is not a coordinate."), _("Write degrees as a number, such as 51.3606."))
        return float(value)  # type: ignore[arg-type]

    return check


def _language(value: object) -> str:
    found: str = line(3)(value)
    if found not in languages.CODES:
        raise wrong(_("This language is not known here."), did_you_mean(found, languages.CODES))
    return found


class ProviderPart(Part):
    """Who runs offices. `owner`: key of the organisation that keeps it up to date."""

    name: Annotated[str, must(line(200))]
    owner: Annotated[str, must(line(60))]
    description: Annotated[str, _said(lines(2000))] = ""
    website: Annotated[str, _said(web_address(300))] = ""


class SpokenPart(Part):
    """A language of the office: `code`, `by` whom it is spoken."""

    code: Annotated[str, must(_language)]
    by: Annotated[str, _said(one_of(SpokenBy))] = ""
    note: Annotated[str, must(line(120, empty=True))] = ""


class OpeningPart(Part):
    day: Annotated[int, must(_weekday)]
    opens: Annotated[dt.time, must(_time)] = Field(alias="from")
    closes: Annotated[dt.time, must(_time)] = Field(alias="to")
    valid_from: Annotated[dt.date | None, may(day)] = None
    valid_to: Annotated[dt.date | None, may(day)] = None
    note: Annotated[str, must(line(120, empty=True))] = ""


class OtherwisePart(Part):
    """Days with other hours; without times: closed."""

    first: Annotated[dt.date, must(day)]
    last: Annotated[dt.date, must(day)]
    opens: Annotated[dt.time | None, may(_time)] = Field(None, alias="from")
    closes: Annotated[dt.time | None, may(_time)] = Field(None, alias="to")
    note: Annotated[str, must(line(120, empty=True))] = ""


class OfficePart(Part):
    """An office. A field that is left out keeps what it holds; what nobody knows is left out."""

    slug: Annotated[str, must(_address)]
    name: Annotated[str, must(line(200))]
    owner: Annotated[str, must(line(60))]
    provider: Annotated[str, must(line(60, empty=True))] = ""
    entry: Annotated[str, must(line(100, empty=True))] = ""
    description: Annotated[str, _said(lines(4000))] = ""
    state: Annotated[str, must(one_of(State))] = State.ACTIVE.value
    sensitive: Annotated[str, _said(one_of(Sensitive))] = ""
    protected: Annotated[bool, must(flag)] = False
    place: Annotated[str, must(line(100, empty=True))] = ""
    street: Annotated[str, must(line(150, empty=True))] = ""
    postcode: Annotated[str, _said(_postcode)] = ""
    latitude: Annotated[float | None, may(_degrees(90))] = None
    longitude: Annotated[float | None, may(_degrees(180))] = None
    transport: Annotated[str, must(line(300, empty=True))] = ""
    step_free: Annotated[str, _said(one_of(StepFree))] = ""
    accessibility_note: Annotated[str, must(line(300, empty=True))] = ""
    areas: Several[Annotated[str, must(line(100))]] = []
    phone: Annotated[str, _said(_phone)] = ""
    phone_note: Annotated[str, must(line(200, empty=True))] = ""
    email: Annotated[str, _said(_mail)] = ""
    website: Annotated[str, _said(web_address(300))] = ""
    online: Annotated[str, _said(one_of(Known))] = ""
    online_url: Annotated[str, _said(web_address(300))] = ""
    emergency_note: Annotated[str, must(line(300, empty=True))] = ""
    admission: Annotated[str, must(line(300, empty=True))] = ""
    cost: Annotated[str, _said(one_of(Cost))] = ""
    cost_note: Annotated[str, must(line(200, empty=True))] = ""
    confidentiality: Annotated[str, _said(one_of(Confidentiality))] = ""
    confidentiality_note: Annotated[str, must(line(300, empty=True))] = ""
    spoken: Several[SpokenPart] = []
    hours: Several[OpeningPart] = []
    other_hours: Several[OtherwisePart] = []
    hours_note: Annotated[str, must(line(300, empty=True))] = ""
    open_on_holidays: Annotated[bool, must(flag)] = False
    topics: Several[Annotated[str, must(key)]] = []
    target_groups: Several[Annotated[str, must(key)]] = []
    assured_on: Annotated[dt.date | None, may(day)] = None
    assured_by: Annotated[str, must(line(200, empty=True))] = ""
    source: Annotated[str, must(line(300))]
    source_url: Annotated[str, _said(web_address(500))] = ""
    draft: Annotated[bool, must(flag)] = False


FIELDS = tuple(OfficePart.model_fields)
# Fields of a file that the model holds under the same name, as plain values.
PLAIN = (
    "slug", "name", "description", "state", "sensitive", "street", "postcode", "transport", "step_free",
    "accessibility_note", "phone", "phone_note", "email", "website", "online", "online_url", "emergency_note",
    "admission", "cost", "cost_note", "confidentiality", "confidentiality_note", "hours_note", "open_on_holidays",
    "assured_on", "assured_by", "source", "source_url",
)  # fmt: skip
