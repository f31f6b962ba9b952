"""Events: conferences and workshops, their series, agenda, documents, and who has registered."""

from __future__ import annotations

import datetime as dt
import secrets
import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import Document, Entry, EventFormat, Topic
from austausch.core.generation import public_content
from austausch.events.queries import EventQuerySet, RegistrationQuerySet
from austausch.people.models import Organisation
from austausch.places.models import Place

# Where events take place and what their times mean; daylight saving follows from it.
ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
# Participants are forgotten so long after the last day.
PARTICIPANTS_KEPT = dt.timedelta(days=30)
# Who does not follow the link in the mail is forgotten.
UNCONFIRMED_KEPT = dt.timedelta(hours=48)
LONGEST_TEXT = 8000


@public_content
class Series(models.Model):
    """Events that belong together, such as a conference that is held every year."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200, unique=True)

    class Meta:
        ordering = ["title"]
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:series", args=[self.slug])


@public_content
class Event(models.Model):
    """A conference, digital conference or workshop.

    Times are wall-clock times in Germany (`ZONE`), kept as people say them: what a clock shows does not change when
    the rules of daylight saving do. Without a time an event fills its days.

    Fields: `slug` (its address), `title`, `kind`, `format`, `series`; `starts_on`/`starts_at`, `ends_on`/`ends_at`;
    `place` and `venue`; `text`, `results` (plain paragraphs); `organiser`, whose members keep it; `entry`, the measure
    it belongs to; `topics`; `source`; `state` with `cancelled_because`; `access`, which only participants are told.
    Registration: `registers`, `capacity` (none: no limit), `registration_until`. `sequence` counts what calendars must
    hear of; `participants` is what remains when the participants were forgotten.
    """

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("Conference")
        DIGITAL = "digital_conference", _("Digital conference")
        WORKSHOP = "workshop", _("Workshop")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", _("cancelled")

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=18, choices=Kind)
    format = models.CharField(_("format"), max_length=7, choices=EventFormat, blank=True)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("series")
    )
    starts_on = models.DateField(_("first day"))
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    ends_on = models.DateField(_("last day"))
    ends_at = models.TimeField(_("until (time)"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place"))
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    text = models.TextField(_("what it is about"), max_length=LONGEST_TEXT, blank=True)
    results = models.TextField(_("results"), max_length=LONGEST_TEXT, blank=True)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="events", verbose_name=_("organiser"))
    entry = models.ForeignKey(
        Entry, models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("measure")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    state = models.CharField(_("status"), max_length=9, choices=State, default=State.DRAFT)
    cancelled_because = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    access = models.CharField(_("access for participants"), max_length=500, blank=True)
    registers = models.BooleanField(_("registration here"), default=False)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    registration_until = models.DateField(_("registration until"), null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    participants = models.PositiveIntegerField(_("participants"), null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="event_days_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="event_times_both_or_none",
                violation_error_message=_("Give both times or none: without times the event fills its days."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_on__gt=F("starts_on")) | Q(ends_at__gt=F("starts_at")),
                name="event_times_in_order",
                violation_error_message=_("The event ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1),
                name="event_has_room",
                violation_error_message=_("An event has at least one place; leave the field empty for no limit."),
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_on"])]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:event", args=[self.slug])

    def clean(self) -> None:
        """A time that no clock shows, because it is skipped in spring, is nobody's appointment."""
        for day, time, name in (
            (self.starts_on, self.starts_at, "starts_at"),
            (self.ends_on, self.ends_at, "ends_at"),
        ):
            if day and time and not shown_by_clocks(day, time):
                message = _("On this day clocks go forward, and this time does not exist. Choose another one.")
                raise ValidationError({name: message})

    @property
    def all_day(self) -> bool:
        return self.starts_at is None

    @property
    def begins(self) -> dt.datetime:
        """The moment it begins; all-day events with their first day."""
        return dt.datetime.combine(self.starts_on, self.starts_at or dt.time.min, ZONE)

    @property
    def ends(self) -> dt.datetime:
        """The moment it is over; all-day events with the end of their last day."""
        if self.ends_at is None:
            return dt.datetime.combine(self.ends_on + dt.timedelta(days=1), dt.time.min, ZONE)
        return dt.datetime.combine(self.ends_on, self.ends_at, ZONE)

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    def is_over(self, now: dt.datetime | None = None) -> bool:
        return self.ends <= (now or timezone.now())

    def takes_registrations(self, now: dt.datetime | None = None) -> bool:
        """Whether somebody may register now: published, not begun, and not after its last day for that."""
        moment = now or timezone.now()
        if not self.registers or self.state != self.State.PUBLISHED or moment >= self.begins:
            return False
        return self.registration_until is None or moment.astimezone(ZONE).date() <= self.registration_until

    @property
    def forgets_on(self) -> dt.date:
        """The day on which its participants are forgotten."""
        return self.ends_on + PARTICIPANTS_KEPT


def shown_by_clocks(day: dt.date, time: dt.time) -> bool:
    """False for the hour that is skipped when daylight saving begins."""
    local = dt.datetime.combine(day, time, ZONE)
    return local.astimezone(dt.UTC).astimezone(ZONE).replace(tzinfo=None) == local.replace(tzinfo=None)


@public_content
class AgendaItem(models.Model):
    """A point of the agenda. `day`: of an event of several days; `speakers`: one a line, as they agreed to be named."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="agenda", verbose_name=_("event"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    day = models.DateField(_("day"), null=True, blank=True)
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    ends_at = models.TimeField(_("until (time)"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    speakers = models.TextField(_("speakers"), max_length=1000, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("point of the agenda")
        verbose_name_plural = _("agenda")

    def __str__(self) -> str:
        return self.title

    @property
    def speaker_list(self) -> list[str]:
        return [line.strip() for line in self.speakers.splitlines() if line.strip()]


@public_content
class EventDocument(models.Model):
    """A document of the catalogue that belongs to an event, before it or as a result."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="documents", verbose_name=_("event"))
    document = models.ForeignKey(Document, models.PROTECT, related_name="event_uses", verbose_name=_("document"))
    is_result = models.BooleanField(_("result of the event"), default=False)

    class Meta:
        ordering = ["is_result", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "document"], name="event_document_once")]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.document)


def _new_secret() -> str:
    return secrets.token_urlsafe(16)


class Registration(models.Model):
    """Somebody who wants to come. Deleted when they cancel, when they never confirm, and some time after the event.

    Fields: `name`, `organisation` (as they wrote it), `email`; `state`; `asked_at`, and `confirmed_at`, which also is
    the order of the waiting list; `secret` goes into the links of their mails; `last_mail_at` keeps others from
    filling their mailbox.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("not yet confirmed")
        COMING = "coming", _("has a place")
        WAITING = "waiting", _("on the waiting list")

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=100)
    organisation = models.CharField(_("organisation"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail address"))
    state = models.CharField(_("status"), max_length=11, choices=State, default=State.UNCONFIRMED)
    asked_at = models.DateTimeField(_("registered at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    secret = models.CharField(max_length=40, default=_new_secret, editable=False)
    last_mail_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["confirmed_at", "asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], name="registered_once"),
            models.CheckConstraint(
                condition=Q(state="unconfirmed", confirmed_at__isnull=True)
                | (~Q(state="unconfirmed") & Q(confirmed_at__isnull=False)),
                name="registration_confirmed_or_not",
            ),
        ]
        indexes = [models.Index(fields=["event", "state", "confirmed_at"]), models.Index(fields=["state", "asked_at"])]
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")

    def __str__(self) -> str:
        # Ends up in logs: says nothing about anybody.
        return f"{self.pk}"
