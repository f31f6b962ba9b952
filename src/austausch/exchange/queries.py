"""The named states of posts, requests and interest, each filter once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from austausch.core.policy import Action, policy

if TYPE_CHECKING:
    from austausch.core.policy import Actor
    from austausch.exchange.models import Interest, Post, SupportRequest


class PostQuerySet(models.QuerySet["Post"]):
    def threads(self) -> PostQuerySet:
        """Questions and experience: what stands in lists, answers hang below."""
        return self.exclude(kind="answer")

    def shown(self) -> PostQuerySet:
        """What everybody in the network sees."""
        return self.filter(state="public_to_network")

    def waiting(self) -> PostQuerySet:
        return self.filter(state="waiting")

    def still_standing(self) -> PostQuerySet:
        """Without what was withdrawn, unless an answer hangs on it."""
        answered = Exists(self.model.objects.filter(answer_to=OuterRef("pk"), state="public_to_network"))
        return self.filter(~Q(state="withdrawn") | answered)

    def unanswered(self) -> PostQuerySet:
        answers = self.model.objects.filter(answer_to=OuterRef("pk"), state="public_to_network")
        return self.filter(~Exists(answers), kind="question")

    def led_by(self, organisations: Iterable[int]) -> PostQuerySet:
        """Under entries of these organisations."""
        return self.filter(entry__lead__in=list(organisations))

    def for_reading(self, reader: Actor) -> PostQuerySet:
        """With what a list shows, in a constant number of queries; `shown_answers` are those this reader may see."""
        from austausch.exchange.models import Post

        answers = policy.which(reader, Action.VIEW, Post.objects.exclude(state="withdrawn"))
        answers = answers.select_related("author", "organisation").order_by("written_at", "pk")
        return self.select_related("author", "organisation", "entry__lead").prefetch_related(
            Prefetch("answers", answers, to_attr="shown_answers")
        )

    def written_since(self, moment: dt.datetime) -> PostQuerySet:
        return self.filter(written_at__gte=moment)


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    def unsettled(self) -> SupportRequestQuerySet:
        return self.exclude(state="settled")

    def with_people(self) -> SupportRequestQuerySet:
        return self.select_related("asker", "organisation", "owner")


class InterestQuerySet(models.QuerySet["Interest"]):
    def undecided(self) -> InterestQuerySet:
        """As the asking office sees it; declined ones are among them until their time is over."""
        return self.filter(state__in=["open", "declined"])

    def over(self, now: dt.datetime | None = None) -> InterestQuerySet:
        """Whose time has run out without a contact, and nobody was told yet."""
        return self.undecided().filter(ends_at__lte=now or timezone.now())

    def taken_back(self) -> InterestQuerySet:
        """Withdrawn before their time was over: until then the same office is not asked again."""
        return self.filter(state="withdrawn", ends_at__gt=timezone.now())

    def with_parties(self) -> InterestQuerySet:
        return self.select_related("entry", "from_organisation", "from_user", "to_organisation", "accepted_by")
