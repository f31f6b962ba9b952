"""A request to somebody else's address cannot be led inside, and ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from austausch.catalogue import link_requests
from austausch.catalogue.link_requests import NoAnswerError, ask, is_public, public_addresses, usable
from tests.catalogue.local_web import LocalWeb, local_web


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with local_web() as running:
        yield running


def reason(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(NoAnswerError) as refused:
        call(*args, **kwargs)
    return refused.value.reason


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses. Returns the names that were looked up."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **kwargs: Any) -> list[Any]:
        asked.append(host)
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [(family, 1, 6, "", (address, port)) for family, address in zip(families, addresses, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.5.4", "172.31.255.255", "192.168.1.1", "169.254.169.254",  # noqa: S104
    "100.64.0.1", "192.0.0.170", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "", "example.org",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_a_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_in_new_clothes_as_in_its_own(address: Any) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert not is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "fd00:ec2::254", "::ffff:10.0.0.1"])
def test_a_name_with_one_address_inside_is_not_asked_at_all(monkeypatch: pytest.MonkeyPatch, inside: str) -> None:
    def never(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("connected")

    names(monkeypatch, "93.184.215.14", inside)
    monkeypatch.setattr(socket, "create_connection", never)
    assert reason(ask, "https://stadt.example/", "HEAD") == "not_public"


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, "93.184.215.14", "2606:2800:21f::1")
    tried: list[Any] = []

    def connect(target: Any, timeout: float) -> None:
        tried.append(target)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert reason(ask, "http://stadt.example/", "HEAD") == "connection"
    # The name is not looked up a second time: it could lead elsewhere by then.
    assert asked == ["stadt.example"]
    assert tried == [("93.184.215.14", 80), ("2606:2800:21f::1", 80)]


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 9200, 11211])
def test_only_ports_of_the_web_are_asked(port: int) -> None:
    assert reason(ask, f"http://stadt.example:{port}/", "HEAD") == "address"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://stadt.example/", "file:///etc/passwd", "gopher://stadt.example/", "javascript:alert(1)",
        "//stadt.example/", "http://", "http:///pfad", "http://name:geheim@stadt.example/", "http://@stadt.example/", "http://[::1",
        "",        "http://stadt.example:0/", "http://stadt.example:99999/", "http://stadt.example:x/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_before_anything_is_looked_up(url: str) -> None:
    assert reason(usable, url) == "address"
    assert reason(ask, url, "HEAD") == "address"


@given(st.text(max_size=60))
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    def nowhere(host: str, port: int) -> list[Any]:
        raise NoAnswerError("no_host")

    assert reason(ask, text, "HEAD", resolve=nowhere) in link_requests.REASONS
    assert reason(ask, f"http://stadt.example/{text}", "HEAD", resolve=nowhere) in link_requests.REASONS


def test_a_request_names_who_asks_and_wants_no_content(web: LocalWeb) -> None:
    web.pages["stadt.example/grün?q=ä%20b"] = 200
    web.pages["stadt.example/gr%C3%BCn?q=%C3%A4%20b"] = 204
    assert ask("http://stadt.example/grün?q=ä%20b#unten", "GET", resolve=web.resolve).status == 204
    (headers,) = web.headers
    assert "link check (+http" in headers["User-Agent"]
    assert headers["Range"] == "bytes=0-0"
    assert "Cookie" not in headers
    assert headers["Host"] == "stadt.example"


def test_a_redirect_is_told_and_not_followed(web: LocalWeb) -> None:
    web.pages["stadt.example/"] = (301, {"Location": "http://169.254.169.254/"})
    answer = ask("http://stadt.example/", "HEAD", resolve=web.resolve)
    assert (answer.status, answer.location) == (301, "http://169.254.169.254/")
    assert len(web.asked) == 1


def test_no_proxy_of_the_environment_is_used(web: LocalWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    web.pages["stadt.example/"] = 200
    assert ask("http://stadt.example/", "HEAD", resolve=web.resolve).status == 200


@pytest.mark.parametrize(("written", "seconds"), [("120", 120), ("", None), ("bald", None), ("-5", None)])
def test_how_long_a_server_wants_to_be_left_alone(web: LocalWeb, written: str, seconds: int | None) -> None:
    web.pages["stadt.example/"] = (429, {"Retry-After": written})
    wait = ask("http://stadt.example/", "HEAD", resolve=web.resolve).retry_after
    assert (wait.total_seconds() if wait else None) == seconds


def test_a_date_to_come_back_at_is_understood(web: LocalWeb) -> None:
    web.pages["stadt.example/"] = (503, {"Retry-After": "Fri, 01 Jan 2038 00:00:00 GMT"})
    wait = ask("http://stadt.example/", "HEAD", resolve=web.resolve).retry_after
    assert wait is not None
    assert wait.days == 365


def test_a_server_without_tls_where_tls_was_asked_for(web: LocalWeb) -> None:
    assert reason(ask, "https://stadt.example/", "HEAD", resolve=web.resolve) == "tls"


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX: "])
def test_who_keeps_us_waiting_is_given_up(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    """A server that says nothing, or one letter after the other for ever."""
    monkeypatch.setattr(link_requests, "DEADLINE", 0.3)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _peer = server.accept()
            with connection:
                try:
                    connection.sendall(first)
                    while first and not ended.wait(0.02):
                        connection.sendall(b"x")
                    ended.wait()
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        target = ("127.0.0.1", server.getsockname()[1])
        assert reason(ask, "http://stadt.example/", "GET", resolve=lambda host, port: [target]) == "timeout"
        ended.set()
        thread.join()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_comes_after_the_end_is_not_used(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """Otherwise a server that is slow to connect, then slow to answer, would keep the worker for ever."""

    class Over:
        def __init__(self, seconds: float, give_up: Any) -> None:
            self.start = give_up

        def cancel(self) -> None:
            return

    monkeypatch.setattr(threading, "Timer", Over)
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(socket, "create_connection", lambda target, timeout: ours)
    ours.settimeout(1)
    with ours, theirs:
        url = f"{scheme}://stadt.example/"
        assert reason(ask, url, "GET", resolve=lambda host, port: [("192.0.2.1", 80)]) == "timeout"
        # Nothing of the request was sent, not even the beginning of a handshake.
        assert theirs.recv(1) == b""


def test_names_that_do_not_exist_are_told_from_name_servers_that_do_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(number: int) -> None:
        def getaddrinfo(*args: Any, **kwargs: Any) -> None:
            raise socket.gaierror(number, "")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    fail(socket.EAI_NONAME)
    assert reason(public_addresses, "stadt.example", 443) == "no_host"
    fail(socket.EAI_AGAIN)
    assert reason(public_addresses, "stadt.example", 443) == "no_name_server"
