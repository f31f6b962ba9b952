"""What people keep for themselves: lists of entries, with notes."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models.entries import Entry


class BookmarkList(models.Model):
    """A person's own list. With a `share_key` everybody in the network who has its link reads it; otherwise nobody."""

    owner = models.ForeignKey("people.User", models.CASCADE, related_name="bookmark_lists", verbose_name=_("owner"))
    name = models.CharField(_("name"), max_length=100)
    share_key = models.CharField(max_length=40, null=True, blank=True, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_list_of_a_name",
                violation_error_message=_("You already have a list of this name."),
            )
        ]
        verbose_name = _("list of bookmarks")
        verbose_name_plural = _("lists of bookmarks")

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("catalogue:bookmark_list", args=[self.pk])


class Bookmark(models.Model):
    """An entry in a list. `title` is what it was called when it was put there: known even if it is withdrawn."""

    list = models.ForeignKey(BookmarkList, models.CASCADE, related_name="bookmarks")
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+", verbose_name=_("entry"))
    title = models.CharField(_("title"), max_length=200)
    note = models.CharField(_("note"), max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["list", "entry"], name="bookmarked_once_in_a_list")]
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")

    def __str__(self) -> str:
        return f"{self.pk}"
