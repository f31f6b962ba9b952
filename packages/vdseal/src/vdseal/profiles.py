"""Profiles: what a kind of document seals, as data (TR-03171 0.8 and 0.9).

A profile is read from our JSON form (`docs/formats.md`) or from the XML form of TR-03171. `Profile.read` interprets a
decoded seal, `vdseal.issuing` writes one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from vdseal.codec import ADMINISTRATIVE_08, ADMINISTRATIVE_09, Seal
from vdseal.errors import ProfileError, UnknownProfileError
from vdseal.values import FieldType, Value, check_text, decode_day, decode_value

__all__ = ["Document", "Field", "FieldType", "Presence", "Profile", "Value", "load", "parse_xml", "school_certificate"]

PROFILE_TAG: Final = 0x00
VALID_FROM_TAG: Final = 0x01
VALID_TO_TAG: Final = 0x02
PROFILE_URI_TAG: Final = 0x03
CERTIFICATE_URI_TAG: Final = 0x04
STATUS_URI_TAG: Final = 0x05
STATUS_INDEX_TAG: Final = 0x06
# In 0.8 one message holds both dates, joined by a NUL.
_BOTH_DATES_TAG: Final = 0x01
_FIRST_CONTENT: Final = {"0.8": 0x04, "0.9": 0x0A}
_LAST_CONTENT: Final = 0xFE
LONGEST_URI: Final = 255
_LARGEST_XML: Final = 1_000_000


class Presence(StrEnum):
    """Whether something stands in seals of a profile."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Field:
    """One sealed field; `max_length` counts bytes (TR-03171, document profiles)."""

    tag: int
    name: str
    type: FieldType
    required: bool = True
    max_length: int = 255
    title: Mapping[str, str] = field(default_factory=dict)
    # The only values a text may have, each with what it means to people.
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """What a seal says under a profile (TR-03171)."""

    values: Mapping[str, Value]
    valid_from: date | None
    valid_to: date | None
    profile_uri: str | None
    certificate_uri: str | None
    status_uri: str | None
    status_index: int | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of document (TR-03171, document profiles)."""

    uuid: str
    version: str
    title: Mapping[str, str]
    fields: tuple[Field, ...]
    uri: str = ""
    valid_from: Presence = Presence.OPTIONAL
    valid_to: Presence = Presence.OPTIONAL
    status: Presence = Presence.OPTIONAL

    def __post_init__(self) -> None:
        _check(self)

    @property
    def document_type(self) -> tuple[int, int]:
        """Feature definition and category of the header (TR-03171)."""
        return ADMINISTRATIVE_08 if self.version == "0.8" else ADMINISTRATIVE_09

    def field(self, name: str) -> Field:
        """The field of that name (TR-03171, document profiles)."""
        for each in self.fields:
            if each.name == name:
                return each
        raise ProfileError(f"The profile {self.title.get('en', self.uuid)} has no field {name!r}.")

    def read(self, seal: Seal) -> Document:
        """What the seal says, or a `ProfileError` naming what does not fit (TR-03171)."""
        if (seal.feature, seal.category) != self.document_type or number_of(seal) != self.uuid:
            raise UnknownProfileError("The seal is not of this profile.")
        tags = seal.tags
        head = _read_09(tags) if self.version == "0.9" else _read_08(tags)
        for name, presence, value in (
            ("valid from", self.valid_from, head.valid_from),
            ("valid to", self.valid_to, head.valid_to),
            ("status list", self.status, head.status_uri),
        ):
            if value is None and presence is Presence.REQUIRED:
                raise ProfileError(f"The seal lacks “{name}”, which its profile requires.")
            if value is not None and presence is Presence.ABSENT:
                raise ProfileError(f"The seal holds “{name}”, which its profile does not have.")
        if head.valid_from and head.valid_to and head.valid_from > head.valid_to:
            raise ProfileError(f"The seal is valid until {head.valid_to}, before it is valid from {head.valid_from}.")
        return Document(
            self._values(tags),
            head.valid_from,
            head.valid_to,
            head.profile_uri,
            head.certificate_uri,
            head.status_uri,
            head.status_index,
        )

    def _values(self, tags: Mapping[int, bytes]) -> dict[str, Value]:
        known = {each.tag for each in self.fields}
        for tag in tags:
            if tag >= _FIRST_CONTENT[self.version] and tag not in known:
                raise ProfileError(f"The seal holds tag {tag:02X}, which its profile does not have.")
        values: dict[str, Value] = {}
        for each in self.fields:
            if each.tag in tags:
                values[each.name] = _read_value(each, tags[each.tag])
            elif each.required:
                raise ProfileError(f"The seal lacks {each.name}, which its profile requires.")
        return values


def number_of(seal: Seal) -> str:
    """The number of the seal's profile, 32 capital hexadecimal digits (TR-03171)."""
    number = seal.tags.get(PROFILE_TAG, b"")
    if len(number) != 16:
        raise ProfileError("The seal names no profile.")
    return number.hex().upper()


