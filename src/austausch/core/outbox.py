"""Mail that is neither sent twice nor lost, whenever a process dies.

`post` writes a mail into the database, in the transaction of what it is about: both happen or neither. Its key is
unique for ever, so whoever is killed and begins again posts nothing twice. `deliver` takes one mail at a time:

1. claims it (waiting → being sent) and commits;
2. asks once more whether the reader still has an account, wants it and may see what it is about;
3. writes it, where that is left for now (`commission`);
4. hands it over;
5. notes that it was sent and forgets the text.

A mail of a kind that its reader wants collected is held until `digest` makes one of many.

A process that dies between 3 and 5 leaves a mail of which nobody here knows whether it went out. Where the backend
remembers (the folder of the embedded default) it is asked. Where it does not (SMTP) the mail becomes "perhaps sent",
and the portal team decides: sending it again by itself could send it twice, dropping it could lose it. Its Message-ID
stays the same, so that a mail server that looks for doubles finds them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import smtplib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from austausch.core import editions
from austausch.core.models import Mail, MailRhythm, Refusal
from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.people.models import User

logger = logging.getLogger(__name__)
State = Mail.State
SUBJECT = "Subject: "
SALT = "austausch.unsubscribe"
# After so long a claimed mail belongs to nobody any more; longer than a mail server may take to answer.
ABANDONED_AFTER = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 8
FIRST_PAUSE = dt.timedelta(minutes=2)
FORGOTTEN_AFTER = dt.timedelta(days=400)


@dataclass(frozen=True)
class Letter:
    """What a mail says. `subject` is one line."""

    subject: str
    text: str


@dataclass(frozen=True)
class Category:
    """A kind of mail.

    `required`: about the account or a duty; it cannot be refused or collected and carries no such link.
    `write`: writes a commissioned mail when it is delivered; None: nothing is left to say.
    `collectable`: whether its mails may wait for a collected one; `gathers`: whether it is such a one.
    """

    key: str
    label: str | Promise
    required: bool = False
    write: Callable[[Mail], Letter | None] | None = None
    collectable: bool = True
    gathers: bool = False

    def __post_init__(self) -> None:
        if self.key in _categories:
            raise ValueError(f"There already is a category {self.key!r}.")
        _categories[self.key] = self


_categories: dict[str, Category] = {}


def categories() -> list[Category]:
    """All kinds of mail, those that can be refused first."""
    return sorted(_categories.values(), key=lambda category: (category.required, category.key))


def post(
    *,
    category: Category,
    key: str,
    to: User | str,
    template: str,
    context: Mapping[str, Any],
    about: models.Model | None = None,
) -> bool:
    """Writes a mail, to be delivered once the caller's transaction is committed. False: this key was posted before.

    `to`: a user, or an address without an account. `template`: plain text whose first line is "Subject: …". It is
    rendered in the portal's language with `context`; every address in it comes from `address`. `about`: a row that the
    user must be allowed to see at delivery, too. Raises ValueError for a template without a subject.
    """
    if Mail.objects.filter(key=key).exists():
        return False
    letter = rendered(template, {**context, "category": category})
    return _save(category, key, to, subject=letter.subject, text=letter.text, about=about)


def commission(*, category: Category, key: str, to: User, data: Mapping[str, Any]) -> bool:
    """Posts a mail that its category writes out of `data` when it is delivered: what it may name is decided then."""
    return not Mail.objects.filter(key=key).exists() and _save(category, key, to, data=dict(data))


def rendered(template: str, context: Mapping[str, Any]) -> Letter:
    """A template as `post` takes it, in the portal's language."""
    with override(settings.LANGUAGE_CODE):
        written = render_to_string(template, {**context, "portal_name": settings.AUSTAUSCH_NAME})
    first, _line, text = written.lstrip().partition("\n")
    if not first.startswith(SUBJECT):
        raise ValueError(f"{template} must begin with “{SUBJECT}…”.")
    return Letter(" ".join(first.removeprefix(SUBJECT).split())[:200], f"{text.strip()}\n")


def _save(category: Category, key: str, to: User | str, **values: Any) -> bool:
    mail = Mail(key=key, category=category.key, **values)
    if isinstance(to, str):
        mail.address = to
    else:
        mail.user = to
        collectable = category.collectable and not category.required
        rhythm = MailRhythm.objects.filter(user=to, category=category.key).first() if collectable else None
        if rhythm is not None:
            mail.state, mail.next_attempt_at = State.HELD, editions.next_one(rhythm.rhythm, timezone.now())
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        # Somebody else was quicker.
        return False
    return True


