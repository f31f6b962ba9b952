"""Reads every chain of the issue log and of the log of checks, and says where one does not agree with itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from austausch.certificates import journal, watch
from austausch.certificates.checks import journal as checks
from austausch.certificates.models import Alarm, CheckChain, LogChain


class Command(BaseCommand):
    help = (
        "Checks the issue log and the log of checks. Ends with an error if any entry was changed, removed or added; "
        "the portal team is told."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*journal.breaks(), *checks.breaks()]
        for one in found:
            self.stderr.write(f"{one.chain or 'platform'} {one.position}: {one.what}")
        if found:
            text = ngettext(
                "%(number)s place of the logs does not agree. Ask whoever runs the portal.",
                "%(number)s places of the logs do not agree. Ask whoever runs the portal.",
                len(found),
            )
            watch.raise_alarm(None, Alarm.Kind.LOG, text % {"number": len(found)})
            raise CommandError(f"Places that do not agree: {len(found)}.")
        for chain in LogChain.objects.order_by("key"):
            self.stdout.write(f"{chain.key or 'platform'}: {chain.length} entries, head {chain.head}")
        for office in CheckChain.objects.order_by("key"):
            kept = f"entries {office.cut + 1} to {office.length}" if office.length > office.cut else "no entry left"
            self.stdout.write(f"checks of {office.key}: {kept}, head {office.head}")
        self.stdout.write("Every entry is as it was written.")
