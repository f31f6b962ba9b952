"""Addresses of the information pages."""

from django.urls import path

from austausch.information import views

app_name = "information"
urlpatterns = [
    path("vor-der-reise/", views.pages, name="list"),
    path("vor-der-reise/<slug:slug>/", views.page, name="page"),
    path("vor-der-reise/<slug:slug>.pdf", views.page_pdf, name="pdf"),
    path("netz/vor-der-reise/<int:pk>/", views.edit, name="edit"),
]
