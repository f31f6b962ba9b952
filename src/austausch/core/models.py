"""What every room shares: the generation of the public content, what visitors report, and mails on their way."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Generation(models.Model):
    """One row: a number that grows with every change to anything the public can see.

    Caches use it as part of their key, so a change is visible with the transaction that makes it.
    """

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="generation_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)


class Report(models.Model):
    """An error or a barrier that a visitor reported on a page.

    Fields: `kind`, `path` (the page's address, never another host's), `message`, `reply_to` (only if the visitor
    wants an answer), `reported_at`, `settled_at` and `settled_by` once an editor has dealt with it.
    """

    class Kind(models.TextChoices):
        ERROR = "error", _("Error in the content")
        BARRIER = "barrier", _("Barrier")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    path = models.CharField(_("page"), max_length=500)
    message = models.TextField(_("message"), max_length=4000)
    reply_to = models.EmailField(_("reply to"), blank=True)
    reported_at = models.DateTimeField(_("reported at"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        ordering = ["-reported_at", "-pk"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.path}"


class Mail(models.Model):
    """A mail on its way, or the memory that it was sent.

    Fields: `key` says what it is about and is unique for ever, so nothing is posted twice; `category` as in
    `outbox.Category`; `user` or, for somebody without an account, `address`; `about`, what the reader must still be
    allowed to see when it is delivered; `subject`, `text` or, where the category writes its mails at delivery, `data`
    it needs for that; `state`; `attempts` and `next_attempt_at` (of a held one: when it is collected); `claimed_at`,
    when a worker last took it; `bundle`, the collected mail that says this one, too; `problem`, why it was not sent.
    Once it is sent, address, subject, text and data are emptied.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        HELD = "held", _("waits for the next collected mail")
        BUNDLED = "bundled", _("part of a collected mail")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNCLEAR = "unclear", _("perhaps sent")
        FAILED = "failed", _("not sent")
        DROPPED = "dropped", _("no longer wanted")

    key = models.CharField(max_length=200, unique=True)
    category = models.CharField(_("category"), max_length=30)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("recipient")
    )
    address = models.EmailField(_("address"), blank=True)
    about_type = models.ForeignKey(ContentType, models.CASCADE, null=True)
    about_id = models.PositiveBigIntegerField(null=True)
    about = GenericForeignKey("about_type", "about_id")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    data = models.JSONField(default=dict)
    bundle = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    posted_at = models.DateTimeField(_("posted at"), default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)

    class Meta:
        ordering = ["posted_at", "pk"]
        indexes = [models.Index(fields=["state", "next_attempt_at"])]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")

    def __str__(self) -> str:
        return f"{self.category}: {self.get_state_display()}"


class Refusal(models.Model):
    """Somebody does not want mails of this category. Only a keyed hash of the address is kept."""

    address_hash = models.CharField(max_length=64)
    category = models.CharField(max_length=30)
    refused_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address_hash", "category"], name="refused_once")]

    def __str__(self) -> str:
        return self.category


class MailRhythm(models.Model):
    """Somebody wants mails of this category collected instead of at once."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("once a day")
        WEEKLY = "weekly", _("once a week")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    category = models.CharField(max_length=30)
    rhythm = models.CharField(max_length=6, choices=Rhythm)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "category"], name="one_rhythm_for_a_kind_of_mail")]

    def __str__(self) -> str:
        return f"{self.category}: {self.rhythm}"


class Demonstration(models.Model):
    """One row while made-up towns and people are shown. Made and removed with them."""

    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="demonstration_is_one_row")]

    def __str__(self) -> str:
        return str(self.made_at)
