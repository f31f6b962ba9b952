"""Addresses of checking: the public page with its app, and the offices' check in the network."""

from django.urls import path

from austausch.certificates import check_views

urlpatterns = [
    path("pruefen/", check_views.check, name="check"),
    path("pruefen/offline.js", check_views.offline, name="check_offline"),
    path("pruefen/app.webmanifest", check_views.manifest, name="check_manifest"),
]
