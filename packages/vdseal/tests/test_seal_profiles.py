"""Profiles and the values under them: read, written, and refused with the field and the remedy."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sealing import foreign, schema, world
from vdseal import codec, profiles, vectors
from vdseal.errors import DatesOutOfOrderError, ProfileError, SealError
from vdseal.issuing import seal
from vdseal.profiles import Field, FieldType, Presence, Profile
from vdseal.values import decode_value, encode_value

SCHOOL = profiles.school_certificate()
DAY = date(2026, 9, 1)


def _seal(profile: Profile = SCHOOL, **options: Any) -> bytes:
    settings: dict[str, Any] = {
        "values": vectors.VALUES,
        "signer": world().signers["school"],
        "issued": DAY,
        "signed": DAY,
        "valid_from": DAY,
        "valid_to": date(2027, 1, 31),
        "certificate_uri": "https://example.org/c",
        "status_uri": "https://example.org/s",
        "status_index": 70_000,
    }
    return seal(profile=profile, **settings | options)


def _values(**changes: Any) -> dict[str, Any]:
    return dict(vectors.VALUES) | changes


def test_a_school_certificate_says_what_was_sealed() -> None:
    document = SCHOOL.read(codec.decode(_seal()))
    assert document.values == vectors.VALUES
    assert (document.valid_from, document.valid_to) == (DAY, date(2027, 1, 31))
    assert (document.status_uri, document.status_index) == ("https://example.org/s", 70_000)
    assert document.profile_uri == SCHOOL.uri


def test_the_profile_of_a_school_holds_exactly_the_fields_agreed_upon() -> None:
    assert [each.name for each in SCHOOL.fields] == [
        "certificate_number",
        "family_name",
        "first_names",
        "birth_date",
        "school_number",
        "school_name",
        "grade",
        "attending_since",
        "expected_end",
        "status",
    ]
    assert all(each.title["de"] and each.title["en"] for each in SCHOOL.fields)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (_values(family_name=""), "family_name is missing"),
        (_values(nickname="Eri"), "no field 'nickname'"),
        (_values(grade="x" * 25), "grade has 25 bytes; 24 are allowed"),
        (_values(family_name="ş" * 61), "family_name has 122 bytes"),
        (_values(status="schwänzt"), "must be one of: besucht, beurlaubt, hat besucht"),
        (_values(birth_date="03.02.2014"), "not of type DATE"),
        (_values(birth_date=datetime(2014, 2, 3)), "not of type DATE"),
        (_values(family_name=7), "not of type UTF8String"),
        (_values(family_name="Muster\nmann"), "invisible character U+000A"),
        (_values(family_name="Muster\u202emann"), "invisible character U+202E"),
        (_values(family_name="Muster\u200bmann"), "invisible character U+200B"),
        (_values(family_name="\ud800"), "half a character"),
        (_values(family_name=" Muster"), "begins or ends with a space"),
        (_values(family_name="Mu\u0308ller"), "not in Unicode form NFC"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_field(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ProfileError, match=says.replace("+", r"\+")):
        _seal(values=values)


@pytest.mark.parametrize(
    "options",
    [
        {"valid_to": None},
        {"valid_from": None},
        {"status_uri": None, "status_index": None},
        {"status_index": None},
        {"status_index": -1},
        {"status_index": 2**32},
        {"certificate_uri": ""},
        {"certificate_uri": "https://example.org/" + "x" * 240},
    ],
)
def test_what_the_profile_requires_around_the_fields_is_there(options: dict[str, Any]) -> None:
    with pytest.raises(ProfileError):
        _seal(**options)


@pytest.mark.parametrize("options", [{"signed": date(2026, 8, 31)}, {"valid_to": date(2026, 8, 31)}])
def test_dates_out_of_order_are_not_sealed(options: dict[str, Any]) -> None:
    with pytest.raises(DatesOutOfOrderError):
        _seal(**options)


@pytest.mark.parametrize("index", [0, 1, 255, 256, 2**32 - 1])
def test_a_place_in_the_status_list_comes_back(index: int) -> None:
    assert SCHOOL.read(codec.decode(_seal(status_index=index))).status_index == index


def test_an_optional_field_may_be_left_out() -> None:
    document = SCHOOL.read(codec.decode(_seal(values=_values(expected_end=""))))
    assert "expected_end" not in document.values


# ── Types ───────────────────────────────────────────────────────────────────────────────────────────────────


_OF_TYPE = {
    FieldType.TEXT: st.text(st.characters(categories=("L", "Nd", "P")), max_size=40),
    FieldType.DATE: st.dates(),
    FieldType.DATE_TIME: st.datetimes(min_value=datetime(1000, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    FieldType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.BYTES: st.binary(max_size=40),
}


@given(st.data(), st.sampled_from(FieldType))
def test_values_of_every_type_come_back(data: st.DataObject, kind: FieldType) -> None:
    value = data.draw(_OF_TYPE[kind])
    try:
        packed = encode_value("x", kind, value)
    except ProfileError:
        assert kind is FieldType.TEXT
        return
    assert decode_value("x", kind, packed) == value


@given(st.binary(max_size=12), st.sampled_from(FieldType))
def test_bytes_of_every_type_are_written_in_one_way_or_refused(data: bytes, kind: FieldType) -> None:
    try:
        value = decode_value("x", kind, data)
    except ProfileError:
        return
    if kind is not FieldType.TEXT:
        assert encode_value("x", kind, value) == data


# ── TR-03171 0.8 ────────────────────────────────────────────────────────────────────────────────────────────


OLD = Profile(
    uuid="9A4223406D374EF99E2CF95E31A23846",
    version="0.8",
    title={"de": "Meldebescheinigung", "en": "Certificate of registration"},
    fields=tuple(
        Field(tag, f"field_{tag}", FieldType.INTEGER if tag == 14 else FieldType.TEXT, required=False)
        for tag in range(4, 16)
    ),
)


def test_a_foreign_seal_of_0_8_is_read_under_its_profile() -> None:
    vector = next(each for each in foreign()["vectors"] if each["name"] == "meldebescheinigung")
    document = OLD.read(codec.decode(bytes.fromhex(vector["hex"])))
    assert document.values["field_4"] == "Mustermann"
    assert document.values["field_12"] == "Berlin"
    assert document.values["field_14"] == 0
    assert document.valid_from is None


@pytest.mark.parametrize(
    ("first", "last"), [(DAY, date(2027, 1, 1)), (DAY, None), (None, date(2027, 1, 1)), (None, None)]
)
def test_validity_of_0_8_stands_in_one_message(first: date | None, last: date | None) -> None:
    data = seal(
        profile=OLD,
        values={"field_4": "Muster"},
        signer=world().signers["school"],
        issued=DAY,
        signed=DAY,
        valid_from=first,
        valid_to=last,
    )
    read = codec.decode(data)
    document = OLD.read(read)
    assert (document.valid_from, document.valid_to) == (first, last)
    assert read.category == 0xC8
    assert (1 in read.tags) == (first is not None or last is not None)


def test_0_8_knows_no_status_list() -> None:
    with pytest.raises(ProfileError, match="status list"):
        _seal(OLD, values={"field_4": "x"})
    with pytest.raises(ProfileError, match="status list"):
        replace(OLD, status=Presence.REQUIRED)


# ── Profiles as files ───────────────────────────────────────────────────────────────────────────────────────


def test_a_profile_of_the_standard_is_read_from_its_xml() -> None:
    file = schema("test_profile_meldebescheinigung.xml")
    assert etree.XMLSchema(etree.parse(schema("TR03171DocProfileSchema_v0.9.xsd"))).validate(etree.parse(file))
    profile = profiles.parse_xml(file.read_bytes(), uri="https://example.org/p")
    assert profile.uuid == "9A4223406D374EF99E2CF95E31A23846"
    assert profile.valid_from is Presence.ABSENT
    surname, degree = profile.field("SURNAME"), profile.field("ACADEMIC_DEGREE")
    assert (surname.tag, surname.required, surname.title["de"]) == (10, True, "Familienname")
    assert not degree.required
    assert profile.field("POSTAL_CODE").max_length == 5
    assert profile.field("HOUSING_STATUS").type is FieldType.INTEGER
    data = _seal(
        profile,
        values={
            "SURNAME": "Muster",
            "FIRST_NAME": "Erika",
            "STREET": "Am Markt",
            "HOUSE_NUMBER": "1",
            "POSTAL_CODE": "45879",
            "CITY": "Gelsenkirchen",
            "MOVING_DATE": "20240801",
            "HOUSING_STATUS": 1,
            "DATE_OF_NOTIFICATION": "20240805",
        },
        valid_from=None,
        valid_to=None,
    )
    assert profile.read(codec.decode(data)).values["HOUSING_STATUS"] == 1


_XML = """<profile><profileNumber>9A4223406D374EF99E2CF95E31A23846</profileNumber><versionTR>0.9</versionTR>
<validFromPresent>false</validFromPresent><validToPresent>false</validToPresent>
<entry tag="10"><name>A</name><description>a</description><type>UTF8String</type></entry></profile>"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<profile/>",
        "<other/>",
        _XML.replace("0.9", "1.0"),
        _XML.replace("UTF8String", "REAL"),
        _XML.replace('tag="10"', 'tag="3"'),
        _XML.replace('tag="10"', 'tag="ten"'),
        _XML.replace("9A42", "9a42"),
        '<!DOCTYPE profile [<!ENTITY a "b">]>' + _XML.replace("<name>A", "<name>&a;"),
        '<!DOCTYPE profile SYSTEM "file:///etc/passwd">' + _XML,
        "x" * 1_000_001,
    ],
)
def test_xml_that_is_no_profile_or_tries_something_is_refused(text: str) -> None:
    assert profiles.parse_xml(_XML).fields[0].name == "A"
    with pytest.raises(ProfileError):
        profiles.parse_xml(text)


