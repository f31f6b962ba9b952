"""The section `offices`: a list of offices, known by their addresses."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from austausch.catalogue.loading.bodies import note_change, place_key
from austausch.catalogue.loading.fields import did_you_mean
from austausch.catalogue.loading.sections import Load, Path, Plan, Scope, Section, register
from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy
from austausch.counselling import hiding, versions
from austausch.counselling.loading.describing import described, ordered, said_of
from austausch.counselling.loading.providers import check_owner
from austausch.counselling.loading.schema import OfficePart
from austausch.counselling.loading.writing import write
from austausch.counselling.models import Office, Provider
from austausch.people.models import Organisation


@register
class Offices(Section):
    """Offices that a file does not name are left alone; so is what it does not say of those it names."""

    key, order = "offices", 60

    def plan(self, load: Load) -> Plan:
        plan = Plan()
        found = load.root["offices"]
        if not isinstance(found, list):
            load.problem((self.key,), _("A list is expected."), _("Begin each office with “- slug:”."))
            return plan
        known = {office.slug: office for office in Office.objects.with_parts()}
        refers = _Known(load)
        writes: dict[str, dict[str, Any]] = {}
        for index in range(len(found)):
            path: Path = (self.key, index)
            parsed = load.parse(OfficePart, path)
            if parsed is None:
                continue
            if parsed.slug in writes:
                load.problem((*path, "slug"), _("Two offices have this address."), _("Change one of them."))
                continue
            old = described(known[parsed.slug]) if parsed.slug in known else None
            wanted = ordered({**(old or {}), **self._resolved(load, path, said_of(parsed))})
            refers.check(path, parsed)
            self._check(load, path, wanted)
            writes[parsed.slug] = wanted
            note_change(plan, parsed.slug, parsed.name, old, wanted)
        changed = {change.name for change in plan.changes}
        plan.apply = lambda: write([wanted for slug, wanted in writes.items() if slug in changed])
        return plan

    def export(self, scope: Scope) -> Any:
        rows = Office.objects.with_parts().order_by("slug")
        visible = policy.which(scope.user, Action.VIEW, rows if scope.drafts else rows.filter(live=True))
        return [described(office) for office in visible]

    def _resolved(self, load: Load, path: Path, said: dict[str, Any]) -> dict[str, Any]:
        """With keys for the names of places."""
        if "place" in said:
            said["place"] = place_key(load, (*path, "place"), said["place"])
        if "areas" in said:
            keys = [place_key(load, (*path, "areas", index), text) for index, text in enumerate(said["areas"])]
            said["areas"] = sorted(filter(None, keys))
        return said

    def _check(self, load: Load, path: Path, wanted: dict[str, Any]) -> None:
        """What holds between the fields of one office."""
        if ("latitude" in wanted) != ("longitude" in wanted):
            load.problem((*path, "latitude"), _("Latitude and longitude belong together."), _("Give both or none."))
        if wanted.get("assured_on") and not wanted.get("assured_by"):
            load.problem((*path, "assured_on"), _("Nobody is named who assured it."), _("Add “assured_by”."))
        for index, other in enumerate(wanted.get("other_hours", [])):
            if other["last"] < other["first"] or ("from" in other) != ("to" in other):
                load.problem(
                    (*path, "other_hours", index), _("These days or hours do not fit together."),
                    _("“last” is not before “first”; give “from” and “to”, or neither."),
                )  # fmt: skip
        office = Office(
            slug=wanted["slug"], is_protected=wanted.get("protected", False), sensitive=wanted.get("sensitive", "")
        )
        for name in (*hiding.ADDRESS_FIELDS, *hiding.TEXT_FIELDS, *hiding.LINK_FIELDS):
            if name in wanted:
                setattr(office, name, wanted[name])
        for name, message in hiding.problems(office).items():
            # Without the value: an address that must not stand here must not stand in a message either.
            load.problem((*path, name), str(message), _("Delete it, or change it."), value=None)
        known = Office.objects.filter(slug=office.slug).only("pk").first() if office.is_protected else None
        if known is not None and (saying := versions.telling(Office(pk=known.pk, is_protected=True))):
            message = _("What it says in these languages looks like an address: %(languages)s.")
            load.problem((*path, "protected"), message % {"languages": ", ".join(saying)}, _("Mend that first."))


class _Known:
    """What offices may refer to: rows that exist, and those that the same file brings."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.owners = set(Organisation.objects.values_list("key", flat=True)) | load.keys("bodies")
        self.providers = set(Provider.objects.values_list("key", flat=True)) | load.keys("providers")
        self.entries = set(Entry.objects.values_list("slug", flat=True))

    def check(self, path: Path, office: OfficePart) -> None:
        check_owner(self.load, (*path, "owner"), office.owner, self.owners)
        for name, known, message in (
            ("provider", self.providers, _("No provider has this key.")),
            ("entry", self.entries, _("No measure has this address.")),
        ):
            value = getattr(office, name)
            if value and value not in known:
                self.load.problem((*path, name), message, did_you_mean(value, known))
