"""Taking figures over from a file: first a preview of what would change, then all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core import generation
from austausch.core.policy import Action, policy
from austausch.figures import genesis, revising, times
from austausch.figures.models import Statistic, StatisticImport, Value
from austausch.people.models import User
from austausch.places.models import Place

KEPT = dt.timedelta(days=1)


class FiguresError(Exception):
    """The file cannot be taken over; the message says why. `problems`: row by row."""

    def __init__(self, message: str, problems: list[genesis.Problem] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []


@dataclass(frozen=True)
class Line:
    """One figure in the preview: `old` is what stands there now, None if nothing does."""

    series: str
    year: int
    old: Decimal | None
    new: Decimal

    @property
    def kind(self) -> str:
        return "new" if self.old is None else "same" if self.old == self.new else "revised"


@dataclass(frozen=True)
class Preview:
    """What taking a file over would do."""

    title: str
    unit: str
    existing: Statistic | None
    lines: list[Line]
    missing: int
    places: int

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.kind for line in self.lines)

    @property
    def changes(self) -> list[Line]:
        """Revised ones first: these are what one looks at."""
        return sorted((one for one in self.lines if one.kind != "same"), key=lambda one: one.kind != "revised")


def read(data: bytes, user: User, *, title: str = "", content: str = "", **said: Any) -> StatisticImport:
    """Reads a file and keeps it for `take_over`. `said`: source, licence, retrieved_on, note.

    Raises FiguresError with everything that is wrong in it, PermissionDenied.
    """
    policy.require(user, Action.CREATE, StatisticImport)
    file = genesis.read(data)
    if file.problems:
        raise FiguresError(_("The file was not taken over: please mend it first."), file.problems)
    chosen = content or file.contents[0]
    if (content and content not in file.contents) or (not content and len(file.contents) > 1):
        names = ", ".join(file.contents)
        raise FiguresError(_("The file has several contents. Name one of them: %(names)s.") % {"names": names})
    figures = list(genesis.rows_of(file, chosen))
    StatisticImport.objects.filter(read_at__lt=timezone.now() - KEPT).delete()
    StatisticImport.objects.filter(user=user).delete()
    retrieved = said.get("retrieved_on")
    return StatisticImport.objects.create(
        user=user,
        content={
            "title": " ".join(title.split()) or f"{file.title}: {chosen}"[:200],
            "unit": figures[0].unit or chosen[:60],
            "missing": file.missing,
            "said": {**said, "retrieved_on": retrieved.isoformat() if retrieved else None},
            "figures": [[one.series, one.code, one.time, str(one.number)] for one in figures],
        },
    )


def preview(waiting: StatisticImport) -> Preview:
    """What taking it over would do now."""
    content = waiting.content
    existing = Statistic.objects.filter(title=content["title"]).first()
    now = revising.figures_of(existing) if existing else {}
    lines = [
        Line(series, year, now.get((series, year)), Decimal(number))
        for series, _code, year, number in content["figures"]
    ]
    places = len(_places(content["figures"]))
    return Preview(content["title"], content["unit"], existing, lines, content["missing"], places)


@transaction.atomic
def take_over(waiting: StatisticImport, user: User) -> Statistic:
    """Writes all figures of the file; others of the statistic stay, and what they were is kept.

    Raises FiguresError where the unit or the kind of times is another one: a table cannot mean two things.
    """
    row = StatisticImport.objects.select_for_update().get(pk=waiting.pk)
    policy.require(user, Action.EDIT, row)
    content = row.content
    statistic = Statistic.objects.filter(title=content["title"]).first()
    if statistic is not None and statistic.unit != content["unit"]:
        units = {"old": statistic.unit, "new": content["unit"]}
        raise FiguresError(_("This statistic is in “%(old)s”, the file in “%(new)s”. Give it another title.") % units)
    if statistic is not None and _kinds(statistic) - {times.kind_of(one[2]) for one in content["figures"]}:
        message = _("This statistic and the file hold different times (years, quarters or months).")
        raise FiguresError(message + " " + _("Give the file another title."))
    policy.require(user, Action.CREATE if statistic is None else Action.EDIT, statistic or Statistic)
    made = statistic or Statistic(title=content["title"], unit=content["unit"], position=_next_position())
    for name, value in content["said"].items():
        if value:
            setattr(made, name, value)
    made.full_clean()
    made.save()
    places = _places(content["figures"])
    order = {name: number for number, name in enumerate(dict.fromkeys(one[0] for one in content["figures"]))}
    revised = revising.put(
        made,
        [
            Value(series=series, series_position=order[series], year=year, number=number, place_id=places.get(code))
            for series, code, year, number in content["figures"]
        ],
    )
    log(instance=made, action="austausch.figures_imported", user=user, data={"revised": revised})
    row.delete()
    generation.advance()
    return made


def _kinds(statistic: Statistic) -> set[times.Kind]:
    return {times.kind_of(time) for time in statistic.values.values_list("year", flat=True)}


def _places(figures: list[list[Any]]) -> dict[str, str]:
    """Official keys among the codes of series; 8-digit keys of district-free cities are those of the city."""
    codes = {code for _series, code, _year, _number in figures if code.isdecimal()}
    wanted = {code: code[:5] if code.endswith("000") and len(code) == 8 else code for code in codes}
    known = set(Place.objects.filter(ags__in=wanted.values()).values_list("ags", flat=True))
    return {code: ags for code, ags in wanted.items() if ags in known}


def _next_position() -> int:
    last = Statistic.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else min(last + 1, 32_000)
