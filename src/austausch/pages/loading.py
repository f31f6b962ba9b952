"""The section `background` of catalogue files: why there is something to do."""

from __future__ import annotations

from typing import Annotated, Any

from austausch.catalogue.loading.bodies import note_change
from austausch.catalogue.loading.fields import Part, Points, line, must
from austausch.catalogue.loading.schema import without_empty
from austausch.catalogue.loading.sections import Load, Plan, Scope, Section, register
from austausch.pages.models import Background


class Text(Part):
    title: Annotated[str, must(line(200))]
    points: Points


@register
class BackgroundSection(Section):
    """`background`: one title and its points. It takes the place of the first text there is."""

    key, order = "background", 50

    def plan(self, load: Load) -> Plan:
        plan = Plan()
        parsed = load.parse(Text, (self.key,))
        if parsed is None:
            return plan
        row = Background.objects.first()
        wanted = without_empty({"title": parsed.title, "points": parsed.points})
        if note_change(plan, parsed.title, parsed.title, described(row) if row else None, wanted):
            row = row or Background()
            row.title, row.points = parsed.title, parsed.points
            plan.apply = row.save
        return plan

    def export(self, scope: Scope) -> Any:
        row = Background.objects.first()
        return described(row) if row else None


def described(row: Background) -> dict[str, Any]:
    """The text as files hold it."""
    return without_empty({"title": row.title, "points": row.points})
