"""What every installation's page tree has: a home page in each language and the legal pages.

`ensure_pages` makes what is missing and changes nothing that is there, so an edited page stays as it was edited.
The legal texts say what this software does; what only the operator knows stands in them as a marked placeholder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from austausch.pages.models import ContentPage, HomePage


@dataclass(frozen=True)
class HomeText:
    slug: str
    title: str
    lead: str


@dataclass(frozen=True)
class LegalPage:
    """A legal page: `key` names its text files; slug and title in each language."""

    key: str
    slugs: dict[str, str]
    titles: dict[str, str]

    @property
    def translation_key(self) -> UUID:
        """The same in every installation, so that a page is found again after its address was changed."""
        return uuid5(NAMESPACE_URL, f"austausch:pages:{self.key}")


HOME = {
    "de": HomeText(
        "start",
        "Was Land und Kommunen tun",
        "Programme, Beratung, Erlasse, Kontrollen und Netzwerke zur Zuwanderung aus Südosteuropa: was es gibt, wer "
        "zuständig ist, wie lange es läuft und was es kostet. Damit nicht jede Stadt von vorn anfängt.",
    ),
    "en": HomeText(
        "start-en",
        "What the state and its towns do",
        "Programmes, counselling, decrees, inspections and networks concerning migration from South-East Europe: what "
        "there is, who is responsible, how long it runs and what it costs. So that no town has to start from scratch.",
    ),
}
LEGAL = (
    LegalPage("imprint", {"de": "impressum", "en": "imprint"}, {"de": "Impressum", "en": "Imprint"}),
    LegalPage("privacy", {"de": "datenschutz", "en": "privacy"}, {"de": "Datenschutz", "en": "Privacy"}),
    LegalPage(
        "accessibility",
        {"de": "barrierefreiheit", "en": "accessibility"},
        {"de": "Erklärung zur Barrierefreiheit", "en": "Accessibility statement"},
    ),
    LegalPage("netiquette", {"de": "netiquette", "en": "netiquette"}, {"de": "Netiquette", "en": "Netiquette"}),
)


@transaction.atomic
def ensure_pages() -> list[str]:
    """Makes the missing parts of the page tree; answers with the paths of the pages it made."""
    made: list[Page] = []
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code, _name in settings.LANGUAGES}
    homes = {code: _home(locales[code], made) for code in HOME}
    _site(homes["de"])
    for page in LEGAL:
        for code, home in homes.items():
            _legal(page, home, locales[code], made)
    return [page.url_path for page in made]


def _home(locale: Locale, made: list[Page]) -> HomePage:
    found: HomePage | None = HomePage.objects.filter(locale=locale).order_by("path").first()
    if found:
        return found
    text = HOME[locale.language_code]
    home = HomePage(
        title=text.title,
        slug=text.slug,
        lead=text.lead,
        locale=locale,
        translation_key=uuid5(NAMESPACE_URL, "austausch:pages:home"),
    )
    # Wagtail's migrations make the root; an emptied database has none.
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    _add(root, home, made)
    return home


def _site(home: HomePage) -> None:
    """One site, rooted in the German home page; Wagtail's own welcome page goes where nobody used it."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
        return
    welcome = site.root_page
    if isinstance(welcome.specific, HomePage):
        return
    site.root_page = home
    site.site_name = site.site_name or settings.AUSTAUSCH_NAME
    site.save()
    if type(welcome.specific) is Page and welcome.depth > 1 and not welcome.get_children().exists():
        welcome.delete()


def _legal(page: LegalPage, home: HomePage, locale: Locale, made: list[Page]) -> None:
    code = locale.language_code
    if ContentPage.objects.filter(translation_key=page.translation_key, locale=locale).exists():
        return
    if home.get_children().filter(slug=page.slugs[code]).exists():
        # Someone made this page by hand; it counts.
        return
    content = ContentPage(
        title=page.titles[code],
        slug=page.slugs[code],
        locale=locale,
        translation_key=page.translation_key,
        body=json.dumps(_body(page.key, code)),
    )
    _add(home, content, made)


def _add(parent: Page, page: HomePage | ContentPage, made: list[Page]) -> None:
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    made.append(page)


def _body(key: str, code: str) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = [{"type": "text", "value": _text(f"{key}.{code}.html")}]
    if key == "privacy":
        body += [
            {"type": "table", "value": _table(*_cookies(code))},
            {"type": "text", "value": _text(f"{key}-after.{code}.html")},
        ]
    return body


def _text(name: str) -> str:
    # One line: line breaks between elements would become empty blocks in the editor.
    return files("austausch.pages").joinpath("data", name).read_text(encoding="utf-8").replace("\n", "")


def _table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "caption": caption,
        "columns": [{"type": "text", "heading": heading} for heading in headings],
        "rows": [{"values": list(row)} for row in rows],
    }


def _cookies(code: str) -> tuple[str, Sequence[str], Sequence[Sequence[str]]]:
    """What the software stores in a browser. The names come from the settings, so that the page cannot be wrong."""
    session, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    consent, scheme = settings.AUSTAUSCH_CONSENT_COOKIE, "farbschema"
    if code == "de":
        return (
            "Was dieses Portal in Ihrem Browser speichert",
            ("Name", "Zweck", "Wann", "Wie lange"),
            (
                (
                    session,
                    "hält die Anmeldung von Redaktionen",
                    "nur nach der Anmeldung",
                    "bis Sie den Browser schließen",
                ),
                (csrf, "schützt Formulare vor Missbrauch", "auf Seiten mit einem Formular", "ein Jahr"),
                ("messages", "zeigt eine Meldung nach einer Eingabe", "bei der Anmeldung", "bis sie angezeigt wurde"),
                (consent, "merkt sich Ihre Zustimmung zu externen Inhalten", "nur nach Ihrer Zustimmung", "180 Tage"),
                (
                    scheme,
                    "merkt sich helle oder dunkle Darstellung (lokaler Speicher, wird nicht übertragen)",
                    "nur nach Ihrer Wahl",
                    "bis Sie die Wahl ändern oder löschen",
                ),
                (
                    "suchverlauf",
                    "bietet Ihre letzten Suchen wieder an (Speicher des Tabs, wird nicht übertragen)",
                    "nach einer Suche",
                    "bis Sie sie löschen oder den Tab schließen",
                ),
            ),
        )
    return (
        "What this portal stores in your browser",
        ("Name", "Purpose", "When", "How long"),
        (
            (session, "keeps editors signed in", "only after signing in", "until you close the browser"),
            (csrf, "protects forms from abuse", "on pages with a form", "one year"),
            ("messages", "shows a message after an entry", "when signing in", "until it has been shown"),
            (consent, "remembers your consent to external content", "only after you agree", "180 days"),
            (
                scheme,
                "remembers light or dark display (local storage, not transmitted)",
                "only after you choose",
                "until you change or delete the choice",
            ),
            (
                "suchverlauf",
                "offers your recent searches again (storage of the tab, not transmitted)",
                "after a search",
                "until you clear them or close the tab",
            ),
        ),
    )
