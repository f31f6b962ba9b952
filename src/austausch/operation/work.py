"""The worker: runs queued tasks, and once a minute what is due by the clock.

Several may run at once: a task is claimed in the database, and everything done by the clock may be done twice.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from austausch.catalogue import link_health, reviews
from austausch.catalogue.adoption import changes as adoption_changes
from austausch.certificates import lists
from austausch.certificates import tasks as certificates
from austausch.certificates.checks import actions as checks
from austausch.certificates.checks import journal as log_of_checks
from austausch.certificates.checks import program_keys, watching
from austausch.certificates.importing import resuming
from austausch.certificates.importing import retention as pupils_retention
from austausch.core import digest, outbox
from austausch.counselling import assurance
from austausch.events import registering
from austausch.exchange import interest_actions
from austausch.figures import usage
from austausch.people import consent_reminders
from austausch.people import due as accounts
from austausch.people.setup import forget_old_addresses
from austausch.search import document_reading
from austausch.search.saved import actions as saved_searches
from austausch.search.saved import news
from austausch.search.searches import forget_old as forget_old_searches

logger = logging.getLogger(__name__)
EVERY_SECONDS = 60
KEEP_RESULTS = dt.timedelta(days=14)
# Of each minute: the tasks have their turn, too.
READING_SECONDS = 20
DELIVERING_SECONDS = 30
ASKING_SECONDS = 15


def run(*, interval: float = 1.0, with_parent: int | None = None) -> None:
    """Works until asked to stop (SIGTERM, Ctrl-C) or, with `with_parent`, until that process is gone."""
    worker = Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    )
    worker.configure_signals()
    due = time.monotonic()
    while worker.running and (with_parent is None or os.getppid() == with_parent):
        worker.run()
        # Not once a minute: somebody sits before the page that says a mail is on its way.
        _do(_deliver_mail)
        if time.monotonic() >= due:
            due = time.monotonic() + EVERY_SECONDS
            do_what_is_due()
        time.sleep(interval)


def do_what_is_due() -> None:
    """Publishes and withdraws what is scheduled, forgets what is old, sends mail, reads documents not yet read.

    One failure does not stop the rest.
    """
    for job in jobs():
        _do(job)


def jobs() -> tuple[Callable[[], object], ...]:
    """In their order: what posts mail before what collects it, and that before it is sent."""
    forget = (_forget_sessions, forget_old_addresses, forget_old_searches, usage.forget_old, _forget_results)
    return (
        _publish_scheduled,
        *forget,
        saved_searches.forget_removed,
        accounts.do_what_is_due,
        reviews.remind,
        assurance.remind,
        consent_reminders.remind,
        adoption_changes.tell,
        interest_actions.end_unanswered,
        registering.forget_old,
        checks.take_up,
        checks.forget,
        log_of_checks.forget,
        program_keys.remind,
        watching.report,
        news.tell,
        digest.collect,
        _settle_mail,
        _read_documents,
        _check_links,
        certificates.take_up,
        resuming.take_up,
        lists.refresh,
        pupils_retention.forget_daily,
    )


def _do(job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:
        logger.exception("%s failed; it is tried again in a minute.", getattr(job, "__name__", job))


def _publish_scheduled() -> None:
    call_command("publish_scheduled", verbosity=0)


def _forget_sessions() -> None:
    clear: Callable[[], None] = import_module(settings.SESSION_ENGINE).SessionStore.clear_expired
    clear()


def _forget_results() -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_RESULTS).delete()


def _deliver_mail() -> None:
    if outbox.anything_waits():
        outbox.deliver(seconds=DELIVERING_SECONDS)


def _settle_mail() -> None:
    """What other processes have left behind, too."""
    outbox.deliver(seconds=DELIVERING_SECONDS)


def _read_documents() -> None:
    document_reading.read_missing(seconds=READING_SECONDS)


def _check_links() -> None:
    if settings.AUSTAUSCH_CHECK_LINKS == "on":
        link_health.work(seconds=ASKING_SECONDS)
