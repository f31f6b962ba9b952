"""Public holidays of the German states, by the state's AGS."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays
from django.conf import settings

# AGS of a state → its code in ISO 3166-2, which the library knows.
CODES = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW", "09": "BY",
    "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip


def name_of(day: dt.date, state: str = "") -> str:
    """What holiday of the state the day is, in German; "" for none. Without a state: the portal's own."""
    return _of(state if state in CODES else settings.AUSTAUSCH_STATE, day.year).get(day, "")


@lru_cache(maxsize=64)
def _of(state: str, year: int) -> dict[dt.date, str]:
    return dict(holidays.country_holidays("DE", subdiv=CODES.get(state), years=year, language="de").items())
