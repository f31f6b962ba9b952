"""Contacts of entries: what a reader sees of them, and where they are used.

Only an entry's own page shows contacts, and asks the policy each time. Index, exports, feeds and structured data leave
them out: copies live on when consent has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from wagtail.models import Revision

from austausch.catalogue.models import Adoption, ContactReference, Entry
from austausch.core.policy import Action, policy
from austausch.people import contact_uses
from austausch.people.contact_uses import Use
from austausch.people.models import Contact

if TYPE_CHECKING:
    from austausch.core.policy import Actor


@dataclass(frozen=True)
class Shown:
    """One place where an entry names whom to ask. Fields: `task`, and `contact` as far as this reader may see it.

    Where the person may not be shown, `contact` is the functional address of their organisation (`stands_in`); None
    if there is none either.
    """

    task: str
    contact: Contact | None
    deputy: Contact | None = None
    stands_in: bool = False


def shown(entry: Entry, user: Actor) -> list[Shown]:
    """Whom to ask about the entry, as far as this reader may know. A constant number of queries."""
    references = list(entry.contact_references.all())
    if not references:
        return []
    visible = policy.which(user, Action.VIEW, Contact.objects.select_related("organisation"))
    contacts = visible.in_bulk([reference.contact_id for reference in references])
    deputies = visible.in_bulk({contact.deputy_id for contact in contacts.values() if contact.deputy_id})
    hidden = [reference.contact_id for reference in references if reference.contact_id not in contacts]
    offices = _offices(hidden, user) if hidden else {}
    found = []
    for reference in references:
        contact = contacts.get(reference.contact_id)
        if contact is not None:
            found.append(Shown(reference.task, contact, deputies.get(contact.deputy_id or 0)))
        else:
            found.append(Shown(reference.task, offices.get(reference.contact_id), stands_in=True))
    return _without_repetition(found)


def _offices(hidden: Iterable[int], user: Actor) -> dict[int, Contact]:
    """For each contact that may not be shown the functional address of its organisation, where there is one."""
    organisation_of = dict(Contact.objects.filter(pk__in=hidden).order_by().values_list("pk", "organisation_id"))
    offices = Contact.objects.offices().filter(organisation__in=set(organisation_of.values()))
    first: dict[int, Contact] = {}
    for office in policy.which(user, Action.VIEW, offices.select_related("organisation")).order_by("pk"):
        first.setdefault(office.organisation_id, office)
    return {pk: first[organisation] for pk, organisation in organisation_of.items() if organisation in first}


def _without_repetition(found: list[Shown]) -> list[Shown]:
    """Two people who may not be shown have one functional address: it is named once for each task."""
    return list(dict.fromkeys(found))


def find_uses(contact: int, user: Actor) -> Iterator[Use]:
    """Entries that refer to the contact: as they are published, and in versions that may still be."""
    live = set(ContactReference.objects.filter(contact=contact).values_list("entry_id", flat=True))
    pending = Q(pk__in=Entry.objects.exclude(latest_revision=None).values("latest_revision"))
    pending |= Q(approved_go_live_at__isnull=False)
    drafts = {int(one.object_id) for one in _revisions(contact).filter(pending) if _references(one, contact)}
    using = Entry.objects.filter(pk__in=live | drafts).select_related("lead").order_by("title", "pk")
    visible = set(policy.which(user, Action.VIEW, using).values_list("pk", flat=True))
    for entry in using:
        if entry.pk not in visible:
            yield Use(_("a draft of %(organisation)s") % {"organisation": entry.lead}, "")
        else:
            name = entry.title if entry.live else _("%(title)s (draft)") % {"title": entry.title}
            yield Use(name, entry.get_absolute_url())
    for adoption in Adoption.objects.filter(contact=contact).select_related("source", "organisation"):
        what = {"organisation": adoption.organisation, "title": adoption.source_title}
        yield Use(_("the report of %(organisation)s about “%(title)s”") % what, adoption.source.get_absolute_url())


def forget(contact: int) -> None:
    """Takes the reference out of former versions, which could not be opened any more."""
    for revision in _revisions(contact):
        if _references(revision, contact):
            rows = revision.content["contact_references"]
            revision.content["contact_references"] = [row for row in rows if row.get("contact") != contact]
            revision.save(update_fields=["content"])


def _revisions(contact: int) -> QuerySet[Revision]:
    """Versions that may refer to the contact. The text is only looked through to leave out most of the others."""
    ours = Revision.objects.filter(base_content_type__app_label="catalogue", base_content_type__model="entry")
    with_text: QuerySet[Revision] = ours.annotate(text=Cast("content", TextField()))
    return with_text.filter(text__contains=f'"contact": {contact}')


def _references(revision: Revision, contact: int) -> bool:
    return any(row.get("contact") == contact for row in revision.content.get("contact_references", []))


contact_uses.register(find=find_uses, forget=forget)
