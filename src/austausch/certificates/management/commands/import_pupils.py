"""`austausch import_pupils FILE --school N [--apply]`: reads a school's pupils from a file or its SVWS-Server."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from austausch.certificates import years
from austausch.certificates.importing import actions, planning, servers, wording
from austausch.certificates.importing.errors import PupilImportError
from austausch.certificates.models import ImportBatch, ImportRow, School
from austausch.certificates.reading import Limits, Reading, read, svws_client
from austausch.people.models import User


class Command(BaseCommand):
    help = "Shows what a file would change among a school's pupils; with --apply, changes it. Nobody leaves by command."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help=".dat, .json, .csv or .xlsx; without: --server")
        parser.add_argument("--school", required=True, metavar="NUMBER")
        parser.add_argument("--server", action="store_true", help="fetch from the school's SVWS-Server")
        parser.add_argument("--encoding", default="", help="of a .dat or .csv; without: find out")
        parser.add_argument("--user", metavar="EMAIL", help="in whose name: somebody with a role at the school")
        parser.add_argument("--apply", action="store_true", help="write the changes; otherwise only show them")

    def handle(self, *args: Any, file: Path | None, school: str, apply: bool, **options: Any) -> None:
        found = School.objects.filter(number=school).first()
        if found is None:
            raise CommandError(_("There is no school with the number %(number)s.") % {"number": school})
        reading = self._reading(found, file, options)
        if reading.refused:
            raise CommandError("\n".join(_lines(reading)))
        if not apply:
            self._show(found, reading)
            self.stdout.write(_("This was a dry run. Add --apply to import the file."))
            return
        try:
            self._apply(found, file, reading, options)
        except PupilImportError as error:
            raise CommandError(str(error)) from error

    def _reading(self, school: School, file: Path | None, options: dict[str, Any]) -> Reading:
        if options["server"]:
            server = servers.of(school)
            if server is None:
                raise CommandError(_("No SVWS-Server is set for this school (AUSTAUSCH_SVWS_FILE)."))
            return svws_client.fetch(server)
        if file is None:
            raise CommandError(_("Name a file, or fetch with --server."))
        try:
            with file.open("rb") as opened:
                content = opened.read(Limits().bytes + 1)
        except OSError as error:
            raise CommandError(_("The file cannot be read: %(path)s.") % {"path": file}) from error
        return read(file.name, content, encoding=options["encoding"])

    def _show(self, school: School, reading: Reading) -> None:
        batch = ImportBatch(school=school, school_year=years.current(timezone.localdate()), complete=False)
        self._tell(planning.plan(batch, reading, today=timezone.localdate()))

    @transaction.atomic
    def _apply(self, school: School, file: Path | None, reading: Reading, options: dict[str, Any]) -> None:
        user = User.objects.filter(email__iexact=options["user"] or "").first()
        if user is None:
            raise CommandError(_("Say with --user in whose name: somebody with a role at the school."))
        source = actions.SOURCES.get(file.suffix.lower()) if file else ImportBatch.Source.SVWS
        batch = actions.begin_with(school, user, reading, name=file.name if file else "", source=source)
        if batch.state != ImportBatch.State.ASKING:
            raise CommandError("\n".join(str(wording.told(problem)) for problem in batch.problems))
        self._tell(batch.rows.iterator())
        actions.apply(batch, user)
        self.stdout.write(_("The import is applied."))

    def _tell(self, rows: Iterable[ImportRow]) -> None:
        counts: Counter[str] = Counter()
        for row in rows:
            counts[str(row.outcome)] += 1
            for problem in row.problems:
                self.stdout.write(f"  {wording.told(problem)}")
        for outcome in ImportRow.Outcome:
            self.stdout.write(f"{outcome.label}: {counts[outcome]}")


def _lines(reading: Reading) -> list[str]:
    return [str(wording.told(asdict(problem))) for problem in reading.problems]
