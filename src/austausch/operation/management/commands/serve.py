"""`austausch serve`: the portal on this machine, with its task worker."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from austausch.core.readiness import missing_migrations
from austausch.operation.server import PortTakenError, Serving, local_addresses, serve
from austausch.people.setup import new_address


class Command(BaseCommand):
    help = "Serves the portal and runs its task worker until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", help="numeric address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
        parser.add_argument("--workers", type=int, default=2, help="web processes (default: %(default)s)")
        parser.add_argument("--threads", type=int, default=4, help="threads in each (default: %(default)s)")
        parser.add_argument("--no-task-worker", action="store_true", help="run `austausch work` elsewhere")

    def handle(self, *args: Any, host: str | None, port: int, **options: Any) -> None:
        if missing_migrations():
            raise CommandError("The database is not up to date. Run `austausch setup` first.")
        address = settings.AUSTAUSCH_BASE_URL or f"http://{host or 'localhost'}:{port}"
        # For links in mails, here and in the task worker.
        os.environ["AUSTAUSCH_ADDRESS"] = settings.WAGTAILADMIN_BASE_URL = address
        from austausch.wsgi import application

        how = Serving(
            hosts=(host,) if host else local_addresses(),
            port=port,
            workers=options["workers"],
            threads=options["threads"],
            task_worker=None if options["no_task_worker"] else _task_worker(),
            started=lambda: self._announce(address),
        )
        try:
            serve(application, how)
        except PortTakenError as error:
            raise CommandError(str(error)) from error

    def _announce(self, address: str) -> None:
        self.stdout.write(f"{settings.AUSTAUSCH_NAME} is running: {address}/")
        if path := new_address():
            self.stdout.write("No administrator exists yet. Make the first account here, once, within 24 hours:")
            self.stdout.write(f"  {address}{path}")
        if mail := getattr(settings, "EMAIL_FILE_PATH", None):
            self.stdout.write(f"Mail is not sent but written to {mail}.")
        self.stdout.write("Stop it with Ctrl-C.")
        self.stdout.flush()


def _task_worker() -> tuple[str, ...]:
    """The command of `austausch work`, which ends when this process is gone, however that comes about."""
    return (sys.executable, "-m", "austausch", "work", "--with-parent", str(os.getpid()))
