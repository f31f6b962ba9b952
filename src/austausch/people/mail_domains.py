"""Which domains say something about where a person works."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# Where anybody gets an address. Not complete, and need not be: the portal team enters domains by hand.
PUBLIC_PROVIDERS = frozenset(
    [
        "1und1.de",
        "aim.com",
        "aol.com",
        "aol.de",
        "arcor.de",
        "bluewin.ch",
        "email.de",
        "fastmail.com",
        "freenet.de",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.eu",
        "gmx.info",
        "gmx.net",
        "gmx.org",
        "googlemail.com",
        "hey.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.de",
        "hotmail.fr",
        "hushmail.com",
        "icloud.com",
        "kabelmail.de",
        "laposte.net",
        "libero.it",
        "live.com",
        "live.de",
        "lycos.de",
        "mac.com",
        "magenta.de",
        "mail.com",
        "mail.de",
        "mail.ru",
        "mailbox.org",
        "mailfence.com",
        "mailinator.com",
        "me.com",
        "msn.com",
        "o2mail.de",
        "o2online.de",
        "online.de",
        "orange.fr",
        "outlook.at",
        "outlook.com",
        "outlook.de",
        "posteo.de",
        "posteo.net",
        "posteo.org",
        "proton.me",
        "protonmail.ch",
        "protonmail.com",
        "rocketmail.com",
        "seznam.cz",
        "startmail.com",
        "t-online.de",
        "tuta.com",
        "tuta.io",
        "tutamail.com",
        "tutanota.com",
        "tutanota.de",
        "unitybox.de",
        "unity-mail.de",
        "versanet.de",
        "vodafone.de",
        "vodafonemail.de",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.de",
        "yahoo.fr",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
    ]
)


def domain_of(email: str) -> str:
    """The domain of an address in ASCII and lower case; "" where it has none that could exist."""
    name = email.rpartition("@")[2].strip().rstrip(".")
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def clean_domain(text: str) -> str:
    """A domain as somebody typed it, in ASCII. Raises ValidationError where it cannot be an organisation's."""
    domain = domain_of(text.strip())
    labels = domain.split(".")
    if len(labels) < 2 or len(domain) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValidationError(_("This is not a domain. It looks like this: example.org"))
    if domain in PUBLIC_PROVIDERS or any(domain.endswith(f".{provider}") for provider in PUBLIC_PROVIDERS):
        raise ValidationError(_("Anybody can get an address at this provider; it says nothing about where they work."))
    return domain
