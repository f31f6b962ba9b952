"""What people of the network say to each other: posts under entries, requests for support, interest.

No `str` of these says what somebody wrote or who did: it ends up in logs, and nobody asks the policy about those.
"""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.catalogue.models import Entry
from austausch.exchange.queries import InterestQuerySet, PostQuerySet, SupportRequestQuerySet
from austausch.people.models import Organisation, User

LONGEST_TEXT = 4000
# A TextField's `max_length` is for forms only.
AT_MOST = MaxLengthValidator(LONGEST_TEXT)
EDITABLE_FOR = dt.timedelta(minutes=30)
INTEREST_OPEN_FOR = dt.timedelta(days=14)


class Post(models.Model):
    """A question about an entry, an answer to one, or a report of experience. Only the network sees it.

    Fields: `kind`; `answer_to`, the question (answers only); `organisation`, for which `author` writes; `text`, of an
    experience what was done, followed by `worked`, `failed` and `again` (would they do it again); `state`;
    `written_at`, `edited_at`; `shown_at`, when the network first saw it; of the last decision about it `decided_at`,
    `decided_by` and `reason`. A withdrawn post is without text; it stays where answers hang on it.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")
        EXPERIENCE = "experience", _("Experience")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for approval")
        PUBLIC = "public_to_network", _("visible in the network")
        HIDDEN = "hidden", _("hidden")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Again(models.TextChoices):
        YES = "yes", _("Yes")
        CHANGED = "changed", _("Yes, but differently")
        NO = "no", _("No")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="posts", verbose_name=_("entry"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    answer_to = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="answers", verbose_name=_("answer to")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="posts", verbose_name=_("author"))
    text = models.TextField(_("text"), max_length=LONGEST_TEXT, blank=True, validators=[AT_MOST])
    worked = models.TextField(_("what worked"), max_length=LONGEST_TEXT, blank=True, validators=[AT_MOST])
    failed = models.TextField(_("what failed"), max_length=LONGEST_TEXT, blank=True, validators=[AT_MOST])
    again = models.CharField(_("would do it again"), max_length=7, choices=Again, blank=True)
    state = models.CharField(_("state"), max_length=17, choices=State, default=State.WAITING)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    shown_at = models.DateTimeField(_("shown at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="answer", answer_to__isnull=False) | (~Q(kind="answer") & Q(answer_to__isnull=True)),
                name="post_answers_answer_something",
            ),
            models.CheckConstraint(
                condition=Q(kind="experience") | Q(worked="", failed="", again=""),
                name="post_structure_is_of_experience",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(text="", worked="", failed=""),
                name="post_withdrawn_is_without_text",
            ),
        ]
        indexes = [
            models.Index(fields=["entry", "state", "-written_at"]),
            models.Index(fields=["author", "written_at"]),
            models.Index(fields=["state", "-written_at"]),
        ]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        """Where it stands: the page of its question, or its own."""
        if self.kind == self.Kind.EXPERIENCE:
            return reverse("exchange:post", args=[self.pk])
        return reverse("exchange:question", args=[self.answer_to_id or self.pk])


class PostReport(models.Model):
    """Somebody finds that a post should not stand there. Fields: `reason`, `settled_at` and `settled_by`."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="reports", verbose_name=_("post"))
    reporter = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("reported by"))
    reason = models.CharField(_("reason"), max_length=500)
    reported_at = models.DateTimeField(_("reported at"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )

    class Meta:
        ordering = ["reported_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "reporter"], name="post_reported_once_by_a_person")]
        verbose_name = _("report of a post")
        verbose_name_plural = _("reports of posts")

    def __str__(self) -> str:
        return f"{self.pk}"


class Follow(models.Model):
    """A person wants to hear of new posts under an entry."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="followers", verbose_name=_("entry"))
    user = models.ForeignKey(User, models.CASCADE, related_name="follows", verbose_name=_("person"))
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="followed_once")]

    def __str__(self) -> str:
        return f"{self.pk}"


class SupportRequest(models.Model):
    """Somebody asks the portal team for support.

    Fields: `subject`, `organisation`, `asker`, `state`, `owner` (who in the portal team takes care), `asked_at`,
    `changed_at`. What was asked and answered stands in its messages.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        IN_WORK = "in_work", _("in work")
        WAITING = "waiting", _("waits for your answer")
        SETTLED = "settled", _("settled")

    subject = models.CharField(_("subject"), max_length=150)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    asker = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="support_requests", verbose_name=_("asked by")
    )
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person in charge")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["state", "-changed_at"]), models.Index(fields=["asker", "asked_at"])]
        verbose_name = _("request for support")
        verbose_name_plural = _("requests for support")

    def __str__(self) -> str:
        return str(_("Request %(number)s") % {"number": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("exchange:request", args=[self.pk])


class SupportMessage(models.Model):
    """A line of a request's history: a `text`, a new `state`, or both."""

    request = models.ForeignKey(SupportRequest, models.CASCADE, related_name="messages", verbose_name=_("request"))
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("author"))
    by_portal_team = models.BooleanField(_("by the portal team"), default=False)
    text = models.TextField(_("message"), max_length=LONGEST_TEXT, blank=True, validators=[AT_MOST])
    state = models.CharField(_("new state"), max_length=7, choices=SupportRequest.State, blank=True)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="", state=""), name="support_message_says_something"),
        ]
        indexes = [models.Index(fields=["author", "written_at"])]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.pk}"


def _end_of_interest() -> dt.datetime:
    return timezone.now() + INTEREST_OPEN_FOR


class Interest(models.Model):
    """An office would like to talk to the one that leads an entry; each learns of the other only if both want it.

    Fields: `entry`, `from_organisation` and `from_user`, `to_organisation`; `state`; `asked_at`, `ends_at`;
    `accepted_by` and `accepted_at`. A refusal names nobody, and the asking office cannot tell it from no answer: until
    `ends_at` both look open, after it both have `ended`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DECLINED = "declined", _("declined")
        ACCEPTED = "accepted", _("accepted")
        ENDED = "ended", _("no contact came about")
        WITHDRAWN = "withdrawn", _("withdrawn")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="interests", verbose_name=_("entry"))
    from_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("asking organisation")
    )
    from_user = models.ForeignKey(User, models.CASCADE, related_name="interests", verbose_name=_("asked by"))
    to_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("asked organisation")
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"), default=_end_of_interest)
    accepted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("accepted by")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "from_organisation", "to_organisation"],
                condition=Q(state__in=["open", "declined"]),
                name="interest_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(from_organisation=models.F("to_organisation")), name="interest_in_somebody_else"
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_at"]), models.Index(fields=["to_organisation", "state"])]
        verbose_name = _("interest")
        verbose_name_plural = _("interests")

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('exchange:interests')}#interesse-{self.pk}"
