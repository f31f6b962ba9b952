"""Whether the addresses that entries name still lead somewhere.

Asking is slow and must be polite, so it goes in small steps: one step is one request, and between two requests to a
host there are at least PAUSE, whoever makes them. What a step has found is written before the next begins; a worker
that dies in between leaves a row that is taken up again after LEASE. A repeated request changes nothing: what counts
is the day of a failure, not their number.

One check: HEAD; redirects are followed, at most MOST_REDIRECTS; where HEAD is not answered well, GET has the last word.
Then the address is
- reachable: any answer that says so;
- unclear: refused (403), too many requests, an error of the server, no answer in time, a bad certificate;
- not reachable, once it was certainly missing (404, 410, no such host) on FAILURES different days in a row.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from austausch.catalogue.link_addresses import collect_missing, host_of, normal
from austausch.catalogue.link_requests import Answer, NoAnswerError, Resolve, ask, public_addresses, usable
from austausch.catalogue.models import Entry, LinkAddress, LinkHost, LinkUse
from austausch.catalogue.queries import LinkAddressQuerySet
from austausch.core import generation
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.people.models import User

State = LinkAddress.State
PAUSE = dt.timedelta(seconds=10)
# Longer than a request can take.
LEASE = dt.timedelta(minutes=5)
DAY = dt.timedelta(days=1)
EVERY = 7 * DAY
LONGEST_WAIT = 30 * DAY
FAILURES = 3
MOST_REDIRECTS = 5
LONGEST_ADDRESS = 2000
REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}
MISSING = {404, 410}
TOO_MANY = 429
# For a host that has had enough and does not say for how long.
HOST_REST = dt.timedelta(hours=1)
LONGEST_OVERRIDE = dt.timedelta(days=365)


class OverrideError(Exception):
    """What a person wants to say about an address cannot be kept; the message says why."""


# ── What was found ──────────────────────────────────────────────────────────────────────────────────────────


def for_editor(user: Actor) -> LinkAddressQuerySet:
    """The addresses that entries of this user's organisations name."""
    found: LinkAddressQuerySet = policy.which(user, Action.EDIT, LinkAddress.objects.all())  # type: ignore[assignment]
    return found


def broken_in(entry: Entry, user: Actor) -> dict[str, LinkAddress]:
    """Those of the entry's addresses, as it writes them, that are not reachable. `entry` may be a preview."""
    written = [link.url for link in entry.links.all()] + [basis.url for basis in entry.legal_bases.all() if basis.url]
    if not written:
        return {}
    known = LinkAddress.objects.filter(url__in={normal(url) for url in written})
    broken = {one.url: one for one in policy.which(user, Action.VIEW, known.in_state(State.BROKEN))}
    return {url: broken[normal(url)] for url in written if normal(url) in broken}


def explain(address: LinkAddress) -> str:
    """What the last check has found, in a sentence."""
    if address.checked_at is None:
        return _("Not checked yet.")
    if address.detail == "http":
        return _("The server answered with code %(status)d.") % {"status": address.status}
    sentences = {
        "ok": _("The page answers."),
        "address": _("This is no address of a page on the web that we ask."),
        "not_public": _("The address leads into an internal network and is not asked."),
        "no_host": _("There is no server of this name."),
        "no_name_server": _("The name of the server could not be looked up."),
        "timeout": _("The server did not answer in time."),
        "tls": _("The server’s certificate is not valid."),
        "connection": _("The connection failed."),
        "redirects": _("The address redirects again and again."),
    }
    return sentences.get(address.detail, "")


# ── What people say ─────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def say(address: LinkAddress, user: User, *, state: str, because: str, until: dt.date) -> None:
    """Puts a person's word above what checks find, for a time. Raises OverrideError."""
    policy.require(user, Action.PUBLISH, address)
    row = LinkAddress.objects.select_for_update().get(pk=address.pk)
    today = timezone.localdate()
    if state not in {State.OK, State.BROKEN}:
        raise OverrideError(_("Say whether the address is reachable or not."))
    if not because.strip():
        raise OverrideError(_("Give the reason, so that others understand it."))
    if not today < until <= today + LONGEST_OVERRIDE:
        raise OverrideError(_("Choose a day from tomorrow on and within a year."))
    _change(row, said=state, said_because=because.strip()[:300], said_until=until, said_by=user)
    log(instance=row, action="austausch.link_said", user=user, data={"state": state, "reason": because.strip()[:300]})


