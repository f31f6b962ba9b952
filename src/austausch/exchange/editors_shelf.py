"""Open questions on the editors' board."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import Entry
from austausch.core.editors_board import TODAY, Row, Shelf, shelf
from austausch.core.policy import Action, policy
from austausch.exchange.models import Post


@shelf(order=35)
def open_questions(request: HttpRequest) -> Shelf | None:
    """Questions under entries of this user's organisations that nobody has answered."""
    if not policy.may(request.user, Action.EDIT, Entry):
        return None
    entries = policy.which(request.user, Action.EDIT, Entry.objects.published())
    asked = Post.objects.shown().unanswered().filter(entry__in=entries.order_by().values("pk"))
    waiting = policy.which(request.user, Action.VIEW, asked)
    return Shelf(
        title=_("Open questions"),
        empty=_("No question waits for an answer."),
        count=waiting.count(),
        # The longest waiting first.
        rows=[
            Row(
                Truncator(post.text).chars(90),
                reverse("exchange:question", args=[post.pk]),
                post.entry.title,
                post.written_at.date(),
            )
            for post in waiting.select_related("entry").order_by("written_at", "pk")[:TODAY]
        ],
        url=f"{reverse('exchange:recent')}?art=fragen",
    )
