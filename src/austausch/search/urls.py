"""Addresses of the search."""

from django.urls import path

from austausch.search import exports, views

app_name = "search"
urlpatterns = [
    path("massnahmen/", views.entries, name="list"),
    path("massnahmen/vorschlaege/", views.suggestions, name="suggestions"),
    path("massnahmen/liste.<str:format>", exports.export, name="export"),
]
