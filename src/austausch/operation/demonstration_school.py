"""The made-up school of the demonstration: people, pupils and certificates, all removed with it.

Nobody in it exists.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone

from austausch.certificates import actions, issuing, keys, lists, revoking, years
from austausch.certificates.demonstration import SCHOOL_NUMBER as NUMBER
from austausch.certificates.models import (
    Alarm,
    Certificate,
    Grade,
    ImportBatch,
    IssueBatch,
    IssueLog,
    LogChain,
    Numbering,
    PublishedList,
    Pupil,
    Revocation,
    School,
    SchoolRole,
    SchoolYear,
    SigningKey,
    StatusList,
)
from austausch.people.models import Organisation, User
from austausch.places.models import Place

PURPOSE = "Vorführung"
# (first names, family name, born, class, grade)
PUPILS = (
    ("Ada", "Musterfrau", 2015, "5a", Grade.G5),
    ("Ben", "Beispiel", 2015, "5a", Grade.G5),
    ("Çelik", "Mustermann", 2015, "5a", Grade.G5),
    ("Dorotka", "Przykładowa", 2015, "5a", Grade.G5),
    ("Emil", "Exempel", 2014, "6b", Grade.G6),
    ("Ștefania", "Exemplu", 2014, "6b", Grade.G6),
    ("Gülşen", "Örnek", 2014, "6b", Grade.G6),
    ("Hanna", "Probe", 2014, "6b", Grade.G6),
)


def make(organisation: Organisation, *, office: User, management: User) -> School:
    """A school with two people, two classes, one issued class, one revoked certificate and one that waits."""
    today = timezone.localdate()
    year = years.ensure(today)[0]
    school = School.objects.create(
        number=NUMBER,
        name="Gesamtschule Musterhausen",
        kind=School.Kind.COMPREHENSIVE,
        organisation=organisation,
        place=Place.objects.order_by("ags").filter(ags__startswith=settings.AUSTAUSCH_STATE)[0],
        street="Beispielweg",
        house_number="1",
        postal_code="00000",
        town="Musterhausen",
        phone="+49 000 000000",
        email="buero@gesamtschule.example.org",
        website="gesamtschule.example.org",
    )
    SchoolRole.objects.create(school=school, user=office, role=SchoolRole.Role.OFFICE)
    SchoolRole.objects.create(school=school, user=management, role=SchoolRole.Role.HEAD)
    # Before the keys: by its moment `clear` knows whether the root is older.
    batch = _import(school, management)
    keys.carry_out(keys.plan(today), today=today)
    pupils = _pupils(school, year_ends=year.ends_on, batch=batch)
    class_5a = [pupil for pupil in pupils if pupil.class_name == "5a"]
    done = actions.ask(school, office, scope="class", pupils=class_5a, class_name="5a", purpose=PURPOSE)
    issuing.run(done.pk)
    first = Certificate.objects.filter(batch=done).order_by("sequence")[0]
    revoking.revoke(first, office, reason=Revocation.Reason.LOST)
    _leaver(school, office)
    lists.refresh()
    return school


def clear() -> None:
    """Removes the school and all that hangs on it; root and lists only if it made them and no school needs them."""
    central_is_ours = _made_the_root()
    certificates = Certificate.objects.filter(school__number=NUMBER)
    batches = IssueBatch.objects.filter(school__number=NUMBER)
    names = [*certificates.exclude(file="").values_list("file", flat=True)]
    for batch in batches:
        names += [name for name in (batch.archive, *batch.print_files) if name]
    Revocation.objects.filter(certificate__in=certificates).delete()
    certificates.update(replaces=None)
    batches.update(replaces=None)
    certificates.delete()
    batches.delete()
    for model in (Alarm, Pupil, ImportBatch, Numbering, SigningKey, SchoolRole):
        model._default_manager.filter(school__number=NUMBER).delete()
    School.objects.filter(number=NUMBER).delete()
    IssueLog.objects.filter(chain=NUMBER).delete()
    LogChain.objects.filter(key=NUMBER).delete()
    if central_is_ours and not School.objects.exists():
        for table in (PublishedList, StatusList, SigningKey, IssueLog, LogChain, SchoolYear):
            table._default_manager.all().delete()
    for name in names:
        storages["private"].delete(name)


def _made_the_root() -> bool:
    """Whether there was no root before the demonstration: one that is older is the installation's own."""
    first = ImportBatch.objects.filter(school__number=NUMBER).order_by("made_at").first()
    roots = SigningKey.objects.filter(purpose=SigningKey.Purpose.ROOT)
    return first is not None and not roots.filter(made_at__lt=first.made_at).exists()


def _import(school: School, user: User) -> ImportBatch:
    return ImportBatch.objects.create(
        school=school,
        school_year=years.current(timezone.localdate()),
        source=ImportBatch.Source.CSV,
        state=ImportBatch.State.APPLIED,
        file_name="beispiel.csv",
        made_by=user,
        applied_by=user,
        applied_at=timezone.now(),
        read=len(PUPILS),
        new=len(PUPILS),
    )


def _pupils(school: School, *, year_ends: dt.date, batch: ImportBatch) -> list[Pupil]:
    today = timezone.localdate()
    return [
        Pupil.objects.create(
            school=school,
            source_key=str(number),
            first_names=first,
            family_name=family,
            birth_date=dt.date(born, 1 + number % 12, 1 + number),
            birth_place="Musterhausen",
            street="Musterstraße",
            house_number=str(number),
            postal_code="00000",
            town="Musterhausen",
            class_name=class_name,
            grade=grade,
            attending_since=today - dt.timedelta(days=120),
            expected_end=year_ends + dt.timedelta(days=365 * 4),
            import_batch=batch,
            retention_ends_on=year_ends + dt.timedelta(days=365),
        )
        for number, (first, family, born, class_name, grade) in enumerate(PUPILS, 1)
    ]


def _leaver(school: School, office: User) -> None:
    """Somebody who has left and stands in no import: the certificate waits for the management."""
    today = timezone.localdate()
    gone = Pupil.objects.create(
        school=school,
        source_key="99",
        first_names="Ida",
        family_name="Ehemalig",
        birth_date=dt.date(today.year - 17, 5, 5),
        grade=Grade.G10,
        class_name="10c",
        status=Pupil.Status.LEFT,
        attending_since=today - dt.timedelta(days=2000),
        ended_on=today - dt.timedelta(days=60),
        retention_ends_on=today + dt.timedelta(days=300),
    )
    actions.ask(school, office, scope="one", pupils=[gone], purpose="Bewerbung um einen Ausbildungsplatz")
