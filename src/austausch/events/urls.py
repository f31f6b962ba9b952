"""Addresses of events."""

from django.urls import path

from austausch.events import organising_views as organising
from austausch.events import registration_views as registration
from austausch.events import views
from austausch.events.home import UPLOADS

app_name = "events"
urlpatterns = [
    path("termine/", views.events, name="list"),
    path("termine/kalender.ics", views.calendar, name="calendar"),
    path("termine/feed.atom", views.feed, name="feed"),
    path("termine/aktionen/", views.actions, name="actions"),
    path("termine/reihe/<slug:slug>/", views.series, name="series"),
    path("termine/anmeldung/<str:token>/", registration.own, name="own"),
    path("termine/<slug:slug>/", views.event, name="event"),
    path("termine/<slug:slug>.ics", views.event_calendar, name="event_calendar"),
    path("termine/<slug:slug>/anmelden/", registration.register, name="register"),
    path("termine/<slug:slug>/angemeldet/", registration.registered, name="registered"),
    path("netz/termine/", organising.own_events, name="own_events"),
    path("netz/termine/neu/", organising.new, name="new"),
    path("netz/termine/<int:pk>/", organising.event, name="own_event"),
    path("netz/termine/<int:pk>/aendern/", organising.edit, name="edit"),
    path(f"{UPLOADS}<int:pk>/", organising.upload, name="upload"),
    path("netz/termine/<int:pk>/veroeffentlichen/", organising.publish, name="publish"),
    path("netz/termine/<int:pk>/absagen/", organising.cancel, name="cancel"),
    path("netz/termine/<int:pk>/loeschen/", organising.delete, name="delete"),
    path("netz/termine/<int:pk>/teilnehmende.<slug:format>", organising.export, name="participants"),
    path("netz/termine/<int:pk>/teilnehmende/<int:number>/entfernen/", organising.remove, name="remove"),
]
