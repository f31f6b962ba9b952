"""`austausch load_places [FILE]`: states, districts and municipalities by their official keys."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from austausch.places import loading


class Command(BaseCommand):
    help = "Adds and updates places. Without a file: all of Germany, as shipped. Loading twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=loading.BUNDLED)
        parser.add_argument("--apply", action="store_true", help="do it; without, it only says what would change")

    def handle(self, *args: Any, file: Path, apply: bool, **options: Any) -> None:
        try:
            outcome = loading.load_places(file, apply=apply)
        except loading.PlacesError as error:
            raise CommandError(
                "\n".join([_("Nothing was loaded from %(file)s:") % {"file": file}, str(error)])
            ) from error
        self.stdout.write(
            _("Places: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.")
            % {"new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged}
        )
