"""The web server: gunicorn, run from here, which also keeps one task worker alive."""

from __future__ import annotations

import errno
import gc
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger

STOP_WITHIN_SECONDS = 15
RESTART_AFTER_SECONDS = 5


class PortTakenError(Exception):
    """Another program listens there."""


@dataclass(frozen=True)
class Serving:
    """How to serve.

    `hosts` are numeric addresses, `started` is called once connections are accepted, `task_worker` is the command
    to keep running beside the server.
    """

    hosts: tuple[str, ...]
    port: int
    workers: int
    threads: int
    started: Callable[[], None]
    task_worker: tuple[str, ...] | None = None


def serve(application: WSGIHandler, how: Serving) -> None:
    """Serves until SIGTERM or Ctrl-C. Raises PortTakenError before anything is started."""
    for host in how.hosts:
        _require_free(host, how.port)
    # What was opened here must not be shared by the processes that are forked from here.
    connections.close_all()
    # The code loaded so far lives as long as the process: collecting garbage need not look at it again and again.
    gc.collect()
    gc.freeze()
    _Server(application, how).run()


def local_addresses() -> tuple[str, ...]:
    """The numeric addresses of `localhost` on this machine that can be bound: IPv4, IPv6 or both."""
    found = []
    for host in ("127.0.0.1", "::1"):
        try:
            with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
                probe.bind((host, 0))
        except OSError:
            continue
        found.append(host)
    return tuple(found)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _require_free(host: str, port: int) -> None:
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTakenError(
                    f"Port {port} is taken by another program. Stop it, or choose another port: "
                    f"`make run PORT={port + 123}` or `austausch serve --port {port + 123}`."
                ) from error
            raise PortTakenError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error


class _Logger(Logger):
    """gunicorn's messages, written as the settings say, which leave out personal data (core/logs.py)."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class _Server(BaseApplication):
    def __init__(self, application: WSGIHandler, how: Serving) -> None:
        self.application = application
        self.how = how
        super().__init__()

    def load_config(self) -> None:
        how = self.how
        bracketed = [f"[{host}]" if ":" in host else host for host in how.hosts]
        values: dict[str, Any] = {
            "bind": [f"{host}:{how.port}" for host in bracketed],
            "workers": how.workers,
            "threads": how.threads,
            "worker_class": "gthread" if how.threads > 1 else "sync",
            # One copy of the code in memory for all processes.
            "preload_app": True,
            "graceful_timeout": STOP_WITHIN_SECONDS,
            "timeout": 60,
            "keepalive": 15,
            # Its warnings quote requests that it does not understand, with who asks.
            "loglevel": "error",
            "logger_class": _Logger,
            "accesslog": None,
            # Who is a trusted proxy is decided in the settings alone.
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "limit_request_line": 8190,
            "proc_name": "austausch",
            "when_ready": lambda arbiter: how.started(),
            "on_exit": lambda arbiter: arbiter.tasks.stop(),
        }
        for name, value in values.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        return self.application

    def run(self) -> None:
        _Arbiter(self).run()


class _Arbiter(Arbiter):
    """gunicorn's master process, which looks after the task worker each time it looks after its own."""

    def __init__(self, app: _Server) -> None:
        super().__init__(app)
        self.tasks = TaskWorker(app.how.task_worker)

    def manage_workers(self) -> None:
        super().manage_workers()
        self.tasks.keep_alive()

    # Ctrl-C lets running requests finish, as SIGTERM does; a second Ctrl-C does not wait.
    handle_int = Arbiter.handle_term


class TaskWorker:
    """A process beside the server, started again when it dies, but not in a tight loop."""

    def __init__(self, command: tuple[str, ...] | None) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.not_before = 0.0

    def keep_alive(self) -> None:
        # gunicorn reaps every child; `poll` then reports an unknown exit, which is all we need to know.
        alive = self.process is not None and self.process.poll() is None
        if alive or self.command is None or time.monotonic() < self.not_before:
            return
        if self.process is not None:
            print("The task worker has died and is started again.", file=sys.stderr, flush=True)  # noqa: T201
        self.not_before = time.monotonic() + RESTART_AFTER_SECONDS
        self.process = subprocess.Popen(self.command)  # noqa: S603

    def stop(self) -> None:
        self.command = None
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
