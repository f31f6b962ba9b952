"""What people do with versions. Each action asks the policy, checks, writes and logs in one transaction.

The log stands at the source (the entry, the office), where whoever keeps it looks; it names the language, no text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.core.policy import Action, policy
from austausch.languages import kinds
from austausch.languages.kinds import Texts, Value
from austausch.languages.models import Version
from austausch.languages.plain import plain, too_long
from austausch.languages.policy import may_confirm, may_write
from austausch.languages.tongues import OTHERS, TONGUES

if TYPE_CHECKING:
    from austausch.people.models import User

State = Version.State


class VersionError(Exception):
    """It cannot be done with this version; the message says why and what to do. `fields`: name → message."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


@transaction.atomic
def write(*, source: Any, language: str, texts: Texts, user: User, seen_german: str, seen_texts: str = "") -> Version:
    """Writes a version, or writes it anew.

    `seen_german` and `seen_texts` are fingerprints of what the writer had before them: nobody writes beside a German
    text that has changed meanwhile, or over what somebody else has written. A text that was confirmed needs a new
    check; what the public read before, it reads now as well.
    """
    if language not in OTHERS:
        raise VersionError(_("There are no versions in this language."))
    if not may_write(user, source):
        raise PermissionDenied("Only those who keep it write versions of it.")
    # As it is now: an office that has become protected meanwhile must not get a text with its address.
    source = kinds.of(source).rows().select_for_update(of=("self",)).get(pk=source.pk)
    german = kinds.german(source)
    if kinds.fingerprint(german) != seen_german:
        raise VersionError(_("The German text has changed meanwhile. Please compare once more and save again."))
    version = Version.objects.of(source).select_for_update().filter(language=language).first()
    if version is not None:
        policy.require(user, Action.EDIT, version)
    if (kinds.fingerprint(version.texts) if version else "") != seen_texts:
        raise VersionError(_("Somebody else has written this version meanwhile. Open it anew to see what it says now."))
    said = cleaned(source, texts, complete=version is not None and version.is_shown)
    if version is None:
        kind = kinds.of(source)
        version = Version(content_type=kinds.content_type(kind), object_id=source.pk, language=language)
    elif version.texts != said and version.state == State.CONFIRMED:
        _unconfirm(version)
    version.texts, version.written_by, version.loaded = said, user, ""
    _hold_against(version, source)
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        raise VersionError(_("Somebody else has begun this version at the same moment. Open it anew.")) from error
    _log(version, "written", user)
    return version


@transaction.atomic
def show(version: Version, user: User, *, seen_texts: str) -> None:
    """The public reads it from now on, marked as not yet confirmed. `seen_texts`: as for `confirm`."""
    row = _locked(version, user, Action.PUBLISH)
    _require_seen(row, seen_texts)
    if row.state != State.DRAFT:
        raise VersionError(_("The public reads it already."))
    cleaned(row.source, row.texts, complete=True)
    row.state = State.UNCONFIRMED
    row.save(update_fields=["state"])
    _log(row, "shown", user)


@transaction.atomic
def withdraw(version: Version, user: User) -> None:
    """The public reads the German text again; what was written stays as a draft."""
    row = _locked(version, user, Action.PUBLISH)
    if row.state == State.DRAFT:
        raise VersionError(_("The public does not read it."))
    _unconfirm(row)
    row.state = State.DRAFT
    row.save()
    _log(row, "withdrawn", user)


@transaction.atomic
def confirm(version: Version, user: User, *, seen_texts: str) -> None:
    """Somebody says with their name that the language of the text is right. Nothing else is asked of them.

    `seen_texts`: the fingerprint of what they have read; nobody confirms what they have not seen.
    """
    row = _locked(version, user, Action.VIEW)
    if not may_confirm(user, row):
        raise PermissionDenied("Whoever confirms takes part in the network as an author.")
    if row.state != State.UNCONFIRMED:
        raise VersionError(_("Only what the public reads and nobody has confirmed yet can be confirmed."))
    _require_seen(row, seen_texts)
    row.state = State.CONFIRMED
    row.confirmed_by, row.confirmed_as, row.confirmed_on = user, str(user)[:150], timezone.localdate()
    row.save()
    _log(row, "confirmed", user)


@transaction.atomic
def call_still_right(version: Version, user: User, *, seen_german: str) -> None:
    """The German has changed, but not in what the version says: it counts as up to date again."""
    row = _locked(version, user, Action.EDIT)
    if kinds.fingerprint(kinds.german(row.source)) != seen_german:
        raise VersionError(_("The German text has changed once more. Please compare again."))
    if not kinds.is_outdated(row):
        raise VersionError(_("It is up to date already."))
    _hold_against(row, row.source)
    row.save()
    _log(row, "still_right", user)


@transaction.atomic
def delete(version: Version, user: User, *, seen_texts: str) -> None:
    """Deletes a draft, and with it the German texts that were kept beside it. `seen_texts`: as for `confirm`."""
    row = _locked(version, user, Action.EDIT)
    _require_seen(row, seen_texts)
    if row.state != State.DRAFT:
        raise VersionError(_("The public reads it. Withdraw it first."))
    _log(row, "deleted", user)
    row.delete()


def forget_sources(source: Any) -> None:
    """Forgets the German texts that versions were made from, where they must no longer be kept."""
    Version.objects.of(source).exclude(made_from={}).update(made_from={})


def cleaned(source: Any, texts: Texts, *, complete: bool) -> dict[str, Value]:
    """The texts as they are kept. Raises VersionError, naming each field and what to do, where one cannot be.

    `complete`: with every field that a version needs for the public; a draft may still lack some.
    """
    kind = kinds.of(source)
    known = {field.name: field for field in kind.fields(source)}
    said = {name: plain(known[name], texts[name]) for name in known if name in texts}
    said = {name: value for name, value in said.items() if value}
    german = kinds.german(source)
    problems = {name: message for name, value in said.items() if (message := too_long(known[name], value))}
    for name, field in known.items():
        if complete and field.needed and german.get(name) and not said.get(name):
            problems[name] = _("The German has a text here; a version without it says too little.")
    if not said:
        raise VersionError(_("Nothing is written yet. Write at least one of the fields."))
    problems = {**kind.problems(source, said), **problems}
    if problems:
        raise VersionError(_("Please mend the marked fields."), problems)
    return said


def _hold_against(version: Version, source: Any) -> None:
    german = kinds.german(source)
    version.fingerprint = kinds.fingerprint(german)
    version.made_from = german if kinds.of(source).keeps_source(source) else {}
    version.source_seen_on = timezone.localdate()


def _unconfirm(version: Version) -> None:
    if version.state == State.CONFIRMED:
        version.state = State.UNCONFIRMED
    version.confirmed_by, version.confirmed_as, version.confirmed_on = None, "", None


def _locked(version: Version, user: User, action: Action) -> Version:
    row = Version.objects.select_for_update().get(pk=version.pk)
    policy.require(user, action, row)
    return row


def _require_seen(version: Version, seen_texts: str) -> None:
    if kinds.fingerprint(version.texts) != seen_texts:
        raise VersionError(_("The text has changed meanwhile. Please read it once more."))


def _log(version: Version, what: str, user: User) -> None:
    language = TONGUES[version.language].name
    log(instance=version.source, action=f"austausch.version_{what}", user=user, data={"language": language})