@transaction.atomic
def take_back(address: LinkAddress, user: User) -> None:
    """What checks find counts again."""
    policy.require(user, Action.PUBLISH, address)
    row = LinkAddress.objects.select_for_update().get(pk=address.pk)
    if row.said:
        _change(row, said="", said_because="", said_until=None, said_by=None)
        log(instance=row, action="austausch.link_unsaid", user=user)


def check_again(address: LinkAddress, user: User) -> None:
    """Puts an address at the front of what is checked next."""
    policy.require(user, Action.EDIT, address)
    # Long ago, so that it comes before what waits since yesterday.
    begin = {"next_step_at": timezone.now() - LONGEST_WAIT, "host": host_of(address.url), **_FROM_THE_START}
    LinkAddress.objects.filter(pk=address.pk).update(**begin)


# ── Checking ────────────────────────────────────────────────────────────────────────────────────────────────


_FROM_THE_START: dict[str, Any] = {"asking": "", "method": "HEAD", "hops": 0, "moved": True}


@dataclass(frozen=True)
class _Found:
    """The end of a check. `wait`: how long the server wants to be left alone."""

    detail: str
    status: int | None = None
    wait: dt.timedelta | None = None

    @property
    def reachable(self) -> bool:
        return self.detail == "ok"

    @property
    def missing(self) -> bool:
        return self.detail == "no_host" or (self.detail == "http" and self.status in MISSING)


def work(*, seconds: float, resolve: Resolve = public_addresses) -> int:
    """Makes steps for about so long, or until nothing can be asked now. Returns how many.

    Safe to be killed anywhere, and to run in several processes at once.
    """
    ends = time.monotonic() + seconds
    LinkHost.objects.filter(free_at__lt=timezone.now() - DAY).delete()
    collect_missing()
    steps = 0
    while time.monotonic() < ends and (address := _claim()) is not None:
        _note(address, _answer(address, resolve))
        steps += 1
    return steps


@transaction.atomic
def _claim() -> LinkAddress | None:
    """The next address whose host may be asked, now this process's own, and its host not to be asked for a while."""
    while True:
        now = timezone.now()
        busy = LinkHost.objects.filter(host=OuterRef("host"), free_at__gt=now)
        address = LinkAddress.objects.to_be_asked(now).exclude(Exists(busy)).first()
        if address is None:
            return None
        if not address.uses.exists():
            address.delete()
            continue
        mine = LinkAddress.objects.filter(pk=address.pk, next_step_at=address.next_step_at)
        if _take_host(address.host, now) and mine.update(next_step_at=now + LEASE):
            address.next_step_at = now + LEASE
            return address


def _take_host(host: str, now: dt.datetime) -> bool:
    LinkHost.objects.get_or_create(host=host, defaults={"free_at": now})
    return bool(LinkHost.objects.filter(host=host, free_at__lte=now).update(free_at=now + PAUSE))


def _answer(address: LinkAddress, resolve: Resolve) -> Answer | NoAnswerError:
    try:
        return ask(address.asking or address.url, address.method, resolve=resolve)
    except NoAnswerError as error:
        return error


@transaction.atomic
def _note(address: LinkAddress, answer: Answer | NoAnswerError) -> None:
    """Writes what a step has found, unless somebody else has taken the address up since."""
    row = LinkAddress.objects.select_for_update().filter(pk=address.pk, next_step_at=address.next_step_at).first()
    if row is None:
        return
    if isinstance(answer, Answer) and (answer.retry_after or answer.status == TOO_MANY):
        until = timezone.now() + min(answer.retry_after or HOST_REST, DAY)
        LinkHost.objects.filter(host=row.host, free_at__lt=until).update(free_at=until)
    following = _next_step(row, answer)
    if following is None:
        _finish(row, _found(answer))
    elif isinstance(following, _Found):
        _finish(row, following)
    else:
        _change(row, next_step_at=timezone.now(), **following)


