"""Addresses of the directory. All are discreet: see core/discretion.py."""

from __future__ import annotations

from django.urls import path

from austausch.counselling import parts_of_pages, views

app_name = "counselling"
urlpatterns = [
    path("beratung/", views.directory, name="directory"),
    path("beratung/sicher/", views.safety, name="safety"),
    path("beratung/einbetten/", views.embedded, name="embedded"),
    path("beratung/teil/<str:name>", parts_of_pages.part, name="part"),
    path("beratung/naehe.json", views.positions, name="positions"),
    path("beratung/liste.<slug:format>", views.file, name="file"),
    path("beratung/<slug:slug>/", views.office, name="office"),
    path("beratung/<slug:slug>.<slug:format>", views.office_file, name="office_file"),
]
