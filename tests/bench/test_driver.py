"""The load driver: it must not measure anything but the page that was asked for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.driver import Load, Request, WrongAnswerError, get, parse, percentile


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: Counter[str] = Counter()

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        status = 500 if self.path == "/broken/" else 200
        body = b"<h1>Page</h1>"
        self.send_response(status)
        if self.path == "/chunks/":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"4\r\n<h1>\r\n9\r\nPage</h1>\r\n0\r\n\r\n")
            return
        if self.path == "/closing/":
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    _Handler.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_page_ends_the_measurement(port: int) -> None:
    with pytest.raises(WrongAnswerError, match=r"/broken/.*500"):
        Load(port, [Request("/", "Page"), Request("/broken/", "Page")], connections=2).every_page(1)


def test_a_page_without_what_it_should_hold_ends_the_measurement(port: int) -> None:
    with pytest.raises(WrongAnswerError, match="without “Entry”"):
        Load(port, [Request("/", "Entry")], connections=1).every_page(1)


def test_a_connection_closed_in_the_middle_is_an_error() -> None:
    with pytest.raises(WrongAnswerError, match="middle"):
        parse(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ended=True)


def test_a_connection_closed_without_an_answer_is_an_error() -> None:
    with pytest.raises(WrongAnswerError, match="without an answer"):
        parse(b"", ended=True)


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    ],
)
def test_an_answer_counts_only_when_it_is_whole(whole: bytes) -> None:
    assert all(parse(whole[:length], ended=False) is None for length in range(len(whole) - 2))
    answer = parse(whole, ended=False)
    assert answer is not None
    assert (answer.status, answer.body, answer.closes) == (200, b"abcde", False)


def test_every_page_is_asked_for_as_often_as_said(port: int) -> None:
    pages = [Request("/", "Page"), Request("/chunks/", "Page"), Request("/closing/", "Page")]
    Load(port, pages, connections=2).every_page(4)
    assert _Handler.asked == {"/": 4, "/chunks/": 4, "/closing/": 4}


def test_a_window_counts_answers_bytes_and_latencies(port: int) -> None:
    window = Load(port, [Request("/", "Page")], connections=2).run(0.05)
    assert window.requests == _Handler.asked["/"] > 0
    assert window.bytes_per_answer == len("<h1>Page</h1>")
    assert window.seconds >= 0.05
    assert list(window.latencies) == sorted(window.latencies)


def test_get_gives_an_error_page_as_it_is(port: int) -> None:
    assert get(port, "/broken/").status == 500


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.99) == 7
