"""Addresses of the figures."""

from django.urls import path

from austausch.figures import views

app_name = "figures"
urlpatterns = [
    path("zahlen/", views.statistics, name="list"),
    path("zahlen/<int:pk>/", views.statistic, name="statistic"),
    path("zahlen/<int:pk>.<slug:format>", views.download, name="download"),
]
