"""What moves in the exchange when one organisation becomes part of another: what its people wrote and asked for."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from austausch.exchange.models import Interest, Post, SupportRequest
from austausch.people.mergers import moves
from austausch.people.models import Organisation, User


@moves
def move_posts_and_requests(source: Organisation, target: Organisation, user: User) -> None:
    Post.objects.filter(organisation=source).update(organisation=target)
    SupportRequest.objects.filter(organisation=source).update(organisation=target)
    for field in ("from_organisation", "to_organisation"):
        for interest in Interest.objects.filter(**{field: source}):
            setattr(interest, field, target)
            try:
                with transaction.atomic():
                    interest.save(update_fields=[field])
            except IntegrityError:
                # The two were about to get in touch with each other, or both with the same third: settled, or asked.
                Interest.objects.filter(pk=interest.pk).delete()
