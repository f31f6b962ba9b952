"""All addresses. German ones stand at the root; the same pages in English below /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access

from austausch.api import views as api_pages
from austausch.api.assembly import api
from austausch.core import views as core
from austausch.core.editing import for_editors
from austausch.people.admin.users import OwnAccountView

urlpatterns = [
    path("healthz", core.healthz, name="healthz"),
    path("readyz", core.readyz, name="readyz"),
    path("medien/<path:name>", core.picture, name="picture"),
    # One sign-in for all, which counts wrong guesses; Wagtail's own does not.
    path("verwaltung/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("verwaltung/account/", require_admin_access(OwnAccountView.as_view())),
    path("verwaltung/", include(for_editors(wagtailadmin_urls.urlpatterns))),
    path("", include("austausch.catalogue.sitemaps")),
    path("api/v1/", api.urls),
    *i18n_patterns(
        path("", include("austausch.people.urls")),
        path("konto/", include("austausch.people.account_urls")),
        path("api/v1/docs", api_pages.documentation, name="api_docs"),
        # Not the editorial pages' business, which would first redirect to an address with a slash.
        re_path(r"^api/", api_pages.nothing_here),
        path("", include("austausch.core.urls")),
        path("", include("austausch.search.urls")),
        path("", include("austausch.catalogue.urls")),
        path("", include("austausch.exchange.urls")),
        path("", include("austausch.events.urls")),
        path("", include("austausch.counselling.urls")),
        path("", include("austausch.information.urls")),
        path("", include("austausch.languages.urls")),
        path("", include("austausch.figures.urls")),
        path("", include("austausch.certificates.urls")),
        path("", include("austausch.pages.urls")),
        # Wagtail's sign-in for visitors does not count either.
        path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
