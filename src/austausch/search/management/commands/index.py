"""`austausch index`: looks whether the search index agrees with the database, mends it or makes it anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from austausch.search import index


class Command(BaseCommand):
    help = (
        "Compares the search index with the database. Changes nothing without --apply or --rebuild; "
        "with neither, ends with an error if they disagree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="index again what disagrees")
        parser.add_argument("--rebuild", action="store_true", help="index everything anew, in one transaction")

    def handle(self, *args: Any, apply: bool, rebuild: bool, **options: Any) -> None:
        if rebuild:
            self.stdout.write(f"Indexed anew: {index.rebuild()} entries.")
            return
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
