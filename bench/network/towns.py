"""Made-up organisations, people, copies and posts around generated entries: for measuring, and for tests of scale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice, pairwise

from django.db import transaction
from django.utils import timezone

from austausch.catalogue.loading import generating
from austausch.catalogue.models import Adoption, Entry, Topic
from austausch.core import generation
from austausch.exchange.models import Follow, Post, SupportRequest
from austausch.people.models import Contact, Membership, Organisation, User
from austausch.places.models import Place
from austausch.search.models import SavedSearch

MARK = "netz-"
DOMAIN = "@netz.example.org"
BATCH = 2_000
# What generated entries are about, so that most searches find something and each only a few.
WORDS = (
    "Beratung",
    "Lernwerkstatt",
    "Wohnungslotsen",
    "Unterkünfte",
    "Sprechstunde",
    "Hausbesuchsteam",
    "Übergang",
    "Frühstück",
    "Begehung",
    "Ehrenamtsbörse",
    "Gesundheitsmobil",
    "Nachbarschaftstreff",
    "Fortbildung",
    "Datenaustausch",
    "Familien",
    "Beschäftigte",
    "Mieterinnen",
    "Schulkinder",
)


@dataclass(frozen=True)
class Network:
    """What was made. `line`: entries of which each is a copy of the one before."""

    organisations: list[Organisation]
    people: list[User]
    line: list[Entry]
    adoptions: int


def generate(
    *, organisations: int = 200, people: int = 5_000, entries: int = 10_000, adoptions: int = 20_000, line: int = 50
) -> Network:
    """Adds what is missing of the entries, and everything else anew; call it once more only with larger numbers."""
    generating.generate(entries)
    with transaction.atomic():
        known = Organisation.objects.filter(key__startswith=MARK).count()
        Organisation.objects.bulk_create(_body(number) for number in range(known, organisations))
        bodies = list(Organisation.objects.filter(key__startswith=MARK).order_by("pk"))
        persons = _people(bodies, people)
        every = list(Entry.objects.filter(slug__startswith=generating.SLUG).order_by("slug"))
        Adoption.objects.filter(organisation__in=bodies).delete()
        chain = _line(every[: line + 1], bodies)
        _in_batches(Adoption, islice(_as_is(every[line + 1 :], bodies), adoptions - len(chain)))
        _talk(every, bodies, persons)
        generation.advance()
    made = Adoption.objects.filter(organisation__in=bodies).count()
    return Network(bodies, persons, every[: line + 1], made)


def save_searches(people: Sequence[User], number: int) -> None:
    """So many saved searches, several for each person; most differ, some are what others look for, too."""
    topics = list(Topic.objects.order_by("key").values_list("slug", flat=True)) or ["wohnen"]
    places = list(Place.objects.filter(ags__startswith="05").order_by("pk").values_list("pk", flat=True))
    kept = []
    for index in range(number):
        words = f"{WORDS[index % len(WORDS)]} {WORDS[(index // 7) % len(WORDS)]}"
        params = (
            f"q={words.replace(' ', '+')}",
            f"q={words.split()[0]}&thema={topics[index % len(topics)]}",
            f"thema={topics[index % len(topics)]}",
        )[index % 3]
        if index % 3 == 2:
            params += f"&ort={places[index % len(places)]}"
        kept.append((people[index % len(people)].pk, params))
    SavedSearch.objects.bulk_create(
        (
            SavedSearch(user_id=user, params=params, name=params[:100], rhythm="daily", told_on=dt.date(2000, 1, 1))
            for user, params in dict.fromkeys(kept)
        ),
        batch_size=BATCH,
    )


def _body(number: int) -> Organisation:
    kind = Organisation.Kind.MUNICIPALITY
    return Organisation(key=f"{MARK}{number:04}", name=f"Musterstadt {number} (fiktiv)", kind=kind)


def _people(bodies: Sequence[Organisation], wanted: int) -> list[User]:
    known = User.objects.filter(email__endswith=DOMAIN).count()
    new = User.objects.bulk_create(
        (
            User(email=f"person{number}{DOMAIN}", name=f"Person {number}", password="!")
            for number in range(known, wanted)
        ),
        batch_size=BATCH,
    )
    roles = Membership.Role.values
    Membership.objects.bulk_create(
        (
            Membership(user=user, organisation=bodies[at % len(bodies)], role=roles[at // len(bodies) % len(roles)])
            for at, user in enumerate(new, known)
        ),
        batch_size=BATCH,
    )
    Contact.objects.bulk_create(
        Contact(
            organisation=body,
            name=f"Kontakt {body.pk}",
            email=f"kontakt{body.pk}{DOMAIN}",
            kind=Contact.Kind.OFFICE,
            visibility=Contact.Visibility.SIGNED_IN,
        )
        for body in bodies
        if not body.contacts.exists()
    )
    return list(User.objects.filter(email__endswith=DOMAIN).order_by("pk"))


def _line(entries: Sequence[Entry], bodies: Sequence[Organisation]) -> list[Adoption]:
    """Each entry a copy of the one before, the source changed since."""
    return Adoption.objects.bulk_create(
        Adoption(
            source=source,
            root=entries[0],
            organisation=bodies[number % len(bodies)],
            copy=copy,
            fields=["title", "goals"],
            then={"title": "Alt", "goals": []},
            confirmed_on=timezone.localdate(),
        )
        for number, (source, copy) in enumerate(pairwise(entries))
    )


def _as_is(entries: Sequence[Entry], bodies: Sequence[Organisation]) -> Iterator[Adoption]:
    """Entry after entry, each by one body more; two of three confirmed."""
    today = timezone.localdate()
    for turn in range(len(bodies)):
        for number, entry in enumerate(entries):
            yield Adoption(
                source=entry,
                root=entry,
                organisation=bodies[(number + turn) % len(bodies)],
                confirmed_on=today if (number + turn) % 3 else None,
            )


def _talk(entries: Sequence[Entry], bodies: Sequence[Organisation], people: Sequence[User]) -> None:
    """A question with an answer under each tenth entry, a request of each tenth person, and followers."""
    Post.objects.filter(author__in=[person.pk for person in people[:BATCH]]).delete()
    shown = {"state": Post.State.PUBLIC, "shown_at": timezone.now()}
    turns = count()
    questions = Post.objects.bulk_create(
        (
            Post(
                entry=entry,
                kind="question",
                author=people[at % len(people)],
                organisation=bodies[at % len(bodies)],
                text="Wie lange dauert das?",
                **shown,
            )
            for entry, at in zip(entries[::10], turns, strict=False)
        ),
        batch_size=BATCH,
    )
    _in_batches(
        Post,
        (
            Post(
                entry_id=one.entry_id,
                kind="answer",
                answer_to=one,
                author=people[0],
                organisation=bodies[0],
                text="Ein Jahr.",
                **shown,
            )
            for one in questions
        ),
    )
    SupportRequest.objects.filter(subject="Hilfe").delete()
    _in_batches(
        SupportRequest,
        (SupportRequest(subject="Hilfe", asker=person, organisation=bodies[0]) for person in people[::10]),
    )
    Follow.objects.filter(user__in=people[:1]).delete()
    _in_batches(Follow, (Follow(entry=entry, user=people[0]) for entry in entries[:100]))


def _in_batches(model: type[Adoption | Post | SupportRequest | Follow], rows: Iterator[object]) -> None:
    while some := list(islice(rows, BATCH)):
        model._default_manager.bulk_create(some)  # type: ignore[arg-type]
