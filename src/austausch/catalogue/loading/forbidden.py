"""Names of columns that no catalogue file may have: none that says something about people.

What an entry's text tells, and topics such as language courses, is content.
"""

from __future__ import annotations

import re

from austausch.core import forbidden_columns

_PEOPLE = re.compile(
    r"geburtsort|placeofbirth|birthplace|geboorteplaats|vornam|nachnam|familienname|firstname|lastname|surname|"
    r"voornaam|achternaam"
)


def is_forbidden(name: object) -> bool:
    """Whether a column of this name would hold what people must not be selected by, or name them."""
    return forbidden_columns.is_forbidden(name) or _PEOPLE.search(forbidden_columns.plain(name)) is not None
