"""What editors do to synonyms. Each action asks the policy, checks, writes and logs in one transaction.

What cannot be saved raises `SynonymError`, which names every problem with its line and what to do about it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, policy
from austausch.search import analysis
from austausch.search.models import Synonym, SynonymTerm
from austausch.search.synonyms import EDITORS, terms_of

if TYPE_CHECKING:
    from austausch.people.models import User

LONGEST_EXPRESSION = 120
MOST_EXPRESSIONS = 100
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `field`: `words`, `means` or `note`; `line` in it, 0 where it is about the whole."""

    field: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        place = _("Line %(line)d") % {"line": self.line}
        return f"{place}: {self.message}" if self.line else self.message


class SynonymError(ValueError):
    """The synonym cannot be saved. `problems`: all of them, in the order of the form."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Wording:
    """What a synonym says, checked: one expression a line, without empty lines."""

    words: str
    means: str
    both_ways: bool
    note: str


@dataclass(frozen=True)
class Expression:
    """One line. `field` and `line`: where it stands, counted as the editor sees it."""

    field: str
    line: int
    text: str


def check(*, words: str, means: str = "", both_ways: bool = True, note: str = "") -> Wording:
    """The wording as it will be stored. Raises SynonymError with everything that is wrong with it."""
    groups = {"words": list(_expressions("words", words)), "means": list(_expressions("means", means))}
    everything = [*groups["words"], *groups["means"]]
    note = clean(note)
    problems = [*_counted(groups, both_ways), *_each(everything)]
    if len(note) > LONGEST_NOTE:
        problems.append(
            Problem("note", _("The reason has more than %(most)d characters. Shorten it.") % {"most": LONGEST_NOTE})
        )
    if problems:
        raise SynonymError(problems)
    lines = {field: "\n".join(expression.text for expression in found) for field, found in groups.items()}
    return Wording(words=lines["words"], means=lines["means"], both_ways=both_ways, note=note)


@transaction.atomic
def create(*, user: User, wording: Wording, active: bool = True) -> Synonym:
    """A new synonym of the editors'; the next query uses it."""
    policy.require(user, Action.CREATE, Synonym)
    synonym = Synonym(word_list=EDITORS, active=active)
    _write(synonym, user, wording)
    log(instance=synonym, action="wagtail.create", user=user, content_changed=True)
    return synonym


@transaction.atomic
def change(synonym: Synonym, *, user: User, wording: Wording, active: bool) -> Synonym:
    """Changes a synonym. One that came with a list becomes the editors' own, so that a new list does not undo it."""
    synonym = _locked(synonym, user, Action.EDIT)
    if _wording(synonym) == wording:
        return switch(synonym, user=user, active=active)
    data = {"list": synonym.word_list}
    synonym.word_list, synonym.active = EDITORS, active
    _write(synonym, user, wording)
    log(instance=synonym, action="wagtail.edit", user=user, content_changed=True, data=data)
    return synonym


@transaction.atomic
def switch(synonym: Synonym, *, user: User, active: bool) -> Synonym:
    """Takes a synonym out of use or back into it. A second time changes nothing."""
    synonym = _locked(synonym, user, Action.EDIT)
    if synonym.active == active:
        return synonym
    synonym.active = active
    _sign(synonym, user)
    synonym.save(update_fields=["active", "changed_at", "changed_by"])
    action = "austausch.synonym_on" if active else "austausch.synonym_off"
    log(instance=synonym, action=action, user=user, data={"list": synonym.word_list})
    return synonym


@transaction.atomic
def delete(synonym: Synonym, *, user: User) -> None:
    """Deletes a synonym for good."""
    synonym = _locked(synonym, user, Action.DELETE)
    log(instance=synonym, action="wagtail.delete", user=user, deleted=True, data={"list": synonym.word_list})
    synonym.delete()


def clean(text: str) -> str:
    """One line of printable characters, in the one spelling that Unicode recommends."""
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def _expressions(field: str, text: str) -> Iterator[Expression]:
    for number, line in enumerate(text.splitlines(), start=1):
        if expression := clean(line):
            yield Expression(field, number, expression)


def _counted(groups: dict[str, list[Expression]], both_ways: bool) -> Iterator[Problem]:
    words, means = groups["words"], groups["means"]
    if not words:
        yield Problem("words", _("There is no expression. Write at least one, each on a line of its own."))
    elif both_ways and len(words) + len(means) < 2:
        yield Problem("words", _("There is only one expression. Write at least two, each on a line of its own."))
    if not both_ways and not means:
        yield Problem(
            "means", _("One way needs something to find: write at least one expression, or choose both directions.")
        )
    if len(words) + len(means) > MOST_EXPRESSIONS:
        yield Problem(
            "words",
            _("These are %(count)d expressions; %(most)d is the limit. Divide them into several synonyms.")
            % {"count": len(words) + len(means), "most": MOST_EXPRESSIONS},
        )


def _each(expressions: Sequence[Expression]) -> Iterator[Problem]:
    known: dict[str, str] = {}
    for expression in expressions:
        message = _wrong(expression.text) or _repeated(expression.text, known)
        if message:
            yield Problem(expression.field, message, expression.line)


def _repeated(text: str, known: dict[str, str]) -> str:
    """What is wrong with an expression whose key another one has already; remembers it otherwise."""
    key = analysis.key(text)
    if key not in known:
        known[key] = text
        return ""
    message = _("For the search, “%(text)s” is the same as “%(first)s”. Delete one of them.")
    return message % {"text": text, "first": known[key]}


def _wrong(text: str) -> str:
    """What is wrong with one expression; empty if nothing is."""
    if len(text) > LONGEST_EXPRESSION:
        message = _("The expression has %(count)d characters; %(most)d is the limit. Shorten it.")
        return message % {"count": len(text), "most": LONGEST_EXPRESSION}
    if not any(sign.isalnum() for sign in text):
        return _("“%(text)s” has neither letters nor digits. Write a word, or delete the line.") % {"text": text}
    if not analysis.key(text):
        message = _("“%(text)s” is made only of words that the search leaves out. Add a word that says something.")
        return message % {"text": text}
    return ""


def _locked(synonym: Synonym, user: User, action: Action) -> Synonym:
    row = Synonym.objects.select_for_update().get(pk=synonym.pk)
    policy.require(user, action, row)
    return row


def _wording(synonym: Synonym) -> Wording:
    return Wording(words=synonym.words, means=synonym.means, both_ways=synonym.both_ways, note=synonym.note)


def _write(synonym: Synonym, user: User, wording: Wording) -> None:
    synonym.words, synonym.means = wording.words, wording.means
    synonym.both_ways, synonym.note = wording.both_ways, wording.note
    _sign(synonym, user)
    synonym.save()
    synonym.terms.all().delete()
    SynonymTerm.objects.bulk_create(terms_of(synonym))


def _sign(synonym: Synonym, user: User) -> None:
    synonym.changed_by, synonym.changed_at = user, timezone.now()
