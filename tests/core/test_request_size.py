"""What is too large is refused before anything reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.test.client import ClientHandler

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


class Unreadable:
    """A body that must not be asked for."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("somebody reads the body")

    readline = read


def answer(rf: RequestFactory, address: str, **environ: Any) -> tuple[int, str]:
    """What the whole portal answers to a POST whose body must not be read."""
    environ = {**rf.post(address).environ, "wsgi.input": Unreadable(), "SERVER_NAME": "localhost", **environ}
    response = ClientHandler(enforce_csrf_checks=True)(environ)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize(
    ("address", "length"),
    [
        ("/hinweis/", MEGABYTE + 1),
        ("/konto/login/", 10**15),
        ("/gibt-es-nicht/", 60 * MEGABYTE),
        ("/verwaltungen/", 2 * MEGABYTE),
        ("/verwaltung/login/", 60 * MEGABYTE + 1),
    ],
)
def test_too_much_is_refused_unread_in_both_languages(rf: RequestFactory, address: str, length: int) -> None:
    status, said = answer(rf, address, CONTENT_LENGTH=str(length))
    assert status == 413
    assert "zu viel auf einmal" in said
    assert "Too much" in said


@pytest.mark.parametrize("address", ["/hinweis/", "/verwaltung/"])
def test_what_does_not_say_its_length_is_refused_unread(rf: RequestFactory, address: str) -> None:
    status, said = answer(rf, address, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert status == 411
    assert "Länge" in said


def test_editors_may_send_files_and_everybody_forms(client: Client) -> None:
    assert client.post("/hinweis/", b"x" * 1000, content_type="application/octet-stream").status_code not in {411, 413}
    client.force_login(UserFactory(portal_team=True))
    response = client.post("/verwaltung/", b"x" * 2 * MEGABYTE, content_type="application/octet-stream")
    assert response.status_code not in {403, 411, 413}


@pytest.mark.parametrize(
    "address",
    ["/verwaltung/", "/verwaltung/login/", "/netz/schulbescheinigungen/einlesen/999001/", "/netz/pruefen/neu/"],
)
@pytest.mark.parametrize("cookie", ["", "sessionid=von-irgendwem"])
def test_a_cookie_alone_opens_nothing(rf: RequestFactory, address: str, cookie: str) -> None:
    """Anybody can send one; files are read from people who are signed in."""
    cookie = cookie.replace("sessionid", settings.SESSION_COOKIE_NAME)
    status, said = answer(rf, address, CONTENT_LENGTH=str(20 * MEGABYTE), HTTP_COOKIE=cookie)
    assert status in {403, 413}
    assert "Sign in" in said or "Too much" in said


def test_whoever_is_signed_out_meanwhile_learns_what_to_do(rf: RequestFactory, client: Client) -> None:
    client.force_login(UserFactory())
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    client.logout()
    address = "/netz/schulbescheinigungen/einlesen/999001/"
    status, said = answer(rf, address, CONTENT_LENGTH=str(20 * MEGABYTE), HTTP_COOKIE=cookie)
    assert status == 403
    assert "Melden Sie sich an" in said


def test_a_length_that_is_no_number_does_no_harm(client: Client) -> None:
    assert client.get("/massnahmen/", CONTENT_LENGTH="viel").status_code == 200
    assert client.get("/massnahmen/", CONTENT_LENGTH="").status_code == 200


def test_a_refusal_carries_the_headers_of_every_answer(client: Client) -> None:
    response = client.post("/hinweis/", b"x" * (MEGABYTE + 1), content_type="application/octet-stream")
    assert response.status_code == 413
    assert response["X-Content-Type-Options"] == "nosniff"
