"""Addresses of the search."""

from django.urls import path

from austausch.search import exports, views
from austausch.search.saved import feed as saved_feed
from austausch.search.saved import views as saved

app_name = "search"
urlpatterns = [
    path("massnahmen/", views.entries, name="list"),
    path("massnahmen/vorschlaege/", views.suggestions, name="suggestions"),
    path("massnahmen/liste.<str:format>", exports.export, name="export"),
    path("netz/suchen/", saved.saved_list, name="saved_list"),
    path("netz/suchen/neu/", saved.save, name="save"),
    path("netz/suchen/<int:pk>/", saved.saved, name="saved"),
    path("netz/suchen/<int:pk>/pause/", saved.pause, name="saved_pause"),
    path("netz/suchen/<int:pk>/loeschen/", saved.remove, name="saved_remove"),
    path("netz/suchen/<int:pk>/zurueckholen/", saved.restore, name="saved_restore"),
    path("netz/suchen/<int:pk>/feed/", saved.feed, name="saved_feed_change"),
    path("feeds/suche/<str:token>.atom", saved_feed.feed, name="saved_feed"),
]
