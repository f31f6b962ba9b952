"""The server as its operator meets it: started, watched, stopped. In processes of their own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from austausch.operation import work
from austausch.operation.management.commands import serve as command
from austausch.operation.server import PortTakenError, Serving, TaskWorker, local_addresses
from austausch.operation.server import serve as serve_it
from austausch.people.models import SetupAddress
from tests.factories import UserFactory

SERVER = """
import logging.config
import sys
from austausch.operation.server import Serving, serve
from austausch.settings.base import LOGGING

logging.config.dictConfig(LOGGING)

def application(environ, start_response):
    if environ["PATH_INFO"] == "/scheitert":
        raise RuntimeError("Erika")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.url_scheme"].encode() + b" " + environ.get("SCRIPT_NAME", "").encode()]

serve(application, Serving(
    hosts=("127.0.0.1",), port=int(sys.argv[1]), workers=1, threads=2,
    started=lambda: print("started", flush=True), task_worker=(sys.executable, "-c", sys.argv[2]),
))
"""
WORKER = "import os, sys, time; print('worker', os.getpid(), flush=True); time.sleep(600)"
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(done: Callable[[], bool]) -> None:
    """Waits for something to become true; gives up long after it should have."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class Server:
    def __init__(self) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self.port), WORKER],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def get(self, headers: dict[str, str] | None = None) -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", headers=headers or {})
        with urllib.request.urlopen(request) as response:  # noqa: S310 - our own address
            return str(response.read().decode())


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    # Not killed: its worker would live on.
    running.process.terminate()
    running.process.communicate()


def started(server: Server) -> int:
    """Waits until the server and its worker run; the worker's process."""
    lines = {server.line(), server.line()}
    assert "started" in lines
    return next(int(line.split()[1]) for line in lines if line.startswith("worker"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_stops_with_its_worker(server: Server, how: signal.Signals) -> None:
    worker = started(server)
    assert server.get() == "http "
    server.process.send_signal(how)
    assert server.process.wait(PATIENCE) == 0
    until(lambda: not alive(worker))


def test_a_worker_that_died_is_started_again(server: Server) -> None:
    first = started(server)
    os.kill(first, signal.SIGKILL)
    second = int(server.line().split()[1])
    assert second != first
    assert alive(second)
    assert server.get() == "http "


def test_a_client_cannot_pretend_to_be_a_proxy(server: Server) -> None:
    started(server)
    assert server.get({"X-Forwarded-Proto": "https", "Script-Name": "/evil"}) == "http "


def test_what_a_request_holds_is_in_no_line_of_the_log(server: Server) -> None:
    started(server)
    for request in (b"GET /massnahmen/?q=Erika HTTP/9.9", b"GET /scheitert?q=Erika HTTP/1.1", b"Erika"):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(request + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            while connection.recv(4096):
                pass
    server.process.terminate()
    said = server.process.communicate()[1]
    assert "Error handling request" in said
    assert "RuntimeError" in said
    for personal in ("Erika", "127.0.0.1"):
        assert personal not in said


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        how = Serving(hosts=("127.0.0.1",), port=port, workers=1, threads=1, started=lambda: None)
        with pytest.raises(PortTakenError, match=rf"Port {port} is taken.*--port"):
            serve_it(lambda environ, start: [], how)  # type: ignore[arg-type]


def test_this_machine_has_an_address() -> None:
    assert "127.0.0.1" in local_addresses()


def test_a_worker_is_not_restarted_in_a_tight_loop() -> None:
    worker = TaskWorker((sys.executable, "-c", ""))
    worker.keep_alive()
    assert worker.process
    first = worker.process
    first.wait()
    worker.keep_alive()
    assert worker.process is first
    worker.stop()


# ── The commands ────────────────────────────────────────────────────────────────────────────────────────────


def served(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[Serving, str]:
    """What `austausch serve` would serve, and what it prints once it does."""
    seen: list[Serving] = []

    def pretend(application: Any, how: Serving) -> None:
        seen.append(how)
        how.started()

    monkeypatch.setattr(command, "serve", pretend)
    monkeypatch.setenv("AUSTAUSCH_ADDRESS", "")
    out = StringIO()
    call_command("serve", *arguments, stdout=out)
    return seen[0], out.getvalue()


@pytest.mark.django_db
def test_the_one_time_address_is_printed_while_nobody_administers(
    monkeypatch: pytest.MonkeyPatch, client: Any, settings: Any
) -> None:
    settings.WAGTAILADMIN_BASE_URL = "http://localhost:8000"
    how, said = served(monkeypatch, "--port", "8123")
    assert "http://localhost:8123/" in said
    found = re.search(r"http://localhost:8123(/einrichtung/\S+)", said)
    assert found
    assert client.get(found[1]).status_code == 200
    assert how.task_worker
    assert how.task_worker[-2:] == ("--with-parent", str(os.getpid()))
    UserFactory(portal_team=True)
    assert "einrichtung" not in served(monkeypatch, "--no-task-worker")[1]


@pytest.mark.django_db
def test_an_installation_that_is_not_set_up_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "missing_migrations", lambda: 3)
    with pytest.raises(CommandError, match="austausch setup"):
        call_command("serve")


@pytest.mark.django_db
def test_the_worker_does_what_is_due_even_if_one_thing_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import datetime as dt

    from django.utils import timezone

    SetupAddress.objects.create(token_sha256="x")
    SetupAddress.objects.update(made_at=timezone.now() - dt.timedelta(days=2))

    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(work, "_publish_scheduled", fail)
    work.do_what_is_due()
    assert not SetupAddress.objects.exists()
    assert "tried again in a minute" in caplog.text


@pytest.mark.django_db
def test_scheduled_publication_happens(tmp_path: Path) -> None:
    import datetime as dt

    from django.utils import timezone

    from tests.factories import EntryFactory

    entry = EntryFactory(title="Geplant")
    entry.go_live_at = timezone.now() + dt.timedelta(minutes=5)
    entry.save_revision().publish()
    entry.refresh_from_db()
    assert not entry.live
    import time_machine

    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        work.do_what_is_due()
    entry.refresh_from_db()
    assert entry.live
