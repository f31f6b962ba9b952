"""What a certificate says: the one object that seal, paper, XSchule and the list of the school are made of.

It is fixed when the number is given and kept as JSON, so that a certificate says the same however often a killed run
begins again, and whatever happens to the pupil's data meanwhile.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from austausch.certificates.models import Certificate, Pupil, School, SchoolYear

ATTENDS, ON_LEAVE, ATTENDED = "besucht", "beurlaubt", "hat besucht"
# Categories of characters that no name or address needs: control, format, private, surrogate, unassigned.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}


class ContentError(Exception):
    """This pupil's data make no certificate. The message names the field and the remedy."""


@dataclass(frozen=True)
class SchoolContent:
    """The school as it was on the day of issue."""

    number: str
    name: str
    kind: str
    body: str
    organisation: str
    street: str
    house_number: str
    postal_code: str
    town: str
    phone: str
    email: str
    website: str


@dataclass(frozen=True)
class Content:
    """`attended_until`: the expected end of those who attend, the real one of those who have left."""

    number: str
    family_name: str
    first_names: str
    birth_date: dt.date
    birth_place: str
    street: str
    house_number: str
    postal_code: str
    town: str
    grade: str
    grade_code: str
    class_name: str
    attending_since: dt.date
    attended_until: dt.date | None
    status: str
    issued_on: dt.date
    valid_until: dt.date
    year_begins: dt.date
    year_ends: dt.date
    nonce: str
    school: SchoolContent

    @property
    def in_the_past(self) -> bool:
        return self.status == ATTENDED

    def to_json(self) -> dict[str, Any]:
        return {key: _plain(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Content:
        known = {field.name: str(field.type) for field in fields(cls)}
        values = {key: _parsed(known[key], value) for key, value in data.items() if key != "school"}
        return cls(school=SchoolContent(**data["school"]), **values)


def content_of(
    pupil: Pupil,
    *,
    school: School,
    year: SchoolYear,
    number: str,
    issued_on: dt.date,
    valid_until: dt.date,
    nonce: str,
) -> Content:
    """Raises ContentError where a text holds what nobody can see."""
    return Content(
        number=number,
        family_name=text(_("Family name"), pupil.family_name),
        first_names=text(_("First names"), pupil.first_names),
        birth_date=pupil.birth_date,
        birth_place=text(_("Birth place"), pupil.birth_place),
        street=text(_("Street"), pupil.street),
        house_number=text(_("House number"), pupil.house_number),
        postal_code=text(_("Postal code"), pupil.postal_code),
        town=text(_("Town"), pupil.town),
        grade=str(pupil.get_grade_display()),
        grade_code=pupil.grade,
        class_name=text(_("Class"), pupil.class_name),
        attending_since=pupil.attending_since,
        attended_until=pupil.ended_on if pupil.has_left else pupil.expected_end,
        status=_status(pupil),
        issued_on=issued_on,
        valid_until=valid_until,
        year_begins=year.starts_on,
        year_ends=year.ends_on,
        nonce=nonce,
        school=school_content(school),
    )


def school_content(school: School) -> SchoolContent:
    return SchoolContent(
        number=school.number,
        name=text(_("School"), school.name),
        kind=school.kind,
        body=school.body,
        organisation=text(_("Organisation"), school.organisation.name),
        street=text(_("Street"), school.street),
        house_number=text(_("House number"), school.house_number),
        postal_code=school.postal_code,
        town=text(_("Town"), school.town),
        phone=text(_("Phone"), school.phone),
        email=school.email,
        website=text(_("Website"), school.website),
    )


def text(name: str, value: str) -> str:
    """The text with its characters composed and single spaces between words; ContentError names what nobody sees."""
    tidy = " ".join(unicodedata.normalize("NFC", value).split())
    for character in tidy:
        if unicodedata.category(character) in _UNSEEN:
            raise ContentError(
                _("%(field)s holds the invisible character U+%(code)04X. Enter it again.")
                % {"field": name, "code": ord(character)}
            )
    return tidy


def kind_of(content: Content) -> Certificate.Kind:
    return Certificate.Kind.ATTENDED if content.in_the_past else Certificate.Kind.ATTENDS


def _status(pupil: Pupil) -> str:
    if pupil.has_left:
        return ATTENDED
    return ON_LEAVE if pupil.status == Pupil.Status.ON_LEAVE else ATTENDS


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _parsed(kind: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if value is not None and "date" in kind else value
