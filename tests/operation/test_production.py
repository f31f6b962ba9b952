"""Production settings, as an operator meets them: in a process of their own, from the environment alone."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from austausch.core.logs import JSONFormatter
from austausch.settings.environment import Environment, database, mail, redis

COMPLETE = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
    "ALLOWED_HOSTS": "austausch.example.org",
    "DATABASE_URL": "postgresql://portal:geheim@db.example.org:5432/portal",
    "REDIS_URL": "redis://cache.example.org:6379/0",
    "MAIL_URL": "smtp+tls://portal:geheim@mail.example.org",
    "MAIL_FROM": "austausch@example.org",
}
WITH_S3 = {**COMPLETE, "S3_BUCKET": "portal", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}


def austausch(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "austausch", *command],
        env={**inherited, **variables, "DJANGO_SETTINGS_MODULE": "austausch.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_that_is_missing_is_named_at_once_and_nothing_else_is_said() -> None:
    done = austausch("check")
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert {line.split()[1] for line in lines} == set(COMPLETE)
    assert "Traceback" not in done.stderr


def test_what_is_wrong_is_named_without_its_value() -> None:
    wrong = {**COMPLETE, "DATABASE_URL": "mysql://geheim", "SECRET_KEY": "zu-kurz", "ALLOWED_HOSTS": "*"}
    done = austausch("check", **{**wrong, "TRUSTED_PROXIES": "viele", "BASE_URL": "http://austausch.example.org"})
    assert done.returncode == 1
    for name in ("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "BASE_URL"):
        assert name in done.stderr
    assert "geheim" not in done.stderr
    assert "zu-kurz" not in done.stderr


@pytest.mark.parametrize("variables", [COMPLETE, WITH_S3], ids=["files", "s3"])
def test_djangos_own_deployment_check_finds_nothing(variables: dict[str, str]) -> None:
    done = austausch("check", "--deploy", "--fail-level", "INFO", **variables)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_a_key_of_s3_is_asked_for_as_soon_as_a_bucket_is_named() -> None:
    done = austausch("check", **COMPLETE, S3_BUCKET="portal")
    assert "S3_ACCESS_KEY" in done.stderr
    assert "S3_SECRET_KEY" in done.stderr


def test_cookies_and_transport_are_strict() -> None:
    show = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS,"
        " s.SESSION_COOKIE_NAME, s.DEBUG, s.CACHES['shared']['BACKEND'].rsplit('.')[-1])"
    )
    done = austausch("shell", "--verbosity", "0", "--command", show, **COMPLETE)
    assert done.stdout.split()[-7:] == ["True", "True", "True", "31536000", "__Host-sessionid", "False", "RedisCache"]


@pytest.mark.parametrize("url", ["", "sqlite:///x", "postgresql://host", "postgresql://host/", "host:5432/name"])
def test_addresses_that_name_no_postgresql_are_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database(url)


def test_a_password_may_hold_any_character() -> None:
    read = database("postgresql://portal:a%40b%2Fc%3A@[::1]:5433/name?sslmode=require")
    assert (read["PASSWORD"], read["HOST"], read["PORT"]) == ("a@b/c:", "::1", "5433")
    assert read["OPTIONS"] == {"sslmode": "require"}
    assert mail("smtps://u:p%40@mail.example.org")["EMAIL_HOST_PASSWORD"] == "p@"


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://h.example.org", 25, False, False),
        ("smtps://h.example.org", 465, True, False),
        ("smtp+tls://h.example.org:2525", 2525, False, True),
    ],
)
def test_mail_servers_of_each_kind(url: str, port: int, ssl: bool, tls: bool) -> None:
    read = mail(url)
    assert (read["EMAIL_PORT"], read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"]) == (port, ssl, tls)


@pytest.mark.parametrize("parse", [redis, mail])
def test_nonsense_is_refused(parse: object) -> None:
    with pytest.raises(ImproperlyConfigured):
        parse("http://example.org")  # type: ignore[operator]


def test_an_environment_with_everything_right_says_nothing() -> None:
    environment = Environment({"A": " x ", "LIST": "a, b,,c", "FLAG": "no"})
    assert environment.text("A", "…") == "x"
    assert environment.words("LIST", "…") == ["a", "b", "c"]
    assert not environment.flag("FLAG", "…", default=True)
    environment.finish()


def test_the_page_for_operators_installs_what_exists() -> None:
    project = Path(__file__).resolve().parents[2]
    page = (project / "docs" / "production.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:-r|python) ((?:requirements|tools)/\S+)", page)
    assert "requirements/production.txt" in named
    assert all((project / name).is_file() for name in named)
    # There is no package of this name to install.
    assert "pip install austausch" not in page.replace('"', "")


# ── Log lines ───────────────────────────────────────────────────────────────────────────────────────────────


def logged(message: str, *arguments: object, **extra: object) -> dict[str, object]:
    record = logging.LogRecord("django.request", logging.ERROR, "file.py", 1, message, arguments, None)
    record.__dict__.update(extra)
    line: dict[str, object] = json.loads(JSONFormatter().format(record))
    return line


def test_a_log_line_is_json_and_holds_no_personal_data(rf: RequestFactory) -> None:
    request = rf.get("/massnahmen/?q=Erika+Beispiel", REMOTE_ADDR="192.0.2.7")
    line = logged("Not Found: %s for %s", "/x/?q=Erika", "erika@example.org", request=request, status_code=404)
    assert (line["level"], line["status"], line["path"]) == ("ERROR", 404, "/massnahmen/")
    text = json.dumps(line)
    for personal in ("Erika", "erika@", "192.0.2.7", "Beispiel"):
        assert personal not in text


@pytest.mark.parametrize(
    "path",
    [
        "/einrichtung/geheimes-wort/",
        "/konto/password/reset/key/1-geheimes-wort/",
        "/konto/confirm-email/geheimes-wort/",
        "/konto/einladung/geheimes-wort/",
        "/en/konto/registrieren/geheimes-wort/",
        "/abmelden/geheimes-wort/",
        "/feeds/suche/geheimes-wort.atom",
    ],
)
def test_a_secret_in_an_address_does_not_reach_the_log(rf: RequestFactory, path: str) -> None:
    assert "geheimes-wort" not in json.dumps(logged("Forbidden: %s", path, request=rf.get(path)))


def test_an_exception_is_logged_by_its_place_and_not_by_its_text() -> None:
    try:
        raise ValueError("Eingabe von Erika")
    except ValueError:
        line = logged("Internal Server Error", exc_info=sys.exc_info())
    assert line["exception"] == "ValueError"
    assert "test_production.py" in json.dumps(line["where"])
    assert "Erika" not in json.dumps(line)


FAILING = """
import logging
import django
from django.conf import settings
settings.ROOT_URLCONF = "tests.core.failing_urls"
settings.ALLOWED_HOSTS = ["localhost"]
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
settings.MIDDLEWARE = []
from django.test import Client
logging.getLogger("django.request").warning("Not Found: %s", "/gibt-es-nicht/")
client = Client(raise_request_exception=False, headers={"host": "localhost"})
client.get("/scheitert/?q=Erika", REMOTE_ADDR="192.0.2.7")
"""


@pytest.mark.parametrize("name", ["embedded", "production"])
def test_an_error_of_the_server_is_on_standard_error_with_its_place(name: str, tmp_path: Path) -> None:
    variables = {"DJANGO_SETTINGS_MODULE": f"austausch.settings.{name}", "AUSTAUSCH_DATA": str(tmp_path)}
    command = [sys.executable, "-c", FAILING]
    environment = {**os.environ, **COMPLETE, **variables}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr
    lines = said.splitlines()
    assert "Internal Server Error: /scheitert/" in said
    assert "RuntimeError" in said
    assert "failing_urls.py:" in said
    for personal in ("Erika", "192.0.2.7", "meant to fail"):
        assert personal not in said
    if name == "production":
        assert [json.loads(line)["level"] for line in lines] == ["WARNING", "ERROR"]
    else:
        assert lines[0].endswith("ERROR django.request: Internal Server Error: /scheitert/")
        assert "failing_urls.py" in lines[-1]


OIDC = {
    "OIDC_ISSUER": "https://sso.example.org/realms/land/",
    "OIDC_CLIENT_ID": "portal",
    "OIDC_CLIENT_SECRET": "geheim",
}
SHOW_SIGN_IN = (
    "from django.conf import settings; import json; print(json.dumps([settings.AUSTAUSCH_SECOND_FACTOR, "
    "settings.SOCIALACCOUNT_PROVIDERS, settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']]))"
)


def test_a_second_factor_is_required_unless_the_operator_says_otherwise() -> None:
    factor, providers, _actions = json.loads(austausch("shell", "-v0", "-c", SHOW_SIGN_IN, **COMPLETE).stdout)
    assert factor == "required"
    assert providers == {}
    assert "SECOND_FACTOR" in austausch("check", **COMPLETE, SECOND_FACTOR="vielleicht").stderr


def test_an_openid_connect_server_is_named_by_the_environment_and_forms_may_lead_there() -> None:
    _factor, providers, actions = json.loads(
        austausch("shell", "-v0", "-c", SHOW_SIGN_IN, **{**COMPLETE, **OIDC}).stdout
    )
    (app,) = providers["openid_connect"]["APPS"]
    assert app["settings"] == {"server_url": "https://sso.example.org/realms/land"}
    assert providers["openid_connect"]["OAUTH_PKCE_ENABLED"]
    assert "https://sso.example.org" in actions


def test_half_an_openid_connect_server_is_named_as_such() -> None:
    done = austausch("check", **COMPLETE, OIDC_ISSUER="http://sso.example.org")
    for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        assert name in done.stderr
