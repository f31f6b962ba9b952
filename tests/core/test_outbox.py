"""Mail that is neither sent twice nor lost, whenever a process dies."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Callable, Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.test import Client
from django.utils import timezone

from austausch.core import outbox
from austausch.core.mail_folder import FolderBackend
from austausch.core.models import Mail, Refusal
from tests.factories import EntryFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
NEWS = outbox.Category(key="test-news", label="Neuigkeiten")
DUTY = outbox.Category(key="test-duty", label="Pflicht", required=True)
TEMPLATE = "core/test_mail.txt"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Killed(BaseException):
    """The process dies here: nothing after this line happens, no handler of errors runs."""


@pytest.fixture(autouse=True)
def _template(settings: Any, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    (folder / "core").mkdir(parents=True)
    (folder / TEMPLATE).write_text("Subject: Über {{ what }}\n\nGuten Tag,\n{{ what }}\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "austausch.core.mail_folder.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def post(key: str = "news:1", **values: Any) -> bool:
    given: dict[str, Any] = {"category": NEWS, "to": "erika@example.org", "context": {"what": "Wohnen"}, **values}
    return outbox.post(key=key, template=TEMPLATE, **given)


def sent_to(folder: Path) -> list[str]:
    return sorted(str(read(path)["To"]) for path in folder.glob("*.eml"))


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def later(minutes: int) -> None:
    """Lets time pass for all mails."""
    gone = dt.timedelta(minutes=minutes)
    for mail in Mail.objects.all():
        mail.next_attempt_at -= gone
        mail.claimed_at = mail.claimed_at and mail.claimed_at - gone
        mail.save()


def test_a_mail_is_delivered_once_and_its_text_forgotten() -> None:
    assert post()
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    (message,) = django_mail.outbox
    assert (message.subject, message.to) == ("Über Wohnen", ["erika@example.org"])
    assert "Guten Tag,\nWohnen\n" in str(message.body)
    row = Mail.objects.get()
    assert (row.state, row.subject, row.text, row.address) == (Mail.State.SENT, "", "", "")


def test_the_same_key_is_posted_once_even_after_delivery() -> None:
    assert [post(), post()] == [True, False]
    outbox.deliver()
    assert not post()
    assert Mail.objects.count() == 1


def test_a_change_that_fails_posts_nothing() -> None:
    def fail() -> None:
        with transaction.atomic():
            post()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Mail.objects.exists()


def test_a_subject_cannot_add_headers() -> None:
    post(context={"what": "x\r\nBcc: jemand@example.org"})
    outbox.deliver()
    assert django_mail.outbox[0].recipients() == ["erika@example.org"]


def test_a_template_without_a_subject_is_refused(settings: Any) -> None:
    with pytest.raises(ValueError, match="Subject"):
        outbox.post(category=NEWS, key="k", to="a@example.org", template="core/components/empty.html", context={})


def test_mail_about_what_the_reader_may_no_longer_see_is_not_delivered() -> None:
    user = UserFactory.create()
    entry = EntryFactory.create(published=True)
    post(to=user, about=entry)
    post("news:2", to=user, about=EntryFactory.create(published=True))
    entry.unpublish()
    assert outbox.deliver() == 1
    assert Mail.objects.get(key="news:1").state == Mail.State.DROPPED
    assert Mail.objects.get(key="news:1").text == ""


def test_nobody_without_an_active_account_gets_mail() -> None:
    user = UserFactory.create(is_active=False)
    post(to=user)
    assert outbox.deliver() == 0


# --- the process dies -------------------------------------------------------------------------------------------------


def killing(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool, call: int) -> None:
    """The process dies before or after the n-th call of a function."""
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise Killed
        result = original(*args, **kwargs)
        if calls == call and after:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, dying)


STEPS = [
    (owner, name, after, call)
    for owner, name in [
        (outbox, "_take_up_abandoned"),
        (outbox, "_forget_old"),
        (outbox, "_claim"),
        (outbox, "_unwanted"),
        (outbox, "_written"),
        (outbox, "_connected"),
        (outbox, "_message"),
        (outbox, "_hand_over"),
        (outbox, "_settle"),
        (outbox, "_update"),
        (FolderBackend, "send_messages"),
        (FolderBackend, "_write"),
        (FolderBackend, "_tell"),
    ]
    for after in (False, True)
    for call in (1, 2, 3)
]


@pytest.mark.parametrize(("owner", "name", "after", "call"), STEPS)
def test_a_worker_killed_anywhere_sends_nothing_twice_and_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, after: bool, call: int
) -> None:
    wanted = [f"person{number}@example.org" for number in range(3)]
    for number, recipient in enumerate(wanted):
        post(f"news:{number}", to=recipient)
    written: list[Path] = []
    replace = Path.replace

    def counted(self: Path, target: Path) -> Path:
        written.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", counted)
    with monkeypatch.context() as patched:
        killing(patched, owner, name, after=after, call=call)
        with suppress(Killed):
            outbox.deliver()
    later(minutes=11)
    outbox.deliver()
    assert sent_to(folder) == wanted
    assert len(written) == len(wanted)
    assert {mail.state for mail in Mail.objects.all()} == {Mail.State.SENT}


def test_the_steps_at_which_a_worker_is_killed_are_those_it_takes() -> None:
    """A new step of delivery must be in the list above."""
    steps = {name for owner, name, _after, _call in STEPS if owner is outbox}
    helpers = {"_recipient", "_try_later", "_meant", "_save"}
    private = {name for name, value in vars(outbox).items() if name[:1] == "_" != name and callable(value)}
    assert private - helpers == steps


class Smtp(EmailBackend):
    """Sends, and remembers nothing; fails as told."""

    failing: Iterator[Exception | None]

    def send_messages(self, messages: Any) -> int:
        error = next(self.failing, None)
        if error is not None:
            raise error
        return int(super().send_messages(messages))


@pytest.fixture
def smtp(settings: Any) -> type[Smtp]:
    settings.EMAIL_BACKEND = f"{__name__}.Smtp"
    Smtp.failing = iter(())
    return Smtp


def test_where_nobody_knows_whether_it_was_sent_a_person_decides(
    smtp: type[Smtp], monkeypatch: pytest.MonkeyPatch
) -> None:
    post()
    with monkeypatch.context() as patched:
        killing(patched, outbox, "_settle", after=False, call=1)
        with pytest.raises(Killed):
            outbox.deliver()
    assert len(django_mail.outbox) == 1
    later(minutes=11)
    assert outbox.deliver() == 0
    unclear = Mail.objects.get()
    assert unclear.state == Mail.State.UNCLEAR
    assert unclear.text != ""
    outbox.send_again(unclear)
    assert outbox.deliver() == 1
    first, second = django_mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"]


def test_a_connection_that_breaks_while_sending_leaves_the_decision_to_a_person(smtp: type[Smtp]) -> None:
    smtp.failing = iter([smtplib.SMTPServerDisconnected("gone")])
    post()
    post("news:2")
    assert outbox.deliver() == 1
    assert Mail.objects.get(key="news:1").state == Mail.State.UNCLEAR
    outbox.settle_as_sent(Mail.objects.get(key="news:1"))
    assert Mail.objects.get(key="news:1").state == Mail.State.SENT


def test_what_a_server_refuses_is_tried_again_later_and_given_up_in_the_end(smtp: type[Smtp]) -> None:
    smtp.failing = iter([smtplib.SMTPDataError(451, b"later")] * 20)
    post()
    assert outbox.deliver() == 0
    waiting = Mail.objects.get()
    assert (waiting.state, waiting.problem) == (Mail.State.WAITING, "SMTPDataError 451")
    assert waiting.next_attempt_at > timezone.now()
    for _attempt in range(10):
        later(minutes=60 * 24)
        outbox.deliver()
    assert Mail.objects.get().state == Mail.State.FAILED
    assert Mail.objects.get().attempts == outbox.MOST_ATTEMPTS


def test_a_server_that_cannot_be_reached_costs_no_mail(smtp: type[Smtp], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(Smtp, "open", refuse)
        post()
        post("news:2")
        assert outbox.deliver() == 0
    later(minutes=5)
    assert outbox.deliver() == 2


def test_a_mail_that_another_process_has_claimed_is_left_alone() -> None:
    post()
    Mail.objects.update(state=Mail.State.SENDING, claimed_at=timezone.now())
    assert outbox.deliver() == 0
    assert Mail.objects.get().state == Mail.State.SENDING


def test_the_portal_team_decides_about_what_nobody_knows(smtp: type[Smtp]) -> None:
    smtp.failing = iter([smtplib.SMTPServerDisconnected("gone")])
    post()
    post("news:2", to="otto@example.org")
    outbox.deliver()
    mail = Mail.objects.get(state=Mail.State.UNCLEAR)
    client = Client()
    client.force_login(
        UserFactory.create(portal_team=True), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    page = client.get("/verwaltung/mails/").content.decode()
    assert "erika@example.org" in page
    assert "otto@example.org" not in page
    assert "Guten Tag" not in page
    client.post(f"/verwaltung/mails/{mail.pk}/noch-einmal/")
    assert outbox.deliver() == 1
    assert "Nichts wartet auf eine Entscheidung" in client.get("/verwaltung/mails/").content.decode()


def test_nobody_else_decides_about_mails() -> None:
    post()
    Mail.objects.update(state=Mail.State.UNCLEAR)
    client = Client()
    user = MembershipFactory.create(role=4).user
    client.force_login(user, backend=BACKEND)
    mail = Mail.objects.get()
    assert client.get("/verwaltung/mails/").status_code in {302, 403}
    for step in ("noch-einmal", "erledigt"):
        assert client.post(f"/verwaltung/mails/{mail.pk}/{step}/").status_code in {302, 403}
    assert Mail.objects.get().state == Mail.State.UNCLEAR


# --- not wanted -------------------------------------------------------------------------------------------------------


def link_in(text: str) -> str:
    return next(word for word in text.split() if "/abmelden/" in word)


def test_one_click_ends_mails_of_a_kind_and_another_brings_them_back() -> None:
    user = UserFactory.create(email="Erika@example.org")
    post(to=user)
    outbox.deliver()
    headers = django_mail.outbox[0].message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link == link_in(str(django_mail.outbox[0].body))
    client = Client(enforce_csrf_checks=True)
    assert "Keine Mails dieser Art mehr?" in client.get(link).content.decode()
    assert not Refusal.objects.exists()
    assert "bekommen diese Mails nicht mehr" in client.post(link, {"List-Unsubscribe": "One-Click"}).content.decode()
    post("news:2", to=user)
    assert outbox.deliver() == 0
    client.post(link, {"again": "1"})
    post("news:3", to=user)
    assert outbox.deliver() == 1


def test_refusals_keep_no_address() -> None:
    outbox.refuse("erika@example.org", NEWS.key)
    assert "erika" not in str(Refusal.objects.values().get())


def test_mails_about_duties_cannot_be_refused() -> None:
    outbox.refuse("erika@example.org", DUTY.key)
    post(category=DUTY)
    assert outbox.deliver() == 1
    assert "List-Unsubscribe" not in django_mail.outbox[0].message()
    token = outbox.unsubscribe_token("erika@example.org", DUTY.key)
    assert Client().post(f"/abmelden/{token}/").status_code == 404


@pytest.mark.parametrize("token", ["x", "x:y:z", "WyJhIl0:1:2"])
def test_invented_links_end_nothing(token: str) -> None:
    assert Client().post(f"/abmelden/{token}/").status_code == 404
    assert not Refusal.objects.exists()


# --- the folder of the embedded default -------------------------------------------------------------------------------


def test_the_terminal_shows_receiver_subject_and_links_without_control_characters(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    post(context={"what": "\x1b[31mrot https://portal.example.org/x"})
    outbox.deliver()
    shown = capsys.readouterr().err
    assert "Mail to erika@example.org: Über" in shown
    assert "https://portal.example.org/x" in shown
    assert "\x1b" not in shown


def test_mail_files_are_nobody_elses(folder: Path) -> None:
    post()
    outbox.deliver()
    (file,) = folder.glob("*.eml")
    assert file.stat().st_mode & 0o077 == 0
    assert read(file)["Subject"] == "Über Wohnen"
