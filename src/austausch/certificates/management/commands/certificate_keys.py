"""Makes, rotates and withdraws signing keys. Says what it would do; `--apply` does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from austausch.certificates import keys, lists, years
from austausch.certificates.models import School, SigningKey


class Command(BaseCommand):
    help = "Makes the keys that schools need, puts new ones in place of old ones, withdraws stolen ones."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it, instead of saying what would be done")
        parser.add_argument("--rotate", metavar="SCHOOL", help="a new key for this school number, now")
        parser.add_argument("--withdraw", metavar="REFERENCE", help="nothing this key ever signed is believed any more")
        parser.add_argument("--reason", default="", help="why it is withdrawn; stands in the log")

    def handle(self, *args: Any, apply: bool, **options: Any) -> None:
        try:
            if options["withdraw"]:
                self._withdraw(options["withdraw"], reason=options["reason"], apply=apply)
            elif options["rotate"]:
                self._rotate(options["rotate"], apply=apply)
            else:
                self._plan(apply=apply)
            if apply:
                # Whatever the clock says: a withdrawn key has to be known at once.
                lists.publish(lists.TRUST)
                for name in (lists.TRUST, *lists.refresh()):
                    self.stdout.write(f"published: {name}")
        except keys.SealKeyError as error:
            raise CommandError(str(error)) from error
        if not apply:
            self.stdout.write("Nothing was changed. With --apply it is done.")

    def _plan(self, *, apply: bool) -> None:
        today = timezone.localdate()
        if apply:
            years.ensure(today)
        steps = keys.plan(today)
        for step in steps:
            self.stdout.write(str(step))
        if not steps:
            self.stdout.write("Every open school has its keys.")
        if apply:
            keys.carry_out(steps, today=today)

    def _rotate(self, number: str, *, apply: bool) -> None:
        school = School.objects.filter(number=number).first()
        if school is None:
            raise CommandError(f"No school has the number {number}.")
        today = timezone.localdate()
        year = years.current(today)
        self.stdout.write(f"rotate: {school}, {year}")
        if apply:
            made = keys.rotate(school, year, today=today, user=None)
            self.stdout.write(f"new key: {made.reference}")

    def _withdraw(self, reference: str, *, reason: str, apply: bool) -> None:
        key = SigningKey.objects.filter(reference=reference.upper()).first()
        if key is None:
            raise CommandError(f"No key has the reference {reference}.")
        if not reason.strip():
            raise CommandError("A withdrawal needs a reason: --reason '…'")
        number = key.certificates.count()
        self.stdout.write(f"withdraw: {key}, {key.school}: {number} certificates are believed no longer")
        if apply:
            keys.withdraw(key, reason=reason, user=None)
