"""Loading lists of synonyms: each has a name, and loading it again brings the table to what the list says now.

What editors wrote or changed is theirs and is never touched by a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from austausch.core import generation
from austausch.search.models import Synonym, SynonymTerm
from austausch.search.synonym_editing import Wording
from austausch.search.synonym_lists import ListError, read
from austausch.search.synonyms import BATCH, EDITORS, START_LIST, terms_of

START_FILE = Path(__file__).parent / "data" / "synonyms.yaml"
LONGEST_NAME = 60
RESERVED = {EDITORS, START_LIST, "editors"}

Progress = Callable[[int, int], None]
T = TypeVar("T")
# What makes two groups the same, whoever explains them how.
Said = tuple[str, str, bool]


@dataclass(frozen=True)
class Outcome:
    """How many groups of a list are new, gone, explained differently and as they were; and how many are not loaded
    because editors wrote the same."""

    new: int = 0
    gone: int = 0
    renoted: int = 0
    unchanged: int = 0
    editors: int = 0


def check_name(name: str) -> str:
    """The name of a list as it will be stored. Raises ListError for one that cannot be used."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ListError([_("The list needs a name of 1 to %(count)d characters.") % {"count": LONGEST_NAME}])
    if name.casefold() in RESERVED:
        raise ListError([_("“%(name)s” names no imported list. Choose another name with --name.") % {"name": name}])
    return name


@transaction.atomic
def load_list(
    groups: Sequence[Wording], *, name: str, apply: bool = True, progress: Progress = lambda done, total: None
) -> Outcome:
    """Makes the list `name` hold these groups and no others. Groups that stay keep whether they are in use."""
    current = {_said(row): row for row in Synonym.objects.filter(word_list=name).order_by("-active", "pk")}
    own = {_said(row) for row in Synonym.objects.filter(word_list=EDITORS)}
    wanted = {_said(group): group for group in groups}
    mine = {said: group for said, group in wanted.items() if said not in own}
    new = [group for said, group in mine.items() if said not in current]
    gone = [row.pk for said, row in current.items() if said not in mine]
    renoted = [row for said, row in current.items() if said in mine and row.note != mine[said].note]
    outcome = Outcome(
        new=len(new),
        gone=len(gone),
        renoted=len(renoted),
        unchanged=len(mine) - len(new) - len(renoted),
        editors=len(wanted) - len(mine),
    )
    if apply and (new or gone or renoted):
        _delete(gone)
        for row in renoted:
            row.note = mine[_said(row)].note
        Synonym.objects.bulk_update(renoted, ["note"], batch_size=500)
        _create(new, name, progress)
        generation.advance()
    return outcome


def remove_list(name: str, *, apply: bool = True) -> int:
    """Takes an imported list away; what editors made of its groups stays. Answers how many groups go."""
    return load_list([], name=check_name(name), apply=apply).gone


def load_start_list(*, apply: bool = True) -> Outcome:
    """Brings the start list to what comes with this version of the software."""
    return load_list(read(START_FILE).groups, name=START_LIST, apply=apply)


def ensure_start_list() -> Outcome | None:
    """Loads the start list where it was never loaded; None if it was, whatever editors made of it since."""
    known = Synonym.objects.filter(word_list=START_LIST).exists()
    # Editors may have changed or deleted all of it.
    logged = ModelLogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Synonym))
    if known or logged.filter(data__list=START_LIST).exists():
        return None
    return load_start_list()


def _said(group: Synonym | Wording) -> Said:
    return group.words, group.means, group.both_ways


def _create(groups: Sequence[Wording], name: str, progress: Progress) -> None:
    now = timezone.now()
    done = 0
    for batch in _batched(groups):
        rows = Synonym.objects.bulk_create(
            Synonym(
                words=group.words,
                means=group.means,
                both_ways=group.both_ways,
                note=group.note,
                word_list=name,
                changed_at=now,
            )
            for group in batch
        )
        SynonymTerm.objects.bulk_create([term for row in rows for term in terms_of(row)], batch_size=BATCH)
        done += len(rows)
        progress(done, len(groups))


def _delete(keys: Sequence[int]) -> None:
    """Without signals, which would start a new generation for each of 40,000 rows; the caller starts one."""
    for batch in _batched(keys):
        # Whoever switched a row off is noted in Wagtail's index of references, which needs the signal.
        Synonym.objects.filter(pk__in=batch, changed_by__isnull=False).delete()
        SynonymTerm.objects.filter(synonym__in=batch)._raw_delete("default")
        Synonym.objects.filter(pk__in=batch)._raw_delete("default")


def _batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
