"""What every room shares: the generation of the public content, and what visitors report."""

from django.conf import settings
from django.db import models
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
