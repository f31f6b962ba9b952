"""What every installation shares. Nothing here is a secret and nothing here names a server."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

PACKAGE = Path(__file__).resolve().parent.parent
# The checkout, in a development install; holds the front-end build and the first content.
PROJECT = PACKAGE.parent.parent

# The state this installation serves: the first two digits of its municipalities' AGS.
AUSTAUSCH_STATE = "05"
AUSTAUSCH_NAME = "Strategieaustausch"
# Whether made-up towns and people may be added (`make demo`), with accounts whose password is printed.
AUSTAUSCH_DEMONSTRATION_ALLOWED = False
# Where mail about error reports and reported barriers goes; empty: only the board in /verwaltung/.
AUSTAUSCH_PORTAL_TEAM_EMAIL = ""

# What the catalogue of a new installation starts with; None: empty. `offices.yaml` beside it: its counselling offices.
AUSTAUSCH_FIRST_CATALOGUE: Path | None = PROJECT / "content" / "nrw" / "catalogue.yaml"

# How many proxies of our own stand before the server; 0: X-Forwarded-For is ignored, because anyone can write it.
AUSTAUSCH_TRUSTED_PROXIES = 0
# The portal's own address, where it is known; None: what `austausch serve` listens on.
AUSTAUSCH_BASE_URL: str | None = None
# Requests per minute that the public API answers to one address.
AUSTAUSCH_API_REQUESTS_PER_MINUTE = 300

# What each process may keep of ready public pages.
AUSTAUSCH_PAGE_CACHE_BYTES = 64 * 1024 * 1024

# Seconds that counts of searches wait in memory until they are written.
AUSTAUSCH_COUNT_SEARCHES_AFTER = 5

# "on": the search also compares meanings, where the extra `semantic` is installed; "off": words only.
AUSTAUSCH_SEARCH_MEANING = os.environ.get("AUSTAUSCH_SEARCH_MEANING", "on")
# What finds words: "database" (the one in use), or "opensearch" at the address, with the extra `opensearch`.
AUSTAUSCH_SEARCH_ENGINE = os.environ.get("AUSTAUSCH_SEARCH_ENGINE", "database")
AUSTAUSCH_OPENSEARCH_URL = os.environ.get("AUSTAUSCH_OPENSEARCH_URL", "")

# "on": the worker asks addresses elsewhere that entries name whether they still answer (docs/links.md).
AUSTAUSCH_CHECK_LINKS = os.environ.get("AUSTAUSCH_CHECK_LINKS", "off")

# Stated under figures that name no source of their own. Change it with the catalogue you load; "" states none.
AUSTAUSCH_FIGURES_SOURCE = "Angaben des Landes Nordrhein-Westfalen auf seiner Internetseite"

# How many days pupils' data are kept after the school year in which an import last confirmed them, and after a pupil
# has left. The school authority decides; both are no figures of a law.
AUSTAUSCH_PUPILS_KEPT_AFTER_YEAR = int(os.environ.get("AUSTAUSCH_PUPILS_KEPT_AFTER_YEAR", "92"))
AUSTAUSCH_PUPILS_KEPT_AFTER_LEAVING = int(os.environ.get("AUSTAUSCH_PUPILS_KEPT_AFTER_LEAVING", "365"))
# A JSON file, readable for this program only: school number → url, schema, user, password and, if need be, ca_file of
# the school's SVWS-Server (docs/pupils-import.md). "": none.
AUSTAUSCH_SVWS_FILE = os.environ.get("AUSTAUSCH_SVWS_FILE", "")

# With which signing keys are encrypted in the database, at least 20 characters; "" makes and opens none.
AUSTAUSCH_SEAL_PASSPHRASE = ""
# A PKCS#11 token for new keys: library, token, pin. Empty: they are encrypted in the database.
AUSTAUSCH_SEAL_HARDWARE: dict[str, str] = {}
# How long names in certificates, and the files, are kept after these have expired. Number and status stay.
AUSTAUSCH_CERTIFICATES_KEPT_DAYS = 365
# How many days offices' log of checks is kept, 90 at least (docs/checking.md says why two years).
AUSTAUSCH_CHECK_LOG_KEPT_DAYS = int(os.environ.get("AUSTAUSCH_CHECK_LOG_KEPT_DAYS", "730"))
# Where "leave this page" leads: the weather, which says nothing about who opens it. Nothing is loaded from there.
AUSTAUSCH_QUICK_EXIT_URL = os.environ.get("AUSTAUSCH_QUICK_EXIT_URL", "https://www.dwd.de/")

# Remembers which third parties a visitor has agreed to load; set by no page before.
AUSTAUSCH_CONSENT_COOKIE = "einwilligung"

ROOMS = [
    "austausch.core",
    "austausch.places",
    "austausch.people",
    "austausch.languages",
    "austausch.catalogue",
    "austausch.search",
    "austausch.exchange",
    "austausch.events",
    "austausch.counselling",
    "austausch.information",
    "austausch.figures",
    "austausch.pages",
    "austausch.certificates",
    "austausch.api",
    "austausch.operation",
]
INSTALLED_APPS = [
    *ROOMS,
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "austausch.people.admin.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "austausch.people.sessions_app.SessionsConfig",
    "csp",
    "django_htmx",
    "django_tasks_db",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    # Outermost: whatever answers below /beratung/, no cookie, no cache and no referrer leaves the portal.
    "austausch.core.discretion.Discretion",
    "django.middleware.security.SecurityMiddleware",
    "austausch.core.security_headers.SecurityHeaders",
    # Before anything reads what was sent.
    "austausch.core.request_size.RequestSize",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Counts, also what the cache answers; outside the next one, whose 304 keeps no header of ours.
    "austausch.api.gate.ApiGate",
    "django.middleware.http.ConditionalGetMiddleware",
    # Which kinds of pages are asked for, also from the cache.
    "austausch.figures.usage.CountPages",
    # Answers from the cache before a session, a user or a form token exists, so none can get into it.
    "austausch.core.page_cache.PublicPageCache",
    "austausch.core.security_headers.ContentPolicy",
    "austausch.core.security_headers.NoNullCharacters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Knows the user, and comes before views, and with them the check of form tokens, read what was sent.
    "austausch.core.request_size.SignedInForMore",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "austausch.people.second_factor.SecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "austausch.search.unavailable.SearchUnavailable",
]

ROOT_URLCONF = "austausch.urls"
WSGI_APPLICATION = "austausch.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "austausch.core.context.shell",
            ],
            "builtins": ["austausch.core.templatetags.austausch"],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    # Turns memberships into the model permissions that Wagtail asks for.
    "austausch.people.backends.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
# What waits for somebody stands there, for every role; readers have no editors' side.
LOGIN_REDIRECT_URL = "/netz/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "austausch.people.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
# No mail to strangers whose address somebody typed in.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Whoever makes an account vouches for its address, or its owner has confirmed it; a changed one is confirmed first.
ACCOUNT_EMAIL_VERIFICATION = "none"
# A mail about each change of password, address or second factor, so that an owner learns of somebody else's.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    # Guessing: per address of the network and, whatever that is, per account.
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "10/m/ip,3/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
}
# "required": the portal team and administrators of organisations enter only with a second factor; "optional": all may.
AUSTAUSCH_SECOND_FACTOR = "optional"
MFA_ADAPTER = "austausch.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "austausch.people.forms.PasskeyForm"}
# Clocks of telephones are a little off.
MFA_TOTP_TOLERANCE = 1
# No account has an address that nobody vouches for; a new one counts once it is confirmed.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# No server of an organisation is asked by default; production names one (OIDC_ISSUER).
SOCIALACCOUNT_ADAPTER = "austausch.people.adapter.OrganisationSignInAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}

LANGUAGE_CODE = "de"
# Each in its own language, as the switch shows them.
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
FORMAT_MODULE_PATH = ["austausch.formats"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [PROJECT / "var" / "frontend"]
MEDIA_URL = "/medien/"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Documents of the catalogue: never below MEDIA_URL, only through the policy.
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    # Without a name: pupils' data must not lie about where a process died.
    "austausch.core.uploads.NamelessFiles",
]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

WAGTAIL_SITE_NAME = AUSTAUSCH_NAME
WAGTAILADMIN_BASE_URL = "http://localhost:8000"
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["h2", "h3", "bold", "italic", "ol", "ul", "link"]},
    }
}
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# While an entry is in review only publishers can change it, so what they approve is what they see.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = False
# A draft is saved when somebody saves it: half-typed titles make no entries, and the history holds what people did.
WAGTAIL_AUTOSAVE_INTERVAL = 0
WAGTAIL_ALLOW_UNICODE_SLUGS = False
# A portal of one state needs no choice; some of the system's zones are unknown to browsers.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
# Only the admin's own choosers use it; the public search is the room `search`.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # KERN draws its icons as data: masks in its style sheet.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
        "object-src": [NONE],
    }
}

# Everything on standard error, without personal data. What has no handler of its own ends at the root's.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "austausch.core.logs.JSONFormatter"},
        "text": {"()": "austausch.core.logs.TextFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"level": "WARNING"}, "austausch": {"level": "INFO"}},
}
