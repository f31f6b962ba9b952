"""Offices that help: services, opening hours, languages, nearest first."""

from django.urls import URLPattern

app_name = "counselling"
urlpatterns: list[URLPattern] = []
