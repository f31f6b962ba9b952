"""`austausch demo`: made-up towns and people to try the protected network with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from austausch.operation import demonstration


class Command(BaseCommand):
    help = (
        "Adds a made-up ministry, three towns, a school, an office that checks its certificates and a person for every "
        "role; with --clear removes exactly that."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it; without, only say what would be done")
        parser.add_argument("--clear", action="store_true", help="remove the demonstration")

    def handle(self, *args: Any, apply: bool, clear: bool, **options: Any) -> None:
        if not apply:
            what = "remove" if clear else "add"
            self.stdout.write(
                f"Would {what} {len(demonstration.BODIES)} made-up organisations and what belongs to them."
            )
            self.stdout.write("Nothing was done. Do it: --apply")
            return
        if clear:
            number = demonstration.clear()
            self.stdout.write(f"Removed: {number} made-up organisations and what belonged to them.")
            return
        try:
            accounts, password = demonstration.make()
        except demonstration.DemonstrationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Made-up towns, people and entries are there. Sign in at /konto/login/ as:\n\n")
        for account in accounts:
            self.stdout.write(f"  {account.email:<42} {account.what}")
        self.stdout.write("\n/pruefen/ offers a genuine, a revoked and a tampered certificate of the school to try.")
        self.stdout.write(
            f"\nEverybody's password: {password}\nIt is shown only now. Remove everything: make demo-clear"
        )
