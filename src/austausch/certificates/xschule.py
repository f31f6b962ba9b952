"""The certificate for machines: XSchule 1.2, message `schueler.schulbescheinigung.0004` (XÖV).

The schema lets a certificate end before it begins; `problems` holds what the schema does not. Codes stand in the lists
that the schema names. No country stands anywhere, although the schema has room for it: its list is that of
nationalities, and a certificate of attendance needs none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from austausch.certificates.content import Content, SchoolContent
from austausch.certificates.models import School

XSC: Final = "http://xschule.digital/def/xschule/1.2/xsd"
XBD: Final = "http://xbildung.de/def/xbildung/1.2/xsd"
ROOT: Final = f"{{{XSC}}}schueler.schulbescheinigung.0004"
FILE_NAME: Final = "schulbescheinigung.xml"
GERMAN: Final = "http://publications.europa.eu/resource/authority/language/DEU"
GRADES: Final = "http://xschule.digital/def/xschule/1.0/code/jahrgangsstufe/"
KINDS: Final = "http://xbildung.de/def/kmk/1.0/code/artderschule/"
BODIES: Final = "http://xbildung.de/def/xbildung/1.0/code/artdertraegerschaft/"
PHONE: Final = "02"
# Types that KMK's list has under another name. What it has not at all is written out beside "not in the list".
_KIND_CODES: Final[dict[str, str]] = {
    School.Kind.PRIMARY: "grundschule_1_4",
    School.Kind.SECONDARY_GENERAL: "hauptschule",
    School.Kind.INTERMEDIATE: "realschule",
    School.Kind.SECONDARY: "schule_mit_mehreren_bildungsgaengen",
    School.Kind.COMPREHENSIVE: "integrierte_gesamtschule",
    School.Kind.GRAMMAR: "gymnasium",
    School.Kind.SPECIAL: "foerderschule_sonderschule",
    School.Kind.WALDORF: "freie_waldorfschule",
}
_NOT_LISTED: Final = "~wert_nicht_in_liste"
_UNLISTED_NAMES: Final = {School.Kind.VOCATIONAL: "Berufskolleg", School.Kind.FURTHER: "Weiterbildungskolleg"}

register_namespace("xsc", XSC)
register_namespace("xbd", XBD)


def write(content: Content) -> bytes:
    """The message as UTF-8."""
    root = Element(ROOT)
    _text(root, XBD, "titel", "Schulbescheinigung")
    issue = SubElement(root, f"{{{XBD}}}ausstellung")
    _text(issue, XBD, "datum", content.issued_on.isoformat())
    _text(SubElement(issue, f"{{{XBD}}}ort"), XBD, "ort", content.school.town)
    _text(root, XBD, "gueltigkeitsdatum", content.valid_until.isoformat())
    _code(root, XBD, "sprache", GERMAN)
    _text(root, XBD, "nonce", content.nonce)
    _pupil(root, content)
    _attendance(root, content)
    _school(root, content.school)
    message: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return message


def problems(message: bytes) -> Iterator[str]:
    """What is wrong with a message beyond its schema. Reads any message, also those that others have made."""
    try:
        root = fromstring(message, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        yield f"The message is no XML that can be read safely: {error}."
        return
    if root.tag != ROOT:
        yield "The message is no certificate of attendance."
        return
    begins, ends = _date(root, "schulbesuch/zeitraum/beginn"), _date(root, "schulbesuch/zeitraum/ende")
    born, issued = _date(root, "schueler/geburt/datum/jahrMonatTag"), _date(root, "ausstellung/datum")
    valid = _date(root, "gueltigkeitsdatum")
    for first, second, what in (
        (begins, ends, "The attendance ends before it begins."),
        (issued, valid, "The validity ends before the day of issue."),
        (born, begins, "The attendance begins before the birth."),
        (born, issued, "The certificate is issued before the birth."),
        (
            _date(root, "schulbesuch/schuljahr/beginn/jahrMonatTag"),
            _date(root, "schulbesuch/schuljahr/ende/jahrMonatTag"),
            "The school year ends before it begins.",
        ),
    ):
        if first and second and second < first:
            yield what
    for path in ("schueler/nameNatuerlichePerson/familienname/name", "schueler/nameNatuerlichePerson/vorname/name"):
        if not (_found(root, path) or "").strip():
            yield "A name is missing."


def _pupil(root: Element, content: Content) -> None:
    pupil = SubElement(root, f"{{{XSC}}}schueler")
    name = SubElement(pupil, f"{{{XSC}}}nameNatuerlichePerson")
    _text(SubElement(name, f"{{{XSC}}}familienname"), XSC, "name", content.family_name)
    _text(SubElement(name, f"{{{XSC}}}vorname"), XSC, "name", content.first_names)
    birth = SubElement(pupil, f"{{{XSC}}}geburt")
    _text(SubElement(birth, f"{{{XSC}}}datum"), XBD, "jahrMonatTag", content.birth_date.isoformat())
    if content.birth_place:
        _text(SubElement(birth, f"{{{XSC}}}geburtsort"), XSC, "ort", content.birth_place)
    if content.town:
        _address(pupil, content)


def _attendance(root: Element, content: Content) -> None:
    attendance = SubElement(root, f"{{{XSC}}}schulbesuch")
    _code(attendance, XSC, "jahrgangsstufe", GRADES + content.grade_code)
    year = SubElement(attendance, f"{{{XSC}}}schuljahr")
    _text(SubElement(year, f"{{{XSC}}}beginn"), XBD, "jahrMonatTag", content.year_begins.isoformat())
    _text(SubElement(year, f"{{{XSC}}}ende"), XBD, "jahrMonatTag", content.year_ends.isoformat())
    period = SubElement(attendance, f"{{{XSC}}}zeitraum")
    _text(period, XSC, "beginn", content.attending_since.isoformat())
    if content.attended_until:
        _text(period, XSC, "ende", content.attended_until.isoformat())


def _school(root: Element, school: SchoolContent) -> None:
    element = SubElement(root, f"{{{XSC}}}schule")
    _text(SubElement(element, f"{{{XSC}}}name"), XSC, "name", school.name)
    if school.phone:
        channel = SubElement(element, f"{{{XSC}}}kommunikation")
        _code(channel, XSC, "kanal", PHONE)
        _text(channel, XSC, "kennung", school.phone)
    known = SubElement(element, f"{{{XSC}}}identifikation")
    _text(known, XSC, "id", school.number)
    _text(known, XSC, "beschreibung", "Schulnummer")
    _address(element, school)
    _code(element, XSC, "artDerTraegerschaft", BODIES + school.body)
    kind = SubElement(element, f"{{{XSC}}}schulform")
    _code(kind, XSC, "code", KINDS + _KIND_CODES.get(school.kind, _NOT_LISTED))
    if school.kind not in _KIND_CODES:
        _text(kind, XSC, "nichtGelisteterWert", _UNLISTED_NAMES.get(School.Kind(school.kind), "Sonstige Schule"))


def _address(parent: Element, who: Content | SchoolContent) -> None:
    address = SubElement(parent, f"{{{XSC}}}anschrift")
    for name, value in (
        ("strasse", who.street),
        ("hausnummer", who.house_number),
        ("postleitzahl", who.postal_code),
        ("ort", who.town),
    ):
        if value:
            _text(address, XSC, name, value)


def _text(parent: Element, space: str, name: str, value: str) -> None:
    SubElement(parent, f"{{{space}}}{name}").text = value


def _code(parent: Element, space: str, name: str, code: str) -> None:
    SubElement(SubElement(parent, f"{{{space}}}{name}"), "code").text = code


def _found(root: Element, path: str) -> str | None:
    steps = "/".join(f"{{*}}{step}" for step in path.split("/"))
    return root.findtext(steps)


def _date(root: Element, path: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat((_found(root, path) or "").strip())
    except ValueError:
        return None
