"""One request to an address that somebody typed in, so made that it cannot be turned against the inside of our network.

- Only http and https, on the usual ports, without a name and password in the address.
- The name is resolved once, every address it has must be a public one, and the connection goes to exactly that address:
  a name that answers differently a moment later (DNS rebinding) gains nothing. Redirects are not followed here; each is
  a new request with the same checks.
- No proxy from the environment, no cookies, no body read, and an end after DEADLINE seconds whatever the other does.

What takes the connections to a test's own server is the argument `resolve`. There is no setting for it.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings
from django.utils import timezone

CONNECT_SECONDS = 5.0
DEADLINE = 15.0
# Beyond these stand databases and control panels, not pages.
PORTS = {80, 443, 8080, 8443}
MOST_ADDRESSES = 3
# Prefixes in which a private IPv4 address can hide.
_EMBEDDING = [ipaddress.ip_network(prefix) for prefix in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
_HOST = re.compile(r"[0-9A-Za-z._:-]+")

Target = tuple[str, int]
# Gets host and port, answers with the numeric addresses to connect to. Raises NoAnswerError.
Resolve = Callable[[str, int], Sequence[Target]]


class NoAnswerError(Exception):
    """There was no answer. `reason` is one of the codes in `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# address: not one we ask; not_public: leads inside a network; no_host: the name does not exist; the rest: this time.
REASONS = ("address", "not_public", "no_host", "no_name_server", "timeout", "tls", "connection")


@dataclass(frozen=True)
class Answer:
    """`location` as the server wrote it, "" without; `retry_after`: for how long it asks to be left alone."""

    status: int
    location: str = ""
    retry_after: dt.timedelta | None = None


def public_addresses(host: str, port: int) -> Sequence[Target]:
    """The addresses of a host, if all of them are public."""
    if port not in PORTS:
        raise NoAnswerError("address")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        missing = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
        raise NoAnswerError("no_host" if error.errno in missing else "no_name_server") from error
    except (OSError, UnicodeError) as error:
        raise NoAnswerError("no_name_server") from error
    numeric = list(dict.fromkeys(str(address[4][0]) for address in found))
    if not all(map(is_public, numeric)):
        raise NoAnswerError("not_public")
    return [(address, port) for address in numeric[:MOST_ADDRESSES]]


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the open Internet, not of this machine, this network or a cloud's inside."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if any(parsed in network for network in _EMBEDDING):
            return False
        if parsed.is_site_local:
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def ask(url: str, method: str, *, resolve: Resolve = public_addresses) -> Answer:
    """Asks for the headers of `url`. Raises NoAnswerError."""
    parts = usable(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = _ascii_host(parts)
    targets = resolve(host, port)
    connection = _Connection(host, port, targets, secure=parts.scheme == "https")
    timer = threading.Timer(DEADLINE, connection.give_up)
    timer.daemon = True
    timer.start()
    try:
        connection.request(method, _path(parts), headers=_headers(method))
        with connection.getresponse() as response:
            # An end in the middle of the headers looks to http.client like the end of the headers.
            if connection.given_up:
                raise NoAnswerError("timeout")
            return Answer(response.status, response.headers.get("Location", "").strip(), _retry_after(response))
    except NoAnswerError:
        raise
    except Exception as error:
        # http.client and ssl let a dozen errors through.
        raise NoAnswerError("timeout" if connection.given_up else _reason(error)) from error
    finally:
        timer.cancel()
        connection.close()


def usable(url: str) -> SplitResult:
    """The parts of an address that we ask. Raises NoAnswerError for every other."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named or parts.scheme not in {"http", "https"} or parts.username is not None or parts.password is not None:
        raise NoAnswerError("address")
    if not _HOST.fullmatch(_ascii_host(parts)):
        raise NoAnswerError("address")
    return parts


class _Connection(http.client.HTTPConnection):
    """Goes to the addresses it was given and looks nothing up."""

    def __init__(self, host: str, port: int, targets: Sequence[Target], *, secure: bool) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if secure else 80
        self._targets = targets
        self._secure = secure
        self.given_up = False

    def connect(self) -> None:
        problem: OSError | None = None
        for target in self._targets:
            try:
                plain = socket.create_connection(target, CONNECT_SECONDS)
            except OSError as error:
                problem = error
                continue
            self.sock = plain
            if self._secure:
                # The handshake comes after `sock` is set, so that `give_up` can end it, too.
                context = ssl.create_default_context()
                self.sock = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
                self._end_if_given_up()
                self.sock.do_handshake()
            self._end_if_given_up()
            return
        raise problem or ConnectionError

    def _end_if_given_up(self) -> None:
        """What was given up before there was a socket to end: nothing else would end it any more."""
        if self.given_up:
            raise TimeoutError

    def give_up(self) -> None:
        """Ends a connection from another thread: the side that waits gets an error."""
        self.given_up = True
        try:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _headers(method: str) -> dict[str, str]:
    name = settings.AUSTAUSCH_NAME.encode("ascii", "ignore").decode() or "Austausch"
    headers = {
        "User-Agent": f"{name} link check (+{settings.WAGTAILADMIN_BASE_URL})",
        "Accept": "*/*",
        "Connection": "close",
    }
    # Who wants only to know whether it is there need not be sent all of it.
    return headers if method == "HEAD" else headers | {"Range": "bytes=0-0"}


def _ascii_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise NoAnswerError("address") from error


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._[]")
    return f"{path}?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]' + chr(39))}" if parts.query else path


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "tls" if isinstance(error, ssl.SSLError) else "connection"


def _retry_after(response: http.client.HTTPResponse) -> dt.timedelta | None:
    written = response.headers.get("Retry-After", "").strip()
    if written.isdigit():
        return dt.timedelta(seconds=min(int(written[:9]), 365 * 24 * 3600))
    try:
        until = email.utils.parsedate_to_datetime(written)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
    return min(max(until - timezone.now(), dt.timedelta(0)), dt.timedelta(days=365))
