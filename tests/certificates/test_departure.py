"""A pupil leaves: from the school's next file, over a person's yes, to the list that every checker reads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import pypdfium2
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from vdseal import carriers
from vdseal.status import StatusList
from vdseal.trust import TrustList
from vdseal.verifying import Code, verify

from austausch.certificates import issuing, keys, lists
from austausch.certificates.importing import actions
from austausch.certificates.models import Certificate, ImportBatch, IssueBatch, Pupil, Revocation, School
from tests.certificates.pupil_files import ADA, BEN, csv, with_change
from tests.certificates.school import Issuer, asked, issued, issuer
from tests.certificates.test_pages import client_of
from tests.factories import PupilFactory
from tests.killing import undone

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 11, 28, 9, tzinfo=dt.UTC)
CLEO = with_change(ADA, Vorname="Cleo")


@pytest.fixture
def at() -> Issuer:
    # On that day, too, or the keys would not be valid yet.
    with time_machine.travel(TODAY, tick=False):
        return issuer(kind=School.Kind.GRAMMAR, number="999001")


class Office:
    """Somebody in the school's office, before the browser."""

    def __init__(self, at: Issuer) -> None:
        self.school, self.client = at.school, client_of(at.office, at.school)
        self.manager = client_of(at.management, at.school)

    def uploads(self, *rows: tuple[str, ...], complete: bool = True) -> tuple[str, str]:
        """The import's address and page."""
        file = SimpleUploadedFile("schueler.csv", csv(*rows))
        form = {"file": file, **({"complete": "on"} if complete else {})}
        answer = self.client.post(reverse("certificates:imports", args=[self.school.number]), form)
        address = answer.headers["Location"]
        return address, self.client.get(address).content.decode()

    def applies(self, address: str, **form: object) -> None:
        assert self.client.post(f"{address}uebernehmen/", form).status_code == 302
        assert "übernommen" in self.client.get(address).content.decode()

    def issues(self) -> None:
        """For the whole school; the file was this person's alone, so the management says yes."""
        address = reverse("certificates:issue", args=[self.school.number])
        until = f"{timezone.localdate() + dt.timedelta(days=90):%Y-%m-%d}"
        form = {"whom": "schule", "purpose": "Vorlage bei der Familienkasse", "valid_until": until}
        assert self.client.post(address, form).status_code == 302
        batch = IssueBatch.objects.get()
        assert batch.state == IssueBatch.State.WAITING
        allow = reverse("certificates:batch_allow", args=[self.school.number, batch.pk])
        assert self.manager.post(allow).status_code == 302
        worker(batch)

    def paper(self, first_name: str) -> bytes:
        """The PDF that the family gets."""
        certificate = Certificate.objects.get(pupil__first_names=first_name)
        answer = self.client.get(reverse("certificates:certificate_pdf", args=[self.school.number, certificate.number]))
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def worker(batch: IssueBatch | None = None) -> None:
    """What the worker does within the next minute; in tests its tasks would begin only after the test."""
    if batch is not None:
        issuing.run(batch.pk)
    lists.refresh()


def ticked(page: str, first_name: str) -> int:
    """The box before this name on the page."""
    found = re.search(rf'value="(\d+)" id="abgang-\d+">\s*<label[^>]*>[^<]*{first_name}', page)
    assert found, f"{first_name} is not among those who may have left"
    return int(found[1])


