"""Addresses of the consent to third-party media. Editorial pages have theirs from Wagtail."""

from django.urls import path

from austausch.pages import views

app_name = "pages"
urlpatterns = [
    path("einwilligungen/", views.centre, name="consent"),
    path("einwilligungen/laden/", views.load, name="consent_load"),
]
