"""`austausch load_synonyms [FILE] [--name NAME] [--remove] [--apply]`: loads a list of synonyms."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from austausch.search import synonym_loading
from austausch.search.synonym_lists import ListError, Reading, read
from austausch.search.synonyms import START_LIST

MOST_LINES_NAMED = 10


class Command(BaseCommand):
    help = (
        "Loads a list of synonyms: OpenThesaurus text, MyThes (th_de_DE_v2.dat) or our own YAML; without a file, the "
        "list that comes with the software. Shows what would change; with --apply, changes it. A list that was loaded "
        "before under the same name is replaced. What editors wrote is not touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--name", help="name of the list; otherwise that of the file")
        parser.add_argument("--remove", action="store_true", help="take the list --name away instead")
        parser.add_argument("--apply", action="store_true", help="write the changes; otherwise only show them")

    def handle(
        self, *args: Any, file: Path | None, name: str | None, remove: bool, apply: bool, **options: Any
    ) -> None:
        try:
            if remove:
                self._remove(file, name, apply)
            else:
                self._load(file, name, apply)
        except ListError as error:
            count = len(error.problems)
            said = ngettext(
                "Nothing was loaded: %(count)s problem.", "Nothing was loaded: %(count)s problems.", count
            ) % {"count": count}
            raise CommandError("\n".join([said, *(f"  {problem}" for problem in error.problems)])) from error
        if not apply:
            self.stdout.write(_("This was a dry run. Add --apply to change the synonyms."))

    def _load(self, file: Path | None, name: str | None, apply: bool) -> None:
        if file is None and name is not None:
            raise CommandError(_("Which file? A name alone names only what shall be removed, with --remove."))
        list_name = START_LIST if file is None else synonym_loading.check_name(name or file.stem)
        reading = read(file or synonym_loading.START_FILE)
        outcome = synonym_loading.load_list(
            reading.groups, name=list_name, apply=apply, progress=lambda done, total: self._progress(done, total)
        )
        self.stdout.write(
            _(
                "List “%(name)s”: %(new)d groups new, %(gone)d gone, %(renoted)d with another reason, %(unchanged)d "
                "unchanged."
            )
            % {"name": list_name, **vars(outcome)}
        )
        if outcome.editors:
            self.stdout.write(_("Not loaded, because editors wrote the same: %(count)d.") % {"count": outcome.editors})
        self._left_out(reading)

    def _left_out(self, reading: Reading) -> None:
        if not reading.left_out:
            return
        self.stdout.write(
            _("Left out, because fewer than two expressions remain or there are too many: %(count)d.")
            % {"count": reading.left_out}
        )
        if reading.too_large:
            lines = ", ".join(map(str, reading.too_large[:MOST_LINES_NAMED]))
            self.stdout.write(_("Too many expressions in lines: %(lines)s.") % {"lines": lines})

    def _remove(self, file: Path | None, name: str | None, apply: bool) -> None:
        if file is not None or name is None:
            raise CommandError(_("Name the list that shall be removed: --remove --name NAME, without a file."))
        count = synonym_loading.remove_list(name, apply=apply)
        self.stdout.write(_("List “%(name)s”: %(count)d groups gone.") % {"name": name, "count": count})

    def _progress(self, done: int, total: int) -> None:
        self.stdout.write(_("%(done)d of %(total)d groups written.") % {"done": done, "total": total})
