"""Removes somebody's second factor when telephone, passkeys and recovery codes are lost."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from austausch.people import actions
from austausch.people.models import User


class Command(BaseCommand):
    help = "Removes the second factor, passkeys and recovery codes of an account and ends its sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the account's e-mail address")
        parser.add_argument("--apply", action="store_true", help="do it; without, only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError("There is no account with this address.")
        if not options["apply"]:
            self.stdout.write(f"Would remove the second factor of {user.email}. Do it with --apply.")
            return
        actions.remove_second_factor(user, by=None)
        self.stdout.write(f"{user.email} has no second factor any more and is told by mail.")
