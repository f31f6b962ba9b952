"""`austausch load_catalogue FILE [--apply]`: loads a catalogue from YAML, JSON, CSV or XLSX."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from austausch.catalogue.loading import loader
from austausch.catalogue.loading.errors import CatalogueError
from austausch.catalogue.loading.reporting import lines


class Command(BaseCommand):
    help = "Compares a catalogue file with the database and shows the difference; with --apply, loads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="write the changes; otherwise only show them")
        parser.add_argument(
            "--overwrite-drafts",
            action="store_true",
            help="also replace entries on which somebody is working; the drafts stay in the history",
        )

    def handle(self, *args: Any, file: Path, apply: bool, overwrite_drafts: bool, **options: Any) -> None:
        try:
            report = loader.load(file, apply=apply, overwrite_drafts=overwrite_drafts)
        except CatalogueError as error:
            count = len(error.problems)
            said = ngettext(
                "Nothing was loaded: %(count)s problem.", "Nothing was loaded: %(count)s problems.", count
            ) % {"count": count}
            raise CommandError("\n".join([said, *(f"  {problem}" for problem in error.problems)])) from error
        if options["verbosity"]:
            self.stdout.write("\n".join(lines(report)))
            if report.changes and not apply:
                self.stdout.write(_("This was a dry run. Add --apply to load the file."))
