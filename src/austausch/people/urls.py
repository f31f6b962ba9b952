"""Addresses of people's accounts that are not allauth's."""

from django.urls import path

from austausch.people import membership_urls, network_urls, views

app_name = "people"
urlpatterns = [
    path("einrichtung/<str:token>/", views.setup, name="setup"),
    *network_urls.urlpatterns,
    *membership_urls.urlpatterns,
]
