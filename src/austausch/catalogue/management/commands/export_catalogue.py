"""`austausch export_catalogue FILE`: the catalogue as YAML, JSON, CSV or XLSX, to load again elsewhere."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from austausch.catalogue.loading import exporting
from austausch.catalogue.loading.sections import Scope
from austausch.catalogue.loading.workbooks import CellError
from austausch.people.models import User


class Command(BaseCommand):
    help = "Writes what is published, as the portal team sees it, to a file that load_catalogue reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="its ending says the format; without it, to the output")
        parser.add_argument("--format", choices=list(exporting.FORMATS), help="the format, whatever the file's ending")
        parser.add_argument("--drafts", action="store_true", help="also entries that are not published")

    def handle(self, *args: Any, file: Path | None, drafts: bool, **options: Any) -> None:
        form = options["format"] or (file.suffix.lower().lstrip(".").replace("yml", "yaml") if file else "yaml")
        if form not in exporting.FORMATS:
            known = ", ".join(exporting.FORMATS)
            raise CommandError(
                _("The format “%(format)s” is not known. Possible are: %(known)s.") % {"format": form, "known": known}
            )
        # Whoever may run commands on the machine has all rights of the portal team.
        scope = Scope(User(is_superuser=True), drafts=drafts)
        try:
            content = exporting.export(form, scope)
        except CellError as error:
            raise CommandError(str(error)) from error
        if file:
            file.write_bytes(content)
        else:
            sys.stdout.buffer.write(content)
