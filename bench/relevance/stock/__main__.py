"""Reads texts and queries from standard input, makes the tables and the index, and writes the rankings."""

from __future__ import annotations

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from bench.relevance.stock.models import Measure

    given = json.load(sys.stdin)
    call_command("migrate", run_syncdb=True, verbosity=0)
    for text in given["texts"]:
        # One by one, because saving is what tells the index.
        Measure.objects.create(**text)
    answers = {
        operator: {
            query: [measure.slug for measure in Measure.objects.search(query, operator=operator)[: given["most"]]]
            for query in given["queries"]
        }
        for operator in ("and", "or")
    }
    json.dump(answers, sys.stdout)


main()
