"""Addresses of the shell that exist in each language."""

from django.urls import path

from austausch.core import network, reports, unsubscribing

app_name = "core"
urlpatterns = [
    path("hinweis/", reports.report, name="report"),
    path("hinweis/danke/", reports.thanks, name="report_thanks"),
    path("abmelden/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("netz/", network.home, name="network"),
]
