"""Addresses of the import, all in the protected network."""

from django.urls import path, re_path

from austausch.certificates.importing import views

BEGINNING = "netz/schulbescheinigungen/einlesen/"
urlpatterns = [
    path(BEGINNING, views.home, name="imports_home"),
    re_path(rf"^{BEGINNING}vorlage\.(?P<ending>csv|xlsx)$", views.template, name="import_template"),
    path(f"{BEGINNING}<str:number>/", views.school, name="imports"),
    path(f"{BEGINNING}<str:number>/server/", views.ask_server, name="import_server"),
    path(f"{BEGINNING}<str:number>/eintragen/", views.enter, name="enter_pupil"),
    path(f"{BEGINNING}<str:number>/namen/", views.names, name="names"),
    path(f"{BEGINNING}<str:number>/namen/<int:pk>/", views.name, name="name"),
    path(f"{BEGINNING}<str:number>/aufbewahrung/", views.kept, name="kept"),
    path(f"{BEGINNING}<str:number>/aufbewahrung/<int:pk>/", views.hold, name="hold"),
    path(f"{BEGINNING}<str:number>/<int:pk>/", views.detail, name="import"),
    path(f"{BEGINNING}<str:number>/<int:pk>/uebernehmen/", views.apply, name="import_apply"),
    path(f"{BEGINNING}<str:number>/<int:pk>/verwerfen/", views.drop, name="import_drop"),
    path(f"{BEGINNING}<str:number>/<int:pk>/rueckgaengig/", views.undo, name="import_undo"),
]
