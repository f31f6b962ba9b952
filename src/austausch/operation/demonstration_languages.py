"""The demonstration's texts in other languages: an entry and a made-up office in Romanian and Arabic, one outdated.

Written for the demonstration and checked by nobody; each says in its own words that it is made up.
"""

from __future__ import annotations

from typing import Any

from austausch.catalogue.models import Entry
from austausch.counselling.models import Office
from austausch.languages import actions, kinds
from austausch.languages.models import Version
from austausch.people.models import Organisation, User

ARABIC = {
    "title": "مرشدون ومرشدات في الحي (مثال مختلق)",
    "summary": "أشخاص من الحي يرافقون القادمين الجدد إلى الدوائر والمدارس والأطباء.",
    "starting_point": ["كثيرون لا يعرفون أي جهة مسؤولة."],
    "goals": ["تقصير الطريق إلى المساعدة", "بناء الثقة"],
    "procedure": ["البحث عن مرشدين ومرشدات", "تدريب لمدة أربعة أيام", "ساعات استشارة في مكتب الحي"],
}
# Without a part of the German: a version may be shorter, and what it leaves out stays German.
ROMANIAN = {
    "title": "Ghizi în cartier (exemplu inventat)",
    "summary": "Oameni din cartier îi însoțesc pe noii veniți la autorități, școli și medici.",
    "starting_point": ["Mulți nu știu care birou este responsabil."],
    "goals": ["Drumuri mai scurte către ajutor", "Încredere", "Mai mult voluntariat"],
}
OFFICE = {
    "description": "Berät kostenlos zu Arbeit, Lohn und Wohnen (erfundene Stelle).",
    "admission": "Ohne Termin.",
    "cost_note": "auch für Dolmetschende",
    "hours_note": "In den Ferien nur vormittags.",
}
OFFICE_TEXTS = {
    "ro": {
        "description": "Oferă consiliere gratuită despre muncă, salariu și locuință (birou inventat).",
        "admission": "Fără programare.",
        "cost_note": "inclusiv pentru interpreți",
    },
    "ar": {
        "description": "استشارة مجانية حول العمل والأجر والسكن (مكتب مختلق).",
        "admission": "بدون موعد.",
        "hours_note": "في العطل المدرسية صباحا فقط.",
    },
}


def arabic(entry: Entry, user: User) -> None:
    """Written before the German changes: it will be out of date."""
    _shown(entry, "ar", ARABIC, user)


def romanian(entry: Entry, user: User) -> None:
    _shown(entry, "ro", ROMANIAN, user)


def office(owner: Organisation, slug: str, name: str, publisher: User) -> Office:
    """A made-up office with both; somebody made up has confirmed the Romanian."""
    made = Office(slug=slug, name=name, owner=owner, live=True, cost="free", source="Demonstration", **OFFICE)
    made.full_clean()
    made.save()
    for language, texts in OFFICE_TEXTS.items():
        version = _shown(made, language, texts, publisher)
        if language == "ro":
            actions.confirm(version, publisher, seen_texts=kinds.fingerprint(version.texts))
    return made


def _shown(source: Entry | Office, language: str, texts: Any, user: User) -> Version:
    seen = kinds.fingerprint(kinds.german(source))
    version = actions.write(source=source, language=language, texts=texts, user=user, seen_german=seen)
    actions.show(version, user, seen_texts=kinds.fingerprint(version.texts))
    return Version.objects.get(pk=version.pk)