def load(text: str | bytes) -> Profile:
    """A profile from its JSON form (`docs/formats.md`; TR-03171, document profiles)."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ProfileError("The profile is no JSON.") from None
    return from_json(data)


def from_json(data: Any) -> Profile:
    """A profile from parsed JSON: the trust list carries some (`docs/formats.md`)."""
    try:
        return Profile(
            uuid=str(data["uuid"]),
            version=str(data["version"]),
            title=_titles(data["title"]),
            uri=str(data.get("uri", "")),
            valid_from=Presence(data.get("valid_from", "optional")),
            valid_to=Presence(data.get("valid_to", "optional")),
            status=Presence(data.get("status", "optional")),
            fields=tuple(_field_from_json(each) for each in data["fields"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ProfileError(f"The profile lacks something or has a wrong value: {error}.") from None


def to_json(profile: Profile) -> dict[str, Any]:
    """The JSON form of a profile (`docs/formats.md`)."""
    return {
        "uuid": profile.uuid,
        "version": profile.version,
        "title": dict(profile.title),
        "uri": profile.uri,
        "valid_from": profile.valid_from.value,
        "valid_to": profile.valid_to.value,
        "status": profile.status.value,
        "fields": [
            {
                "tag": each.tag,
                "name": each.name,
                "type": each.type.value,
                "required": each.required,
                "max_length": each.max_length,
                "title": dict(each.title),
                **({"choices": {key: dict(value) for key, value in each.choices.items()}} if each.choices else {}),
            }
            for each in profile.fields
        ],
    }


def parse_xml(text: str | bytes, *, uri: str = "") -> Profile:
    """A profile from the XML form of TR-03171 0.9; entities and document types are refused."""
    if len(text) > _LARGEST_XML:
        raise ProfileError("The XML of the profile is larger than a profile can be.")
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ProfileError(f"The profile is no XML that can be read safely: {error}.") from None
    if root.tag != "profile":
        raise ProfileError(f"The XML holds {root.tag!r} instead of a profile.")
    version = _text(root, "versionTR")
    if version != "0.9":
        raise ProfileError(f"Profiles of TR-03171 {version} are not supported in XML, only 0.9.")
    number = _text(root, "profileNumber")
    title = root.findtext("profileName") or number
    return Profile(
        uuid=number,
        version=version,
        title={"de": title, "en": title},
        uri=uri,
        valid_from=_presence(root, "validFromPresent"),
        valid_to=_presence(root, "validToPresent"),
        fields=tuple(_field_from_xml(entry) for entry in root.findall("entry")),
    )


@cache
def school_certificate() -> Profile:
    """The profile of school certificates (Schulbescheinigung) that comes with this library."""
    return load(resources.files("vdseal").joinpath("data/school-certificate.json").read_bytes())


def _check(profile: Profile) -> None:
    if len(profile.uuid) != 32 or any(digit not in "0123456789ABCDEF" for digit in profile.uuid):
        raise ProfileError("The number of a profile is 32 capital hexadecimal digits.")
    if profile.version not in _FIRST_CONTENT:
        raise ProfileError(f"TR-03171 {profile.version} is not supported, only 0.8 and 0.9.")
    if profile.version == "0.8" and profile.status is Presence.REQUIRED:
        raise ProfileError("Seals of TR-03171 0.8 name no status list, so a profile cannot require one.")
    if not profile.fields:
        raise ProfileError("The profile has no fields.")
    tags, names = [each.tag for each in profile.fields], [each.name for each in profile.fields]
    if len(set(tags)) != len(tags) or len(set(names)) != len(names):
        raise ProfileError("A tag or a name occurs twice in the profile.")
    for each in profile.fields:
        if not _FIRST_CONTENT[profile.version] <= each.tag <= _LAST_CONTENT:
            raise ProfileError(f"Field {each.name} has tag {each.tag:02X}, which is not for content.")
        if each.max_length < 1:
            raise ProfileError(f"Field {each.name} has no room for a value.")
        if each.choices and each.type is not FieldType.TEXT:
            raise ProfileError(f"Field {each.name} has choices, but is no text.")


def _read_09(tags: Mapping[int, bytes]) -> Document:
    for tag in tags:
        if STATUS_INDEX_TAG < tag < _FIRST_CONTENT["0.9"]:
            raise ProfileError(f"Tag {tag:02X} has no meaning in TR-03171 0.9.")
    profile_uri, certificate_uri = _uri(tags, PROFILE_URI_TAG), _uri(tags, CERTIFICATE_URI_TAG)
    status_uri = _uri(tags, STATUS_URI_TAG)
    if profile_uri is None or certificate_uri is None:
        raise ProfileError("The seal lacks the address of its profile or of its certificate.")
    index = tags.get(STATUS_INDEX_TAG)
    if (index is None) != (status_uri is None):
        raise ProfileError("The seal names a status list or a place in one, but not both.")
    if index is not None and not 1 <= len(index) <= 4:
        raise ProfileError("The place in the status list is not 1 to 4 bytes.")
    return Document(
        {},
        decode_day("valid from", tags[VALID_FROM_TAG]) if VALID_FROM_TAG in tags else None,
        decode_day("valid to", tags[VALID_TO_TAG]) if VALID_TO_TAG in tags else None,
        profile_uri,
        certificate_uri,
        status_uri,
        None if index is None else int.from_bytes(index, "big"),
    )


def _read_08(tags: Mapping[int, bytes]) -> Document:
    both = tags.get(_BOTH_DATES_TAG, b"\x00")
    parts = both.split(b"\x00")
    if len(parts) > 2:
        raise ProfileError("The dates of validity are more than two.")
    days = [decode_day("validity", part) if part else None for part in parts]
    return Document({}, days[0], days[1] if len(days) == 2 else None, None, None, None, None)


def _uri(tags: Mapping[int, bytes], tag: int) -> str | None:
    data = tags.get(tag)
    if data is None:
        return None
    if not 1 <= len(data) <= LONGEST_URI:
        raise ProfileError(f"The address in tag {tag:02X} is empty or too long.")
    return str(decode_value("an address", FieldType.TEXT, data))


def _read_value(each: Field, data: bytes) -> Value:
    if len(data) > each.max_length:
        raise ProfileError(f"{each.name} has {len(data)} bytes; {each.max_length} are allowed.")
    value = decode_value(each.name, each.type, data)
    if each.required and data == b"":
        raise ProfileError(f"{each.name} is empty.")
    if each.choices and value not in each.choices:
        raise ProfileError(f"{each.name} has a value its profile does not have.")
    return value


def _field_from_json(data: Mapping[str, Any]) -> Field:
    return Field(
        tag=int(data["tag"]),
        name=check_text("the name of a field", str(data["name"])),
        type=FieldType(data["type"]),
        required=_flag(data.get("required", True)),
        max_length=int(data.get("max_length", 255)),
        title=_titles(data.get("title", {})),
        choices={str(key): _titles(value) for key, value in data.get("choices", {}).items()},
    )


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _titles(data: Mapping[str, Any]) -> dict[str, str]:
    return {str(language): str(text) for language, text in data.items()}


def _field_from_xml(entry: Element) -> Field:
    try:
        kind = FieldType(_text(entry, "type"))
        tag, length = int(entry.get("tag", "")), int(entry.findtext("length") or 255)
    except ValueError as error:
        raise ProfileError(f"An entry of the profile has a wrong value: {error}.") from None
    description = _text(entry, "description")
    fixed = {FieldType.BOOLEAN: 1, FieldType.DATE: 8, FieldType.DATE_TIME: 6}.get(kind)
    return Field(
        tag=tag,
        name=_text(entry, "name"),
        type=kind,
        required=entry.get("optional", "false") not in ("true", "1"),
        max_length=fixed or length,
        title={"de": description, "en": description},
    )


def _text(parent: Element, name: str) -> str:
    text = parent.findtext(name)
    if not text:
        raise ProfileError(f"The profile lacks {name}.")
    return text


def _presence(root: Element, name: str) -> Presence:
    return Presence.REQUIRED if _text(root, name) in ("true", "1") else Presence.ABSENT
