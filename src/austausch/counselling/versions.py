"""An office in other languages: which of its fields are text, and what a version of it must not say.

Its name stays as it is: it stands on the door. Protected accommodation has no address in any language, and the German
text from which a version was made is not kept beside it, because an address entered by mistake would survive there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from austausch.counselling import hiding
from austausch.counselling.models import Office
from austausch.languages import actions, kinds
from austausch.languages.kinds import Field, Kind, Texts, Value

# Words of other languages are longer than the German, which has 4,000 and 300.
DESCRIPTION, NOTE = 6000, 500
NOTES = (
    "emergency_note", "admission", "phone_note", "cost_note", "confidentiality_note", "accessibility_note", "transport",
    "hours_note",
)  # fmt: skip


def _label(name: str) -> Any:
    return Office._meta.get_field(name).verbose_name


FIELDS: tuple[Field, ...] = (
    Field("description", _label("description"), DESCRIPTION, needed=True, long=True),
    *(Field(name, _label(name), NOTE) for name in NOTES),
)


def _fields(office: Office) -> Sequence[Field]:
    return FIELDS


def _read(office: Office) -> dict[str, Value]:
    return {field.name: getattr(office, field.name) for field in FIELDS}


def _rows() -> QuerySet[Office]:
    return Office.objects.existing()


def _problems(office: Office, texts: Texts) -> dict[str, str]:
    if not office.is_protected:
        return {}
    found = {
        name: hiding.address_in(value if isinstance(value, str) else " ".join(value)) for name, value in texts.items()
    }
    return {name: str(hiding.IN_TEXT) % {"found": text} for name, text in found.items() if text}


def _keeps_source(office: Office) -> bool:
    return not office.is_protected


KIND = kinds.register(
    Kind(
        key="stelle",
        model=Office,
        label=_("Counselling office"),
        owner="owner",
        fields=_fields,
        read=_read,
        rows=_rows,
        problems=_problems,
        keeps_source=_keeps_source,
    )
)


def telling(office: Office) -> list[str]:
    """The languages in which a version of protected accommodation says an address."""
    versions = office.language_versions.all() if office.is_protected and office.pk else []
    return [str(version) for version in versions if _problems(office, version.texts)]


def forget_sources(office: Office) -> None:
    """To be called whenever an office was written: it may be protected by now."""
    if office.is_protected:
        actions.forget_sources(office)
