"""What a hit's card shows that no other card of an entry does: marks, and the passage in which something was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models.functions import Left
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from austausch.catalogue import display
from austausch.catalogue.models import Citation, Document, Entry
from austausch.core.policy import Action, policy
from austausch.search.document_texts import current
from austausch.search.highlighting import Wanted, marked, passage, prepare, shown

if TYPE_CHECKING:
    from austausch.core.policy import Actor


# What of an entry is searched as keywords and stands on no card: what to call it, and where it is.
KEYWORDS = (
    (gettext_lazy("Topic:"), ("topics__name",)),
    (gettext_lazy("For whom:"), ("target_groups__name",)),
    (gettext_lazy("Together with:"), ("partners__name",)),
    (gettext_lazy("Legal basis:"), ("legal_bases__reference", "legal_bases__title")),
    (gettext_lazy("Document:"), ("citations__document__title",)),
)

# For the passages of a page: so many documents, those of the first hits first, and of each so many characters, which is
# about what is indexed of it (`index.MOST_TERMS`).
MOST_DOCUMENTS = 20
LONGEST_DOCUMENT = 150_000


@dataclass(frozen=True)
class Excerpt:
    """A passage with its marks. `place` says in words where it stands; empty for the entry's own text."""

    text: SafeString
    place: str = ""


@dataclass(frozen=True)
class Card:
    """An entry as a hit: `title` and `teaser` with their marks, `excerpt` if these do not show why it was found."""

    entry: Entry
    title: SafeString
    teaser: SafeString
    excerpt: Excerpt | None


def cards(entries: Sequence[Entry], wanted: Wanted, asked: int, user: Actor) -> list[Card]:
    """The entries as hits, in the same order. `asked`: how many words were looked for."""
    found: dict[int, Excerpt | None] = {}
    silent = []
    teasers = {entry.pk: display.teaser(entry) for entry in entries}
    prepare((text for entry in entries for text in (entry.title, teasers[entry.pk])), wanted)
    seen = {entry.pk: shown(entry.title, wanted) | shown(teasers[entry.pk], wanted) for entry in entries}
    texts = {entry.pk: _texts(entry) for entry in entries if len(seen[entry.pk]) < asked}
    prepare((text for some in texts.values() for text in some), wanted)
    for entry in entries:
        found[entry.pk] = _own(texts.get(entry.pk, ()), wanted, seen[entry.pk])
        if wanted and not seen[entry.pk] and found[entry.pk] is None:
            silent.append(entry)
    found |= _documents(silent, wanted, user)
    found |= _keywords(silent, wanted)
    return [
        Card(entry, marked(entry.title, wanted), marked(teasers[entry.pk], wanted), found[entry.pk])
        for entry in entries
    ]


def _texts(entry: Entry) -> list[str]:
    """The entry's own text."""
    return [entry.summary, *(point for section in display.sections(entry) for point in section.points)]


def _own(texts: Sequence[str], wanted: Wanted, seen: frozenset[str]) -> Excerpt | None:
    """The best passage of an entry's text, if it shows something new."""
    best = passage(texts, wanted, known=seen)
    return Excerpt(best.text) if best and best.shown - seen else None


def _keywords(entries: Sequence[Entry], wanted: Wanted) -> dict[int, Excerpt]:
    """The best of what these entries are filed under, by primary key of the entry."""
    if not entries:
        return {}
    rows = Entry.objects.filter(pk__in=[entry.pk for entry in entries])
    names: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for label, path in KEYWORDS:
        for key, *said in rows.order_by(*path).values_list("pk", *path):
            names[key].append((str(label), " ".join(filter(None, said))))
    filed_under = {
        entry.pk: [
            *names[entry.pk],
            *((_("Place:"), place.name) for place in entry.named_places),
            (_("Responsible:"), entry.lead.name),
        ]
        for entry in entries
    }
    prepare((name for filed in filed_under.values() for _label, name in filed), wanted)
    found = {}
    for key, filed in filed_under.items():
        if best := passage([name for _label, name in filed], wanted):
            found[key] = Excerpt(best.text, filed[best.source][0])
    return found


def _documents(entries: Sequence[Entry], wanted: Wanted, user: Actor) -> dict[int, Excerpt]:
    """The best passages of documents that these entries cite and the user may see, by primary key of the entry."""
    if not entries:
        return {}
    cited = Citation.objects.filter(entry__in=entries, document__read_text__text__gt="")
    documents: dict[int, list[int]] = defaultdict(list)
    for entry, document in cited.values_list("entry", "document"):
        documents[entry].append(document)
    if not documents:
        return {}
    every = dict.fromkeys(key for entry in entries for key in documents.get(entry.pk, ()))
    read = Document.objects.filter(pk__in=[*every][:MOST_DOCUMENTS], read_text__sha256=current("pk"))
    visible = policy.which(user, Action.VIEW, read)
    rows = list(visible.values_list("pk", "title", Left("read_text__text", LONGEST_DOCUMENT)))
    prepare((text for _key, _title, text in rows), wanted)
    # Each once: a law may be cited by all entries of the page.
    best = {key: (title, found) for key, title, text in rows if (found := passage([text], wanted))}
    excerpts = {}
    for entry, keys in documents.items():
        if passages := [best[key] for key in keys if key in best]:
            title, found = max(passages, key=lambda one: len(one[1].shown))
            excerpts[entry] = Excerpt(found.text, _("In the document “%(title)s”:") % {"title": title})
    return excerpts
