"""The documents that entries in files cite. The same title, kind and date is the same document."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from austausch.catalogue.loading import describing, schema
from austausch.catalogue.loading.bodies import address
from austausch.catalogue.loading.sections import Load, Path
from austausch.catalogue.models import Document
from austausch.people.models import Organisation

Identity = tuple[Any, ...]


class Documents:
    """All documents, found by address or by title, kind and date."""

    def __init__(self) -> None:
        self.by_slug: dict[str, Document] = {}
        self.by_identity: dict[Identity, Document] = {}
        self.in_file: dict[Identity, dict[str, Any]] = {}
        for document in Document.objects.order_by("pk"):
            self.know(document)

    def know(self, document: Document) -> None:
        self.by_slug[document.slug] = document
        identity = (document.title, document.kind, document.issued_on)
        # Of several alike, the one whose address its title would give; else the oldest.
        if document.slug == address(document.title, describing.DOCUMENT_SLUG):
            self.by_identity[identity] = document
        else:
            self.by_identity.setdefault(identity, document)

    def find(self, said: dict[str, Any]) -> Document | None:
        """The document that a file means."""
        return self.by_slug.get(said["slug"]) if said.get("slug") else self.by_identity.get(identity_of(said))

    def completed(self, load: Load, path: Path, said: dict[str, Any]) -> dict[str, Any]:
        """What the file says, with what is known besides. Records a problem where the file contradicts itself."""
        document = self.find(said)
        full = {**describing.document(document), **said} if document else said
        same = ("slug", said["slug"]) if said.get("slug") else identity_of(said)
        if self.in_file.setdefault(same, full) != full:
            load.problem(
                path,
                _("The same document stands here with other data than before in this file."),
                _("Write it alike everywhere, or give one of them its own slug."),
                value=said["title"],
            )
        return {name: full[name] for name in _ORDER if name in full}

    def write(self, wanted: dict[str, Any], owner: Organisation) -> Document:
        """The document as wanted; made, or changed where it differs."""
        document = self.find(wanted)
        if document is None:
            document = Document(slug=wanted.get("slug") or self._free_address(wanted["title"]), owner=owner)
        elif describing.document(document) == wanted:
            return document
        document.title, document.kind, document.issued_on = wanted["title"], wanted["kind"], wanted.get("date")
        document.valid_from, document.valid_to = wanted.get("valid_from"), wanted.get("valid_to")
        document.save()
        document.save_revision(log_action=True)
        self.know(document)
        return document

    def _free_address(self, title: str) -> str:
        first = slug = address(title, describing.DOCUMENT_SLUG)
        number = 2
        while slug in self.by_slug:
            slug = f"{first[: describing.DOCUMENT_SLUG - 6]}-{number}"
            number += 1
        return slug


_ORDER = tuple(field.alias or name for name, field in schema.Document.model_fields.items())


def identity_of(said: dict[str, Any]) -> Identity:
    return (said["title"], said["kind"], said.get("date"))
