"""Addresses of the catalogue."""

from django.urls import path

from austausch.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("massnahmen/<slug:slug>/", views.entry, name="entry"),
    path("massnahmen/<slug:slug>.<str:format>", views.entry_export, name="entry_export"),
    path("dokumente/", views.documents, name="documents"),
    path("dokumente/<slug:slug>/", views.document, name="document"),
    path("dokumente/<slug:slug>/datei", views.document_file, name="document_file"),
    path("dokumente/<slug:slug>/datei/<int:number>", views.document_file, name="document_version"),
]
