"""`austausch generate_catalogue --entries 10000`: fictitious entries, to measure and to try things out."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from austausch.catalogue.loading import generating
from austausch.catalogue.loading.limits import limits
from austausch.catalogue.models import Entry


class Command(BaseCommand):
    help = "Makes clearly fictitious entries, or removes them again. Real entries are not touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--entries", type=int, default=1000, help="how many there should be (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same entries")
        parser.add_argument("--remove", action="store_true", help="remove all fictitious entries instead")
        parser.add_argument("--apply", action="store_true", help="do it; otherwise only say what would be done")

    def handle(self, *args: Any, entries: int, seed: int, remove: bool, apply: bool, **options: Any) -> None:
        if not 0 <= entries <= limits().entries:
            raise CommandError(_("Between 0 and %(most)s entries are possible.") % {"most": limits().entries})
        if remove:
            there = Entry.objects.filter(slug__startswith=generating.SLUG).count()
            count = generating.remove() if apply else there
            self.stdout.write(_("%(count)s fictitious entries removed.") % {"count": count})
        else:
            count = generating.generate(entries, seed=seed) if apply else len(generating.missing(entries))
            self.stdout.write(_("%(count)s fictitious entries made.") % {"count": count})
        if not apply:
            self.stdout.write(_("This was a dry run. Add --apply to do it."))
