"""How many pupils an import reads and writes for each second of processor time, and how much memory that takes.

    python -m bench.imports                 50,000 rows on SQLite (two or three minutes)
    python -m bench.imports --rows 5000     a quick run
    DATABASE_URL=postgresql://… python -m bench.imports

Beside it stands what one would write first: a transaction in which each row of the file is read with `csv`, looked up
with `get_or_create` and saved. It refuses nothing, shows nothing beforehand and cannot be taken back.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "austausch.settings.test")
os.environ.setdefault("DATABASE_URL", "")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from austausch.certificates.importing import actions, applying  # noqa: E402
from austausch.certificates.models import ImportBatch, Pupil, School  # noqa: E402
from austausch.people.models import User  # noqa: E402
from bench import machine  # noqa: E402
from bench.report import table  # noqa: E402

HEAD = ("Nachname", "Vorname", "Geburtsdatum", "Status", "Jahrgang", "Klasse", "Aufnahmedatum", "Straße", "PLZ", "Ort")
NAMES = ("Ștefănescu", "Müller", "Yıldız", "Łukasiewicz", "Schmidt", "García")


def file(rows: int, *, class_name: str = "7a", every: int = 1) -> bytes:
    """A table of a school far larger than any. `class_name` of every so many, the others are in 7a."""
    written = io.StringIO()
    write = csv.writer(written, delimiter=";")
    write.writerow(HEAD)
    for number in range(rows):
        family_name, first_name = f"{NAMES[number % len(NAMES)]}-{_letters(number)}", f"Kim {_letters(number // 7)}"
        born = dt.date(2013, 1, 1) + dt.timedelta(days=number % 700)
        write.writerow(
            (family_name, first_name, f"{born:%d.%m.%Y}", "2", "07", class_name if number % every == 0 else "7a",
             "01.08.2024", "Musterstraße 5", "00000", "Musterort")
        )  # fmt: skip
    return written.getvalue().encode()


def _letters(number: int) -> str:
    """Digits in a name would be taken for damage."""
    text = ""
    while True:
        number, rest = divmod(number, 26)
        text = chr(ord("a") + rest) + text
        if not number:
            return text.capitalize()


def ours(school: School, user: User, content: bytes) -> Iterable[tuple[str, float, float]]:
    """What is done, processor seconds, and the most memory since the process began."""
    made: list[ImportBatch] = []

    def look() -> None:
        made.append(actions.begin(school, user, name="schueler.csv", content=content, complete=True))
        made[0].refresh_from_db()
        assert made[0].state == ImportBatch.State.ASKING, made[0].problems

    yield "read and shown", *measured(look)
    yield "applied", *measured(lambda: actions.apply(made[0], user))
    made[0].refresh_from_db()
    assert made[0].state == ImportBatch.State.APPLIED


def plain(school: School, content: bytes) -> None:
    """As one would write it first."""
    with transaction.atomic():
        for row in csv.DictReader(io.StringIO(content.decode()), delimiter=";"):
            key = f"{row['Nachname']}|{row['Vorname']}|{row['Geburtsdatum']}"[:100]
            values = {
                "family_name": row["Nachname"],
                "first_names": row["Vorname"],
                "birth_date": dt.datetime.strptime(row["Geburtsdatum"], "%d.%m.%Y").date(),
                "attending_since": dt.datetime.strptime(row["Aufnahmedatum"], "%d.%m.%Y").date(),
                "grade": "jahrgangsstufe_7",
                "class_name": row["Klasse"],
                "street": row["Straße"],
                "postal_code": row["PLZ"],
                "town": row["Ort"],
                "retention_ends_on": timezone.localdate(),
            }
            pupil, made = Pupil.objects.get_or_create(school=school, source_key=key, defaults=values)
            if not made:
                for name, value in values.items():
                    setattr(pupil, name, value)
                pupil.save()


def measured(work: Callable[[], object]) -> tuple[float, float]:
    before = time.process_time()
    work()
    return time.process_time() - before, peak()


def peak() -> float:
    """MiB, since it was last forgotten."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def forget_peak() -> None:
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--plain", type=int, default=5_000, help="rows for the plain way beside it")
    given = parser.parse_args(arguments)
    if warning := machine.busy():
        print(f"**{warning}**\n")
    with tempfile.TemporaryDirectory(prefix="bench-imports-") as folder:
        # In a file: a database in memory would be counted as the import's.
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/db.sqlite3"
        before = str(connection.settings_dict["NAME"])
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            run(given.rows, given.plain)
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)


def run(rows: int, beside: int) -> None:
    from tests.factories import SchoolFactory, SchoolRoleFactory

    memory: list[tuple[str, ...]] = []
    found: list[tuple[str, ...]] = []
    rates: dict[str, float] = {}
    for amount in sorted({max(rows // 10, 100), rows}):
        school = SchoolFactory(kind=School.Kind.COMPREHENSIVE)
        user = SchoolRoleFactory(school=school).user
        files = {
            "new": file(amount),
            "one in ten changed": file(amount, class_name="7c", every=10),
            "unchanged": file(amount, class_name="7c", every=10),
        }
        for name, content in files.items():
            forget_peak()
            before = peak()
            seconds = 0.0
            for step, used, most in ours(school, user, content):
                seconds += used
                memory.append((f"{amount:,} {name}, {step}", f"{used:.1f} s", f"{before:.0f} → {most:.0f} MiB"))
            rates[name] = amount / seconds
            found.append((f"{amount:,} {name}", f"{rates[name]:,.0f}"))
        forget_peak()
        last = ImportBatch.objects.filter(school=school).applied().latest("applied_at")
        used, most = measured(partial(applying.undo, last, user))
        memory.append((f"{amount:,} undone", f"{used:.1f} s", f"{most:.0f} MiB"))
    school = SchoolFactory(kind=School.Kind.COMPREHENSIVE)
    for name, content in {"new": file(beside), "unchanged": file(beside)}.items():
        used, _most = measured(partial(plain, school, content))
        found.append((f"plain way, {beside:,} {name}", f"{beside / used:,.0f}"))
        found.append((f"times the plain way, {name}", f"{rates[name] * used / beside:.1f}×"))
    print("\n".join(table(("rows", "per CPU second"), found)))
    print("\n".join(table(("step", "CPU time", "memory"), memory)))


if __name__ == "__main__":
    main()
