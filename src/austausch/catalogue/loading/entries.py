"""The section `entries`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from austausch.catalogue.loading import describing, schema, writing
from austausch.catalogue.loading.bodies import note_change, place_key, unknown_body
from austausch.catalogue.loading.documents import Documents
from austausch.catalogue.loading.errors import CatalogueError, Problem
from austausch.catalogue.loading.limits import limits
from austausch.catalogue.loading.reading.tree import value_at
from austausch.catalogue.loading.sections import Load, Path, Plan, Scope, Section, register
from austausch.catalogue.models import Entry
from austausch.core.policy import Action, policy
from austausch.people.models import Organisation
from austausch.places.models import Place
from austausch.places.queries import Gazetteer

CHUNK = 500


@register
class Entries(Section):
    """`entries`: a list. Entries that a file does not name are left alone."""

    key, order = "entries", 30

    def plan(self, load: Load) -> Plan:
        return _Planning(load).plan()

    def export(self, scope: Scope) -> list[dict[str, Any]]:
        return list(exported(scope))


def exported(scope: Scope) -> Iterator[dict[str, Any]]:
    """The entries that the scope's user may see, by address: as published, drafts as last saved."""
    places = Gazetteer(within=settings.AUSTAUSCH_STATE)
    rows = Entry.objects.all() if scope.drafts else Entry.objects.published()
    visible = policy.which(scope.user, Action.VIEW, rows.with_parts().order_by("slug"))
    for entry in visible.iterator(chunk_size=CHUNK):
        yield describing.described(entry if entry.live else writing.latest(entry), places)


class _Planning:
    """Compares the entries of one file with the database."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.result = Plan()
        self.items = load.root.get("entries")
        self.documents = Documents()
        self.bodies = {body.key: body.name for body in Organisation.objects.all()}
        self.known_bodies = self.bodies.keys() | load.keys("bodies")
        self.writes: list[tuple[Entry | None, dict[str, Any], list[str]]] = []
        self.unknown_places: set[str] = set()

    def plan(self) -> Plan:
        if self.items is None:
            return self.result
        if not isinstance(self.items, list):
            self.load.problem(("entries",), _("A list is expected."), _("Begin each entry with “- slug:”."))
            return self.result
        if len(self.items) > limits().entries:
            count = {"count": limits().entries}
            self.load.problem(
                ("entries",), _("More than %(count)s entries.") % count, _("Split the file into several.")
            )
            return self.result
        self.current = self.entries_in_file()
        seen: dict[str, int] = {}
        for index in range(len(self.items)):
            self.plan_one(("entries", index), seen)
        self.note_places()
        self.result.apply = self.apply
        return self.result

    def entries_in_file(self) -> dict[str, Entry]:
        items = self.items if isinstance(self.items, list) else []
        slugs = [item["slug"] for item in items if isinstance(item, dict) and "slug" in item]
        slugs = [slug for slug in slugs if isinstance(slug, str)]
        found: dict[str, Entry] = {}
        for start in range(0, len(slugs), CHUNK):
            rows = Entry.objects.filter(slug__in=slugs[start : start + CHUNK]).with_parts()
            found |= {entry.slug: entry for entry in rows}
        return found

    def plan_one(self, path: Path, seen: dict[str, int]) -> None:
        parsed = self.load.parse(schema.Entry, path)
        if parsed is None:
            self.check_names(path)
            return
        if seen.setdefault(parsed.slug, int(path[1])) != path[1]:
            self.load.problem(
                (*path, "slug"), _("Two entries of this file have this address."), _("Give one of them another slug.")
            )
            return
        self.check_body(path, parsed.body)
        said = self.said(path, parsed)
        entry = self.current.get(parsed.slug)
        old = self.described(entry) if entry else None
        wanted = describing.ordered({**(old or {}), **said})
        keys = wanted.get("places") or describing.named_places(wanted, self.load.state_places, self.unknown_places)
        if entry and old == wanted and keys == self.keys(entry):
            self.result.unchanged += 1
            return
        self.check_draft(path, entry, wanted)
        if old == wanted and entry:
            old = {**old, "places": self.keys(entry)}
            note_change(self.result, parsed.slug, parsed.title, old, {**wanted, "places": keys})
        else:
            note_change(self.result, parsed.slug, parsed.title, old, wanted)
        self.writes.append((entry, wanted, keys))

    def described(self, entry: Entry) -> dict[str, Any]:
        return describing.described(entry if entry.live else writing.latest(entry), self.load.state_places)

    def keys(self, entry: Entry) -> list[str]:
        version = entry if entry.live else writing.latest(entry)
        return sorted(place.ags for place in version.places.all())

    def said(self, path: Path, parsed: schema.Entry) -> dict[str, Any]:
        said = schema.said(parsed)
        if parsed.places:
            found = [place_key(self.load, (*path, "places", i), name) for i, name in enumerate(parsed.places)]
            said["places"] = sorted({key for key in found if key})
        if parsed.documents:
            said["documents"] = [
                self.documents.completed(self.load, (*path, "documents", index), document)
                for index, document in enumerate(said["documents"])
            ]
        return said

    def check_names(self, path: Path) -> None:
        """Of an entry that is wrong elsewhere: what it refers to, so that all problems are named in one go."""
        item = value_at(self.load.root, path)
        if not isinstance(item, dict):
            return
        if isinstance(body := item.get("body"), str) and body.strip():
            self.check_body(path, body.strip())
        places = item.get("places")
        for index, name in enumerate(places if isinstance(places, list) else []):
            if isinstance(name, str):
                place_key(self.load, (*path, "places", index), name)

    def check_body(self, path: Path, key: str) -> None:
        if key not in self.known_bodies:
            names = {name: known for known, name in self.bodies.items()}
            remedy = unknown_body(key, self.known_bodies, names)
            self.load.problem((*path, "body"), _("No organisation has this key."), remedy)

    def check_draft(self, path: Path, entry: Entry | None, wanted: dict[str, Any]) -> None:
        if entry is None:
            return
        if entry.live and wanted.get("draft"):
            self.load.problem(
                (*path, "draft"),
                _("The entry is published and cannot become a draft."),
                _("Take out “draft”, or archive the entry in the editors' area."),
            )
        elif entry.has_unpublished_changes and not self.load.overwrite_drafts:
            self.load.problem(
                path,
                _("Somebody is working on this entry: it has a draft that is not published."),
                _("Have it published or deleted, or replace it with --overwrite-drafts; it stays in the history."),
                value=wanted["slug"],
            )

    def note_places(self) -> None:
        if not Place.objects.exists():
            self.load.note(
                _("No places are loaded, so nothing can be put on the map: run “austausch load_places --apply”.")
            )
        elif self.unknown_places:
            self.load.note(
                ngettext(
                    "Not a place of this state, so shown as text and not on the map: %(names)s.",
                    "Not places of this state, so shown as text and not on the map: %(names)s.",
                    len(self.unknown_places),
                )
                % {"names": ", ".join(sorted(self.unknown_places))}
            )

    def apply(self) -> None:
        shelf = writing.Shelf(self.documents, [wanted for _entry, wanted, _keys in self.writes])
        for entry, wanted, keys in self.writes:
            try:
                writing.write(entry, wanted, keys, shelf)
            except ValidationError as error:
                problem = Problem(self.load.file, "", f"entries.{wanted['slug']}", "", " ".join(error.messages), "")
                raise CatalogueError([problem]) from error
