"""What is too large is refused before anything reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

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
    status: list[str] = []
    body = WSGIHandler()(environ, lambda line, headers: status.append(line))  # type: ignore[arg-type]
    return int(status[0].split()[0]), b"".join(body).decode()


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
    for address, size in (("/hinweis/", 1000), ("/verwaltung/", 2 * MEGABYTE)):
        response = client.post(address, b"x" * size, content_type="application/octet-stream")
        assert response.status_code not in {411, 413}, address


def test_a_length_that_is_no_number_does_no_harm(client: Client) -> None:
    assert client.get("/massnahmen/", CONTENT_LENGTH="viel").status_code == 200
    assert client.get("/massnahmen/", CONTENT_LENGTH="").status_code == 200


def test_a_refusal_carries_the_headers_of_every_answer(client: Client) -> None:
    response = client.post("/hinweis/", b"x" * (MEGABYTE + 1), content_type="application/octet-stream")
    assert response.status_code == 413
    assert response["X-Content-Type-Options"] == "nosniff"
