"""The sections that entries refer to: organisations, and the names of topics and target groups."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from austausch.catalogue.loading import schema
from austausch.catalogue.loading.fields import did_you_mean
from austausch.catalogue.loading.sections import Change, Load, Plan, Scope, Section, register
from austausch.catalogue.models import Entry, TargetGroup, Topic, Word
from austausch.core.policy import Action, policy
from austausch.people.models import Organisation
from austausch.people.organisation_actions import keep_former_name
from austausch.places.queries import PlaceError

NAMES = Path(__file__).parent.parent / "data" / "topics.yaml"


@register
class Bodies(Section):
    """`bodies`: key → name, kind, place."""

    key, order = "bodies", 10

    def plan(self, load: Load) -> Plan:
        plan, known = Plan(), {body.key: body for body in Organisation.objects.select_related("place")}
        names = {body.name: body.key for body in known.values()}
        writes: list[Organisation] = []
        for key in mapping(load, self.key):
            path = (self.key, key)
            if slugify(key) != key or len(key) > 60:
                load.problem(path, _("A key has small letters, digits and hyphens."), value=key)
                continue
            parsed = load.parse(schema.Body, path)
            if parsed is None:
                continue
            if names.setdefault(parsed.name, key) != key:
                load.problem(
                    (*path, "name"), _("Another organisation has this name: “%(key)s”.") % {"key": names[parsed.name]},
                    _("Use its key in the entries, or give this one another name."),
                )  # fmt: skip
            wanted = {**_described(known.get(key)), **_said(parsed)}
            place = place_key(load, (*path, "place"), wanted.get("place"))
            wanted = schema.without_empty({**wanted, "place": place})
            note_change(plan, key, parsed.name, _described(known.get(key)) if key in known else None, wanted)
            body = known.get(key) or Organisation(key=key)
            body.name, body.kind, body.place_id = wanted["name"], wanted["kind"], wanted.get("place")
            writes.append(body)
        changed = {change.name for change in plan.changes}

        def apply() -> None:
            for body in writes:
                if body.key in changed:
                    if renamed := Organisation.objects.filter(pk=body.pk).exclude(name=body.name).first():
                        keep_former_name(renamed, timezone.localdate())
                    body.save()

        plan.apply = apply
        return plan

    def export(self, scope: Scope) -> Any:
        visible = policy.which(scope.user, Action.VIEW, Organisation.objects.order_by("key"))
        return {body.key: _described(body) for body in visible}


def _described(body: Organisation | None) -> dict[str, Any]:
    if body is None:
        return {}
    return schema.without_empty({"name": body.name, "kind": body.kind, "place": body.place_id})


def _said(body: schema.Body) -> dict[str, Any]:
    return {name: getattr(body, name) for name in body.model_fields_set}


def place_key(load: Load, path: tuple[str | int, ...], text: object) -> str | None:
    """The key of the place that a file names; None, and a problem, where there is none."""
    if not text:
        return None
    for gazetteer in (load.state_places, load.places):
        try:
            return gazetteer.resolve(str(text)).ags
        except PlaceError as error:
            failure = error
            if error.candidates:
                break
    candidates = ", ".join(f"{place.name} ({place.ags})" for place in failure.candidates)
    remedy = _("Use the key of the place (AGS).")
    if candidates:
        remedy = _("Did you mean %(words)s? The key in brackets is unambiguous.") % {"words": candidates}
    load.problem(path, str(failure), remedy)
    return None


def mapping(load: Load, key: str) -> list[str]:
    """The keys of a section that must be a mapping with text keys."""
    found = load.root.get(key)
    if found is None:
        return []
    if not isinstance(found, dict):
        load.problem((key,), _("Named values are expected here."), _("Write them as “key: value”."))
        return []
    for name in found:
        if not isinstance(name, str):
            load.problem((key, name), _("A key must be a word."), _("Put it in quotes."), value=name)
    return [name for name in found if isinstance(name, str)]


def note_change(plan: Plan, name: str, title: str, old: dict[str, Any] | None, new: dict[str, Any]) -> bool:
    """Adds to the plan what differs between old and new; whether anything does."""
    if old is None:
        plan.changes.append(Change(name, title))
    elif old != new:
        fields = tuple((key, old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key))
        plan.changes.append(Change(name, title, fields))
    else:
        plan.unchanged += 1
        return False
    return True


# ── Topics and target groups ────────────────────────────────────────────────────────────────────────────────


class Words(Section):
    """`topics` and `target_groups`: key → name, name_en, slug. Needed only where the names are not the usual ones."""

    model: ClassVar[type[Word]]

    def plan(self, load: Load) -> Plan:
        plan, known = Plan(), {word.key: word for word in self.model._default_manager.all()}
        slugs = {word.slug: word.key for word in known.values()}
        writes: list[Word] = []
        for key in mapping(load, self.key):
            parsed = load.parse(schema.Name, (self.key, key))
            if parsed is None:
                continue
            if key != key.lower() or not 0 < len(key) <= 60:
                load.problem((self.key, key), _("Keys are written in small letters."), value=key)
                continue
            word = known.get(key) or usual(self.model, key)
            old = _named(word) if word.pk else None
            word.name, word.name_en = parsed.name, parsed.name_en
            word.slug = parsed.slug or word.slug
            if slugs.setdefault(word.slug, key) != key:
                load.problem((self.key, key, "slug"), _("Another one has this address."), _("Choose another slug."))
            if note_change(plan, key, word.name, old, _named(word)):
                writes.append(word)

        def apply() -> None:
            for word in writes:
                word.save()

        plan.apply = apply
        return plan

    def export(self, scope: Scope) -> Any:
        rows = Entry.objects.all() if scope.drafts else Entry.objects.published()
        entries = policy.which(scope.user, Action.VIEW, rows)
        by_entry: Any = {"entries__in": entries}  # both kinds of word have entries, their common base has none
        words = self.model._default_manager.filter(**by_entry).distinct().order_by("key")
        return {word.key: _named(word) for word in words if _named(word) != _named(usual(self.model, word.key))}


@register
class Topics(Words):
    key, order, model = "topics", 20, Topic


@register
class TargetGroups(Words):
    key, order, model = "target_groups", 21, TargetGroup


def words(model: type[Any], keys: set[str]) -> dict[str, Any]:
    """The topics or target groups of these keys; those that do not exist yet are made with their usual names."""
    known = {word.key: word for word in model._default_manager.filter(key__in=keys)}
    taken = set(model._default_manager.values_list("slug", flat=True))
    for key in sorted(keys - known.keys()):
        word = usual(model, key)
        number = 2
        while word.slug in taken:
            word.slug = f"{usual(model, key).slug[:55]}-{number}"
            number += 1
        word.save()
        taken.add(word.slug)
        known[key] = word
    return known


def usual(model: type[Any], key: str) -> Any:
    """An unsaved topic or target group with the names the editors have chosen, or else made from its key."""
    names = _editorial().get(model._meta.model_name, {}).get(key, {})
    name = names.get("de") or key[:1].upper() + key[1:]
    return model(key=key, slug=address(key, 60), name=name, name_en=names.get("en", ""))


def editorial_keys(model: type[Any]) -> set[str]:
    """Keys of the topics or target groups for which the editors have chosen names."""
    return set(_editorial().get(model._meta.model_name, {}))


def _named(word: Word) -> dict[str, str]:
    default = address(word.key, 60)
    slug = word.slug if word.slug != default else ""
    return schema.without_empty({"name": word.name, "name_en": word.name_en, "slug": slug})


@cache
def _editorial() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(NAMES.read_text())
    return found


_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "§": "p"})


def address(title: str, longest: int) -> str:
    """The stable part of an address made from a German title: “Bilanz für Köln” → “bilanz-fuer-koeln”."""
    return slugify(title.translate(_SPELLINGS))[:longest].strip("-_") or "x"


def unknown_body(key: str, known: set[str], names: dict[str, str]) -> str:
    """The remedy for a body nobody knows: the key meant by a name, or one spelt alike."""
    if key in names:
        return _("Write its key “%(key)s”.") % {"key": names[key]}
    return did_you_mean(key, known) or _("Add it to the section “bodies”.")