class Checker:
    """Somebody with the paper and the two public lists, who asks nobody else."""

    def __init__(self) -> None:
        self.client = Client()
        self.trust = TrustList.read(self._got("/pruefen/listen/vertrauen"), roots=keys.roots())
        self.lists: Mapping[str, StatusList] = {
            uri: StatusList.read(self._got(f"/pruefen/listen/status/{uri.rpartition('/')[2]}"), public_key=key, uri=uri)
            for uri, key in self.trust.status_keys.items()
        }

    def _got(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    def says(self, paper: bytes) -> Code:
        document = pypdfium2.PdfDocument(paper)
        page = document[0].render(scale=3.0).to_numpy().copy()
        document.close()
        (seal,) = carriers.read_image(page)
        return verify(seal, trust=self.trust, status_lists=self.lists, at=timezone.now()).code


def test_the_next_import_and_a_yes_tell_every_checker(at: Issuer) -> None:
    with time_machine.travel(TODAY, tick=False):
        office = Office(at)
        address, _page = office.uploads(ADA, BEN, CLEO)
        office.applies(address)
        office.issues()
        papers = {name: office.paper(name) for name in ("Ada", "Ben", "Cleo")}
        before = Checker()
        assert {before.says(paper) for paper in papers.values()} == {Code.VALID}

    with time_machine.travel(TODAY + dt.timedelta(days=3), tick=False):
        office = Office(at)
        address, page = office.uploads(ADA)
        assert "2 gültige Bescheinigungen" in page
        # Two seem to have left; the office knows it of one.
        office.applies(address, departed=[ticked(page, "Cleo")], ended_on="2026-11-30")
        worker()
        after = Checker()
        said = {name: after.says(paper) for name, paper in papers.items()}
        assert said == {"Ada": Code.VALID, "Ben": Code.VALID, "Cleo": Code.REVOKED}
        revocation = Revocation.objects.get()
        assert (revocation.reason, revocation.import_batch, revocation.revoked_by) == (
            Revocation.Reason.LEFT, ImportBatch.objects.first(), at.office,
        )  # fmt: skip
        # Who has stayed away from the lists learns of it when they run out, and not before.
        assert before.says(papers["Cleo"]) is Code.STATUS_LIST_EXPIRED

    with time_machine.travel(TODAY + dt.timedelta(days=4), tick=False):
        # The file says itself that Ben has left, and is not the whole school's.
        office = Office(at)
        row = with_change(BEN, Status="9")
        address, page = office.uploads(row, complete=False)
        office.applies(address, departed=[ticked(page, "Ben")], ended_on="2026-12-01")
        worker()
        assert Checker().says(papers["Ben"]) is Code.REVOKED


def test_who_leaves_while_the_certificate_is_being_made_gets_none_that_says_otherwise(at: Issuer) -> None:
    """The numbers are given, the worker is at it, and meanwhile somebody confirms that the pupil has left."""
    with time_machine.travel(TODAY, tick=False):
        stays, leaves = (PupilFactory(school=at.school, first_names=name) for name in ("Ada", "Cleo"))
        batch = asked(at, [stays, leaves])
        issuing.reserve(batch)
        departs(at, leaves)
        worker(batch)
        kept, revoked = Certificate.objects.order_by("pupil__first_names")
        assert (kept.state, revoked.state) == (Certificate.State.ISSUED, Certificate.State.REVOKED)
        assert Revocation.objects.get().certificate == revoked


def test_what_says_that_somebody_has_attended_holds_on(at: Issuer) -> None:
    with time_machine.travel(TODAY, tick=False):
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        left = PupilFactory(school=at.school, first_names="Cleo", status=Pupil.Status.LEFT, ended_on=yesterday)
        (certificate,) = issued(at, [left])
        assert certificate.kind == Certificate.Kind.ATTENDED
        with undone():
            batch = asked(at, [left])
            issuing.reserve(batch)
            worker(batch)
            assert not Revocation.objects.exists()
        assert Checker().says(Office(at).paper("Cleo")) is Code.VALID


def departs(at: Issuer, pupil: Pupil) -> None:
    """The next complete file does not have the pupil, and somebody confirms it."""
    others = Pupil.objects.filter(school=at.school).exclude(pk=pupil.pk)
    rows = [(one.family_name, one.first_names, f"{one.birth_date:%d.%m.%Y}", "2", "06", "6a",
             f"{one.attending_since:%d.%m.%Y}") for one in others]  # fmt: skip
    batch = actions.begin(at.school, at.office, name="a.csv", content=csv(*rows), complete=True)
    row = batch.rows.get(pupil=pupil)
    actions.apply(batch, at.office, departed=[row.pk], ended_on=f"{timezone.localdate() - dt.timedelta(days=1)}")
