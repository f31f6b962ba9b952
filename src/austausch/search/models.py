"""What the search keeps: its index (made from entries and never edited), synonyms, counts of searches, documents'
texts. Searchable terms lie in the engine's own tables, see `engines`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from austausch.core.generation import public_content
from austausch.search.saved.queries import SavedSearchQuerySet


class IndexedEntry(models.Model):
    """What the index knows of an entry; its searchable text lies in the engine's own table.

    Fields: `entry`; `title`, the terms of its title in order, with a space between them, by which a title typed in
    full is recognised; `facets`, one `name=value` a line, by which it is filtered and counted; `digest` of everything
    that was indexed, by which one sees whether the index still agrees with the database. Status and order are not
    here: they follow from the entry's dates and title, which are read live.
    """

    entry = models.OneToOneField("catalogue.Entry", models.CASCADE, primary_key=True, related_name="indexed")
    title = models.TextField(blank=True)
    facets = models.TextField()
    digest = models.CharField(max_length=32)

    def __str__(self) -> str:
        return str(self.entry_id)


@public_content
class Synonym(models.Model):
    """Words that mean the same here, or one way only: who looks for any of `words` also finds what says one of
    `means`; with `both_ways` also the other way round and among the words themselves.

    Fields: `words` and `means`, one expression a line (`means` may be empty when `both_ways`); `both_ways`; `note`,
    why it is there; `word_list`, empty for what an editor wrote, else the name of the list it came from; `active`;
    who changed it last and when.
    """

    words = models.TextField(_("words"))
    means = models.TextField(_("also find"), blank=True)
    both_ways = models.BooleanField(_("in both directions"), default=True)
    note = models.CharField(_("why"), max_length=300, blank=True)
    word_list = models.CharField(_("list"), max_length=60, blank=True, editable=False)
    active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        first, *others = self.words.splitlines() or [""]
        return f"{first} …" if others else first


class SynonymTerm(models.Model):
    """One expression of a synonym as the analyser sees it, by which a query finds its synonyms.

    Fields: `key`, its terms with a space between them; `searched`, whether looking for it finds the others;
    `found`, whether it is found through them.
    """

    synonym = models.ForeignKey(Synonym, models.CASCADE, related_name="terms")
    key = models.CharField(max_length=200, db_index=True)
    searched = models.BooleanField()
    found = models.BooleanField()

    def __str__(self) -> str:
        return self.key


class Search(models.Model):
    """How often something was searched for in a week, and how many entries that found. Nothing else is kept: not
    who, not when exactly, not from where.

    Fields: `text`, normalised; `week`, its Monday; `asked`, times; `hits`, at the last time.
    """

    text = models.CharField(_("searched for"), max_length=120)
    week = models.DateField(_("week"))
    asked = models.PositiveIntegerField(_("times"), default=0)
    hits = models.PositiveIntegerField(_("hits"), default=0)

    class Meta:
        ordering = ["-week", "-asked", "text"]
        constraints = [models.UniqueConstraint(fields=["text", "week"], name="one_count_per_search_and_week")]
        verbose_name = _("search")
        verbose_name_plural = _("searches")

    def __str__(self) -> str:
        return self.text


class DocumentText(models.Model):
    """What was read from the newest file of a document, or why it could not be read.

    Fields: `document`; `sha256` of the file that was read; `state`; `text`; `pages` read, where the file has pages;
    `problem`, if it cannot be read; `read_at`. With a new version it goes, so it never speaks of an earlier file.
    """

    class State(models.TextChoices):
        READ = "read", _("read")
        CUT = "cut", _("read up to the limit")
        EMPTY = "empty", _("holds no text")
        BROKEN = "broken", _("cannot be read")
        UNKNOWN = "unknown", _("kind of file is not read")

    class Problem(models.TextChoices):
        LOCKED = "locked", _("It is locked with a password. Upload it without one.")
        DAMAGED = "damaged", _("It is damaged. Open it in its program, save it again and upload the new file.")
        OTHER = "other", _("Its content is not what its name says. Save it again and upload the new file.")
        LARGE = "large", _("It is too large, or becomes so when it is unpacked. Split it or save it as PDF.")
        SLOW = "slow", _("Reading it takes too long. Save it again as PDF and upload that.")
        CRASHED = "crashed", _("The reading program gave up. Save it again as PDF and upload that.")
        MISSING = "missing", _("The file is missing where files are kept. Tell whoever runs the portal.")

    document = models.OneToOneField("catalogue.Document", models.CASCADE, primary_key=True, related_name="read_text")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State)
    text = models.TextField(blank=True)
    pages = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=8, choices=Problem, blank=True)
    read_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"


class WaitingEntry(models.Model):
    """An entry that the index does not yet know with all that was read of its documents; the worker sees to it."""

    entry = models.OneToOneField("catalogue.Entry", models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.entry_id)


class EntryVector(models.Model):
    """What an entry means, as sentence vectors; only where the extra `semantic` is installed and switched on.

    Fields: `entry`; `model`, name of the model that made it; `digest` of the texts it was made from; `vector`, one or
    more of length 1, one after the other, as 32-bit floats, little-endian.
    """

    entry = models.OneToOneField("catalogue.Entry", models.CASCADE, primary_key=True, related_name="vector")
    model = models.CharField(max_length=60)
    digest = models.CharField(max_length=32)
    vector = models.BinaryField()

    def __str__(self) -> str:
        return str(self.entry_id)


class WordParts(models.Model):
    """What a word that stands in an entry consists of, see `word_parts`.

    Fields: `word`, as `analysis.spelled` gives it; `parts`, what `compounds.split` answers for it; `version` of
    `compounds` that did.
    """

    word = models.CharField(max_length=60, primary_key=True)
    parts = models.JSONField()
    version = models.CharField(max_length=30)

    def __str__(self) -> str:
        return self.word


class SavedSearch(models.Model):
    """A search that somebody keeps, and wants to hear of what is new in it.

    Fields: `user`; `name`; `params`, the search as `Query.params()` writes it; `rhythm` of its mails; `paused`, no
    mails until further notice; `feed_on` and `feed_number`, which is part of the feed's address and grows whenever
    that is to end; `saved_at`; `news_since`, from when on something counts as new; `told_on`, the day of the latest
    edition that was looked at for it; `removed_at`, once it is deleted: for a day that can be undone.
    """

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("every day with news")
        WEEKLY = "weekly", _("on Mondays, if there is news")
        NONE = "none", _("no mail")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=100)
    params = models.TextField(_("search"), blank=True)
    rhythm = models.CharField(_("mail"), max_length=6, choices=Rhythm, default=Rhythm.WEEKLY)
    paused = models.BooleanField(_("paused"), default=False)
    feed_on = models.BooleanField(_("feed"), default=False)
    feed_number = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now)
    news_since = models.DateTimeField(default=timezone.now)
    told_on = models.DateField()
    removed_at = models.DateTimeField(null=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "params"], condition=Q(removed_at=None), name="one_person_saves_a_search_once"
            )
        ]
        indexes = [models.Index(fields=["rhythm", "told_on"])]
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")

    def __str__(self) -> str:
        # What somebody looks for is nobody else's business, and this ends up in logs.
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("search:saved", args=[self.pk])


class Arrival(models.Model):
    """An entry has come into the lists for the first time. Saved searches are asked about these only.

    Fields: `entry`; `arrived_at`; `noticed_on`, the day of the edition that tells of it, empty until that is made:
    so what was published by a transaction that took long is in the next edition, and never in none.
    """

    entry = models.OneToOneField("catalogue.Entry", models.CASCADE, primary_key=True, related_name="+")
    arrived_at = models.DateTimeField(default=timezone.now)
    noticed_on = models.DateField(null=True, db_index=True)

    def __str__(self) -> str:
        return str(self.entry_id)


class Edition(models.Model):
    """The morning's look at what has arrived: one for each day on which the worker ran."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return str(self.day)
