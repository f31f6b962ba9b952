"""A small HTTP load driver: one process, plain sockets, kept-alive connections, loopback only.

It asks as fast as the server answers (a closed loop), so a figure is only comparable with one taken with the same
number of connections. Every answer is read whole and checked; the first wrong one ends the measurement, because the
speed of error pages says nothing.
"""

from __future__ import annotations

import gc
import math
import re
import resource
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

HOST = "127.0.0.1"
# Browsers open new connections now and then; renewing them also spreads the load over the worker processes.
REQUESTS_PER_CONNECTION = 50
LONGEST_ANSWER_SECONDS = 60

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class WrongAnswerError(Exception):
    """The server answered something else than the page that was to be measured."""


@dataclass(frozen=True)
class Request:
    """A page to ask for. `marker` must stand in the body of the answer."""

    path: str
    marker: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    closes: bool


@dataclass(frozen=True)
class Window:
    """What was measured in one stretch of time. Latencies in milliseconds, ascending."""

    seconds: float
    latencies: tuple[float, ...]
    body_bytes: int
    driver_seconds: float

    @property
    def requests(self) -> int:
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def bytes_per_answer(self) -> float:
        return self.body_bytes / self.requests

    @property
    def driver_share(self) -> float:
        """The part of one core the driver itself used."""
        return self.driver_seconds / self.seconds


def percentile(ascending: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return ascending[max(0, math.ceil(share * len(ascending)) - 1)]


class Load:
    """A list of pages of one server, asked for in turn; each window goes on where the last one stopped."""

    def __init__(self, port: int, requests: Sequence[Request], connections: int) -> None:
        self.port = port
        self.connections = connections
        self._size = len(requests)
        self._waiting: Iterator[tuple[bytes, bytes, str]] = cycle(
            [(_message(port, request.path), request.marker.encode(), request.path) for request in requests]
        )

    def every_page(self, times: int) -> None:
        """Asks for each page this often; to warm up, and to see that each one answers."""
        self._drive(deadline=time.perf_counter() + 600, most=self._size * times)

    def run(self, seconds: float) -> Window:
        """Asks for this long.

        Raises WrongAnswerError at the first answer that is not a 200 with its marker, and TimeoutError when nothing
        comes for a minute.
        """
        return self._drive(deadline=time.perf_counter() + seconds, most=None)

    def _drive(self, deadline: float, most: int | None) -> Window:
        latencies: list[float] = []
        size = asked = 0
        selector = selectors.DefaultSelector()
        gc_was_on = gc.isenabled()
        gc.disable()
        cpu = _cpu_seconds()
        begin = now = time.perf_counter()
        try:
            for _ in range(self.connections if most is None else min(self.connections, most)):
                connection = _Connection(self.port, selector)
                connection.ask(next(self._waiting))
                asked += 1
            while selector.get_map():
                ready = selector.select(LONGEST_ANSWER_SECONDS)
                if not ready:
                    raise TimeoutError(f"no answer for {LONGEST_ANSWER_SECONDS} seconds")
                for key, _ in ready:
                    connection = key.data
                    length = connection.receive()
                    if length is None:
                        continue
                    now = time.perf_counter()
                    latencies.append((now - connection.asked_at) * 1000)
                    size += length
                    if now < deadline and (most is None or asked < most):
                        connection.ask(next(self._waiting))
                        asked += 1
                    else:
                        connection.close()
        finally:
            for key in list(selector.get_map().values()):
                key.data.close()
            selector.close()
            if gc_was_on:
                gc.enable()
        return Window(now - begin, tuple(sorted(latencies)), size, _cpu_seconds() - cpu)


class _Connection:
    def __init__(self, port: int, selector: selectors.BaseSelector) -> None:
        self._port = port
        self._selector = selector
        self._socket: socket.socket | None = None
        self._left = 0
        self._buffer = bytearray()
        self._marker = b""
        self._path = ""
        self.asked_at = 0.0

    def ask(self, message: tuple[bytes, bytes, str]) -> None:
        """Sends the next request, over a new connection where the old one is used up; both count as latency."""
        self.asked_at = time.perf_counter()
        data, self._marker, self._path = message
        if self._left == 0 or self._socket is None:
            self.close()
            self._socket = socket.create_connection((HOST, self._port), timeout=LONGEST_ANSWER_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
            self._left = REQUESTS_PER_CONNECTION
        self._left -= 1
        self._buffer.clear()
        self._socket.sendall(data)

    def receive(self) -> int | None:
        """Reads what is there; the length of the body once the answer is whole and right, None before."""
        assert self._socket is not None
        data = self._socket.recv(262_144)
        self._buffer += data
        answer = parse(bytes(self._buffer), ended=not data)
        if answer is None:
            return None
        if answer.status != 200 or self._marker not in answer.body:
            missing = "" if answer.status != 200 else f" without “{self._marker.decode()}”"
            raise WrongAnswerError(
                f"{self._path} on port {self._port}: {answer.status}{missing}: {answer.body[:300]!r}"
            )
        if answer.closes or not data:
            self._left = 0
        return len(answer.body)

    def close(self) -> None:
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None


def parse(data: bytes, *, ended: bool) -> Answer | None:
    """The answer these bytes hold, None while some are missing; `ended`: the server has closed the connection."""
    head_end = data.find(b"\r\n\r\n")
    if head_end < 0:
        if ended:
            raise WrongAnswerError("the server closed the connection without an answer")
        return None
    head, start = data[:head_end], head_end + 4
    status = int(head[9:12])
    closes = bool(_CLOSES.search(head))
    if found := _LENGTH.search(head):
        end = start + int(found[1])
        if len(data) >= end:
            return Answer(status, data[start:end], closes)
    elif _CHUNKED.search(head):
        body = _from_chunks(data, start)
        if body is not None:
            return Answer(status, body, closes)
    elif ended:
        return Answer(status, data[start:], True)
    if ended:
        raise WrongAnswerError("the server closed the connection in the middle of an answer")
    return None


def _from_chunks(data: bytes, position: int) -> bytes | None:
    parts: list[bytes] = []
    while (line_end := data.find(b"\r\n", position)) >= 0:
        length = int(data[position:line_end].split(b";")[0], 16)
        start = line_end + 2
        if len(data) < start + length + 2:
            return None
        if length == 0:
            return b"".join(parts)
        parts.append(data[start : start + length])
        position = start + length + 2
    return None


def get(port: int, path: str) -> Answer:
    """One answer, whatever its status."""
    with socket.create_connection((HOST, port), timeout=LONGEST_ANSWER_SECONDS) as connection:
        connection.sendall(_message(port, path))
        data = b""
        while True:
            received = connection.recv(262_144)
            data += received
            if (answer := parse(data, ended=not received)) is not None:
                return answer


def _message(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n".encode("ascii")


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
