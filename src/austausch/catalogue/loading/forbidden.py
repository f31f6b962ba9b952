"""Names of columns that no catalogue file may have, in German, English and Dutch.

This is about columns that would say something about people, by whom they could be selected. What an entry's text
tells, and topics such as language courses, is content.
"""

from __future__ import annotations

import re

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e", "é": "e"})
_PARTS = re.compile(
    r"nationalit|staatsangeh|staatsbuerg|staatsbuerger|citizenship|herkunft|herkomst|abstammung|afkomst|origin(?!al)|"
    r"ethni|volksgruppe|migrationshint|migrationbackground|migratieachtergrond|muttersprach|erstsprach|familiensprach|"
    r"mothertongue|moedertaal|nativelanguage|firstlanguage|religi|konfession|geloof|godsdienst|hautfarbe|skincolou?r|"
    r"huidskleur|geburtsland|geburtsort|countryofbirth|placeofbirth|birthplace|geboorteland|geboorteplaats|"
    r"kinderzahl|anzahlkinder|anzahlderkinder|numberofchildren|aantalkinderen|vornam|nachnam|familienname|firstname|"
    r"lastname|surname|voornaam|achternaam"
)
_WHOLE = {"sprache", "sprachen", "language", "languages", "taal", "talen", "rasse", "race", "ras", "glaube", "roma"}


def is_forbidden(name: object) -> bool:
    """Whether a column of this name would hold what people must not be selected by."""
    plain = re.sub(r"[\W_]", "", str(name).casefold().translate(_UMLAUTS))
    return plain in _WHOLE or _PARTS.search(plain) is not None
