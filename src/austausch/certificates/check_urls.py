"""Addresses of checking: the public page with its app, and the offices' check in the network."""

from django.urls import URLPattern, URLResolver, path

from austausch.certificates import check_views
from austausch.certificates.checks import office_views, views
from austausch.certificates.checks.api import api, document

urlpatterns: list[URLPattern | URLResolver] = [
    path("pruefen/", check_views.check, name="check"),
    path("pruefen/offline.js", check_views.offline, name="check_offline"),
    path("pruefen/app.webmanifest", check_views.manifest, name="check_manifest"),
    path("netz/pruefen/", views.checks, name="office_checks"),
    path("netz/pruefen/api/openapi.json", document, name="checking_api_document"),
    path("netz/pruefen/api/", api.urls),
    path("netz/pruefen/neu/", views.new, name="office_new"),
    path("netz/pruefen/<int:pk>/", views.detail, name="office_check"),
    path("netz/pruefen/<int:pk>.<slug:format>", views.export, name="office_export"),
    path("netz/pruefen/beobachtet/", views.watches, name="office_watches"),
    path("netz/pruefen/beobachtet/<int:pk>/notiert/", views.note, name="office_watch_note"),
    path("netz/pruefen/beobachtet/<int:pk>/beenden/", views.end_watch, name="office_watch_end"),
    path("netz/pruefen/protokoll/", office_views.log, name="office_log"),
    path("netz/pruefen/schluessel/", office_views.keys, name="office_keys"),
    path("netz/pruefen/schluessel/<int:pk>/ersetzen/", office_views.rotate_key, name="office_key_rotate"),
    path("netz/pruefen/schluessel/<int:pk>/zurueckziehen/", office_views.revoke_key, name="office_key_revoke"),
    path("netz/pruefen/stellen/", office_views.offices, name="offices"),
    path("netz/pruefen/stellen/<int:pk>/beenden/", office_views.disallow, name="office_disallow"),
]
