"""Addresses of people's accounts that are not allauth's."""

from django.urls import path

from austausch.people import network_urls, views

app_name = "people"
urlpatterns = [
    path("einrichtung/<str:token>/", views.setup, name="setup"),
    *network_urls.urlpatterns,
]
