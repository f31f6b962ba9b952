"""`austausch setup_address`: prints a new one-time address for the first administrator."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from austausch.people.setup import new_address


class Command(BaseCommand):
    help = "Prints a new one-time address at which the first administrator makes an account."

    def handle(self, *args: Any, **options: Any) -> None:
        path = new_address()
        if path is None:
            raise CommandError(
                "An administrator exists already. A forgotten password is reset at the sign-in page, "
                "or here with `austausch changepassword <e-mail>`."
            )
        self.stdout.write(settings.WAGTAILADMIN_BASE_URL + path)
