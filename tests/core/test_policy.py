from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q

from austausch.catalogue.models import Entry
from austausch.core.policy import Action, NoRuleError, Policy, policy
from austausch.people.models import Membership
from tests.factories import EntryFactory, MembershipFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_visitors_see_what_is_published_and_nothing_else() -> None:
    published, draft = EntryFactory(published=True), EntryFactory()
    assert list(policy.which(AnonymousUser(), Action.VIEW, Entry.objects.all())) == [published]
    assert not policy.may(AnonymousUser(), Action.VIEW, draft)


def test_a_model_without_a_rule_is_refused_not_shown() -> None:
    with pytest.raises(NoRuleError, match="Entry"):
        Policy().may(AnonymousUser(), Action.VIEW, Entry)


@pytest.mark.parametrize("role", list(Membership.Role))
@pytest.mark.parametrize("action", list(Action))
def test_list_and_detail_agree_for_every_role_and_action(role: Membership.Role, action: Action) -> None:
    membership = MembershipFactory(role=role)
    for lead in (membership.organisation, None):
        kwargs = {"lead": lead} if lead else {}
        EntryFactory(published=True, **kwargs)
        EntryFactory(**kwargs)
    allowed = set(policy.which(membership.user, action, Entry.objects.all()))
    assert allowed == {entry for entry in Entry.objects.all() if policy.may(membership.user, action, entry)}


def test_an_author_writes_for_the_own_organisation_but_does_not_publish() -> None:
    membership = MembershipFactory(role=Membership.Role.AUTHOR)
    own, foreign = EntryFactory(lead=membership.organisation), EntryFactory()
    assert policy.may(membership.user, Action.EDIT, own)
    assert not policy.may(membership.user, Action.PUBLISH, own)
    assert not policy.may(membership.user, Action.EDIT, foreign)


def test_a_deactivated_superuser_may_nothing_more_than_a_visitor() -> None:
    person = UserFactory(portal_team=True, is_active=False)
    draft = EntryFactory()
    assert not policy.may(person, Action.VIEW, draft)


def test_a_rule_over_relations_neither_doubles_rows_nor_changes_the_callers_joins() -> None:
    rules = Policy()
    rules.rule(Entry)(lambda user, action: Q(topics__name__startswith="Wohn") | Q(live=True))
    entry = EntryFactory(topics=[TopicFactory(name="Wohnen"), TopicFactory(name="Wohngeld")])
    counted = rules.which(AnonymousUser(), Action.VIEW, Entry.objects.annotate(number=Count("topics")))
    assert [(found.pk, found.number) for found in counted] == [(entry.pk, 2)]


def test_a_rule_over_the_rows_own_columns_asks_the_table_once() -> None:
    for scope in (Q(live=True), Q(live=True) | Q(lead__in=[1, 2]), ~Q(lead_id=1) | Q(live=False)):
        rules = Policy()
        rules.rule(Entry)(lambda user, action, scope=scope: scope)
        assert str(rules.which(AnonymousUser(), Action.VIEW, Entry.objects.all()).query).count("SELECT") == 1


def test_a_rule_over_own_columns_leaves_the_callers_counts_alone() -> None:
    rules = Policy()
    rules.rule(Entry)(lambda user, action: Q(live=True))
    entry = EntryFactory(published=True, topics=[TopicFactory(), TopicFactory()])
    EntryFactory(topics=[TopicFactory()])
    rows = rules.which(AnonymousUser(), Action.VIEW, Entry.objects.annotate(number=Count("topics")))
    assert [(found.pk, found.number) for found in rows] == [(entry.pk, 2)]
