"""What changes in checks: allowing an office, its programs' keys, and checking itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task
from wagtail.log_actions import log

from austausch.certificates.checks import answers, journal, program_keys, watching
from austausch.certificates.checks.answers import Answer, Lists
from austausch.certificates.checks.policy import checking_offices_of
from austausch.certificates.checks.reading import FileError, seals_in
from austausch.certificates.models import Check, CheckingOffice, CheckItem, CheckLog, OfficeKey
from austausch.core.policy import Action, policy
from austausch.people.models import Membership, Organisation, User

Kind = CheckItem.Kind
MOST_ITEMS = 500
MOST_FILES = 100
LARGEST_FILE = 15 * 1024 * 1024
# Per office. Enough for its post of a day; too few to try out numbers.
PER_HOUR = 2_000
HOUR = dt.timedelta(hours=1)
# A worker that says nothing for so long is gone.
SILENT = dt.timedelta(minutes=10)
SHOWN_FOR = dt.timedelta(hours=24)
KEPT_FOR = dt.timedelta(days=90)


class CheckError(Exception):
    """This cannot be checked now; the message says why, and what to do."""


class TooManyError(CheckError):
    """The office has checked enough for now."""


@dataclass(frozen=True)
class Asker:
    """Who asks, in which office: a person, or a program with a key of the office."""

    organisation: Organisation
    user: User | None = None
    key: OfficeKey | None = None


@dataclass(frozen=True)
class Given:
    """What is to be checked: files by name, texts of codes, numbers of certificates."""

    files: Sequence[tuple[str, bytes]] = ()
    texts: Sequence[str] = ()
    numbers: Sequence[str] = ()
    watch: bool = field(default=False)

    def __len__(self) -> int:
        return len(self.files) + len(self.texts) + len(self.numbers)


@transaction.atomic
def allow(organisation: Organisation, user: User, *, task: str) -> CheckingOffice:
    """Lets an organisation check. Raises PermissionDenied."""
    policy.require(user, Action.CREATE, CheckingOffice)
    office, _made = CheckingOffice.objects.update_or_create(
        organisation=organisation, defaults={"task": task, "allowed_by": user, "allowed_at": timezone.now()}
    )
    log(instance=organisation, action="certificates.allow_checking", user=user, data={"task": task})
    return office


@transaction.atomic
def disallow(office: CheckingOffice, user: User) -> None:
    """Ends it: programs' keys are withdrawn, and nothing is watched any more. The log stays."""
    policy.require(user, Action.DELETE, office)
    organisation = office.organisation
    organisation.checking_keys.filter(revoked_at=None).update(revoked_at=timezone.now())
    organisation.watches.all().delete()
    log(instance=organisation, action="certificates.end_checking", user=user)
    office.delete()


@transaction.atomic
def begin(asker: Asker, given: Given, *, purpose: str, case_number: str) -> Check:
    """A check; texts and numbers are answered at once, files by a worker.

    Raises PermissionDenied, CheckError, TooManyError.
    """
    _may_ask(asker)
    # One after the other for each office, so that the count below is exact.
    CheckingOffice.objects.select_for_update().get(organisation=asker.organisation)
    _within_limits(asker.organisation, given)
    made = Check.objects.create(
        organisation=asker.organisation,
        purpose=purpose,
        case_number=case_number,
        made_by=asker.user,
        key=asker.key,
        watch=given.watch,
        total=len(given),
    )
    CheckItem.objects.bulk_create(_items(made, given), batch_size=100)
    _answer(made, made.items.exclude(kind=Kind.FILE))
    if given.files:
        transaction.on_commit(lambda: read_files.enqueue(made.pk))
    return made


@task()
def read_files(pk: int) -> None:
    """Reads what has not been read yet. Safe to be killed anywhere, and to run twice at once."""
    check = Check.objects.filter(pk=pk, finished_at=None).first()
    if check is None:
        return
    for item in check.items.filter(kind=Kind.FILE, outcome="").order_by("position"):
        Check.objects.filter(pk=pk).update(claimed_at=timezone.now())
        _answer(check, CheckItem.objects.filter(pk=item.pk, outcome=""))


def take_up() -> None:
    """Checks whose worker has fallen silent. Asked once a minute."""
    silent = timezone.now() - SILENT
    for check in Check.objects.filter(finished_at=None, made_at__lt=silent).exclude(claimed_at__gt=silent):
        read_files.enqueue(check.pk)


