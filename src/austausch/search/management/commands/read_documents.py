"""`austausch read_documents`: reads the documents' files for the search, if the worker has not done so yet."""

from __future__ import annotations

import math
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from austausch.catalogue.models import Document
from austausch.search import document_reading


class Command(BaseCommand):
    help = "Reads the text of the documents that were not read yet, so that they are found by it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="read all, for example after an update of the readers")

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        documents = Document.objects.filter(versions__isnull=False) if again else document_reading.missing()
        keys = list(documents.order_by("pk").distinct().values_list("pk", "slug"))
        failed = 0
        for number, (key, slug) in enumerate(keys, 1):
            try:
                read = document_reading.refresh(key, again=again)
            except Exception as error:
                # The storage is not to be had, for this file or for all: the others are tried.
                failed += 1
                self.stderr.write(f"{number}/{len(keys)} {slug}: {error}")
                continue
            if read:
                pages = f", {read.pages} pages" if read.pages else ""
                problem = f" ({read.problem})" if read.problem else ""
                self.stdout.write(
                    f"{number}/{len(keys)} {slug}: {read.state}{problem}{pages}, {len(read.text)} characters"
                )
        document_reading.index_waiting(seconds=math.inf)
        if failed:
            raise CommandError(f"{failed} of {len(keys)} files could not be fetched. Run the command again later.")
        self.stdout.write(f"Read: {len(keys)} documents.")
