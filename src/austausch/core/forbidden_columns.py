"""Names of columns that no imported file may have, in German, English and Dutch.

This is about columns that say where people come from, what they believe or which language they speak. Nothing here
selects people by that, so nothing here takes it in.
"""

from __future__ import annotations

import re

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e", "é": "e"})
PARTS = (
    "nationalit|staatsang|staatsbuerg|citizenship|herkunft|herkomst|abstammung|afkomst|origin(?!al)|"
    "ethni|volksgruppe|migrationshint|migrationbackground|migratieachtergrond|aussiedler|zuzugs|muttersprach|erstsprach|"
    "familiensprach|verkehrss?prach|mothertongue|moedertaal|nativelanguage|firstlanguage|homelanguage|thuistaal|religi|"
    "konfession|geloof|godsdienst|hautfarbe|skincolou?r|huidskleur|geburtsland|countryofbirth|geboorteland|"
    "kinderzahl|anzahlkinder|anzahlderkinder|anzahlgeschwister|numberofchildren|aantalkinderen"
)
WHOLE = frozenset(
    {"sprache", "sprachen", "language", "languages", "taal", "talen", "rasse", "race", "ras", "glaube", "roma"}
)
_PATTERN = re.compile(PARTS)


def plain(name: object) -> str:
    """The name of a column without case, umlauts, blanks and other separators."""
    return re.sub(r"[\W_]", "", str(name).casefold().translate(_UMLAUTS))


def is_forbidden(name: object) -> bool:
    """Whether a column of this name would hold what people must not be selected by."""
    simple = plain(name)
    return simple in WHOLE or _PATTERN.search(simple) is not None