def forget(now: dt.datetime | None = None) -> None:
    """Deletes names, files and sealed data a day after a check, and the check itself after three months."""
    now = now or timezone.now()
    with transaction.atomic():
        over = Check.objects.filter(made_at__lt=now - SHOWN_FOR, forgotten_at=None)
        CheckItem.objects.filter(request__in=over).update(name="", given=b"", sealed={})
        # What could not be read in a day will not be.
        CheckItem.objects.filter(request__in=over, outcome="").update(outcome="undecided", code="slow")
        over.filter(finished_at=None).update(finished_at=now)
        over.update(forgotten_at=now)
    Check.objects.filter(made_at__lt=now - KEPT_FOR).delete()


def _may_ask(asker: Asker) -> None:
    if asker.user is not None:
        allowed = asker.organisation.pk in checking_offices_of(asker.user, Membership.Role.AUTHOR)
    else:
        allowed = asker.key is not None and program_keys.is_good(asker.key, asker.organisation)
    if not allowed:
        raise PermissionDenied("Only people and programs of an office that the portal team has allowed may check.")


def _within_limits(organisation: Organisation, given: Given) -> None:
    if not len(given):
        raise CheckError(_("Add at least one file, code or number."))
    if len(given) > MOST_ITEMS or len(given.files) > MOST_FILES:
        raise CheckError(
            _("At most %(items)s certificates at once, of these %(files)s files. Make several checks of them.")
            % {"items": MOST_ITEMS, "files": MOST_FILES}
        )
    large = [name for name, content in given.files if len(content) > LARGEST_FILE]
    if large:
        raise CheckError(_("“%(name)s” is larger than 15 MB. Scan it with 300 dpi in grey.") % {"name": large[0]})
    recent = Check.objects.filter(organisation=organisation, made_at__gt=timezone.now() - HOUR)
    if (recent.aggregate(sum=Sum("total"))["sum"] or 0) + len(given) > PER_HOUR:
        raise TooManyError(
            _("That is more than %(amount)s certificates of your office within an hour. Please try again later.")
            % {"amount": PER_HOUR}
        )


def _items(check: Check, given: Given) -> Iterator[CheckItem]:
    kinds = (
        *((Kind.FILE, name, content) for name, content in given.files),
        *((Kind.SEAL, "", text.encode()) for text in given.texts),
        *((Kind.NUMBER, "", number.encode()) for number in given.numbers),
    )
    for position, (kind, name, content) in enumerate(kinds, start=1):
        yield CheckItem(request=check, position=position, kind=kind, name=name[-200:], given=content)


def _answer(check: Check, items: Iterable[CheckItem]) -> None:
    lists = Lists.newest()
    for item in items:
        # Reading takes long and changes nothing; only writing it down needs a transaction.
        found = _found(item, lists)
        with transaction.atomic():
            _write_down(check, item, found)


def _found(item: CheckItem, lists: Lists) -> list[Answer]:
    if item.kind == Kind.NUMBER:
        return [answers.of_number(bytes(item.given).decode())]
    if item.kind == Kind.SEAL:
        return [answers.of_text(bytes(item.given).decode(), lists)]
    try:
        seals = seals_in(bytes(item.given))
    except FileError as error:
        return [Answer("undecided", error.code)]
    return [answers.of_seal(seal, lists) for seal in seals] or [Answer("undecided", "no_code")]


def _write_down(check: Check, item: CheckItem, found: list[Answer]) -> None:
    """Answer, log, watch and progress together; whoever comes second finds it done."""
    locked = Check.objects.select_for_update(of=("self",))
    check = locked.select_related("organisation", "key").get(pk=check.pk)
    if not CheckItem.objects.filter(pk=item.pk, outcome="").exists():
        return
    given = bytes(item.given)
    for part, answer in enumerate(found):
        values = {
            "outcome": answer.outcome,
            "code": answer.code,
            "certificate_number": answer.certificate_number,
            "valid_until": answer.valid_until,
            "sealed": dict(answer.sealed),
        }
        CheckItem.objects.update_or_create(
            request=check,
            position=item.position,
            part=part,
            defaults={**values, "kind": item.kind, "name": item.name, "given": b""},
        )
        _log(check, item, part, answer, given)
        if check.watch and item.kind != Kind.NUMBER and answer.outcome == "valid":
            watching.watch(check, answer.certificate_number)
    check.done += 1
    check.finished_at = timezone.now() if check.done == check.total else None
    check.save(update_fields=["done", "finished_at"])


def _log(check: Check, item: CheckItem, part: int, answer: Answer, given: bytes) -> None:
    entry = CheckLog(
        actor=check.made_by_id,
        program=check.key.label if check.key else "",
        purpose=check.purpose,
        case_number=check.case_number,
        subject=answer.certificate_number or hashlib.sha256(given).hexdigest(),
        outcome=answer.outcome,
        code=answer.code,
        place=f"{check.pk}:{item.position}:{part}",
    )
    journal.write(check.organisation.key, entry)
