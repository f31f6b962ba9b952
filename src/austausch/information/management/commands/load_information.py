"""`austausch load_information FOLDER [--apply]`: loads information pages from a folder of JSON files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from austausch.information.loading import InformationLoadError, Report, load


class Command(BaseCommand):
    help = "Shows what loading a folder of information pages would do; with --apply, loads it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--apply", action="store_true", help="write the changes; otherwise only show them")

    def handle(self, *args: Any, folder: Path, apply: bool, **options: Any) -> None:
        try:
            report = load(folder, apply=apply)
        except InformationLoadError as error:
            count = len(error.problems)
            said = ngettext(
                "Nothing was loaded: %(count)s problem.", "Nothing was loaded: %(count)s problems.", count
            ) % {"count": count}
            raise CommandError("\n".join([said, *(f"  {problem}" for problem in error.problems)])) from error
        if options["verbosity"]:
            self.stdout.write("\n".join(_lines(report)))
            if (report.made or report.changed) and not apply:
                self.stdout.write(_("This was a dry run. Add --apply to load the folder."))


def _lines(report: Report) -> list[str]:
    parts = (
        (_("New"), report.made),
        (_("Changed"), report.changed),
        (_("Kept as it is, although the file says something else"), report.kept),
    )
    found = [f"{title}: {name}" for title, names in parts for name in names]
    return [*found, ngettext("Unchanged: %d text", "Unchanged: %d texts", report.unchanged) % report.unchanged]
