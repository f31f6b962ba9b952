"""The section `providers`: key → name, owner, description, website."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from austausch.catalogue.loading.bodies import mapping, note_change
from austausch.catalogue.loading.fields import did_you_mean
from austausch.catalogue.loading.schema import without_empty
from austausch.catalogue.loading.sections import Load, Path, Plan, Scope, Section, register
from austausch.core.policy import Action, policy
from austausch.counselling.loading.schema import ProviderPart
from austausch.counselling.models import Provider
from austausch.people.models import Organisation


@register
class Providers(Section):
    """Providers that a file does not name are left alone."""

    key, order = "providers", 50

    def plan(self, load: Load) -> Plan:
        plan = Plan()
        known = {provider.key: provider for provider in Provider.objects.select_related("owner")}
        names = {provider.name: provider.key for provider in known.values()}
        owners = set(Organisation.objects.values_list("key", flat=True)) | load.keys("bodies")
        writes: dict[str, dict[str, Any]] = {}
        for key in mapping(load, self.key):
            path: Path = (self.key, key)
            if slugify(key) != key or len(key) > 60:
                load.problem(path, _("A key has small letters, digits and hyphens."), value=key)
                continue
            parsed = load.parse(ProviderPart, path)
            if parsed is None:
                continue
            check_owner(load, (*path, "owner"), parsed.owner, owners)
            if names.setdefault(parsed.name, key) != key:
                load.problem((*path, "name"), _("Another provider has this name."), _("Use its key in the offices."))
            old = described(known[key]) if key in known else None
            said = {name: getattr(parsed, name) for name in parsed.model_fields_set}
            writes[key] = without_empty({**(old or {}), **said})
            note_change(plan, key, parsed.name, old, writes[key])
        changed = {change.name for change in plan.changes}
        plan.apply = lambda: write({key: writes[key] for key in writes if key in changed})
        return plan

    def export(self, scope: Scope) -> Any:
        rows = policy.which(scope.user, Action.VIEW, Provider.objects.select_related("owner").order_by("key"))
        return {provider.key: described(provider) for provider in rows}


def check_owner(load: Load, path: Path, key: str, owners: set[str]) -> None:
    if key not in owners:
        load.problem(path, _("No organisation has this key."), did_you_mean(key, owners))


def described(provider: Provider) -> dict[str, Any]:
    found = {name: getattr(provider, name) for name in ("name", "description", "website")}
    return without_empty({**found, "owner": provider.owner.key})


def write(providers: dict[str, dict[str, Any]]) -> None:
    owners = {body.key: body for body in Organisation.objects.all()}
    for key, said in providers.items():
        provider = Provider.objects.filter(key=key).first() or Provider(key=key)
        provider.name, provider.owner = said["name"], owners[said["owner"]]
        provider.description, provider.website = said.get("description", ""), said.get("website", "")
        provider.save()
