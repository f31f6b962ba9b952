"""A local stand-in for a school's SVWS-Server: serves the documented fields over TLS, on this machine only."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from austausch.certificates.reading.svws_client import Server
from tests.certificates.pupil_files import svws_pupil

Answer = Callable[[BaseHTTPRequestHandler], None]
# What an answer holds besides what is documented for us; nothing of it may get further than the parser.
BESIDES = {"staatsangehoerigkeitID": "XYZ", "religionID": 77, "hatMigrationshintergrund": True, "foto": "AAAA"}


@dataclass
class StandIn:
    """`answers`: path below /db/{schema}/ → JSON value, or a function that answers itself. `asked`: paths in order."""

    answers: dict[str, Any]
    server: Server
    asked: list[str] = field(default_factory=list)


def documented(count: int = 2) -> dict[str, Any]:
    pupils = [svws_pupil(id=n, nachname=f"Muster{'abcdefghij'[n % 10]}", vorname=f"Kim{'abcdefghij'[n // 10 % 10]}",
                         alleVornamen="", **BESIDES) for n in range(count)]  # fmt: skip
    listed = [{name: pupil[name] for name in ("id", "nachname", "vorname", "status", "jahrgang", "idKlasse")}
              for pupil in pupils]  # fmt: skip
    return {
        "schule/stammdaten": {"schulNr": 999001, "bezeichnung1": "Gymnasium Musterstadt", "idSchuljahresabschnitt": 8},
        "schueler/abschnitt/8": listed,
        **{f"schueler/{pupil['id']}/stammdaten": without(pupil, "jahrgang", "idKlasse") for pupil in pupils},
        "klassen/abschnitt/8": [{"id": 3, "kuerzel": "7a"}],
        "orte": [{"id": 9, "plz": "00000", "ortsname": "Musterstadt"}],
    }


def without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


@contextmanager
def running(folder: Path, answers: dict[str, Any], *, name: str = "127.0.0.1", **changes: Any) -> Iterator[StandIn]:
    """`name`: whom the certificate is for. `changes`: of the configuration."""
    certificate, key = _certificate(folder, name)
    stand_in = StandIn(answers, Server("", "schule", "schulbuero", "geheim"))
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    settings = {"url": f"https://127.0.0.1:{http.server_port}", "ca_file": str(certificate), "seconds": 5.0, **changes}
    stand_in.server = Server(
        schema="schule", user="schulbuero", password=settings.pop("password", "geheim"), **settings
    )
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    expected = "Basic " + base64.b64encode(b"schulbuero:geheim").decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix("/db/schule/")
            stand_in.asked.append(path)
            if self.headers.get("Authorization") != expected:
                self.answer(401, b"")
                return
            found = stand_in.answers.get(path)
            if callable(found):
                found(self)
            elif found is None:
                self.answer(404, b"")
            else:
                self.answer(200, json.dumps(found).encode())

        def answer(self, status: int, body: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    try:
        names: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        names = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # With --at, Python's clock is another one than the library's that checks it.
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "stand-in.pem", folder / "stand-in.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
