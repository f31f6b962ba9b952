"""Addresses of the shell that exist in each language."""

from django.urls import path

from austausch.core import reports

app_name = "core"
urlpatterns = [
    path("hinweis/", reports.report, name="report"),
    path("hinweis/danke/", reports.thanks, name="report_thanks"),
]
