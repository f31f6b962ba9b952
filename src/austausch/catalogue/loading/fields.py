"""The kinds of value a catalogue file holds, each checked once, with what to do when it is wrong."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from austausch.catalogue.loading.dates import When, read_day, read_when
from austausch.catalogue.loading.errors import quoted

POINTS, POINT_CHARACTERS, PARTS = 200, 4000, 500

Check = Callable[[Any], Any]


class Part(BaseModel):
    """A mapping in a file. Unknown keys are errors, and nothing changes after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False, arbitrary_types_allowed=True)


def wrong(message: str, remedy: str = "") -> PydanticCustomError:
    """What a check raises: the message and what to do, both for the person who wrote the file."""
    return PydanticCustomError("catalogue", "{message}", {"message": message, "remedy": remedy})


def did_you_mean(value: object, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the ones closest to it, or all of a short list."""
    words = sorted(known)
    if close := difflib.get_close_matches(str(value).lower(), words, n=3, cutoff=0.6):
        return _("Did you mean %(words)s?") % {"words": ", ".join(map(quoted, close))}
    if words and len(words) <= 20:
        return _("Possible are: %(words)s.") % {"words": ", ".join(words)}
    return ""


# ── How often ───────────────────────────────────────────────────────────────────────────────────────────────


def must(check: Check) -> BeforeValidator:
    """For a value that has to be there and pass."""
    return BeforeValidator(check)


def may(check: Check) -> BeforeValidator:
    """For a value that passes or is absent; nothing, an empty text and an empty mapping are absent."""
    return BeforeValidator(lambda value: None if value in (None, "", {}) else check(value))


def anything(value: Any) -> Any:
    """The check of values that their own model checks."""
    return value


T = TypeVar("T")
_no_list = BeforeValidator(lambda value: [] if value is None else value)
Several = Annotated[list[T], _no_list, Field(max_length=PARTS)]


# ── Text ────────────────────────────────────────────────────────────────────────────────────────────────────


def line(longest: int, *, empty: bool = False) -> Check:
    """Text on one line."""

    def check(value: object) -> str:
        if value is None and empty:
            return ""
        return _fitting(re.sub("[ \t\r\n\x85\u2028\u2029]+", " ", _text(value)).strip(), longest, empty)

    return check


def lines(longest: int) -> Check:
    """Text that may have line breaks."""

    def check(value: object) -> str:
        return _fitting(re.sub("\r\n?|[\x85\u2028\u2029]", "\n", _text(value)).strip(), longest, False)

    return check


def _text(value: object) -> str:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise wrong(_("Text is expected."), _("Put it in quotes."))
    return value


def _fitting(value: str, longest: int, empty: bool) -> str:
    if len(value) > longest:
        counts = {"found": len(value), "longest": longest}
        raise wrong(_("The text has %(found)s characters, %(longest)s are possible.") % counts, _("Shorten it."))
    if not value and not empty:
        raise wrong(_("The text is empty."), _("Write something or leave the field out."))
    return value


Points = Annotated[
    list[Annotated[str, must(line(POINT_CHARACTERS))]],
    _no_list,
    Field(max_length=POINTS),
]


def address_part(longest: int) -> Check:
    """The part of an address that names a page."""
    text = line(longest)

    def check(value: object) -> str:
        found: str = text(value)
        if not re.fullmatch(r"[-a-zA-Z0-9_]+", found):
            raise wrong(
                _("An address may only hold letters without accents, digits, hyphens and underscores."),
                _("Write ä as ae, ß as ss, and a hyphen for a space."),
            )
        return found

    return check


def key(value: object) -> str:
    """The key of a topic or target group."""
    found: str = line(60)(value)
    if found.lower() != found:
        raise wrong(_("Keys are written in small letters."), _("Write “%(key)s”.") % {"key": found.lower()})
    return found


def web_address(longest: int) -> Check:
    """A complete http or https address."""
    text, valid = line(longest), URLValidator(schemes=["http", "https"])

    def check(value: object) -> str:
        found: str = text(value)
        try:
            valid(found)
        except ValidationError as error:
            raise wrong(
                _("This is not a complete web address."), _("Begin with https:// or http:// and leave out spaces.")
            ) from error
        return found

    return check


# ── Choices, numbers, dates ─────────────────────────────────────────────────────────────────────────────────


def one_of(choices: type[TextChoices]) -> Check:
    """One of the values. A label of the interface instead of the value is not taken, but recognised."""

    def check(value: object) -> str:
        if isinstance(value, str) and value and value in choices.values:
            return value
        by_label = {str(label).casefold(): key for key, label in choices.choices}
        meant = by_label.get(str(value).strip().casefold())
        known = [key for key in choices.values if key]
        remedy = _("Write “%(value)s”.") % {"value": meant} if meant else did_you_mean(value, known)
        raise wrong(_("This value is not known here."), remedy)

    return check


def moment(value: object) -> When:
    """A date with the precision of its source."""
    try:
        return read_when(value)
    except ValueError as error:
        raise wrong(str(error), _("Write 2017, 2023-04, 2022-08-16 or “Schuljahr 2021/2022”.")) from error


def day(value: object) -> dt.date:
    """An exact day."""
    try:
        return read_day(value)
    except ValueError as error:
        raise wrong(str(error), _("Write it as 2022-08-16.")) from error


_TRUE, _FALSE = {"true", "ja", "yes", "wahr", "x", "1"}, {"", "none", "false", "nein", "no", "falsch", "0"}


def flag(value: object) -> bool:
    """Yes or no; nothing is no."""
    word = str(value).strip().casefold()
    if word not in _TRUE | _FALSE:
        raise wrong(_("This is neither yes nor no."), _("Write true or false."))
    return word in _TRUE


def number(*, whole: int, decimals: int) -> Check:
    """A number that is not negative, with at most so many digits before and after the point."""

    def check(value: object) -> Decimal:
        plain = "" if isinstance(value, bool) else re.sub(r",(?=[0-9]{1,2}$)", ".", str(value).strip())
        if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,10})?", plain):
            raise wrong(_("This is not a number."), _("Write digits only, such as 5500000 or 1250.50."))
        found = Decimal(plain)
        if found < 0:
            raise wrong(_("The number must not be negative."))
        if found >= Decimal(10) ** whole or found != round(found, decimals):
            counts = {"whole": whole, "decimals": decimals}
            message = _("At most %(whole)s digits before and %(decimals)s after the decimal point are possible.")
            raise wrong(message % counts)
        return found

    return check


def months(value: object) -> int:
    """A number of months from one to sixty."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,3}", str(value)) or not 1 <= int(str(value)) <= 60:
        raise wrong(_("This is not a number of months from 1 to 60."), _("Write for example 12."))
    return int(str(value))
