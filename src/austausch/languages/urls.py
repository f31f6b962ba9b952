"""Addresses of the pages on which versions are written."""

from django.urls import path

from austausch.languages import views

app_name = "languages"
urlpatterns = [
    path("netz/sprachfassungen/", views.versions, name="versions"),
    path("netz/sprachfassungen/fassung/<int:pk>/", views.act, name="act"),
    path("netz/sprachfassungen/<slug:kind>/<int:pk>/", views.source, name="source"),
    path("netz/sprachfassungen/<slug:kind>/<int:pk>/<slug:language>/", views.write, name="write"),
]
