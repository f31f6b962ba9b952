"""Addresses outside the portal that published entries name, and what asking them has shown."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models.entries import Entry
from austausch.catalogue.queries import LinkAddressQuerySet


class LinkAddress(models.Model):
    """One address, however many entries name it, without the part after "#".

    What was found: `state`, `detail` (a code of `link_health.results`, with `status` where there was an answer),
    `checked_at` (end of the last check), `last_ok_at`, `failures` (days on which it was certainly missing since it
    last answered) and `last_failure_on`, `moved_to` (where it permanently redirects).
    A check under way: `asking` (the address to ask next; empty: begin), `method`, `hops`, `moved` (whether every
    redirect so far was permanent). `next_step_at`: when the next request may be made.
    What a person said: `said` (a state, empty: nothing), `said_because`, `said_by`, `said_until`.
    """

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("not checked yet")
        OK = "ok", _("reachable")
        UNCLEAR = "unclear", _("unclear")
        BROKEN = "broken", _("not reachable")

    url = models.CharField(_("address"), max_length=600, unique=True)
    host = models.CharField(_("host"), max_length=255, db_index=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.UNKNOWN)
    detail = models.CharField(max_length=20, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    checked_at = models.DateTimeField(_("checked"), null=True)
    last_ok_at = models.DateTimeField(_("last reachable"), null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_failure_on = models.DateField(null=True)
    unclear_checks = models.PositiveSmallIntegerField(default=0)
    moved_to = models.CharField(max_length=2000, blank=True)

    asking = models.CharField(max_length=2000, blank=True)
    method = models.CharField(max_length=4, default="HEAD")
    hops = models.PositiveSmallIntegerField(default=0)
    moved = models.BooleanField(default=True)
    next_step_at = models.DateTimeField(default=timezone.now, db_index=True)

    said = models.CharField(
        _("state"), max_length=7, choices=[(State.OK, State.OK.label), (State.BROKEN, State.BROKEN.label)], blank=True
    )
    said_because = models.CharField(_("reason"), max_length=300, blank=True)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    said_until = models.DateField(_("until"), null=True)

    entries = models.ManyToManyField(Entry, through="LinkUse", related_name="link_addresses")

    objects = LinkAddressQuerySet.as_manager()

    class Meta:
        ordering = ["url"]
        constraints = [
            models.CheckConstraint(
                condition=Q(said="") | (~Q(said_because="") & Q(said_until__isnull=False)),
                name="link_override_has_reason_and_end",
            )
        ]
        verbose_name = _("link address")
        verbose_name_plural = _("link addresses")

    def __str__(self) -> str:
        return self.url

    def overridden_on(self, day: dt.date) -> bool:
        return bool(self.said) and self.said_until is not None and self.said_until >= day

    @property
    def overridden(self) -> bool:
        return self.overridden_on(timezone.localdate())

    @property
    def effective_state(self) -> LinkAddress.State:
        """What a person said as long as it holds, otherwise what was found."""
        return LinkAddress.State(self.said if self.overridden else self.state)


class LinkUse(models.Model):
    """A published entry names an address."""

    address = models.ForeignKey(LinkAddress, models.CASCADE, related_name="uses")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="link_uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "entry"], name="link_used_once_per_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.address_id}"


class LinkHost(models.Model):
    """When a host may be asked again. Shared by all workers."""

    host = models.CharField(max_length=255, unique=True)
    free_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.host
