"""`austausch work`: the worker process. `austausch serve` starts and watches one; more may run beside it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from austausch.operation.work import run


class Command(BaseCommand):
    help = "Runs queued tasks, scheduled publication and the clearing of old sessions until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--with-parent", type=int, metavar="PID", help="stop when this parent process is gone")

    def handle(self, *args: Any, with_parent: int | None, **options: Any) -> None:
        run(with_parent=with_parent)
