"""R3: nothing we store, filter by or import selects people or buildings by where they come from or what they
believe.
"""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings

# Word parts in German, English and Dutch, compared without case, umlauts and separators.
FORBIDDEN = re.compile(
    r"nationalit|staatsangeh|staatsbuerg|citizenship|herkunft|herkomst|origin(?!al)|ethni|migrationshinter|"
    r"muttersprache|mothertongue|moedertaal|nativelanguage|religi|konfession|geloof|hautfarbe|geburtsland|"
    r"countryofbirth|kinderzahl|numberofchildren|vornamen?sherkunft",
)


def is_forbidden(name: str) -> bool:
    plain = name.lower().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return bool(FORBIDDEN.search(re.sub(r"[\W_]", "", plain)))


@pytest.mark.parametrize(
    "name", ["Staatsangehörigkeit", "Herkunft", "nationality", "Muttersprache", "Kinderzahl", "country_of_birth"]
)
def test_the_check_knows_the_words(name: str) -> None:
    assert is_forbidden(name)


@pytest.mark.parametrize("name", ["title", "original_file", "kind", "places", "target_groups", "starts_on"])
def test_the_check_leaves_ordinary_words_alone(name: str) -> None:
    assert not is_forbidden(name)


def test_no_column_of_any_room_holds_a_forbidden_attribute() -> None:
    rooms = {room.rpartition(".")[2] for room in settings.ROOMS}
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in rooms
        for field in model._meta.get_fields()
    }
    assert len(columns) > 100
    assert {column for column in columns if is_forbidden(column.rpartition(".")[2])} == set()
