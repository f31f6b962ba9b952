"""`austausch index`: looks whether the search index agrees with the database, mends it or makes it anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from austausch.search import index, meaning
from austausch.search.engines import EngineError
from austausch.search.rebuilding import RebuildError, rebuild


class Command(BaseCommand):
    help = (
        "Compares the search index with the database. Changes nothing without --apply or --rebuild; "
        "with neither, ends with an error if they disagree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="index again what disagrees")
        parser.add_argument(
            "--rebuild", action="store_true", help="index everything anew, while readers search and editors publish"
        )

    def handle(self, *args: Any, apply: bool, **options: Any) -> None:
        try:
            if options["rebuild"]:
                self._rebuild()
            else:
                self._compare(apply)
        except (EngineError, RebuildError) as error:
            raise CommandError(str(error)) from error
        self._vectors(make=apply or options["rebuild"])

    def _rebuild(self) -> None:
        count = rebuild(self._progress("Indexed"))
        self.stdout.write(f"Indexed anew: {count:,} entries.")

    def _compare(self, apply: bool) -> None:
        difference = index.compare()
        if not difference:
            self.stdout.write("Index and database agree.")
            return
        for name in ("missing", "outdated", "surplus"):
            if keys := getattr(difference, name):
                self.stdout.write(f"{name}: {len(keys)} ({', '.join(map(str, keys[:10]))}{' …' if keys[10:] else ''})")
        if not apply:
            raise CommandError("Index and database disagree. `austausch index --apply` mends this.")
        index.index(difference.keys)
        self.stdout.write(f"Indexed again: {len(difference.keys)} entries.")

    def _vectors(self, *, make: bool) -> None:
        """Vectors are made in the background, so missing ones are no error."""
        if not (keys := meaning.missing()):
            return
        if not make:
            self.stdout.write(f"Sentence vectors to be made: {len(keys):,} entries, by the task worker or --apply.")
            return
        told = self._progress("Sentence vectors")
        made = meaning.refresh(keys, lambda done: told(done, len(keys)))
        self.stdout.write(f"Sentence vectors made: {made:,} entries.")

    def _progress(self, what: str) -> Callable[[int, int], None]:
        """Tells how far it is: in one line that changes for somebody at a terminal, else in a line a step."""
        started = time.monotonic()
        changing = self.stdout.isatty()

        def told(done: int, total: int) -> None:
            seconds = (time.monotonic() - started) * (total - done) / done
            line = f"{what}: {done:,} of {total:,} ({done * 100 // total} %), about {_duration(seconds)} left"
            self.stdout.write(f"{line:<70}" if changing else line, ending="\r" if changing and done < total else "\n")

        return told


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