@pytest.mark.parametrize("encoding", ["hex", "gbk", "idna", "nothing"])
def test_xml_in_a_strange_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(ProfileError, match="safely"):
        profiles.parse_xml(f'<?xml version="1.0" encoding="{encoding}"?>{_XML}'.encode())


def test_a_profile_survives_its_json_form() -> None:
    assert profiles.load(json.dumps(profiles.to_json(SCHOOL))) == SCHOOL


@pytest.mark.parametrize(
    "change",
    [
        {"uuid": "1"},
        {"version": "0.7"},
        {"fields": []},
        {"fields": [{"tag": 3, "name": "x", "type": "UTF8String"}]},
        {"fields": [{"tag": 255, "name": "x", "type": "UTF8String"}]},
        {"fields": [{"tag": 10, "name": "x", "type": "REAL"}]},
        {"fields": [{"tag": 10, "name": "x", "type": "DATE", "choices": {"a": {}}}]},
        {"fields": [{"tag": 10, "name": "x", "type": "DATE"}, {"tag": 10, "name": "y", "type": "DATE"}]},
        {"fields": [{"tag": 10, "name": "x", "type": "DATE", "max_length": 0}]},
        {"fields": "x"},
        {"title": 3},
        {"valid_from": "sometimes"},
    ],
)
def test_json_that_is_no_profile_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ProfileError):
        profiles.load(json.dumps(profiles.to_json(SCHOOL) | change))
    with pytest.raises(ProfileError):
        profiles.load("[" * 100_000)


@given(st.lists(st.tuples(st.integers(0, 254), st.binary(max_size=40)), max_size=16, unique_by=lambda each: each[0]))
def test_any_messages_are_read_or_refused_by_a_profile(messages: list[tuple[int, bytes]]) -> None:
    base = codec.decode(_seal())
    head = codec.Message(0, base.tags[0])
    contents = [head, *(codec.Message(*each) for each in messages if each[0] != 0)]
    changed = codec.decode(vectors.resigned(world().signers["school"], base, contents))
    with pytest.raises(SealError):
        SCHOOL.read(changed)
