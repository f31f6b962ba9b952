"""allauth's German says "du"; ours, of the same sentences, says "Sie"."""

from __future__ import annotations

import re

import pytest
from allauth.account.adapter import get_adapter
from django.test import Client
from django.utils.translation import gettext, override

from austausch.people.formal_german import SENTENCES

INFORMAL = re.compile(r"\b(du|dein\w*|dir|dich|gib|versuche|lass|folge)\b", re.IGNORECASE)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_allauth_is_said_formally(sentence: str) -> None:
    with override("de"):
        assert not INFORMAL.search(gettext(sentence))
        assert gettext(sentence) != sentence


def test_the_sentences_are_those_that_allauth_has() -> None:
    with override("en"):
        assert str(get_adapter().error_messages["too_many_login_attempts"]) in SENTENCES


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/konto/password/reset/",
        "/konto/password/reset/done/",
        "/konto/password/reset/key/x-y/",
        "/konto/confirm-email/",
    ],
)
def test_no_account_page_says_du(client: Client, address: str) -> None:
    page = client.get(address).content.decode()

    assert not re.search(r"\b(du|dein\w*|dir|dich|gib)\b", page, re.IGNORECASE)