def address(name: str, *args: Any) -> str:
    """An absolute address of the portal for mails, in the portal's language."""
    with override(settings.LANGUAGE_CODE):
        return settings.WAGTAILADMIN_BASE_URL + reverse(name, args=args)


def anything_waits() -> bool:
    """Whether a mail is due; cheap enough to be asked every second."""
    return Mail.objects.filter(state=State.WAITING, next_attempt_at__lte=timezone.now()).exists()


def deliver(*, seconds: float = 30.0) -> int:
    """Sends what is waiting, oldest first, for about so long. Returns how many mails were handed over.

    Safe to be killed anywhere, and to run in several processes at once.
    """
    _take_up_abandoned()
    _forget_old()
    connection = None
    sent = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and (mail := _claim()) is not None:
        if reason := _unwanted(mail):
            _settle(mail, State.DROPPED, reason)
            continue
        try:
            letter = _written(mail)
        except Exception as error:
            # Of one mail, and nothing of it was sent; others must not wait for it.
            logger.exception("Mail %s could not be written.", mail.pk)
            _try_later(mail, error)
            continue
        if letter is None:
            _settle(mail, State.DROPPED, "Nothing is left to say.")
            continue
        try:
            connection = connection or _connected()
        except (OSError, smtplib.SMTPException) as error:
            # Nothing was said yet, so nothing can have been sent; and no other mail would fare better.
            _try_later(mail, error)
            break
        if _hand_over(mail, letter, connection):
            sent += 1
        else:
            connection = None
    if connection is not None:
        connection.close()
    return sent


def letter_of(mail: Mail) -> Letter | None:
    """What a mail says to its reader now; None if it must not go out any more."""
    return None if _unwanted(mail) else _written(mail)


def send_again(mail: Mail) -> None:
    """Puts a mail of which the portal team has decided that it did not go out back into the queue."""
    undecided = Mail.objects.filter(pk=mail.pk, state__in=(State.UNCLEAR, State.FAILED))
    undecided.update(state=State.WAITING, attempts=0, next_attempt_at=timezone.now(), problem="")


def settle_as_sent(mail: Mail) -> None:
    """Notes that a mail is dealt with, and forgets its text."""
    if Mail.objects.filter(pk=mail.pk, state__in=(State.UNCLEAR, State.FAILED)).exists():
        _settle(mail, State.SENT)


def refuse(recipient: str, category: str) -> None:
    """No more mails of this category to this address. A second time changes nothing."""
    for key in _meant(recipient, category):
        Refusal.objects.get_or_create(address_hash=address_hash(recipient), category=key)


def accept(recipient: str, category: str) -> None:
    """Mails of this category are wanted again."""
    kinds = _meant(recipient, category)
    Refusal.objects.filter(address_hash=address_hash(recipient), category__in=kinds).delete()


def _meant(recipient: str, category: str) -> list[str]:
    """Whoever refuses collected mails refuses all kinds of which they are made."""
    known = _categories.get(category)
    if known is None or not known.gathers:
        return [category]
    rhythms = MailRhythm.objects.filter(user__email__iexact=recipient)
    return [category, *rhythms.values_list("category", flat=True)]


def refused(recipient: str) -> set[str]:
    """Keys of the categories that this address does not want."""
    return set(Refusal.objects.filter(address_hash=address_hash(recipient)).values_list("category", flat=True))


def unsubscribe_token(recipient: str, category: str) -> str:
    return signing.dumps([recipient.lower(), category], salt=SALT)


def read_unsubscribe_token(token: str) -> tuple[str, Category] | None:
    """Address and category of a link that was sent by us; None for any other. It does not run out: mails are kept."""
    try:
        recipient, key = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    category = _categories.get(key)
    return (recipient, category) if category and not category.required else None


def address_hash(recipient: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), recipient.strip().lower().encode(), hashlib.sha256).hexdigest()


class Remembers(Protocol):
    """A backend that knows what it has sent."""

    def has_sent(self, message_id: str) -> bool: ...


