"""`austausch build_frontend`: see core/frontend.py."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from austausch.core import frontend


class Command(BaseCommand):
    help = "Installs the npm parts of the user interface and prepares style sheet and fonts; skips what is up to date."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        target = settings.PROJECT / "var" / "frontend"
        try:
            built = frontend.build(project=settings.PROJECT, target=target)
        except frontend.FrontendError as error:
            raise CommandError(str(error)) from None
        if built and options["verbosity"]:
            self.stdout.write("Front end: built.")
