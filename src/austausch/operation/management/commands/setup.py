"""`austausch setup`: makes a fresh installation ready and an updated one current."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from austausch.operation.installation import steps


class Command(BaseCommand):
    help = "Makes this installation ready: database, places, pages, workflow, first catalogue, search index, assets."
    # The database may not exist yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--catalogue",
            type=Path,
            default=settings.AUSTAUSCH_FIRST_CATALOGUE,
            help="file that an empty catalogue starts with (default: %(default)s)",
        )
        parser.add_argument("--no-catalogue", action="store_true", help="start with an empty catalogue")

    def handle(self, *args: Any, catalogue: Path | None, no_catalogue: bool, **options: Any) -> None:
        done = 0
        for name, step in steps(catalogue=None if no_catalogue else catalogue):
            if said := step():
                done += 1
                self.stdout.write(f"{name}: {said}")
        if not done:
            self.stdout.write("Nothing to do: the installation is up to date.")