def message_id(mail: Mail) -> str:
    """Always the same for a mail, and says nothing about it."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{address_hash(f'{mail.pk}:{mail.key}')[:40]}@{host}>"


def _claim() -> Mail | None:
    """The next mail that is due, now this process's own."""
    while True:
        now = timezone.now()
        due = Mail.objects.filter(state=State.WAITING, next_attempt_at__lte=now)
        mail = due.order_by("next_attempt_at", "pk").select_related("user").first()
        if mail is None:
            return None
        if due.filter(pk=mail.pk).update(state=State.SENDING, claimed_at=now, attempts=models.F("attempts") + 1):
            mail.refresh_from_db(fields=["state", "claimed_at", "attempts"])
            return mail


def _unwanted(mail: Mail) -> str:
    """Why a mail must not go out any more; empty if it may."""
    if mail.user is not None and not mail.user.is_active:
        return "The account is not active."
    category = _categories.get(mail.category)
    if category is None or (not category.required and mail.category in refused(_recipient(mail))):
        return "The recipient does not want mails of this kind."
    if mail.about_type is None:
        return ""
    row = mail.about
    if row is None or mail.user is None or not policy.may(mail.user, Action.VIEW, row):
        return "The recipient may not see what it is about."
    return ""


def _written(mail: Mail) -> Letter | None:
    write = _categories[mail.category].write
    if write is None:
        return Letter(mail.subject, mail.text)
    with override(settings.LANGUAGE_CODE):
        return write(mail)


def _hand_over(mail: Mail, letter: Letter, connection: BaseEmailBackend) -> bool:
    """Whether it is sent; what went wrong stands in the row."""
    try:
        _message(mail, letter, connection).send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        # The server has answered, and it was a no.
        _try_later(mail, error)
        return False
    except Exception as error:
        logger.exception("Mail %s may have been sent or not.", mail.pk)
        _settle(mail, State.UNCLEAR, type(error).__name__)
        return False
    _settle(mail, State.SENT)
    return True


def _message(mail: Mail, letter: Letter, connection: BaseEmailBackend) -> EmailMessage:
    category = _categories[mail.category]
    recipient = _recipient(mail)
    headers = {"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"}
    text = letter.text
    if not category.required:
        link = address("core:unsubscribe", unsubscribe_token(recipient, category.key))
        headers |= {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        with override(settings.LANGUAGE_CODE):
            farewell = _("You get this mail because of “%(kind)s”. No more mails of this kind:") % {
                "kind": category.label
            }
        text += f"\n-- \n{farewell}\n{link}\n"
    return EmailMessage(letter.subject, text, to=[recipient], headers=headers, connection=connection)


def _recipient(mail: Mail) -> str:
    return mail.address if mail.user is None else mail.user.email


def _connected() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection()
    connection.open()
    return connection


def _try_later(mail: Mail, error: Exception) -> None:
    problem = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
    if mail.attempts >= MOST_ATTEMPTS:
        logger.error("Mail %s could not be sent after %s attempts: %s", mail.pk, mail.attempts, problem)
        _update(mail, state=State.FAILED, problem=problem)
        return
    pause = FIRST_PAUSE * 2 ** (mail.attempts - 1)
    _update(mail, state=State.WAITING, problem=problem, next_attempt_at=timezone.now() + pause)


def _settle(mail: Mail, state: Mail.State, problem: str = "") -> None:
    """What is sent or unwanted is forgotten, but for its key."""
    if state not in {State.SENT, State.DROPPED}:
        _update(mail, state=state, problem=problem[:300])
        return
    over = {"state": state, "problem": problem[:300], "subject": "", "text": "", "data": {}, "address": ""}
    with transaction.atomic():
        _update(mail, **over)
        Mail.objects.filter(bundle=mail.pk, state=State.BUNDLED).update(**over)


def _update(mail: Mail, **values: Any) -> None:
    Mail.objects.filter(pk=mail.pk).update(**values)


def _take_up_abandoned() -> None:
    """Mails whose process has died: the backend says whether they went out, or the portal team has to."""
    old = timezone.now() - ABANDONED_AFTER
    for mail in Mail.objects.filter(state=State.SENDING, claimed_at__lt=old):
        backend = get_connection()
        if not hasattr(backend, "has_sent"):
            _settle(mail, State.UNCLEAR, "The process ended while it was being sent.")
        elif cast(Remembers, backend).has_sent(message_id(mail)):
            _settle(mail, State.SENT)
        else:
            _update(mail, state=State.WAITING)


def _forget_old() -> None:
    """Keys carry dates or versions, so none of that age comes again."""
    finished = Mail.objects.filter(state__in=(State.SENT, State.DROPPED))
    finished.filter(posted_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
