"""Finding: words, filters, counts, orders, and what nobody may see."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from austausch.catalogue.display import place_names
from austausch.catalogue.models import Approach, Entry, Kind, Level, Precision, Status
from austausch.core.policy import Action, policy
from austausch.people.models import Organisation
from austausch.places.models import Place
from austausch.search import analysis, snapshot
from austausch.search.asking import FACETS, Query
from austausch.search.finding import Hits, Result, find, matching
from austausch.search.index import index
from austausch.search.rebuilding import rebuild
from tests.factories import (
    EntryFactory,
    MembershipFactory,
    OrganisationFactory,
    PlaceFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()
TODAY = dt.date.today


def ask(params: str) -> Query:
    return Query.from_params(QueryDict(params))


def result(params: str, **kwargs: Any) -> Result:
    return find(ask(params), VISITOR, **kwargs)


def found(params: str) -> list[str]:
    return [entry.slug for entry in result(params, per_page=500).entries]


def counts(params: str, name: str) -> dict[str, int]:
    facet = next(facet for facet in result(params).facets if facet.name == name)
    return {option.value: option.count for option in facet.options}


# Reading an address


def test_an_address_is_read_and_written_the_same() -> None:
    query = ask("thema=wohnen&thema=arbeit&q=haus&art=law&sort=titel")
    assert query.text == "haus"
    assert query.facets == {"thema": ("arbeit", "wohnen"), "art": ("law",)}
    assert query.params() == "q=haus&thema=arbeit&thema=wohnen&art=law&sort=titel"
    assert ask(query.params()) == query


@given(
    st.dictionaries(
        st.sampled_from([*FACETS, "q", "sort", "seite", "unsinn"]), st.lists(st.text(max_size=30), max_size=3)
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_address_is_an_error(params: dict[str, list[str]]) -> None:
    given_params = QueryDict(mutable=True)
    for name, values in params.items():
        given_params.setlist(name, values)
    query = Query.from_params(given_params)
    assert Query.from_params(QueryDict(query.params())).params() == query.params()
    answer = find(query, VISITOR)
    assert answer.total == 0
    assert list(matching(query, VISITOR)) == []


def test_the_usual_order_and_empty_values_are_not_part_of_the_address() -> None:
    assert ask("q=&thema=&ort=&sort=neueste").params() == ""
    assert ask("q=haus&sort=relevanz").params() == "q=haus"
    assert ask("q=haus&sort=neueste").params() == "q=haus&sort=neueste"
    assert ask("sort=relevanz").order == "neueste"


def test_what_does_not_exist_is_ignored_and_named() -> None:
    EntryFactory(published=True)
    answer = result("thema=gibtsnicht&art=quatsch&ort=99999&sort=zufall&traeger=niemand")
    assert answer.total == 1
    assert dict(answer.query.ignored) == {
        "thema": "gibtsnicht", "art": "quatsch", "ort": "99999", "sort": "zufall", "traeger": "niemand"
    }  # fmt: skip
    assert answer.query.params() == ""


def test_a_topic_without_entries_exists_and_finds_nothing() -> None:
    EntryFactory(published=True)
    TopicFactory(key="leer")
    answer = result("thema=leer")
    assert answer.total == 0
    assert answer.query.ignored == ()


def test_both_keys_of_a_district_free_city_mean_the_city() -> None:
    city = PlaceFactory(ags="05112", name="Duisburg", kind=Place.Kind.CITY)
    entry = EntryFactory(slug="stadt")
    entry.places.add(city)
    entry.save_revision().publish()
    assert found("ort=05112000") == found("ort=05112") == ["stadt"]


def test_without_drops_one_value_the_facet_or_the_words() -> None:
    query = ask("q=haus&thema=a&thema=b&art=law")
    assert query.without("thema", "a").params() == "q=haus&thema=b&art=law"
    assert query.without("thema").params() == "q=haus&art=law"
    assert query.without("q").params() == "thema=a&thema=b&art=law"
    assert query.without("art", "law").facets.keys() == {"thema"}


# Words


@pytest.fixture
def texts() -> None:
    EntryFactory(slug="titel", title="Problemimmobilien", kind=Kind.NETWORK, published=True)
    EntryFactory(
        slug="text", title="Anderes", goals=["Umgang mit Problemimmobilien"], kind=Kind.NETWORK, published=True
    )
    EntryFactory(slug="umlaut", title="Wohnraumstärkungsgesetz", kind=Kind.NETWORK, published=True)
    EntryFactory(slug="beides", title="Beratung für Beschäftigte in Häusern", kind=Kind.NETWORK, published=True)
    EntryFactory(slug="eines", title="Beratung", kind=Kind.NETWORK, published=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("problemimmobilie", ["titel", "text"]),
        ("PROBLEMIMMOBILIEN", ["titel", "text"]),
        ("wohnraumstaerkungsgesetz", ["umlaut"]),
        ("Wohnraumstärkungsgesetz", ["umlaut"]),
        ("wohnraum", ["umlaut"]),
        ("haus beratung", ["beides", "eines"]),
        ("Beschaeftigte", ["beides"]),
        ('"Umgang mit Problemimmobilien"', ["text"]),
        ('"Problemimmobilien Umgang"', []),
        ("gibtesnicht", []),
        ("§§§", []),
    ],
)
def test_words_are_found_however_they_are_written(texts: None, words: str, expected: list[str]) -> None:
    params = QueryDict(mutable=True)
    params["q"] = words
    assert found(params.urlencode()) == expected


def test_an_entry_with_all_words_stands_before_those_with_some(texts: None) -> None:
    assert found("q=beratung beschäftigte") == ["beides", "eines"]


def test_a_part_of_a_compound_counts_less_than_the_word_itself(texts: None) -> None:
    assert found("q=beratung wohnraum") == ["eines", "umlaut", "beides"]
    EntryFactory(slug="wort", title="Wohnraum", kind=Kind.NETWORK, published=True)
    assert found("q=wohnraum") == ["wort", "umlaut"]


@given(text=st.text(max_size=60) | st.sampled_from(
    ['"', "'", '" OR 1=1 --', "title:haus", "NEAR(a b)", "a AND", "NOT b", "haus*", "^haus", "{title}: x", "a & | !",
     "<->", "'a':*", "\\", "%s", "%(x)s", "(", "\x00", "x" * 400, "\u202eabc", "🙂", "١٢٣", "ﬁ", "İ", "ǅ"]
))  # fmt: skip
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_words_are_never_syntax(text: str) -> None:
    params = QueryDict(mutable=True)
    params["q"] = text
    assert find(Query.from_params(params), VISITOR).total == 0


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_an_entry_is_found_by_every_word_of_its_title(title: str) -> None:
    Entry.objects.all().delete()
    title = title.replace("\x00", "")
    words = analysis.terms(title)
    entry = EntryFactory(title=title or "x", published=True)
    for word in dict.fromkeys(words):
        assert Hits(Query(text=f"{word} x"), VISITOR).keys == [entry.pk]


# Filters and counts


@pytest.fixture
def many(db: None) -> list[Entry]:
    """Fifty entries over all facets, from a fixed seed."""
    dice = random.Random(7)
    topics = [TopicFactory(key=f"t{number}") for number in range(4)]
    leads = [OrganisationFactory(kind=kind) for kind in (Organisation.Kind.MINISTRY, Organisation.Kind.MUNICIPALITY)]
    places = [PlaceFactory(ags=ags, name=f"Ort {ags}") for ags in ("05112", "05154008", "05154012", "05158")]
    entries = []
    for number in range(50):
        start = dice.choice([None, dt.date(2015, 1, 1), dt.date(2099, 1, 1)])
        end = dice.choice([None, dt.date(2016, 1, 1), dt.date(2099, 12, 31)])
        if start and end and end < start:
            end = None
        entry = EntryFactory(
            title=f"{dice.choice(['Haus', 'Schule', 'Haus Schule'])} {number}",
            kind=dice.choice([Kind.LAW, Kind.EVENT, Kind.FUNDING]),
            approach=dice.choice(Approach.values),
            level=dice.choice(["", Level.DISTRICT]),
            lead=dice.choice(leads),
            starts_on=start,
            starts_precision=Precision.DAY if start else "",
            ends_on=end,
            ends_precision=Precision.DAY if end else "",
            open_end=end is None and dice.random() < 0.5,
            live=True,
        )
        entry.topics.set(dice.sample(topics, dice.randint(0, 3)))
        entry.places.set(dice.sample(places, dice.randint(0, 2)))
        entry.save()
        entries.append(entry)
    Entry.objects.filter(pk__in=[entry.pk for entry in entries[:5]]).update(archived_on=dt.date(2024, 1, 1))
    Entry.objects.filter(pk__in=[entry.pk for entry in entries[5:8]]).update(live=False)
    rebuild()
    return list(Entry.objects.listed().with_parts())


def has(entry: Entry, name: str, value: str) -> bool:
    """The meaning of a filter, written a second time."""
    return {
        "thema": lambda: value in {topic.slug for topic in entry.topics.all()},
        "art": lambda: entry.kind == value,
        "ansatz": lambda: entry.approach == value,
        "traeger": lambda: entry.lead.key == value,
        "ebene": lambda: entry.effective_level == value,
        "ort": lambda: any(place.ags.startswith(value) for place in entry.places.all()),
        "status": lambda: entry.status == value,
    }[name]()


def answers(entry: Entry, query: Query, but: str = "") -> bool:
    facets = all(
        any(has(entry, name, value) for value in values) for name, values in query.facets.items() if name != but
    )
    return facets and (not query.text or query.text in entry.title)


def test_totals_and_counts_are_what_counting_by_hand_gives(many: list[Entry]) -> None:
    values = {name: sorted(counts("", name)) for name in FACETS}
    assert all(values.values())

    @given(
        st.fixed_dictionaries(
            {name: st.lists(st.sampled_from(values[name]), max_size=2, unique=True) for name in FACETS}
        ),
        st.sampled_from(["", "Haus", "Schule"]),
    )
    @settings(deadline=None, max_examples=40)
    def holds(chosen: dict[str, list[str]], text: str) -> None:
        query = Query(text=text, facets={name: tuple(sorted(picked)) for name, picked in chosen.items() if picked})
        answer = find(query, VISITOR, per_page=100)
        expected = {entry.pk for entry in many if answers(entry, query)}
        assert answer.total == len(expected)
        assert {entry.pk for entry in answer.entries} == expected
        for facet in answer.facets:
            pool = [entry for entry in many if answers(entry, query, but=facet.name)]
            for option in facet.options:
                assert option.count == sum(has(entry, facet.name, option.value) for entry in pool)
                assert option.chosen == (option.value in chosen[facet.name])
        in_query = list(matching(query, VISITOR))
        assert [entry.pk for entry in in_query] == [entry.pk for entry in answer.entries]

    holds()


def test_no_place_or_topic_is_missing_among_the_counts(many: list[Entry]) -> None:
    assert counts("", "ort").keys() >= {"05112", "05154008", "05154012", "05158"}
    assert sum(counts("", "status").values()) == len(many)
    assert sum(counts("", "art").values()) == len(many)


def test_alternatives_within_a_facet_all_facets_together() -> None:
    one, two = TopicFactory(key="eins"), TopicFactory(key="zwei")
    EntryFactory(slug="a", topics=[one], kind=Kind.LAW, published=True)
    EntryFactory(slug="b", topics=[two], kind=Kind.LAW, published=True)
    EntryFactory(slug="c", topics=[one, two], kind=Kind.EVENT, published=True)
    assert set(found("thema=eins&thema=zwei")) == {"a", "b", "c"}
    assert set(found("thema=eins&thema=zwei&art=law")) == {"a", "b"}
    assert counts("thema=eins", "thema") == {"eins": 2, "zwei": 2}
    assert counts("thema=eins", "art") == {"law": 1, "event": 1}


def test_status_follows_the_calendar(time_machine: Any) -> None:
    EntryFactory(
        slug="kurs",
        starts_on=dt.date(2030, 1, 1),
        starts_precision=Precision.DAY,
        ends_on=dt.date(2030, 12, 31),
        ends_precision=Precision.DAY,
        published=True,
    )
    for day, status in (("2029-12-31", "planned"), ("2030-12-31", "running"), ("2031-01-01", "ended")):
        time_machine.move_to(f"{day}T12:00:00+01:00", tick=False)
        assert found(f"status={status}") == ["kurs"]
        assert counts("", "status") == {Status(status).value: 1}


def test_a_renamed_topic_shows_its_new_name_at_once() -> None:
    topic = TopicFactory(key="wohnen", name="Alter Name")
    EntryFactory(topics=[topic], published=True)
    topic.name = "Neuer Name"
    topic.save()
    assert result("").facets[0].options[0].label == "Neuer Name"


def test_a_deleted_topic_is_no_filter_any_more() -> None:
    topic = TopicFactory(key="wohnen")
    EntryFactory(topics=[topic], published=True)
    topic.delete()
    assert counts("", "thema") == {}
    assert result("thema=wohnen").query.ignored == (("thema", "wohnen"),)


# Orders and pages


def test_orders() -> None:
    for slug, title, end in (
        ("bald", "Zebra", dt.date(2098, 1, 1)),
        ("spaet", "Ähre", dt.date(2099, 1, 1)),
        ("nie", "Bach", None),
        ("vorbei", "apfel", dt.date(2020, 1, 1)),
        ("lange-vorbei", "Cello", dt.date(2010, 1, 1)),
    ):
        EntryFactory(slug=slug, title=title, ends_on=end, ends_precision=Precision.DAY if end else "", published=True)
    assert found("sort=ende") == ["bald", "spaet", "nie", "vorbei", "lange-vorbei"]
    assert found("sort=titel") == ["spaet", "vorbei", "nie", "lange-vorbei", "bald"]
    assert found("") == found("sort=neueste") == ["lange-vorbei", "vorbei", "nie", "spaet", "bald"]
    for sort in ("ende", "titel", "neueste"):
        assert [entry.slug for entry in matching(ask(f"sort={sort}"), VISITOR)] == found(f"sort={sort}")


def test_pages_hold_every_entry_once(many: list[Entry]) -> None:
    seen = [entry.pk for page in range(1, 7) for entry in result("", page=page, per_page=8).entries]
    assert len(seen) == len(set(seen)) == len(many)
    assert result("", per_page=8).pages == 6


def test_a_page_beyond_the_last_is_the_last(many: list[Entry]) -> None:
    assert result("", page=99, per_page=8).page == 6
    assert result("q=gibtesnicht", page=99).page == 1


def test_matching_can_be_counted_cut_and_loaded_with_parts(many: list[Entry]) -> None:
    entries = matching(ask("q=haus"), VISITOR)
    keys = [entry.pk for entry in entries]
    assert entries.count() == len(keys)
    assert [entry.pk for entry in entries.with_parts()[3:6]] == keys[3:6]


# What nobody may see


def test_drafts_and_archived_entries_never_count_not_even_for_their_authors(many: list[Entry]) -> None:
    lead = many[0].lead
    author = MembershipFactory(organisation=lead).user
    EntryFactory(title="Haus im Entwurf", lead=lead).save_revision()
    for user in (VISITOR, author, UserFactory(portal_team=True)):
        assert find(Query(), user).total == len(many)


def test_an_entry_that_left_behind_the_indexs_back_shows_nowhere(many: list[Entry]) -> None:
    hidden = EntryFactory(title="Verborgenes Haus", topics=[TopicFactory(key="verborgen")], published=True)
    Entry.objects.filter(pk=hidden.pk).update(live=False)
    assert found("q=verborgenes") == []
    assert "verborgen" not in counts("", "thema")
    assert hidden.pk not in {entry.pk for entry in matching(Query(), VISITOR)}
    assert counts("q=verborgenes", "art") == {}


def test_a_card_shows_a_body_and_a_place_that_came_after_the_snapshot() -> None:
    entry = EntryFactory()
    known = snapshot.current()
    entry.lead = OrganisationFactory(name="Neue Stelle")
    entry.save()
    entry.places.add(PlaceFactory(ags="09162", name="München"))
    entry.save()
    (shown,) = known.shown([entry.pk])
    assert shown.lead.name == "Neue Stelle"
    assert place_names(shown) == ["München"]
    assert known.shown([entry.pk, entry.pk + 1]) == [entry]


def test_what_the_policy_withholds_is_neither_found_nor_counted(
    many: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    withheld = many[0]
    place = PlaceFactory(ags="05999001", name="Verborgen")
    withheld.places.set([place])
    index([withheld.pk])
    before = find(Query(), VISITOR, per_page=100)
    which = policy.which
    monkeypatch.setattr(policy, "which", lambda user, action, rows: which(user, action, rows).exclude(pk=withheld.pk))
    for user in (VISITOR, UserFactory()):
        after = find(Query(), user, per_page=100)
        assert after.total == before.total - 1
        assert withheld.pk not in {entry.pk for entry in after.entries}
        assert sum(option.count for option in after.facets[1].options) == after.total
        assert "05999001" not in {option.value for option in after.facets[5].options}
        assert not any(shown == place for shown, _count in Hits(Query(), user).places())
        assert not matching(Query(), user).filter(pk=withheld.pk).exists()


def test_the_policy_is_what_decides(many: list[Entry]) -> None:
    visible = policy.which(VISITOR, Action.VIEW, Entry.objects.listed())
    assert set(matching(Query(), VISITOR)) == set(visible)


# A way out


def test_an_empty_result_says_what_to_leave_out() -> None:
    TopicFactory(key="leer")
    EntryFactory(title="Haus", kind=Kind.LAW, published=True)
    EntryFactory(title="Schule", kind=Kind.EVENT, published=True)
    hits = Hits(ask("q=haus&art=event"), VISITOR)
    assert hits.total == 0
    assert {(way.name, way.count) for way in hits.relaxations()} == {("q", 1), ("art", 1)}
    hits = Hits(ask("q=haus&art=event&thema=leer"), VISITOR)
    assert {(way.name, way.count) for way in hits.relaxations()} == {("", 1)}


# Cost


def test_ten_or_a_hundred_entries_cost_the_same_queries() -> None:
    lead, topic, place = OrganisationFactory(), TopicFactory(), PlaceFactory()

    def make(number: int) -> None:
        for _ in range(number):
            entry = EntryFactory(lead=lead, topics=[topic], live=True)
            entry.places.add(place)
            entry.save()
        rebuild()

    def queries(total: int) -> dict[str, int]:
        """How many each question costs."""
        costs = {}
        for params in ("", "q=maßnahme", "q=maßnahme&art=counselling&sort=titel"):
            with CaptureQueriesContext(connection) as asked:
                assert result(params).total == total
            costs[params] = len(asked)
        return costs

    make(10)
    few = queries(10)
    make(90)
    assert queries(100) == few
