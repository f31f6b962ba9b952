"""Many users: PostgreSQL, Redis, object storage, several workers. Everything comes from the environment.

docs/production.md lists the variables. What is missing or wrong is named in one error, all of it at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from austausch.settings.base import *
from austausch.settings.base import (
    AUSTAUSCH_FIGURES_SOURCE,
    AUSTAUSCH_OPENSEARCH_URL,
    AUSTAUSCH_SEARCH_ENGINE,
    AUSTAUSCH_SEARCH_MEANING,
    CONTENT_SECURITY_POLICY,
    INSTALLED_APPS,
    STORAGES,
)
from austausch.settings.environment import Environment, database, mail, openid_connect, origin, redis

_env = Environment()

SECRET_KEY = _env.text("SECRET_KEY", "at least 50 random characters, e.g. from `openssl rand -base64 48`.")
_env.require(not SECRET_KEY or len(SECRET_KEY) >= 50, "SECRET_KEY is too short: at least 50 random characters.")
# Of before a change of the key: what was signed or encrypted with them can still be read.
SECRET_KEY_FALLBACKS = _env.words("SECRET_KEY_FALLBACKS", "former secret keys.", default="")
DEBUG = False
ALLOWED_HOSTS = _env.words("ALLOWED_HOSTS", "the portal's host names, e.g. austausch.example.org.")
_env.require(
    "*" not in ALLOWED_HOSTS, "ALLOWED_HOSTS must name the hosts: with * anyone could choose the name in mails."
)
_BASE_URL = _env.text(
    "BASE_URL",
    "the portal's address for links in mails, e.g. https://austausch.example.org.",
    default=f"https://{ALLOWED_HOSTS[0]}" if ALLOWED_HOSTS else "https://localhost",
).rstrip("/")
_env.require(_BASE_URL.startswith("https://"), "BASE_URL must begin with https://.")
AUSTAUSCH_BASE_URL = WAGTAILADMIN_BASE_URL = _BASE_URL
CSRF_TRUSTED_ORIGINS = _env.words(
    "CSRF_TRUSTED_ORIGINS", "addresses from which forms may be sent, if they differ from the host.", default=_BASE_URL
)

AUSTAUSCH_SEAL_PASSPHRASE = _env.text(
    "SEAL_PASSPHRASE", "encrypts the keys that sign certificates; keep a copy apart from the database.", default=""
)
_env.require(
    not AUSTAUSCH_SEAL_PASSPHRASE or len(AUSTAUSCH_SEAL_PASSPHRASE) >= 20,
    "SEAL_PASSPHRASE is too short: at least 20 characters, e.g. from `openssl rand -base64 30`.",
)
if _library := _env.text("SEAL_PKCS11_LIBRARY", "PKCS#11 module of the hardware for signing keys.", default=""):
    AUSTAUSCH_SEAL_HARDWARE = {
        "library": _library,
        "token": _env.text("SEAL_PKCS11_TOKEN", "label of the token in it."),
        "pin": _env.text("SEAL_PKCS11_PIN", "the token's PIN."),
    }

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres"]
DATABASES: dict[str, dict[str, Any]] = {
    "default": _env.read(
        "DATABASE_URL", "the PostgreSQL to use: postgresql://user:password@host:5432/name.", database, otherwise={}
    )
}
_redis_url = _env.read("REDIS_URL", "the Redis that all workers share: redis://host:6379/0.", redis, otherwise="")
_REDIS: dict[str, Any] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis_url}
# Public pages are kept in each process (core/page_memory.py); what all must see together is here.
CACHES = {"default": {**_REDIS, "KEY_PREFIX": "default"}, "shared": {**_REDIS, "KEY_PREFIX": "shared"}}

# Collected at each update, then only read.
STATIC_ROOT = Path(_env.text("STATIC_ROOT", "folder for collected static files.", default="/var/lib/austausch/static"))
MEDIA_ROOT = Path(_env.text("MEDIA_ROOT", "folder for files, without S3.", default="/var/lib/austausch/files"))
if _bucket := _env.text("S3_BUCKET", "bucket for files; without it they lie in MEDIA_ROOT.", default=""):
    _s3: dict[str, Any] = {
        "bucket_name": _bucket,
        "access_key": _env.text("S3_ACCESS_KEY", "key of an account that may read and write the bucket."),
        "secret_key": _env.text("S3_SECRET_KEY", "that account's secret."),
        "endpoint_url": _env.text("S3_ENDPOINT", "address of a provider other than Amazon.", default="") or None,
        "region_name": _env.text("S3_REGION", "the bucket's region.", default="") or None,
        # Nothing in the bucket is public, and nothing is overwritten.
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 300,
        "file_overwrite": False,
        "signature_version": "s3v4",
    }
    STORAGES["default"] = {
        "BACKEND": "austausch.core.object_storage.MediaStorage",
        "OPTIONS": {**_s3, "location": "media"},
    }
    STORAGES["private"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**_s3, "location": "documents"},
    }
else:
    STORAGES["default"]["OPTIONS"] = {"location": MEDIA_ROOT / "media"}
    STORAGES["private"]["OPTIONS"] = {"location": MEDIA_ROOT / "documents", "base_url": None}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
_mail: dict[str, Any] = _env.read("MAIL_URL", "the mail server: smtp+tls://user:password@host:587.", mail, otherwise={})
globals().update(_mail)
DEFAULT_FROM_EMAIL = _env.text("MAIL_FROM", "sender of the portal's mails, e.g. austausch@example.org.")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
AUSTAUSCH_PORTAL_TEAM_EMAIL = _env.text("PORTAL_TEAM_EMAIL", "where reports of errors go.", default="")

AUSTAUSCH_TRUSTED_PROXIES = _env.number("TRUSTED_PROXIES", "how many proxies of yours stand before it.", default=1)
AUSTAUSCH_API_REQUESTS_PER_MINUTE = _env.number("API_REQUESTS_PER_MINUTE", "per address.", default=300)
AUSTAUSCH_STATE = _env.text("STATE", "first two digits of the state's AGS.", default="05")
AUSTAUSCH_NAME = _env.text("PORTAL_NAME", "the portal's name.", default="Strategieaustausch")
WAGTAIL_SITE_NAME = AUSTAUSCH_NAME
AUSTAUSCH_FIGURES_SOURCE = _env.text(
    "FIGURES_SOURCE", "source of figures that name none themselves.", default=AUSTAUSCH_FIGURES_SOURCE
)
AUSTAUSCH_FIRST_CATALOGUE = _env.read(
    "FIRST_CATALOGUE", "file that an empty catalogue starts with.", Path, otherwise=None, default=""
)

AUSTAUSCH_CHECK_LINKS = _env.text(
    "AUSTAUSCH_CHECK_LINKS", "whether the worker asks addresses that entries name: on or off.", default="on"
)
_env.require(AUSTAUSCH_CHECK_LINKS in {"on", "off"}, "AUSTAUSCH_CHECK_LINKS must be on or off.")
_env.require(
    AUSTAUSCH_SEARCH_MEANING in {"on", "off"}, "AUSTAUSCH_SEARCH_MEANING must be on or off: search by meaning."
)
_env.require(
    AUSTAUSCH_SEARCH_ENGINE in {"database", "opensearch"}, "AUSTAUSCH_SEARCH_ENGINE must be database or opensearch."
)
_env.require(
    AUSTAUSCH_SEARCH_ENGINE != "opensearch" or AUSTAUSCH_OPENSEARCH_URL.startswith(("https://", "http://")),
    "AUSTAUSCH_OPENSEARCH_URL must name the search server: https://user:password@host:9200.",
)

AUSTAUSCH_SECOND_FACTOR = _env.text(
    "SECOND_FACTOR", "required or optional: for the portal team and administrators.", default="required"
)
_env.require(AUSTAUSCH_SECOND_FACTOR in {"required", "optional"}, "SECOND_FACTOR must be required or optional.")
if _issuer := _env.text("OIDC_ISSUER", "address of an OpenID Connect server to sign in at.", default="").rstrip("/"):
    _env.require(_issuer.startswith("https://"), "OIDC_ISSUER must begin with https://.")
    SOCIALACCOUNT_PROVIDERS = openid_connect(
        issuer=_issuer,
        client_id=_env.text("OIDC_CLIENT_ID", "the portal's name at the OpenID Connect server."),
        secret=_env.text("OIDC_CLIENT_SECRET", "the portal's secret at the OpenID Connect server."),
        name=_env.text("OIDC_NAME", "what the button says after “Sign in with”.", default="OpenID Connect"),
    )
    # The button posts here and is sent on to the server; browsers ask the content policy about both.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(
        _env.read(
            "OIDC_SIGN_IN_ORIGIN",
            "scheme and host of the server's sign-in page, if they are not the issuer's.",
            origin,
            otherwise="",
            default=_issuer,
        )
    )

# The proxy ends TLS, and must set this header itself and drop the client's.
if AUSTAUSCH_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# The service manager and the load balancer ask without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = _env.number("HSTS_SECONDS", "how long browsers insist on TLS.", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _env.flag("HSTS_SUBDOMAINS", "whether that holds for subdomains.", default=False)
SECURE_HSTS_PRELOAD = _env.flag("HSTS_PRELOAD", "whether browsers may be delivered with it.", default=False)
# W019: the editors' preview shows our own pages in a frame; `frame-ancestors 'self'` says the same.
# W005, W021: subdomains and preload bind systems that are not ours and take months to undo: the operator's word.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W019", "security.W021"]
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_SECURE = True

_env.finish()
