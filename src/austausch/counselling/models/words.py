"""The fixed words of the directory. An empty value always means: not yet known, and is shown as that."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

# Addresses below /beratung/ that are no office.
RESERVED_ADDRESSES = frozenset({"einbetten", "sicher", "liste", "naehe", "teil"})


class State(models.TextChoices):
    """Whether the office works; HSDS: active, temporarily closed, defunct."""

    ACTIVE = "active", _("Open to visitors")
    PAUSED = "paused", _("Closed for a time")
    ENDED = "ended", _("No longer exists")


class Sensitive(models.TextChoices):
    """What an office helps with, where somebody may be in danger for looking it up."""

    NONE = "", _("None of these")
    VIOLENCE = "violence", _("Violence")
    TRAFFICKING = "trafficking", _("Trafficking in human beings")
    FORCED_MARRIAGE = "forced_marriage", _("Forced marriage")


class Known(models.TextChoices):
    """Yes, no, or not yet known."""

    UNKNOWN = "", _("not yet known")
    YES = "yes", _("yes")
    NO = "no", _("no")


class Cost(models.TextChoices):
    UNKNOWN = "", _("not yet known")
    FREE = "free", _("free of charge")
    CHARGED = "charged", _("costs something")


class Confidentiality(models.TextChoices):
    UNKNOWN = "", _("not yet known")
    ANONYMOUS = "anonymous", _("without giving a name")
    CONFIDENTIAL = "confidential", _("confidential")


class StepFree(models.TextChoices):
    """Whether one gets in without steps."""

    UNKNOWN = "", _("not yet known")
    YES = "yes", _("without steps")
    PARTLY = "partly", _("partly without steps")
    NO = "no", _("with steps")


class Precision(models.TextChoices):
    """What the coordinates of an office are the position of."""

    NONE = "", _("no position")
    EXACT = "exact", _("the building")
    POSTCODE = "postcode", _("centre of the postcode area")
    MUNICIPALITY = "municipality", _("centre of the municipality")


class SpokenBy(models.TextChoices):
    """Who speaks a language in an office. Says something about the office, never about those who come."""

    NATIVE = "native", _("by somebody who grew up with it")
    FLUENT = "fluent", _("by somebody of the office")
    INTERPRETER = "interpreter", _("with an interpreter")
    UNKNOWN = "", _("how is not yet known")
