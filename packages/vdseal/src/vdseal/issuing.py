"""Making seals (TR-03171 on TR-03137 part 1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vdseal import codec, profiles
from vdseal.errors import DatesOutOfOrderError, ProfileError
from vdseal.keys import Signer
from vdseal.profiles import Field, Presence, Profile
from vdseal.values import FieldType, Value, encode_value


def seal(
    *,
    profile: Profile,
    values: Mapping[str, Value],
    signer: Signer,
    issued: date,
    signed: date,
    valid_from: date | None = None,
    valid_to: date | None = None,
    profile_uri: str = "",
    certificate_uri: str = "",
    status_uri: str | None = None,
    status_index: int | None = None,
) -> bytes:
    """The bytes of a seal on `values` (TR-03171, TR-03137 part 1).

    Refused with the field and the remedy: unknown and missing fields, values that are too long, of a wrong type or
    hold invisible characters, dates out of order. Optional fields without a value are left out. An empty `profile_uri`
    means the profile's own.
    """
    _check_order(issued=issued, signed=signed, valid_from=valid_from, valid_to=valid_to)
    messages = [codec.Message(profiles.PROFILE_TAG, bytes.fromhex(profile.uuid))]
    if profile.version == "0.8":
        if status_uri is not None or status_index is not None:
            raise ProfileError("Seals of TR-03171 0.8 name no status list.")
        messages += _validity_08(profile, valid_from, valid_to)
    else:
        messages += _validity_09(profile, valid_from, valid_to)
        messages += _addresses(profile_uri or profile.uri, certificate_uri)
        messages += _status(profile, status_uri, status_index)
    messages += _content(profile, values)
    feature, category = profile.document_type
    unsigned = codec.encode_unsigned(
        country=signer.country,
        signer=signer.signer,
        certificate_reference=signer.certificate_reference,
        issued=issued,
        signed=signed,
        feature=feature,
        category=category,
        messages=messages,
    )
    return codec.attach_signature(unsigned, signer.sign(unsigned))


def _check_order(*, issued: date, signed: date, valid_from: date | None, valid_to: date | None) -> None:
    if issued > signed:
        raise DatesOutOfOrderError(f"Signed on {signed}, before the document is issued on {issued}.")
    if valid_from and valid_to and valid_from > valid_to:
        raise DatesOutOfOrderError(f"Valid until {valid_to}, before it is valid from {valid_from}.")


def _validity_09(profile: Profile, valid_from: date | None, valid_to: date | None) -> list[codec.Message]:
    messages = []
    for tag, name, presence, day in (
        (profiles.VALID_FROM_TAG, "valid_from", profile.valid_from, valid_from),
        (profiles.VALID_TO_TAG, "valid_to", profile.valid_to, valid_to),
    ):
        _check_presence(name, presence, day)
        if day is not None:
            messages.append(codec.Message(tag, encode_value(name, FieldType.DATE, day)))
    return messages


def _validity_08(profile: Profile, valid_from: date | None, valid_to: date | None) -> list[codec.Message]:
    days = [message.value for message in _validity_09(profile, valid_from, valid_to)]
    if not days:
        return []
    first = days[0] if valid_from else b""
    last = days[-1] if valid_to else b""
    return [codec.Message(profiles.VALID_FROM_TAG, first + b"\x00" + last)]


def _addresses(profile_uri: str, certificate_uri: str) -> list[codec.Message]:
    return [
        codec.Message(profiles.PROFILE_URI_TAG, _address("profile_uri", profile_uri)),
        codec.Message(profiles.CERTIFICATE_URI_TAG, _address("certificate_uri", certificate_uri)),
    ]


def _status(profile: Profile, uri: str | None, index: int | None) -> list[codec.Message]:
    _check_presence("status_uri", profile.status, uri)
    if (uri is None) != (index is None):
        raise ProfileError("A status list and the place in it belong together: give both or neither.")
    if uri is None or index is None:
        return []
    if not 0 <= index < 2**32:
        raise ProfileError(f"{index} is no place in a status list.")
    return [
        codec.Message(profiles.STATUS_URI_TAG, _address("status_uri", uri)),
        codec.Message(profiles.STATUS_INDEX_TAG, index.to_bytes(max(1, (index.bit_length() + 7) // 8), "big")),
    ]


def _content(profile: Profile, values: Mapping[str, Value]) -> list[codec.Message]:
    for name in values:
        profile.field(name)
    messages = []
    for each in profile.fields:
        value = values.get(each.name, "")
        if value == "" or value is None:
            if each.required:
                raise ProfileError(f"{each.name} is missing.")
            continue
        messages.append(codec.Message(each.tag, _encode(each, value)))
    return messages


def _encode(each: Field, value: Value) -> bytes:
    data = encode_value(each.name, each.type, value)
    if len(data) > each.max_length:
        raise ProfileError(f"{each.name} has {len(data)} bytes; {each.max_length} are allowed. Shorten it.")
    if each.choices and value not in each.choices:
        raise ProfileError(f"{each.name} must be one of: {', '.join(each.choices)}.")
    return data


def _address(name: str, uri: str) -> bytes:
    data = encode_value(name, FieldType.TEXT, uri)
    if not 1 <= len(data) <= profiles.LONGEST_URI:
        raise ProfileError(f"{name} must have 1 to {profiles.LONGEST_URI} bytes.")
    return data


def _check_presence(name: str, presence: Presence, value: object) -> None:
    if value is None and presence is Presence.REQUIRED:
        raise ProfileError(f"{name} is missing: the profile requires it.")
    if value is not None and presence is Presence.ABSENT:
        raise ProfileError(f"{name} is given, but the profile does not have it.")
