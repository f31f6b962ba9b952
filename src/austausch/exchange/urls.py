"""Addresses of the exchange, all in the protected network."""

from django.urls import path

from austausch.exchange import interest_views, post_views, support_views

app_name = "exchange"
urlpatterns = [
    path("netz/fragen/", post_views.recent, name="recent"),
    path("netz/fragen/<int:pk>/", post_views.question, name="question"),
    path("netz/massnahmen/<slug:slug>/", post_views.entry, name="entry"),
    path("netz/massnahmen/<slug:slug>/frage/", post_views.ask, name="ask"),
    path("netz/massnahmen/<slug:slug>/erfahrung/", post_views.share_experience, name="share_experience"),
    path("netz/massnahmen/<slug:slug>/folgen/", post_views.follow, name="follow"),
    path("netz/massnahmen/<slug:slug>/nicht-folgen/", post_views.unfollow, name="unfollow"),
    path("netz/massnahmen/<slug:slug>/interesse/", interest_views.express, name="express_interest"),
    path("netz/beitraege/<int:pk>/", post_views.post, name="post"),
    path("netz/beitraege/<int:pk>/aendern/", post_views.change, name="change"),
    path("netz/beitraege/<int:pk>/zurueckziehen/", post_views.withdraw, name="withdraw"),
    path("netz/beitraege/<int:pk>/melden/", post_views.report, name="report"),
    path("netz/beitraege/<int:pk>/zeigen/", post_views.show, name="show"),
    path("netz/beitraege/<int:pk>/ausblenden/", post_views.hide, name="hide"),
    path("netz/freigaben/", post_views.waiting, name="moderation"),
    path("netz/anfragen/", support_views.requests, name="requests"),
    path("netz/anfragen/neu/", support_views.ask, name="request_new"),
    path("netz/anfragen/alle/", support_views.board, name="board"),
    path("netz/anfragen/<int:pk>/", support_views.detail, name="request"),
    path("netz/anfragen/<int:pk>/erledigt/", support_views.settle, name="request_settle"),
    path("netz/interesse/", interest_views.interests, name="interests"),
    path("netz/interesse/<int:pk>/annehmen/", interest_views.accept, name="interest_accept"),
    path("netz/interesse/<int:pk>/ablehnen/", interest_views.decline, name="interest_decline"),
    path("netz/interesse/<int:pk>/zurueckziehen/", interest_views.withdraw, name="interest_withdraw"),
]