def _next_step(row: LinkAddress, answer: Answer | NoAnswerError) -> dict[str, Any] | _Found | None:
    """What to write before the next request, the end of the check, or None where the answer is the end."""
    asked = row.asking or row.url
    if isinstance(answer, Answer) and answer.status in REDIRECTS and answer.location:
        if row.hops >= MOST_REDIRECTS:
            return _Found("redirects")
        target = _target(asked, answer.location)
        if not target:
            return _Found("address")
        moved = row.moved and answer.status in PERMANENT
        return {"asking": target, "host": host_of(target), "method": "HEAD", "hops": row.hops + 1, "moved": moved}
    # Many servers answer HEAD wrongly or not at all. Who says "too many requests" is left alone.
    if row.method == "HEAD":
        refused = isinstance(answer, Answer) and answer.status >= 300 and answer.status != TOO_MANY
        if refused or (isinstance(answer, NoAnswerError) and answer.reason == "connection"):
            return {"method": "GET"}
    return None


def _target(asked: str, location: str) -> str:
    """Where a redirect leads, without what only the browser uses; "" where that is nothing we ask."""
    try:
        target = urldefrag(urljoin(asked, location)).url
        usable(target)
    except (ValueError, NoAnswerError):
        return ""
    return target if len(target) <= LONGEST_ADDRESS else ""


def _found(answer: Answer | NoAnswerError) -> _Found:
    if isinstance(answer, NoAnswerError):
        return _Found(answer.reason)
    # 416: there is something, though not its first byte.
    if answer.status < 300 or answer.status == 416:
        return _Found("ok", answer.status)
    return _Found("http", answer.status, answer.retry_after)


def _finish(row: LinkAddress, found: _Found) -> None:
    now, today = timezone.now(), timezone.localdate()
    values: dict[str, Any] = {"detail": found.detail, "status": found.status, "checked_at": now, "moved_to": ""}
    if found.reachable:
        values |= {"state": State.OK, "last_ok_at": now, "failures": 0, "last_failure_on": None, "unclear_checks": 0}
        values["moved_to"] = row.asking if row.hops and row.moved and row.asking != row.url else ""
        wait = EVERY
    elif found.missing:
        failures = row.failures + (row.last_failure_on != today)
        state = State.BROKEN if failures >= FAILURES else State.UNCLEAR
        values |= {"state": state, "failures": failures, "last_failure_on": today, "unclear_checks": 0}
        wait = EVERY if state is State.BROKEN else DAY
    else:
        # Says nothing against what was certain before.
        values["state"] = State.BROKEN if row.state == State.BROKEN else State.UNCLEAR
        values["unclear_checks"] = row.unclear_checks + 1
        wait = min(DAY * 2 ** min(row.unclear_checks, 5), LONGEST_WAIT)
    wait = max(wait, min(found.wait or dt.timedelta(0), LONGEST_WAIT))
    # Spread, so that what was published together is not asked together for ever.
    spread = dt.timedelta(minutes=row.pk * 37 % 180)
    _change(row, next_step_at=now + wait + spread, host=host_of(row.url), **_FROM_THE_START, **values)


def _change(row: LinkAddress, **values: Any) -> None:
    """Writes fields, and shows it on the pages where that changes what they say."""
    before = row.effective_state
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    if (row.effective_state is State.BROKEN) != (before is State.BROKEN):
        generation.advance()


def entries_naming(addresses: Iterable[LinkAddress], user: Actor) -> dict[int, list[Entry]]:
    """For each address the entries that name it and that the user edits."""
    keys = [address.pk for address in addresses]
    entries = policy.which(user, Action.EDIT, Entry.objects.filter(link_uses__address__in=keys).distinct())
    by_key = {entry.pk: entry for entry in entries}
    naming: dict[int, list[Entry]] = {key: [] for key in keys}
    for address, entry in LinkUse.objects.filter(address__in=keys).values_list("address", "entry"):
        if entry in by_key:
            naming[address].append(by_key[entry])
    return naming
